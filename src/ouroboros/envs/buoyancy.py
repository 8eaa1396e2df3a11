"""Apparent weight: "v12b8f1w?" -> 21*8=69, 21*1=21, 69-21=48, 48*01=048, 840."""

from ouroboros.envs.plan import Given, Step
from ouroboros.envs.staged import Staged

OTHERS = (("kg/m^3", 3), ("g/cm^3", 0))


class Buoyancy(Staged):
    """What a submerged body seems to weigh."""

    name = "buoyancy"
    form = "v{v}b{b}f{f}w?"
    asked = "apparent weight of the body in the liquid"
    assumes = ("g = 10 m/s^2", "the body is solid, wholly submerged and at rest")
    givens = (
        Given(name="v", means="volume of the body", unit="dm^3", absent="0"),
        Given(name="b", means="density of the body", unit="kg/dm^3", short=(2, 9), also=OTHERS),
        Given(
            name="f",
            means="density of the liquid",
            unit="kg/dm^3",
            short=(1, 3),
            absent="0",
            also=OTHERS,
        ),
    )
    steps = (
        Step("body", "v", "*", "b", "mass of the body", "kg"),
        Step("liquid", "v", "*", "f", "mass of the liquid displaced", "kg"),
        Step("rest", "body", "-", "liquid", "mass that is not borne by the liquid", "kg"),
        Step("w", "rest", "*", "10", "apparent weight, at 10 N for each kilogram", "N"),
    )
    cast = (
        ({"body": "metal block"}, {"body": "casting"}, {"body": "metal ball"}),
        ({"body": "metal block"}, {"body": "casting"}, {"body": "machine part"}),
        ({"body": "metal block"}, {"body": "machine part"}, {"body": "metal beam"}),
    )
    templates = (
        (
            "A solid {body} of {v} with a density of {b} hangs from a cable, wholly under the "
            "surface of a liquid of density {f}. How hard, in {unit}, does it pull on the cable? "
            "(g = 10 m/s\u00b2)"
        ),
        (
            "A solid {body} of volume {v} and density {b} hangs from a force gauge and is lowered "
            "into a liquid of density {f} until it is covered. Take g = 10 m/s\u00b2. What does "
            "the gauge show, in {unit}?"
        ),
        (
            "Find the apparent weight, in {unit}, of a solid {body} of {v} that is fully immersed. "
            "Its density is {b}, that of the liquid {f}; g is 10 m/s\u00b2."
        ),
        (
            "A solid {body} lies on coarse gravel at the bottom of a basin, so that the liquid "
            "reaches it from all sides. Its volume is {v} and its density {b}; the liquid has a "
            "density of {f}. With g = 10 m/s\u00b2, what force, in {unit}, just lifts it?"
        ),
        (
            "A solid {body} has a density of {b} and a volume of {v}. It is held by a rope in a "
            "liquid of density {f}, wholly submerged. By Archimedes' principle and with g = 10 "
            "m/s\u00b2, what force, in {unit}, does the rope exert?"
        ),
    )

    def allowed(self, values: dict[str, str]) -> bool:
        """Whether the body sinks."""
        return values["b"] > values["f"]
