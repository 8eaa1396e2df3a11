"""The truth about chains of connectives, step by step and by composing functions.

    BooleanChainAnswers().solve("aoxa1011=")   ("0011", "1")

Route one walks along the chain with Python's operators on whole numbers. Route two never looks at a
value before the end: every step is one of the four functions of a bit, written down in a table;
functions are composed over spans of doubled length, at all places at once, until each place knows
what the whole chain up to it makes of 0. Adversarial items: one step again and again, and the
family's hard chains. Not covered: precedence, for there is none.
"""

import operator

import numpy as np

from ouroboros.envs.base import generator
from ouroboros.envs.boolean_chain import BooleanChain
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.base import with_corners

OPERATORS = {"a": operator.and_, "o": operator.or_, "x": operator.ne, "i": operator.le}
FUNCTIONS = {"a": ("00", "01"), "o": ("01", "11"), "x": ("01", "10"), "i": ("10", "11")}
"""What a step by 0, and one by 1, makes of the values 0 and 1."""


class BooleanChainAnswers(Answering):
    """Answers to `boolean_chain`."""

    name: str = "boolean_chain"
    family: BooleanChain = BooleanChain()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference lines, step by step; UsageError where the text is not a prompt."""
        value, values = 0, list[str]()
        for connective, bit in self.family.steps(prompt):
            value = int(OPERATORS[connective](value, int(bit)))
            values.append(str(value))
        return "".join(values), values[-1]

    def again(self, prompt: str) -> tuple[str, ...]:
        """The same lines, by composition."""
        steps = self.family.steps(prompt)
        values = _composed([FUNCTIONS[connective][bit == "1"] for connective, bit in steps])
        return values, values[-1]

    def adversarial(self, level: int, seed: int, count: int) -> list[str]:
        """Chains of a single step repeated, among hard ones."""
        rng = generator(f"answers/{self.name}", level, seed, count)
        corners = [f"{c * level}{bit * level}=" for c in FUNCTIONS for bit in "01"]
        every = np.ones(count, dtype=np.bool_)
        return with_corners(rng, corners, count, lambda n: self.family.draw(rng, level, every[:n]))


def _composed(functions: list[str]) -> str:
    """What ever longer beginnings of a chain of functions make of 0.

    A function is x -> of_0 ^ (depends & x), and both of its bits stand at its place in two numbers.
    """
    of_0 = int("".join([function[0] for function in functions]), 2)
    depends = of_0 ^ int("".join([function[1] for function in functions]), 2)
    span = 1
    while span < len(functions):
        of_0, depends = of_0 ^ (depends & (of_0 >> span)), depends & (depends >> span)
        span *= 2
    return f"{of_0:b}".zfill(len(functions))
