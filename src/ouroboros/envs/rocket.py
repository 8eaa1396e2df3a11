"""Force at lift-off: "f845n9m549r?" -> 548*9=5067, 945*01=0945, 5067-0945=5112, 2115 (kN)."""

from ouroboros.envs.digits import smaller, to_digits, to_int
from ouroboros.envs.plan import Given, Step
from ouroboros.envs.staged import Staged

STRONGEST = 5  # times the weight is the thrust of a rocket that is drawn, at most


class Rocket(Staged):
    """The net force on a rocket at lift-off: the thrust of all engines less the weight."""

    name = "rocket"
    form = "f{f}n{n}m{m}r?"
    asked = "net upward force"
    assumes = ("straight up", "g = 10 m/s^2", "the mass that burns at first does not count")
    givens = (
        Given(name="f", means="thrust of an engine", unit="kN", absent="0", also=(("N", 3),)),
        Given(name="n", means="number of engines", short=(2, 9), absent="0"),
        Given(name="m", means="mass of the rocket", unit="t", absent="0", also=(("kg", 3),)),
    )
    steps = (
        Step("thrust", "f", "*", "n", "thrust of all engines", "kN"),
        Step("weight", "m", "*", "10", "weight, 10 kN for each t", "kN"),
        Step("net", "thrust", "-", "weight", "net force", "kN"),
    )
    cast = (
        ({"rocket": "a sounding rocket"}, {"rocket": "a test rocket"}),
        ({"rocket": "a small launcher"}, {"rocket": "a research rocket"}),
        ({"rocket": "a launcher"}, {"rocket": "a space freighter"}),
        ({"rocket": "a giant rocket"}, {"rocket": "a Mars ship"}),
    )
    templates = (
        (
            "{Rocket} of {m} stands on the pad with {n} engines of {f} thrust each. What net force "
            "lifts it at take-off, in {unit}? Take g = 10 m/s\u00b2."
        ),
        (
            "Each of the {n} engines of {rocket} pushes it straight up with {f}. The mass at the "
            "start is {m}. How large is the net upward force at the start, in {unit} "
            "(g = 10 m/s\u00b2)?"
        ),
        (
            "By how much, in {unit}, is the total thrust of {rocket} greater than its weight at "
            "lift-off? It has {n} engines of {f} thrust each and a mass of {m}; "
            "g = 10 m/s\u00b2."
        ),
        (
            "{Rocket} rises straight up from the launch site, where g is 10 m/s\u00b2. At "
            "lift-off it has a mass of {m} and {n} engines of {f} thrust each at work. Find the "
            "net force that accelerates it then, in {unit}."
        ),
    )

    def adjust(self, values: dict[str, str]) -> None:
        """Let the larger number be the thrust; where that is out of proportion, load the rocket."""
        if smaller(values["f"], values["m"]):
            values["f"], values["m"] = values["m"], values["f"]
        thrust, m = to_int(values["f"]) * int(values["n"]), to_int(values["m"])
        least, most = -(-thrust // (10 * STRONGEST)), (thrust - 1) // 10
        if least <= most and not least <= m <= most:
            values["m"] = to_digits(least + m % (most - least + 1))

    def allowed(self, values: dict[str, str]) -> bool:
        """Whether the rocket takes off."""
        f, n, m = (to_int(values[name]) for name in "fnm")
        return f * n > 10 * m
