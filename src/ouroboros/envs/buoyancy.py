"""Apparent weight: "v12b8f1w?" -> 21*8=69, 21*1=21, 69-21=48, 48*01=048, 840."""

from ouroboros.envs.plan import Given, Step
from ouroboros.envs.staged import Staged

OTHERS = (("kg/m^3", 3),)


class Buoyancy(Staged):
    """What a submerged body seems to weigh."""

    name = "buoyancy"
    form = "v{v}b{b}f{f}w?"
    asked = "apparent weight of the body in the liquid"
    assumes = ("g = 10 m/s^2", "the body is solid, wholly submerged and at rest")
    givens = (
        Given(
            name="v",
            means="volume of the body",
            unit="cm^3",
            absent="0",
            also=(("mm^3", 3), ("dm^3", -3)),
        ),
        Given(name="b", means="density of the body", unit="g/cm^3", short=(2, 9), also=OTHERS),
        Given(
            name="f",
            means="density of the liquid",
            unit="g/cm^3",
            short=(1, 3),
            absent="0",
            also=OTHERS,
        ),
    )
    steps = (
        Step("body", "v", "*", "b", "mass of the body", "g"),
        Step("liquid", "v", "*", "f", "mass of the liquid displaced", "g"),
        Step("rest", "body", "-", "liquid", "mass that is not borne by the liquid", "g"),
        Step("w", "rest", "*", "10", "apparent weight, at 10 mN for each gram", "mN"),
    )
    cast = (
        ({"body": "bead"}, {"body": "bolt"}, {"body": "fishing weight"}),
        ({"body": "key"}, {"body": "coin"}, {"body": "bearing ball"}),
        ({"body": "casting"}, {"body": "weight"}, {"body": "metal block"}),
        ({"body": "machine part"}, {"body": "sinker"}, {"body": "metal block"}),
    )
    templates = (
        (
            "A {body} of {v} with a density of {b} hangs from a thread, wholly under the surface "
            "of a liquid of density {f}. How hard, in {unit}, does it pull on the thread? (g = 10 "
            "m/s\u00b2)"
        ),
        (
            "A {body} of volume {v} and density {b} is let down on a spring balance into a liquid "
            "of {f} until it is covered. Take g = 10 m/s\u00b2. What does the balance show, in "
            "{unit}?"
        ),
        (
            "Find the apparent weight in {unit} of a solid {body} of {v} that is fully immersed. "
            "Its density is {b}, that of the liquid {f}; g is 10 m/s\u00b2."
        ),
        (
            "A {body} lies on the coarse gravel at the bottom of a basin, with liquid all round "
            "it. It has {v} of a material of {b}; the liquid has a density of {f}. With g = 10 "
            "m/s\u00b2, which force, in {unit}, just lifts it?"
        ),
        (
            "A {body} of a material of density {b} has a volume of {v} and sinks in a bath of "
            "density {f}. By Archimedes' principle and with g = 10 m/s\u00b2, what does it still "
            "weigh there, in {unit}?"
        ),
    )

    def allowed(self, values: dict[str, str]) -> bool:
        """Whether the body sinks."""
        return values["b"] > values["f"]
