"""Height of what is thrown straight up: "h12u30t4y?" -> 03*4=021, 21+021=231, 4*4=61, ..., 52."""

from ouroboros.envs.digits import to_int
from ouroboros.envs.plan import Given, Step
from ouroboros.envs.staged import Staged


class Projectile(Staged):
    """The height after some seconds: where it would be without gravity, less the fall."""

    name = "projectile"
    form = "h{h}u{u}t{t}y?"
    asked = "height above the ground"
    assumes = (
        "straight up",
        "g = 10 m/s^2, downwards",
        "no air resistance",
        "nothing is in its way",
    )
    givens = (
        Given(name="h", means="initial height above the ground", unit="m", absent="0"),
        Given(name="u", means="initial speed upwards", unit="m/s", absent="0"),
        Given(name="t", means="time", unit="s", short=(1, 9), absent="0"),
    )
    steps = (
        Step("rise", "u", "*", "t", "rise without gravity", "m"),
        Step("top", "h", "+", "rise", "height without gravity", "m"),
        Step("square", "t", "*", "t", "square of the time", "s^2"),
        Step("fall", "square", "*", "5", "fall, 5 m for each s\u00b2", "m"),
        Step("y", "top", "-", "fall", "height", "m"),
    )
    cast = (
        (
            {"body": "a ball", "goes": "is thrown"},
            {"body": "a stone", "goes": "is thrown"},
            {"body": "a marble", "goes": "is thrown"},
        ),
        (
            {"body": "an arrow", "goes": "is shot"},
            {"body": "a pebble", "goes": "is shot from a sling"},
            {"body": "a golf ball", "goes": "is hit"},
        ),
        (
            {"body": "a cannon ball", "goes": "is fired"},
            {"body": "a mortar shell", "goes": "is fired"},
        ),
        (
            {"body": "a lava bomb", "goes": "is flung"},
            {"body": "a slug", "goes": "leaves a rail gun"},
        ),
        ({"body": "a dot in a computer game", "goes": "moves"},),
    )
    templates = (
        (
            "{Body} {goes} straight up at {u} from the edge of a cliff, {h} above the ground, and "
            "misses the edge on its way down. How high above the ground, in {unit}, is it after "
            "{t} (g = 10 m/s\u00b2, no air resistance)?"
        ),
        (
            "{Body} {goes} vertically upwards at {u} from beside the railing of a tower platform, "
            "{h} above the ground; it falls past the platform. At what height above the ground, in "
            "{unit}, is it {t} after the start? Take g = 10 m/s\u00b2 and no air resistance."
        ),
        (
            "Ignore the air and let g be 10 m/s\u00b2. {Body} {goes} straight up at {u} from {h} "
            "above the ground, and nothing is in its way. Find its height above the ground in "
            "{unit} after {t}."
        ),
        (
            "From the edge of an overhanging rock, {h} above the ground, {body} {goes} straight up "
            "at {u}; on its way down it falls past the rock. There is no air resistance, and g is "
            "10 m/s\u00b2. How far above the ground, in {unit}, is it after {t}?"
        ),
    )

    def adjust(self, values: dict[str, str]) -> None:
        """Let what goes up from high above be fast; look sooner, until it is in the air."""
        if len(values["u"]) == 1 < len(values["h"]):
            values["h"], values["u"] = values["u"], values["h"]
        while values["t"] > "1" and not self.allowed(values):
            values["t"] = str(int(values["t"]) - 1)

    def allowed(self, values: dict[str, str]) -> bool:
        """Whether the body has not fallen below the ground and is not where it started."""
        h, u, t = (to_int(values[name]) for name in "hut")
        return h + u * t >= 5 * t * t and u != 5 * t
