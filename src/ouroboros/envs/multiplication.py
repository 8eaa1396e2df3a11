"""Products by a lone digit and by numbers of any length.

    short_multiplication  "34*7="    43*7=832                          238
    multiplication        "34*12="   43*2=86   43*01=043   86+043=804  408

The lines run from the last digit to the first; a factor of several digits is taken digit by digit
and the partial products are added up. Not covered: negative numbers and decimals.
"""

from ouroboros.envs.plan import Given, Step
from ouroboros.envs.planned import Planned


class ShortMultiplication(Planned):
    """A number times a lone digit."""

    name = "short_multiplication"
    domain = "mathematics"
    form = "{a}*{d}="
    asked = "product"
    givens = (
        Given(name="a", means="first factor"),
        Given(name="d", means="second factor", short=(2, 9)),
    )
    steps = (Step("p", "a", "*", "d", "product"),)
    templates = (
        "What is {a} times {d}?",
        "Multiply {a} by {d}.",
        "Which number gives {a} when it is divided by {d}?",
        "There are {d} crates with {a} kg of apples in each. How many kilograms is that together?",
        "A tile is {a} mm wide. How many millimetres wide is a row of {d} such tiles?",
        "A lane is {a} m long and is swum {d} times. How many metres is that in all?",
    )


class Multiplication(Planned):
    """A number times a number."""

    name = "multiplication"
    domain = "mathematics"
    wall = 3
    form = "{a}*{b}="
    asked = "product"
    givens = (Given(name="a", means="first factor"), Given(name="b", means="second factor"))
    steps = (Step("p", "a", "*", "b", "product"),)
    templates = (
        "What is {a} times {b}?",
        "Multiply {a} by {b}.",
        "Find the product of {a} and {b}.",
        "The sides of a rectangle measure {a} m and {b} m. How many square metres is its area?",
        "A tap lets out {a} ml a second. How many millilitres is that in {b} s?",
        "Which number gives {a} when it is divided by {b}?",
    )
