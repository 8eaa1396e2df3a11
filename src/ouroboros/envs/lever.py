"""Levers: the force that balances two loads, and the torque of loads on both sides.

    lever     "l12a3l40a5r7f?"      12 kN at 3 m and 40 kN at 5 m, held at 7 m: 33 5/7 kN
    torque    "l12a3l40a5r7a2m?"    12 N at 3 m and 40 N at 5 m against 7 N at 2 m: 222 N m

Beams are level and weigh nothing, pivots have no friction, and forces are vertical. Not covered:
loads so heavy on the right that the torque turns round.
"""

from ouroboros.envs.digits import smaller
from ouroboros.envs.plan import Given, Step
from ouroboros.envs.staged import Staged

KILONEWTON = (("N", 3), ("MN", -3))
NEWTON = (("kN", -3),)
METRE = (("cm", 2), ("dm", 1))
IDEAL = ("the beam is level, rigid and without weight", "the pivot has no friction")


class Lever(Staged):
    """The force on one arm that balances two loads on the other."""

    name = "lever"
    form = "l{p}a{a}l{q}a{b}r{e}f?"
    asked = "force at the right arm that balances both loads"
    assumes = (*IDEAL, "both loads and the force are vertical")
    givens = (
        Given(name="p", means="first load, on the left", unit="kN", absent="0", also=KILONEWTON),
        Given(name="a", means="arm of the first load", unit="m", short=(1, 9), also=METRE),
        Given(name="q", means="second load, on the left", unit="kN", absent="0", also=KILONEWTON),
        Given(name="b", means="arm of the second load", unit="m", short=(1, 9), also=METRE),
        Given(name="e", means="arm of the force, on the right", unit="m", short=(2, 9), also=METRE),
    )
    steps = (
        Step("one", "p", "*", "a", "torque of the first load", "kN*m"),
        Step("two", "q", "*", "b", "torque of the second load", "kN*m"),
        Step("both", "one", "+", "two", "torque of both", "kN*m"),
        Step("f", "both", "/", "e", "force", "kN"),
    )
    cast = (
        ({"load": "a crate"}, {"load": "a motor"}, {"load": "a pallet"}),
        ({"load": "a car"}, {"load": "a water tank"}, {"load": "a bundle of steel"}),
        ({"load": "a container"}, {"load": "a boat"}, {"load": "a bridge girder"}),
        ({"load": "a ship's engine"}, {"load": "a bridge section"}),
    )
    templates = (
        (
            "A light rigid beam turns without friction about a pivot. On its left hang loads of "
            "{p} at {a} from the pivot and {q} at {b}. Which downward force, in {unit}, {e} to the "
            "right of the pivot keeps the beam level?"
        ),
        (
            "From the level jib of a crane hang {load} of {p}, {a} from the mast, and another of "
            "{q}, {b} from it. The counterweight hangs {e} from the mast on the other side. Leave "
            "the weight of the jib aside. How heavy is the counterweight, in {unit}, that balances "
            "both?"
        ),
        (
            "A level bridge of negligible weight is hinged at one end. On it stand {load} of {p}, "
            "{a} from the hinge, and another of {q}, {b} from the hinge. A vertical rope holds the "
            "bridge {e} from the hinge. Find the tension of the rope in {unit}."
        ),
        (
            "Balance a weightless lever: {p} at an arm of {a} and {q} at an arm of {b} pull down "
            "on one side of the fulcrum. What force in {unit}, straight down at an arm of {e} on "
            "the other side, does it take?"
        ),
        (
            "A light ramp carries {load} of {p} at {a} from its hinge and a second one of {q} at "
            "{b}. A ram pushes straight up at {e} from the hinge and keeps the ramp horizontal. "
            "What force, in {unit}, does the ram exert?"
        ),
    )


class Torque(Staged):
    """The torque that two loads on one arm keep against one on the other."""

    name = "torque"
    form = "l{p}a{a}l{q}a{b}r{r}a{c}m?"
    asked = "resulting torque about the pivot, counted positive to the left"
    assumes = (*IDEAL, "all loads pull straight down")
    givens = (
        Given(name="p", means="first load on the left", unit="N", absent="0", also=NEWTON),
        Given(name="a", means="its arm", unit="m", short=(1, 9), also=METRE),
        Given(name="q", means="second load on the left", unit="N", absent="0", also=NEWTON),
        Given(name="b", means="its arm", unit="m", short=(1, 9), also=METRE),
        Given(name="r", means="load on the right", unit="N", absent="0", also=NEWTON),
        Given(name="c", means="its arm", unit="m", short=(1, 9), also=METRE),
    )
    steps = (
        Step("one", "p", "*", "a", "torque of the first load", "N*m"),
        Step("two", "q", "*", "b", "torque of the second load", "N*m"),
        Step("left", "one", "+", "two", "torque to the left", "N*m"),
        Step("right", "r", "*", "c", "torque to the right", "N*m"),
        Step("m", "left", "-", "right", "torque that remains, to the left", "N*m"),
    )
    cast = (
        ({"load": "toy"}, {"load": "lantern"}, {"load": "flowerpot"}),
        ({"load": "bucket"}, {"load": "basket"}, {"load": "sandbag"}),
        ({"load": "sack"}, {"load": "wheel"}, {"load": "barrel"}),
        ({"load": "crate"}, {"load": "steel plate"}),
    )
    templates = (
        (
            "A light rigid beam turns about a pivot. On its left hang {p} at {a} from the pivot "
            "and {q} at {b}, on its right hang {r} at {c}. Which torque to the left, in {unit}, "
            "results when the beam is level?"
        ),
        (
            "On the left side of a light, level plank lie a {load} of {p}, {a} from the pivot, and "
            "a {load} of {q}, {b} from it. On the right side lies a {load} of {r}, {c} from the "
            "pivot. How large is the resulting torque to the left, in {unit}?"
        ),
        (
            "A light yardarm turns about its middle and is level. A {load} of {p} and one of {q} "
            "pull it down at {a} and {b} to the left of the middle, a {load} of {r} at {c} to the "
            "right. Find the sum of the torques in {unit}, counted positive to the left."
        ),
        (
            "At distances of {a}, {b} and {c} from the fulcrum of a horizontal lever act three "
            "downward forces, in this order: {p} and {q} on the left arm and {r} on the right arm. "
            "What is the net torque, in {unit}, in favour of the left arm?"
        ),
    )

    def adjust(self, values: dict[str, str]) -> None:
        """Give the right the lighter load and the shorter arm of two, so that the left wins."""
        for left, right in ("qr", "bc"):
            if smaller(values[left], values[right]):
                values[left], values[right] = values[right], values[left]

    def allowed(self, values: dict[str, str]) -> bool:
        """Whether the second load on the left alone holds the one on the right."""
        return not (smaller(values["q"], values["r"]) or smaller(values["b"], values["c"]))
