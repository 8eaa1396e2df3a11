"""Motion at a constant acceleration: "u43a12t5v?" -> 21*5=06, 34+06=301, 103."""

from ouroboros.envs.plan import Given, Step
from ouroboros.envs.staged import Staged

IONS = (
    {"body": "an ion", "push": "a weak electric field"},
    {"body": "a proton", "push": "a weak electric field"},
)


class Kinematics(Staged):
    """The speed after some seconds of acceleration."""

    name = "kinematics"
    wall = 4
    form = "u{u}a{a}t{t}v?"
    asked = "final speed"
    assumes = ("constant acceleration, in the direction of motion",)
    givens = (
        Given(name="u", means="initial speed", unit="m/s", absent="0"),
        Given(name="a", means="acceleration", unit="m/s^2", absent="0"),
        Given(name="t", means="time", unit="s", short=(2, 9), absent="0"),
    )
    steps = (
        Step("gain", "a", "*", "t", "speed gained", "m/s"),
        Step("v", "u", "+", "gain", "final speed", "m/s"),
    )
    cast = (
        (
            {"body": "a racing car", "push": "its engine"},
            {"body": "a dragster", "push": "its engine"},
            {"body": "a roller coaster train", "push": "a linear motor"},
        ),
        (
            {"body": "a rocket sled", "push": "its engine"},
            {"body": "a research rocket", "push": "its engine"},
        ),
        (
            {"body": "an interceptor missile", "push": "its solid motor"},
            {"body": "a capsule on a lunar launch rail", "push": "a magnetic field"},
        ),
        IONS,
        IONS,
        IONS,
        (
            {"body": "a spot of light on a distant cloud", "push": "a turning mirror"},
            {"body": "a dot in a computer game", "push": "the program"},
        ),
    )
    templates = (
        (
            "{Body} moves at {u}. Then, for {t}, it speeds up steadily at {a}. How fast is it "
            "then, in {unit}?"
        ),
        (
            "{Body} moves at {u}. For {t}, {push} accelerates it at a constant {a} in its "
            "direction of motion. Find its final speed in {unit}."
        ),
        (
            "Moving in a straight line, {body} gains speed at a constant rate of {a} for {t}. At "
            "the start its speed is {u}. What is its speed at the end, in {unit}?"
        ),
        (
            "The speed of {body} is {u} at first. Under a constant acceleration of {a} in the "
            "direction of motion, what speed, in {unit}, does it have {t} later?"
        ),
        (
            "{Body} with a speed of {u} is accelerated evenly, at {a} for {t}, without a change of "
            "direction. What speed, in {unit}, does it reach?"
        ),
    )
