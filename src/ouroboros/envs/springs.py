"""Two springs side by side: "k25c8x3f?" -> 52+8=33, 33*3=99, 99."""

from ouroboros.envs.plan import Given, Step
from ouroboros.envs.staged import Staged


class Springs(Staged):
    """The force that parallel springs take, by Hooke's law."""

    name = "springs"
    form = "k{k}c{c}x{x}f?"
    asked = "force on both springs together"
    assumes = ("Hooke's law", "both springs are deformed by the same length from rest")
    givens = (
        Given(name="k", means="stiffness of the first spring", unit="N/cm", absent="0",
              also=(("N/m", 2),)),
        Given(name="c", means="stiffness of the second spring", unit="N/cm", absent="0",
              also=(("N/m", 2),)),
        Given(name="x", means="change of length", unit="cm", short=(2, 9), absent="0",
              also=(("mm", 1),)),
    )  # fmt: skip
    steps = (
        Step("both", "k", "+", "c", "joint stiffness", "N/cm"),
        Step("f", "both", "*", "x", "force", "N"),
    )
    cast = (
        ({"load": "a tray"}, {"load": "a flowerpot"}),
        ({"load": "a bookshelf"}, {"load": "a box of tools"}),
        ({"load": "a stack of bricks"}, {"load": "a crate of machine parts"}),
        ({"load": "a block of steel"}, {"load": "a slab of concrete"}),
    )
    templates = (
        (
            "Two springs of {k} and {c} hang side by side from a beam and carry one bar. What "
            "total force on the bar, in {unit}, stretches each of them by {x}?"
        ),
        (
            "{Load} rests level on two springs side by side, of {k} and {c}, and compresses both "
            "by {x}. With what force, in {unit}, do they hold it up?"
        ),
        (
            "{Load} hangs level from two parallel springs and stretches each by {x}. Their spring "
            "constants are {k} and {c}. How large is its weight, in {unit}?"
        ),
        (
            "A buffer holds two springs side by side (in parallel), of {k} and {c}. Both obey "
            "Hooke's law. What force, in {unit}, shortens both by {x} from rest?"
        ),
    )
