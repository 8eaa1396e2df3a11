"""Motion at a constant acceleration: "u43a12t5v?" -> 21*5=06, 34+06=301, 103."""

from ouroboros.envs.plan import Given, Step
from ouroboros.envs.planned import Planned


class Kinematics(Planned):
    """The speed after some seconds of acceleration."""

    name = "kinematics"
    domain = "physics"
    form = "u{u}a{a}t{t}v?"
    asked = "final speed"
    givens = (
        Given(name="u", means="initial speed", unit="m/s", absent="0", also=(("cm/s", 2),)),
        Given(name="a", means="acceleration", unit="m/s^2", absent="0", also=(("cm/s^2", 2),)),
        Given(name="t", means="time", unit="s", short=(2, 9), absent="0", also=(("ms", 3),)),
    )
    steps = (
        Step("gain", "a", "*", "t", "speed gained", "m/s"),
        Step("v", "u", "+", "gain", "final speed", "m/s"),
    )
    templates = (
        "A cart rolls at {u}. For {t} it is accelerated by {a}. How fast is it then, in {unit}?",
        "A probe flies at {u}. Its engine adds {a} for {t}. Find the final speed in {unit}.",
        "A body moves at {u} and speeds up by {a} for {t}. What speed, in {unit}, does it reach?",
    )
