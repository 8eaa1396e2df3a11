"""How far a body goes while it brakes: "u25v8t7s?" -> 52+8=33, 33*7=132, ..., 115+1/2."""

from ouroboros.envs.digits import smaller
from ouroboros.envs.plan import Given, Step
from ouroboros.envs.staged import Staged

HARDEST = 100  # m/s^2 that a body of up to 999 m/s may lose, as far as 9 s allow
IONS = ({"body": "an ion in an electric field"}, {"body": "a proton in an electric field"})


class Braking(Staged):
    """The distance of an evenly slowed motion: the mean speed times the time."""

    name = "braking"
    form = "u{u}v{v}t{t}s?"
    asked = "distance covered"
    assumes = ("the speed falls evenly, on a straight line",)
    givens = (
        Given(name="u", means="initial speed", unit="m/s", absent="0"),
        Given(name="v", means="final speed", unit="m/s", absent="0"),
        Given(name="t", means="time", unit="s", short=(2, 9), absent="0"),
    )
    steps = (
        Step("both", "u", "+", "v", "twice the mean speed", "m/s"),
        Step("twice", "both", "*", "t", "twice the distance", "m"),
        Step("s", "twice", "/", "2", "distance", "m"),
    )
    cast = (
        ({"body": "a sledge"}, {"body": "a bicycle"}, {"body": "a scooter"}),
        ({"body": "a racing car"}, {"body": "a dragster with a parachute"}),
        ({"body": "a rocket sled"}, {"body": "a returning space capsule"}),
        IONS,
        IONS,
        IONS,
        (
            {"body": "a spot of light on a distant cloud"},
            {"body": "a dot in a computer game"},
        ),
    )
    templates = (
        "{Body} slows evenly from {u} to {v} in {t}. How far does it go in that time, in {unit}?",
        (
            "The speed of {body} falls steadily from {u} to {v} in {t}. What distance does it "
            "cover in that time, in {unit}?"
        ),
        (
            "{Body} slows down uniformly: its speed is {u} at first and {v} after {t}. How far "
            "does it go in that time, in {unit}?"
        ),
        (
            "At constant deceleration, {body} takes {t} to get from {u} down to {v}. How far does "
            "it go meanwhile, in {unit}?"
        ),
        (
            "Over what distance, in {unit}, does {body} slow evenly from {u} to {v} if that takes "
            "{t}?"
        ),
    )

    def adjust(self, values: dict[str, str]) -> None:
        """Put the higher speed first; give a body of up to 999 m/s the time that it needs."""
        if smaller(values["u"], values["v"]):
            values["u"], values["v"] = values["v"], values["u"]
        if len(values["u"]) <= 3:
            least = -((int(values["v"]) - int(values["u"])) // HARDEST)
            values["t"] = max(values["t"], str(min(least, 9)))

    def allowed(self, values: dict[str, str]) -> bool:
        """Whether the body gets slower."""
        return smaller(values["v"], values["u"])
