"""Collisions on a line: "m2u9n3w4v?" -> 9*2=81, 4*3=21, 81+21=03, 2+3=5, 30%5=30, 30/5=06, 6."""

from ouroboros.envs.digits import smaller
from ouroboros.envs.plan import Given, Step
from ouroboros.envs.staged import Staged

ORBITING = (
    {"one": "a small satellite", "many": "small satellites"},
    {"one": "a piece of space debris", "many": "pieces of space debris"},
)
PROTONS = (
    {"light": "a proton", "the_light": "the proton",
     "heavy": "a magnetic cloud", "the_heavy": "the cloud"},
)  # fmt: skip


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
              also=(("m/s", -2),)),
        Given(name="n", means="mass of the body ahead", unit="kg", short=(1, 5), absent="0",
              also=(("g", 3),)),
        Given(name="w", means="speed of the body ahead", unit="cm/s", absent="0",
              also=(("m/s", -2),)),
    )  # fmt: skip
    steps = (
        Step("p", "u", "*", "m", "momentum of the body behind", "kg*cm/s"),
        Step("q", "w", "*", "n", "momentum of the body ahead", "kg*cm/s"),
        Step("total", "p", "+", "q", "total momentum", "kg*cm/s"),
        Step("mass", "m", "+", "n", "total mass", "kg"),
        Step("v", "total", "/", "mass", "common speed", "cm/s"),
    )
    cast = (
        (
            {"one": "a toy wagon", "many": "toy wagons"},
            {"one": "an air-track glider", "many": "air-track gliders"},
        ),
        (
            {"one": "a trolley", "many": "trolleys"},
            {"one": "a model railway wagon", "many": "model railway wagons"},
        ),
        (
            {"one": "a skateboard", "many": "skateboards"},
            {"one": "a sledge", "many": "sledges"},
        ),
        ORBITING,
        ORBITING,
        ORBITING,
        ({"one": "a body in a computer game", "many": "bodies in a computer game"},),
    )
    templates = (
        (
            "{One} of {m} at {u} runs into another of {n} that moves ahead of it in the same "
            "direction at {w}. They stick together; friction plays no part. How fast do they go "
            "on, in {unit}?"
        ),
        (
            "Two {many} move along one line in the same direction, free of friction and other "
            "forces: {m} at {u} behind {n} at {w}. They collide and stay joined. What is their "
            "common speed in {unit}?"
        ),
        (
            "{One} of {n} moves straight on at {w}. From behind comes another of {m} at {u}, runs "
            "into it and clings to it. No other forces act. Find their common speed afterwards, in "
            "{unit}."
        ),
        (
            "In a perfectly inelastic collision {one} ({m}, {u}) runs from behind into another "
            "({n}, {w}, same direction). No force acts on them from outside. Find their common "
            "speed in {unit}."
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
              absent="0"),
        Given(name="w", means="speed of the heavy body towards the light one", unit="m/s",
              absent="0"),
    )  # fmt: skip
    steps = (
        Step("gain", "w", "*", "2", "speed gained, twice that of the heavy body", "m/s"),
        Step("b", "u", "+", "gain", "speed after the bounce", "m/s"),
    )
    cast = (
        (
            {"light": "a table tennis ball", "the_light": "the ball",
             "heavy": "a bat", "the_heavy": "the bat"},
            {"light": "a rubber ball", "the_light": "the ball",
             "heavy": "a lorry", "the_heavy": "the lorry"},
        ),
        (
            {"light": "a tennis ball", "the_light": "the ball",
             "heavy": "an express train", "the_heavy": "the train"},
            {"light": "a golf ball", "the_light": "the ball",
             "heavy": "a racing car", "the_heavy": "the car"},
        ),
        (
            {"light": "a gas molecule", "the_light": "the molecule",
             "heavy": "the nose of a jet plane", "the_heavy": "the plane"},
            {"light": "an air molecule", "the_light": "the molecule",
             "heavy": "the tip of a rocket", "the_heavy": "the rocket"},
        ),
        PROTONS,
        PROTONS,
        PROTONS,
        PROTONS,
        (
            {"light": "a dot in a computer game", "the_light": "the dot",
             "heavy": "a wall", "the_heavy": "the wall"},
        ),
    )  # fmt: skip
    templates = (
        (
            "{Light} flies at {u} straight at {heavy} that moves the opposite way at {w}. "
            "{The_light} bounces back elastically, and {the_heavy}, by far the heavier, keeps its "
            "speed. How fast, in {unit}, does {the_light} fly back?"
        ),
        (
            "{Heavy} moves at {w} and meets {light} that comes the opposite way at {u}. After the "
            "head-on elastic impact, at what speed, in {unit}, does {the_light} fly off? (The "
            "motion of {the_heavy}, by far the heavier, does not change.)"
        ),
        (
            "Head-on and without loss of energy, {light} at {u} meets {heavy} that moves the "
            "opposite way at {w} and is so heavy that its motion does not change. Find the speed "
            "of {the_light} afterwards, in {unit}."
        ),
        (
            "{Heavy} moves steadily at {w} and {light} flies straight towards it at {u}, both as "
            "seen by an observer at rest. Seen from {the_heavy}, {the_light} leaves as fast as it "
            "comes. How fast does it leave as seen by the observer, in {unit}?"
        ),
    )
