"""The square of a pendulum's speed: "a25b8vv?" -> 52+8=33, 33*2=66, 66 (m^2/s^2)."""

import random

from ouroboros.envs.digits import shifted
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
    assumes = ("let go from rest", "g = 10 m/s^2", "no friction, no air resistance")
    givens = (
        Given(name="a", means="height of the start above a mark", unit="dm", absent="0"),
        Given(name="b", means="depth of the lowest point below the mark", unit="dm", absent="0"),
    )
    steps = (
        Step("drop", "a", "+", "b", "height lost", "dm"),
        Step("vv", "drop", "*", "2", "square of the speed, 2 m\u00b2/s\u00b2 for each dm",
             "m^2/s^2"),
    )  # fmt: skip
    cast = (
        (
            {"bob": "a steel ball", "cord": "a thread",
             "mark": "a chalk line on the wall", "the_mark": "the line"},
            {"bob": "a lead weight", "cord": "a string",
             "mark": "a scratch on the stand", "the_mark": "the scratch"},
        ),
        (
            {"bob": "a wrecking ball", "cord": "a chain",
             "mark": "the floor of the crane driver's cab", "the_mark": "that floor"},
            {"bob": "a sandbag", "cord": "a rope",
             "mark": "a scaffold platform", "the_mark": "the platform"},
        ),
        (
            {"bob": "the seat of a canyon swing", "cord": "a steel cable",
             "mark": "a lamp on the rock", "the_mark": "the lamp"},
            {"bob": "a stunt dummy", "cord": "a long rope",
             "mark": "a balcony of a tower", "the_mark": "the balcony"},
        ),
        (
            {"bob": "a huge lead ball", "cord": "a cable",
             "mark": "a red line on a cliff", "the_mark": "the red line"},
        ),
    )  # fmt: skip
    templates = (
        (
            "{Bob} on {cord} is let go from rest {a} above the level of {mark} and swings freely "
            "past it. Its lowest point is {b} below {the_mark}. Take g = 10 m/s\u00b2 and no "
            "friction. What is the square of its speed there, in {unit}?"
        ),
        (
            "Held still on {cord} that is taut, {bob} is {a} higher than {mark}. It is let go, and "
            "at the bottom of its swing it is {b} lower than {the_mark}. With g = 10 m/s\u00b2 and "
            "no friction, find v\u00b2, the square of its speed at the bottom, in {unit}."
        ),
        (
            "{Bob} moves to and fro on {cord}. It turns back {a} above the level of {mark} and is "
            "fastest {b} below {the_mark}. With g = 10 m/s\u00b2 and no losses, what is the square "
            "of its highest speed, in {unit}?"
        ),
        (
            "{Bob} on {cord} was let go from rest {a} higher than {mark}. It is now at the lowest "
            "point of its swing, {b} lower than {the_mark}. No energy is lost, and g is "
            "10 m/s\u00b2. How large is the square of its speed now, in {unit}?"
        ),
    )

    @property
    def restates(self) -> bool:
        """Questions state heights in cm or in m."""
        return True

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """Both heights in the same unit: cm where each is less than a metre, else m."""
        unit, power = ("cm", 1) if self.level_of(prompt) == 1 else ("m", -1)
        heights = {
            name: f"{shifted(digits, power)} {unit}" for name, digits in self.values(prompt).items()
        }
        return super().words(prompt, rng) | heights
