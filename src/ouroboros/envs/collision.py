"""Collisions on a line: "m2u9n3w4v?" -> 9*2=81, 4*3=21, 81+21=03, 2+3=5, 30%5=30, 30/5=06, 6."""

from ouroboros.envs.digits import smaller
from ouroboros.envs.plan import Given, Step
from ouroboros.envs.staged import Staged


class Collision(Staged):
    """The common speed of two bodies that stick together, by conservation of momentum."""

    name = "collision"
    form = "m{m}u{u}n{n}w{w}v?"
    asked = "common speed after the collision"
    assumes = (
        "both move in the same direction on one line",
        "they stick together",
        "no force from outside",
    )
    givens = (
        Given(name="m", means="mass of the body behind", unit="kg", short=(1, 4), absent="0",
              also=(("g", 3),)),
        Given(name="u", means="speed of the body behind", unit="cm/s", absent="0",
              also=(("mm/s", 1), ("m/s", -2))),
        Given(name="n", means="mass of the body ahead", unit="kg", short=(1, 5), absent="0",
              also=(("g", 3),)),
        Given(name="w", means="speed of the body ahead", unit="cm/s", absent="0",
              also=(("mm/s", 1), ("m/s", -2))),
    )  # fmt: skip
    steps = (
        Step("p", "u", "*", "m", "momentum of the body behind", "kg*cm/s"),
        Step("q", "w", "*", "n", "momentum of the body ahead", "kg*cm/s"),
        Step("total", "p", "+", "q", "total momentum", "kg*cm/s"),
        Step("mass", "m", "+", "n", "total mass", "kg"),
        Step("v", "total", "/", "mass", "common speed", "cm/s"),
    )
    cast = (
        ({"body": "toy wagon"}, {"body": "glider"}),
        ({"body": "trolley"}, {"body": "luggage cart"}),
        ({"body": "sledge"}, {"body": "handcart"}),
        ({"body": "test sled"}, {"body": "drone"}),
    )
    templates = (
        (
            "A {body} of {m} at {u} runs into a {body} of {n} that moves ahead of it in the same "
            "direction at {w}. They stick together. How fast do they go on, in {unit}?"
        ),
        (
            "Two {body}s move along one line in the same direction: {m} at {u} behind {n} at {w}. "
            "They collide and stay joined. What is their common speed in {unit}?"
        ),
        (
            "A {body} of {n} moves straight on at {w}. From behind, one of {m} catches up at {u} "
            "and clings to it. Find the speed of both afterwards, in {unit}."
        ),
        (
            "In a perfectly inelastic collision a {body} ({m}, {u}) hits another from behind ({n}, "
            "{w}, same direction). No other force acts. Find their joint speed in {unit}."
        ),
    )

    def adjust(self, values: dict[str, str]) -> None:
        """Let the faster body come from behind."""
        if smaller(values["u"], values["w"]):
            values["u"], values["w"] = values["w"], values["u"]

    def allowed(self, values: dict[str, str]) -> bool:
        """Whether the body behind catches up."""
        return smaller(values["w"], values["u"])


class ElasticCollision(Staged):
    """The speed at which a light body bounces off a heavy one: "u45w12b?" -> 21*2=42, ..., 69."""

    name = "elastic_collision"
    form = "u{u}w{w}b?"
    asked = "speed of the light body after the bounce"
    assumes = (
        "head-on and elastic",
        "the heavy body is so heavy that its speed does not change",
        "no gravity",
    )
    givens = (
        Given(name="u", means="speed of the light body towards the heavy one", unit="m/s",
              absent="0", also=(("cm/s", 2), ("km/s", -3))),
        Given(name="w", means="speed of the heavy body towards the light one", unit="m/s",
              absent="0", also=(("cm/s", 2), ("km/s", -3))),
    )  # fmt: skip
    steps = (
        Step("gain", "w", "*", "2", "speed gained, twice that of the heavy body", "m/s"),
        Step("b", "u", "+", "gain", "speed after the bounce", "m/s"),
    )
    cast = (
        (
            {"light": "a table tennis ball", "heavy": "a bat"},
            {"light": "a rubber ball", "heavy": "a lorry"},
        ),
        (
            {"light": "a tennis ball", "heavy": "a racket"},
            {"light": "a hailstone", "heavy": "a train"},
        ),
        ({"light": "a gas molecule", "heavy": "a piston"},),
        (
            {"light": "a proton", "heavy": "a magnetic cloud"},
            {"light": "a dust grain", "heavy": "a satellite"},
        ),
    )
    templates = (
        (
            "{Light} flies at {u} straight at {heavy} that comes to meet it at {w}. It bounces "
            "back elastically; the heavy body keeps its speed. How fast, in {unit}, does the light "
            "one fly back?"
        ),
        (
            "{Heavy} moves at {w} towards {light} that comes the opposite way at {u}. After the "
            "elastic impact, at what speed in {unit} does the light body fly off? (The other is so "
            "heavy that its motion does not change.)"
        ),
        (
            "Head-on and without loss of energy, {light} at {u} meets {heavy} that moves the "
            "opposite way at {w} and is by far the heavier. Find the speed of the lighter one "
            "afterwards, in {unit}."
        ),
        (
            "Seen from {heavy}, which moves steadily at {w}, {light} leaves as fast as it comes. "
            "Seen from a place at rest, it comes head-on at {u}. Seen from there, how fast does it "
            "leave, in {unit}?"
        ),
    )
