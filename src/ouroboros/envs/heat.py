"""Calorimetry: the heat that a rise in temperature takes, and the temperature of a mixture.

    heat      "m12c4k30d5q?"     12 kg of 4 kJ/(kg K) in a vessel of 30 kJ/K, 5 K warmer: 390 kJ
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
        Given(
            name="m",
            means="mass of the liquid",
            unit="kg",
            absent="0",
            also=(("g", 3), ("t", -3)),
        ),
        Given(
            name="c",
            means="specific heat capacity of the liquid",
            unit="kJ/(kg*K)",
            short=(2, 5),
            also=(("J/(kg*K)", 3), ("J/(g*K)", 0)),
        ),
        Given(
            name="k",
            means="heat capacity of the vessel",
            unit="kJ/K",
            absent="0",
            also=(("J/K", 3), ("MJ/K", -3)),
        ),
        Given(name="d", means="rise in temperature", unit="K", short=(2, 9), absent="0"),
    )
    steps = (
        Step("liquid", "m", "*", "c", "heat capacity of the liquid", "kJ/K"),
        Step("both", "liquid", "+", "k", "heat capacity of liquid and vessel", "kJ/K"),
        Step("q", "both", "*", "d", "heat", "kJ"),
    )
    cast = (
        (
            {"vessel": "pot", "liquid": "soup"},
            {"vessel": "calorimeter", "liquid": "solution"},
            {"vessel": "bucket", "liquid": "syrup"},
        ),
        (
            {"vessel": "kettle", "liquid": "mash"},
            {"vessel": "drum", "liquid": "glycol"},
            {"vessel": "boiler", "liquid": "coolant"},
        ),
        (
            {"vessel": "vat", "liquid": "juice"},
            {"vessel": "reactor", "liquid": "solution"},
            {"vessel": "tank", "liquid": "brine"},
        ),
        (
            {"vessel": "storage tank", "liquid": "coolant"},
            {"vessel": "concrete basin", "liquid": "brine"},
        ),
    )
    templates = (
        (
            "A {vessel} of heat capacity {k} holds {m} of {liquid} with a specific heat capacity "
            "of {c}. How much heat, in {unit}, makes both {d} warmer?"
        ),
        (
            "An electric heater has made a well insulated {vessel} and the {m} of {liquid} in it "
            "{d} warmer. The specific heat capacity of the {liquid} is {c}, the heat capacity of "
            "the {vessel} is {k}. How much heat, in {unit}, did the heater give?"
        ),
        (
            "A {vessel} filled with {m} of {liquid} cools by {d} overnight. With {c} for the "
            "{liquid} and {k} for the whole {vessel}, how much heat, in {unit}, do they give off?"
        ),
        (
            "Someone warms {m} of {liquid} by {d}, and with it the {vessel} that holds it. The "
            "{liquid} has a specific heat capacity of {c}, the {vessel} a heat capacity of {k}. "
            "Nothing is lost to the air. Find the heat needed, in {unit}."
        ),
        (
            "What heat, in {unit}, takes {m} of {liquid} ({c}) together with its {vessel} (heat "
            "capacity {k}) to a temperature that is {d} higher?"
        ),
    )


class Mixing(Staged):
    """The temperature that two portions of the same matter come to."""

    name = "mixing"
    form = "m{m}t{s}m{w}t{t}t?"
    asked = "common temperature at the end"
    assumes = ("all is of the same matter", "no heat is lost", "nothing melts or boils")
    givens = (
        Given(
            name="m",
            means="mass of the first portion",
            unit="kg",
            short=(1, 8),
            absent="0",
            also=(("g", 3),),
        ),
        Given(name="s", means="temperature of the first portion", unit="degC"),
        Given(name="w", means="mass of both portions", unit="kg", short=(2, 9), also=(("g", 3),)),
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
        ({"matter": "water"}, {"matter": "milk"}, {"matter": "olive oil"}),
        ({"matter": "water"}, {"matter": "milk"}, {"matter": "olive oil"}),
        ({"matter": "copper"}, {"matter": "quartz sand"}, {"matter": "steel"}),
        ({"matter": "plasma"}, {"matter": "hot gas"}),
    )
    templates = (
        (
            "Of {w} of {matter} in an insulated vessel, {m} is at {s} and the rest is at {t}. No "
            "heat is lost. What temperature, in {unit}, does all of it come to?"
        ),
        (
            "To {m} of {matter} at {s} someone adds {matter} at {t} until there is {w} in all. "
            "Find the temperature in {unit} when heat has stopped flowing, if nothing else takes "
            "up or gives off heat."
        ),
        (
            "Two portions of {matter} exchange heat with each other alone. One has {m} and is at "
            "{s}, the other is at {t}, and together they have {w}. At which temperature, in "
            "{unit}, are they equally warm?"
        ),
        (
            "Someone needs {w} of {matter}: {m} is taken from a store at {s}, and what is missing "
            "from one at {t}. Without any losses, how warm is the whole in the end, in {unit}?"
        ),
    )

    def allowed(self, values: dict[str, str]) -> bool:
        """Whether there is a second portion, and it is not as warm as the first."""
        return values["m"] < values["w"] and values["s"] != values["t"]
