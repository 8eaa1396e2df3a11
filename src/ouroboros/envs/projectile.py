"""Height of what is thrown straight up: "h12u30t4y?" -> 03*4=021, 21+021=231, 4*4=61, ..., 52."""

from ouroboros.envs.digits import to_int
from ouroboros.envs.plan import Given, Step
from ouroboros.envs.staged import Staged


class Projectile(Staged):
    """The height after some seconds: where it would be without gravity, less the fall."""

    name = "projectile"
    form = "h{h}u{u}t{t}y?"
    asked = "height above the ground"
    assumes = ("straight up", "g = 10 m/s^2, downwards", "no air resistance")
    givens = (
        Given(name="h", means="initial height above the ground", unit="m", absent="0",
              also=(("cm", 2),)),
        Given(name="u", means="initial speed upwards", unit="m/s", absent="0", also=(("cm/s", 2),)),
        Given(name="t", means="time", unit="s", short=(1, 9), absent="0", also=(("ms", 3),)),
    )  # fmt: skip
    steps = (
        Step("rise", "u", "*", "t", "rise without gravity", "m"),
        Step("top", "h", "+", "rise", "height without gravity", "m"),
        Step("square", "t", "*", "t", "square of the time", "s^2"),
        Step("fall", "square", "*", "5", "fall by half of g for each s\u00b2", "m"),
        Step("y", "top", "-", "fall", "height", "m"),
    )
    cast = (
        ({"body": "a ball"}, {"body": "a stone"}, {"body": "a cork"}),
        ({"body": "an arrow"}, {"body": "a firework"}, {"body": "a pebble from a sling"}),
        ({"body": "a signal rocket"}, {"body": "a bullet"}, {"body": "a cannon ball"}),
        ({"body": "a lava bomb"}, {"body": "a probe"}),
    )
    templates = (
        (
            "From {h} above the ground, {body} is sent straight up at {u}. How high is it after "
            "{t}, in {unit} above the ground? Take g = 10 m/s\u00b2 and no air resistance."
        ),
        (
            "{Body} is launched vertically upwards with {u} from the top of a tower, {h} above the "
            "ground. At what height above the ground, in {unit}, is it {t} later (g = 10 "
            "m/s\u00b2, no drag)?"
        ),
        (
            "Ignore the air and let g be 10 m/s\u00b2. {Body} starts straight up at {u} from a "
            "height of {h}. Find its height over the ground in {unit} when {t} have passed."
        ),
        (
            "{Body} leaves a ledge that is {h} high, straight up, at {u}. How far above the "
            "ground, in {unit}, is it after {t} of free flight with g = 10 m/s\u00b2?"
        ),
    )

    def adjust(self, values: dict[str, str]) -> None:
        """Look sooner, until the body is in the air."""
        while values["t"] > "1" and not self.allowed(values):
            values["t"] = str(int(values["t"]) - 1)

    def allowed(self, values: dict[str, str]) -> bool:
        """Whether the body has not fallen below the ground and is not where it started."""
        h, u, t = (to_int(values[name]) for name in "hut")
        return h + u * t >= 5 * t * t and u != 5 * t
