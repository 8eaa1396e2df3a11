"""How far a body goes while it brakes: "u25v8t7s?" -> 52+8=33, 33*7=132, ..., 115+1/2."""

from ouroboros.envs.digits import smaller
from ouroboros.envs.plan import Given, Step
from ouroboros.envs.staged import Staged


class Braking(Staged):
    """The distance of an evenly slowed motion: the mean speed times the time."""

    name = "braking"
    form = "u{u}v{v}t{t}s?"
    asked = "distance covered"
    assumes = ("the speed falls evenly, on a straight line",)
    givens = (
        Given(name="u", means="initial speed", unit="m/s", absent="0", also=(("cm/s", 2),)),
        Given(name="v", means="final speed", unit="m/s", absent="0", also=(("cm/s", 2),)),
        Given(name="t", means="time", unit="s", short=(2, 9), absent="0", also=(("ms", 3),)),
    )
    steps = (
        Step("both", "u", "+", "v", "twice the mean speed", "m/s"),
        Step("twice", "both", "*", "t", "twice the distance", "m"),
        Step("s", "twice", "/", "2", "distance", "m"),
    )
    cast = (
        ({"body": "a sledge"}, {"body": "a bicycle"}, {"body": "a rowing boat"}),
        ({"body": "a train"}, {"body": "a racing car"}, {"body": "a seaplane"}),
        ({"body": "a fighter jet"}, {"body": "a rocket sled"}, {"body": "a falling capsule"}),
        ({"body": "a space probe"}, {"body": "a returning spaceship"}),
    )
    templates = (
        "{Body} brakes evenly from {u} to {v} in {t}. How far does it travel meanwhile, in {unit}?",
        (
            "The speed of {body} falls steadily from {u} to {v} within {t}. What distance is that, "
            "in {unit}?"
        ),
        "{Body} slows down uniformly: {u} at first, {v} after {t}. Find its path so far in {unit}.",
        (
            "At constant deceleration {body} takes {t} from {u} down to {v}. How long is its path, "
            "in {unit}?"
        ),
        "Give the braking distance in {unit} of {body} that slows evenly from {u} to {v} in {t}.",
    )

    def adjust(self, values: dict[str, str]) -> None:
        """Put the higher speed first."""
        if smaller(values["u"], values["v"]):
            values["u"], values["v"] = values["v"], values["u"]

    def allowed(self, values: dict[str, str]) -> bool:
        """Whether the body gets slower."""
        return smaller(values["v"], values["u"])
