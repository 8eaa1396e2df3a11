"""The square of a pendulum's speed: "a25b8vv?" -> 52+8=33, 33*2=66, 66 (m^2/s^2)."""

from ouroboros.envs.plan import Given, Step
from ouroboros.envs.staged import Staged


class Pendulum(Staged):
    """The square of the speed at the lowest point, by conservation of energy: v^2 = 2 g h.

    Heights are in dm, so that it is 2 m^2/s^2 for each of them and scenes of one to three digits
    are as large as pendulums are.
    """

    name = "pendulum"
    form = "a{a}b{b}vv?"
    asked = "square of the speed at the lowest point"
    assumes = ("let go at rest", "g = 10 m/s^2", "no friction, no air resistance")
    givens = (
        Given(name="a", means="height of the start above a mark", unit="dm", absent="0",
              also=(("cm", 1), ("m", -1))),
        Given(name="b", means="depth of the lowest point below the mark", unit="dm", absent="0",
              also=(("cm", 1), ("m", -1))),
    )  # fmt: skip
    steps = (
        Step("drop", "a", "+", "b", "height lost", "dm"),
        Step("vv", "drop", "*", "2", "2 g times the height, 2 m\u00b2/s\u00b2 for each dm",
             "m^2/s^2"),
    )  # fmt: skip
    cast = (
        (
            {"bob": "a steel ball", "cord": "a thread", "mark": "the table top"},
            {"bob": "a lead weight", "cord": "a string", "mark": "the chalk line"},
        ),
        (
            {"bob": "a wrecking ball", "cord": "a chain", "mark": "the top of the wall"},
            {"bob": "an empty swing", "cord": "a rope", "mark": "the railing of the jetty"},
        ),
        (
            {"bob": "the seat of a canyon swing", "cord": "a rope", "mark": "the rim"},
            {"bob": "the load of a crane", "cord": "a cable", "mark": "the deck of the bridge"},
        ),
        ({"bob": "a huge lead ball", "cord": "a cable", "mark": "the red line"},),
    )
    templates = (
        (
            "{Bob} on {cord} is let go from rest {a} above {mark}. It swings through its lowest "
            "point {b} below the level of {mark}. What is the square of its speed there, in "
            "{unit}? Take g = 10 m/s\u00b2, without friction."
        ),
        (
            "Held still on {cord} that is taut, {bob} is {a} above {mark}; at the bottom of its "
            "swing it is {b} below the level of {mark}. Find v\u00b2, the square of its speed at "
            "the bottom, in {unit} (g = 10 m/s\u00b2, no friction)."
        ),
        (
            "{Bob} swings to and fro on {cord}. It turns back {a} above {mark} and is fastest {b} "
            "below the level of {mark}. With g = 10 m/s\u00b2 and no losses, what is the square of "
            "its highest speed in {unit}?"
        ),
        (
            "No energy is lost and g is 10 m/s\u00b2. How large, in {unit}, is the square of the "
            "speed of {bob} on {cord} at the lowest point of its swing? It was let go at rest {a} "
            "higher than {mark} and now is {b} lower than {mark}."
        ),
    )
