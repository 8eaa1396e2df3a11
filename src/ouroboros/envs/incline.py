"""Work on a ramp: "w95h2f40s7a?" -> 59*2=091, 04*7=082, 091+082=074, 470 (J)."""

from ouroboros.envs.digits import smaller
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
        Given(name="h", means="rise of the ramp", unit="m", short=(1, 4), absent="0",
              also=(("cm", 2),)),
        Given(name="f", means="friction along the ramp", unit="N", absent="0"),
        Given(name="s", means="length of the ramp along the slope", unit="m", short=(5, 9),
              absent="0", also=(("cm", 2),)),
    )  # fmt: skip
    steps = (
        Step("lift", "w", "*", "h", "work against the weight", "J"),
        Step("loss", "f", "*", "s", "work against friction", "J"),
        Step("work", "lift", "+", "loss", "work in all", "J"),
    )
    cast = (
        ({"load": "a toy lorry"}, {"load": "a small parcel"}),
        ({"load": "a suitcase"}, {"load": "a sledge"}),
        ({"load": "a crate"}, {"load": "a wardrobe"}),
        ({"load": "a boat"}, {"load": "a mine car"}),
    )
    templates = (
        (
            "{Load} that weighs {w} is pulled up a ramp that is {s} long and rises by {h}, "
            "steadily and against a friction of {f}. How much work is that, in {unit}?"
        ),
        (
            "A winch draws {load} (weight {w}) slowly up a slope. The way is {s} long and ends {h} "
            "higher, with {f} of friction all along. Find the work done in {unit}."
        ),
        (
            "How many {unit} of work does it take to bring {load} of weight {w} up by {h} on an "
            "inclined plane, if the path along it measures {s} and friction is {f}?"
        ),
        (
            "On a ramp, {load} is moved at constant speed over {s} and gains {h} of height. Its "
            "weight is {w}, friction along the ramp {f}. What work, in {unit}, do the pullers do?"
        ),
    )

    def adjust(self, values: dict[str, str]) -> None:
        """Let the friction be the smaller force."""
        if smaller(values["w"], values["f"]):
            values["w"], values["f"] = values["f"], values["w"]

    def allowed(self, values: dict[str, str]) -> bool:
        """Whether the friction is less than the weight."""
        return smaller(values["f"], values["w"])
