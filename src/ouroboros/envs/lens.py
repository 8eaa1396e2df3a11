"""The thin lens: the real image of an object beyond the focal point.

    "f12u20v?"    lines 02-21=80    02*2=04  02*01=002  04+002=042    240%8=200  240/8=030    30

The image distance is v = u f / (u - f), which is 1/v = 1/f - 1/u. The divisor is what the first
line finds, and is written without leading zeros from there on: hence a plan in two parts. Not
covered: objects within the focal length, whose images are virtual.
"""

from collections.abc import Sequence

from ouroboros.envs.digits import plain, smaller, to_digits, to_int
from ouroboros.envs.plan import Given, Step, Worked, retrace, widest, work
from ouroboros.envs.planned import SIGNS, spelled
from ouroboros.envs.staged import Staged

OTHERS = (("m", -2),)


class Lens(Staged):
    """Where a converging lens makes the real image of an object beyond its focal point."""

    name = "lens"
    wall = 2
    form = "f{f}u{u}v?"
    asked = "distance of the image from the lens"
    assumes = ("the lens is thin and converging", "light travels close to the axis")
    givens = (
        Given(name="f", means="focal length", unit="cm", absent="0", also=OTHERS),
        Given(name="u", means="distance of the object from the lens", unit="cm", also=OTHERS),
    )
    steps = (
        Step("x", "u", "-", "f", "distance of the object beyond the focal point", "cm"),
        Step("p", "u", "*", "f", "object distance times focal length", "cm^2"),
        Step("v", "p", "/", "x", "image distance", "cm"),
    )
    cast = (
        ({"object": "a coin"}, {"object": "a leaf"}, {"object": "a postage stamp"}),
        ({"object": "a candle"}, {"object": "a flower"}, {"object": "a slide"}),
        ({"object": "a lamp"}, {"object": "a statue"}, {"object": "a window"}),
        ({"object": "a tree"}, {"object": "a house"}, {"object": "a tower"}),
    )
    templates = (
        (
            "{Object} is {u} in front of a thin converging lens of focal length {f}. Exactly how "
            "far behind the lens, in {unit}, is the image?"
        ),
        (
            "A thin lens brings parallel light together {f} behind it. At what exact distance from "
            "the lens, in {unit}, must a screen stand to show a sharp image of {object} that is "
            "{u} away from the lens on the other side?"
        ),
        (
            "With a thin converging lens, f = {f}, a sharp image of {object} is cast on a wall. "
            "The object is {u} from the lens. Find the exact distance of the wall from the lens, "
            "in {unit}."
        ),
        (
            "A thin converging lens of focal length {f} forms a real image of {object}, which is "
            "{u} from the lens. How far from the lens, in {unit}, is the image? Give the exact "
            "value."
        ),
        (
            "A diagram shows {object}, {u} from a thin converging lens of focal length {f}, and "
            "its real image. By 1/f = 1/u + 1/v, what is the image distance v, in {unit}? Give the "
            "exact value."
        ),
    )

    def adjust(self, values: dict[str, str]) -> None:
        """Put the object at the greater of the two distances."""
        if smaller(values["u"], values["f"]):
            values["u"], values["f"] = values["f"], values["u"]

    def allowed(self, values: dict[str, str]) -> bool:
        """Whether the object is beyond the focal point."""
        return smaller(values["f"], values["u"])

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """Whether the lines are those of both parts of the plan but perhaps for the results."""
        return self._retraced(prompt, lines) is not None

    def _retraced(self, prompt: str, lines: Sequence[str]) -> Worked | None:
        """The walk through both parts that wrote these lines; None where there is none."""
        values = self.values(prompt)
        beyond = plain(lines[0].partition("=")[2][::-1]) if lines else ""
        if retrace(self.steps[:1], values, (*lines[:1], beyond)) is None:
            return None
        return retrace(self.steps[1:], values | {"x": beyond}, lines[1:])

    def completion_length(self, prompt: str) -> int:
        """Characters of both parts' lines were all results but the divisor as long as can be."""
        values = self.values(prompt)
        beyond = to_digits(to_int(values["u"]) - to_int(values["f"]))
        first = work(self.steps[:1], values, widest)
        rest = work(self.steps[1:], values | {"x": beyond}, widest)
        answer = len(rest.values["v"]) + 2 * len(beyond) + len("+/")
        return sum(len(line) + 1 for _, line in first.lines + rest.lines) + answer

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """A sum for each step, with what it finds, and the answer."""
        worked = self._retraced(prompt, lines)
        if worked is None:
            return tuple(lines)
        found = {name: plain(digits) for name, digits in worked.values.items()}
        found["v"] = lines[-1].replace("+", " ")
        sums = (
            f"{step.says.capitalize()}: {found[step.left]} {SIGNS[step.op]} {found[step.right]} "
            f"= {found[step.name]} {spelled(step.unit)}"
            for step in self.steps
        )
        return (*sums, f"{found['v']} {spelled(self.steps[-1].unit)}")
