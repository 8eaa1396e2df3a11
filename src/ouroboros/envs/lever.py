"""Levers: the force that balances two loads, and the torque of loads on both sides.

    lever     "l12a3l40a5r7f?"      12 kN at 3 m and 40 kN at 5 m, held at 7 m: 33 5/7 kN
    torque    "l12a3l40a5r7a2m?"    12 N at 3 m and 40 N at 5 m against 7 N at 2 m: 222 N m

Beams are level and weigh nothing, pivots have no friction, and forces are vertical. Not covered:
loads so heavy on the right that the torque turns round.
"""

from ouroboros.envs.digits import smaller
from ouroboros.envs.plan import Given, Step
from ouroboros.envs.staged import Staged

IDEAL = ("the beam is level, rigid and without weight", "the pivot has no friction")


class Lever(Staged):
    """The force that balances two loads on a beam."""

    name = "lever"
    form = "l{p}a{a}l{q}a{b}r{e}f?"
    asked = "force that balances both loads"
    assumes = (
        *IDEAL,
        "the loads and the force are vertical",
        "both loads turn the beam one way, the force turns it the other way",
    )
    givens = (
        Given(name="p", means="first load", unit="kN", absent="0"),
        Given(name="a", means="arm of the first load", unit="m", short=(1, 9)),
        Given(name="q", means="second load", unit="kN", absent="0"),
        Given(name="b", means="arm of the second load", unit="m", short=(1, 9)),
        Given(name="e", means="arm of the force", unit="m", short=(2, 9)),
    )
    steps = (
        Step("one", "p", "*", "a", "torque of the first load", "kN*m"),
        Step("two", "q", "*", "b", "torque of the second load", "kN*m"),
        Step("both", "one", "+", "two", "torque of both", "kN*m"),
        Step("f", "both", "/", "e", "force", "kN"),
    )
    cast = (
        ({"load": "a crate"}, {"load": "a motor"}, {"load": "a pallet"}),
        ({"load": "a truck"}, {"load": "a water tank"}, {"load": "a bundle of steel"}),
        ({"load": "a transformer"}, {"load": "a bridge girder"}, {"load": "a boat"}),
        ({"load": "a ship's engine"}, {"load": "a bridge section"}),
    )
    templates = (
        (
            "A light rigid beam turns without friction about a pivot. To the left of it hang loads "
            "of {p} at a distance of {a} and {q} at a distance of {b}. What exact downward force, "
            "in {unit}, {e} to the right of the pivot keeps the beam level?"
        ),
        (
            "From the level jib of a crane hang {load} weighing {p}, {a} from the mast, and "
            "another one weighing {q}, {b} from the mast. The counterweight hangs {e} from the "
            "mast on the other side. Leave the weight of the jib aside. Exactly how heavy, in "
            "{unit}, must the counterweight be to balance both loads?"
        ),
        (
            "A level bridge of negligible weight is hinged at one end. On it rest {load} weighing "
            "{p}, {a} from the hinge, and another one weighing {q}, {b} from the hinge. A vertical "
            "rope holds the bridge {e} from the hinge. Find the exact tension in the rope, in "
            "{unit}."
        ),
        (
            "On one side of the fulcrum of a weightless level lever, {p} at an arm of {a} and {q} "
            "at an arm of {b} pull straight down. What force, in {unit}, straight down at an arm "
            "of {e} on the other side, balances them? Give the exact value."
        ),
        (
            "A light ramp carries {load} weighing {p} at {a} from its hinge and another one "
            "weighing {q} at {b}. A ram pushes straight up at {e} from the hinge and keeps the "
            "ramp level. What force, in {unit}, does the ram exert? Give the exact value."
        ),
    )


class Torque(Staged):
    """The torque that two loads on one arm keep against one on the other."""

    name = "torque"
    form = "l{p}a{a}l{q}a{b}r{r}a{c}m?"
    asked = "net torque about the pivot in favour of the left side"
    assumes = (*IDEAL, "all loads pull straight down")
    givens = (
        Given(name="p", means="first load on the left", unit="N", absent="0"),
        Given(name="a", means="arm of the first load", unit="m", short=(1, 9)),
        Given(name="q", means="second load on the left", unit="N", absent="0"),
        Given(name="b", means="arm of the second load", unit="m", short=(1, 9)),
        Given(name="r", means="load on the right", unit="N", absent="0"),
        Given(name="c", means="arm of the load on the right", unit="m", short=(1, 9)),
    )
    steps = (
        Step("one", "p", "*", "a", "torque of the first load", "N*m"),
        Step("two", "q", "*", "b", "torque of the second load", "N*m"),
        Step("left", "one", "+", "two", "torque of the loads on the left", "N*m"),
        Step("right", "r", "*", "c", "torque of the load on the right", "N*m"),
        Step("m", "left", "-", "right", "net torque in favour of the left side", "N*m"),
    )
    cast = (
        ({"load": "toy"}, {"load": "lantern"}, {"load": "flowerpot"}),
        ({"load": "bucket"}, {"load": "basket"}, {"load": "sandbag"}),
        ({"load": "sack"}, {"load": "wheel"}, {"load": "barrel"}),
        ({"load": "crate"}, {"load": "steel plate"}),
    )
    templates = (
        (
            "A light rigid beam is held level on its pivot. To the left of the pivot hang loads of "
            "{p} at a distance of {a} and {q} at a distance of {b}, to the right hangs a load of "
            "{r} at a distance of {c}. What net torque, in {unit}, tends to turn the left side "
            "down?"
        ),
        (
            "To the left of the pivot of a light, level plank lie a {load} weighing {p}, {a} from "
            "the pivot, and a {load} weighing {q}, {b} from it. To the right lies a {load} "
            "weighing {r}, {c} from the pivot. What is the net torque, in {unit}, that turns the "
            "left side down?"
        ),
        (
            "A light, level beam can turn about its middle. A {load} weighing {p} hangs {a} to the "
            "left of the middle, one weighing {q} hangs {b} to the left, and one weighing {r} "
            "hangs {c} to the right. Find the sum of the torques, in {unit}, counted positive "
            "where they turn the left side down."
        ),
        (
            "At distances of {a}, {b} and {c} from the fulcrum of a level lever act three "
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
