"""Calorimetry: the heat that a rise in temperature takes, and the temperature of a mixture.

    heat      "m12c4k30d5q?"     12 g of 4 J/(g K) in a vessel of 30 J/K, 5 K warmer: 390 J
    mixing    "m3t80m5t20t?"     5 kg of matter, 3 kg at 80 degC, the rest at 20 degC: 56 degC

Not covered: changes of phase, losses to the surroundings.
"""

from ouroboros.envs.plan import Given, Step
from ouroboros.envs.staged import Staged


class Heat(Staged):
    """The heat that warms a vessel and the liquid in it."""

    name = "heat"
    form = "m{m}c{c}k{k}d{d}q?"
    asked = "heat needed for this rise"
    assumes = ("liquid and vessel are equally warm", "no heat is lost", "nothing boils")
    givens = (
        Given(name="m", means="mass of the liquid", unit="g", absent="0"),
        Given(
            name="c",
            means="specific heat capacity of the liquid",
            unit="J/(g*K)",
            short=(2, 4),
            also=(("kJ/(kg*K)", 0), ("J/(kg*K)", 3)),
        ),
        Given(name="k", means="heat capacity of the vessel", unit="J/K", absent="0"),
        Given(name="d", means="rise in temperature", unit="K", short=(2, 9), absent="0"),
    )
    steps = (
        Step("liquid", "m", "*", "c", "heat capacity of the liquid", "J/K"),
        Step("both", "liquid", "+", "k", "heat capacity of liquid and vessel", "J/K"),
        Step("q", "both", "*", "d", "heat", "J"),
    )
    cast = (
        (
            {"vessel": "test tube", "liquid": "solution"},
            {"vessel": "metal cup", "liquid": "salt solution"},
            {"vessel": "glass vial", "liquid": "liquid"},
        ),
        (
            {"vessel": "calorimeter", "liquid": "solution"},
            {"vessel": "beaker", "liquid": "salt solution"},
            {"vessel": "flask", "liquid": "liquid"},
        ),
        (
            {"vessel": "calorimeter", "liquid": "solution"},
            {"vessel": "container", "liquid": "sugar solution"},
            {"vessel": "vessel", "liquid": "coolant"},
        ),
        (
            {"vessel": "boiler", "liquid": "coolant"},
            {"vessel": "tank", "liquid": "sugar solution"},
        ),
    )
    templates = (
        (
            "A {vessel} of heat capacity {k} holds {m} of {liquid} with a specific heat capacity "
            "of {c}. How much heat, in {unit}, makes both {d} warmer?"
        ),
        (
            "An electric heater warms a well-insulated {vessel} and the {m} of {liquid} in it by "
            "{d}. The specific heat capacity of the {liquid} is {c}, the heat capacity of the "
            "{vessel} is {k}. How much heat, in {unit}, does the heater supply?"
        ),
        (
            "{m} of {liquid} and the {vessel} that holds it are to become {d} warmer. The specific "
            "heat capacity of the {liquid} is {c}, and the heat capacity of the {vessel} is {k}. "
            "Without any losses, how much heat, in {unit}, does it take?"
        ),
        (
            "Someone warms {m} of {liquid} by {d}, and with it the {vessel} that holds it. The "
            "{liquid} has a specific heat capacity of {c}, the {vessel} a heat capacity of {k}. "
            "Nothing is lost to the air. Find the heat needed, in {unit}."
        ),
        (
            "How much heat, in {unit}, raises the temperature of {m} of {liquid} (specific heat "
            "capacity {c}) and of the {vessel} that holds it (heat capacity {k}) by {d}? No heat "
            "is lost."
        ),
    )


class Mixing(Staged):
    """The temperature that two portions of the same matter come to."""

    name = "mixing"
    form = "m{m}t{s}m{w}t{t}t?"
    asked = "common temperature at the end"
    assumes = (
        "all is of the same matter, of constant specific heat capacity",
        "no heat is lost",
        "nothing melts or boils",
    )
    givens = (
        Given(name="m", means="mass of the first portion", unit="kg", short=(1, 8), absent="0"),
        Given(name="s", means="temperature of the first portion", unit="degC"),
        Given(name="w", means="mass of both portions", unit="kg", short=(2, 9)),
        Given(name="t", means="temperature of the second portion", unit="degC"),
    )
    steps = (
        Step("one", "s", "*", "m", "mass times temperature of the first portion", "kg*degC"),
        Step("n", "w", "-", "m", "mass of the second portion", "kg"),
        Step("other", "t", "*", "n", "mass times temperature of the second portion", "kg*degC"),
        Step("both", "one", "+", "other", "sum of both", "kg*degC"),
        Step("end", "both", "/", "w", "common temperature", "degC"),
    )
    cast = (
        ({"matter": "water"}, {"matter": "milk"}, {"matter": "apple juice"}),
        ({"matter": "water"}, {"matter": "milk"}, {"matter": "olive oil"}),
        ({"matter": "steel shot"}, {"matter": "copper shot"}, {"matter": "ceramic beads"}),
        ({"matter": "helium"}, {"matter": "argon"}),
    )
    templates = (
        (
            "Of {w} of {matter}, {m} is at {s} and the rest is at {t}. Both parts are brought "
            "together, and no heat is lost. The specific heat capacity is constant. What exact "
            "temperature, in {unit}, does all of it come to?"
        ),
        (
            "To {m} of {matter} at {s} one adds {matter} at {t} until there is {w} in all. Find "
            "the exact temperature, in {unit}, once heat has stopped flowing. Nothing else takes "
            "up or gives off heat, and the specific heat capacity is constant."
        ),
        (
            "Two portions of {matter} exchange heat with each other alone. One has a mass of {m} "
            "and is at {s}, the other is at {t}, and together they have {w}. What is their common "
            "temperature in the end, in {unit}? Take the specific heat capacity as constant and "
            "give the exact value."
        ),
        (
            "A batch of {w} of {matter} is mixed from {m} at {s} and a remainder at {t}. Without "
            "losses and with a constant specific heat capacity, what is the exact temperature of "
            "the batch, in {unit}?"
        ),
    )

    def allowed(self, values: dict[str, str]) -> bool:
        """Whether there is a second portion, and it is not as warm as the first."""
        return values["m"] < values["w"] and values["s"] != values["t"]
