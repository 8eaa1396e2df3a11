"""Momentum of three bodies: "m2u9n3v4k5w6p?" -> 9*2=81, 4*3=21, 6*5=03, 81+21=03, 03+03=06, 60."""

from ouroboros.envs.plan import Given, Step
from ouroboros.envs.staged import Staged

METEORS = ({"bodies": "meteoroids"}, {"bodies": "pieces of space debris"})


class Momentum(Staged):
    """The total momentum of three bodies on their way in one direction."""

    name = "momentum"
    form = "m{m}u{u}n{n}v{v}k{k}w{w}p?"
    asked = "total momentum"
    assumes = ("all three move in the same direction", "no force from outside")
    givens = tuple(
        given
        for order, mass, speed in (("first", "m", "u"), ("second", "n", "v"), ("third", "k", "w"))
        for given in (
            Given(name=mass, means=f"mass of the {order} body", unit="kg", short=(2, 9),
                  absent="0", also=(("g", 3),)),
            Given(name=speed, means=f"speed of the {order} body", unit="m/s", absent="0"),
        )
    )  # fmt: skip
    steps = (
        Step("p", "u", "*", "m", "momentum of the first", "kg*m/s"),
        Step("q", "v", "*", "n", "momentum of the second", "kg*m/s"),
        Step("r", "w", "*", "k", "momentum of the third", "kg*m/s"),
        Step("two", "p", "+", "q", "momentum of the first two", "kg*m/s"),
        Step("all", "two", "+", "r", "total momentum", "kg*m/s"),
    )
    cast = (
        ({"bodies": "carts"}, {"bodies": "bowling balls"}, {"bodies": "sledges"}),
        ({"bodies": "racing drones"}, {"bodies": "model aeroplanes"}),
        ({"bodies": "cannon balls"}, {"bodies": "model rockets"}),
        METEORS,
        METEORS,
        ({"bodies": "bodies in a computer game"},),
    )
    templates = (
        (
            "Three {bodies} move in the same direction: one of {m} at {u}, one of {n} at {v} and "
            "one of {k} at {w}. What is their total momentum in {unit}?"
        ),
        (
            "Three {bodies} move along one line in the same direction: {m} at {u}, {n} at {v} and "
            "{k} at {w}. Add up their momenta; answer in {unit}."
        ),
        (
            "A flying body breaks into three pieces that fly on in its direction: {m} at {u}, {n} "
            "at {v} and {k} at {w}. What momentum, in {unit}, did it have before?"
        ),
        (
            "Three {bodies} have masses of {m}, {n} and {k} and speeds of {u}, {v} and {w}, in "
            "this order; all head due north. Find the momentum of the whole group in {unit}."
        ),
        (
            "How much momentum, in {unit}, do three {bodies} have together if all head the same "
            "way: {m} at {u}, {n} at {v} and {k} at {w}?"
        ),
    )
