"""Work on a ramp: "w95h2f40s7a?" -> 59*2=091, 04*7=082, 091+082=074, 470 (J)."""

from ouroboros.envs.digits import smaller, to_digits, to_int
from ouroboros.envs.plan import Given, Step
from ouroboros.envs.staged import Staged


class Incline(Staged):
    """The work of pulling a load up a ramp: against its weight and against friction."""

    name = "incline"
    form = "w{w}h{h}f{f}s{s}a?"
    asked = "work done"
    assumes = ("pulled along the ramp, slowly and steadily, to its end",)
    givens = (
        Given(name="w", means="weight of the load", unit="N", absent="0"),
        Given(name="h", means="rise of the ramp", unit="m", short=(1, 4), absent="0"),
        Given(name="f", means="friction along the ramp", unit="N", absent="0"),
        Given(name="s", means="length of the ramp along the slope", unit="m", short=(5, 9),
              absent="0"),
    )  # fmt: skip
    steps = (
        Step("lift", "w", "*", "h", "work against the weight", "J"),
        Step("loss", "f", "*", "s", "work against friction", "J"),
        Step("work", "lift", "+", "loss", "work in all", "J"),
    )
    cast = (
        ({"load": "a parcel"}, {"load": "a wooden block"}),
        ({"load": "a crate"}, {"load": "a sack of grain"}),
        ({"load": "a wardrobe"}, {"load": "a chest of books"}),
        ({"load": "a block of granite"}, {"load": "a steel safe"}),
    )
    templates = (
        (
            "{Load} that weighs {w} is pulled slowly and steadily up a ramp that is {s} long and "
            "rises by {h}, against {f} of friction. How much work, in {unit}, is done in pulling "
            "it?"
        ),
        (
            "A winch pulls {load} (weight {w}) slowly and steadily {s} along a slope, up to a "
            "point {h} higher, against {f} of friction. Find the work done by the winch in {unit}."
        ),
        (
            "How much work, in {unit}, does it take to pull {load} of weight {w} steadily up an "
            "inclined plane to a point {h} higher, if the path along the plane measures {s} and "
            "friction is {f}?"
        ),
        (
            "On a ramp, {load} is pulled at constant speed over {s} and gains {h} of height. Its "
            "weight is {w}, the friction along the ramp is {f}. How much work, in {unit}, does the "
            "pulling force do?"
        ),
    )

    def adjust(self, values: dict[str, str]) -> None:
        """Let the friction be the smaller force, and halve it where it is too large."""
        if smaller(values["w"], values["f"]):
            values["w"], values["f"] = values["f"], values["w"]
        if not self.allowed(values):
            values["f"] = to_digits(max(1, to_int(values["f"]) // 2))

    def allowed(self, values: dict[str, str]) -> bool:
        """Whether the friction is at most half of the weight."""
        return 2 * to_int(values["f"]) <= to_int(values["w"])
