"""The truth about chains of connectives, step by step and by composing functions.

    BooleanChainAnswers().solve("aoxa1011=")   ("0011", "1")

Route one walks along the chain with Python's operators on whole numbers. Route two never looks at a
value before the end: every step is one of the four functions of a bit, written down in a table;
functions are composed over spans of doubled length until each place knows the function of the whole
chain up to it, and that one is asked about 0. Adversarial items: one step again and again, and the
family's hard chains. Not covered: precedence, for there is none.
"""

import operator

import numpy as np
from numpy.typing import NDArray

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
        functions = np.array([[int(v) for v in FUNCTIONS[c][int(bit)]] for c, bit in steps])
        values = "".join(map(str, _composed(functions)[:, 0].tolist()))
        return values, values[-1]

    def adversarial(self, level: int, seed: int, count: int) -> list[str]:
        """Chains of a single step repeated, among hard ones."""
        rng = generator(f"answers/{self.name}", level, seed, count)
        corners = [f"{c * level}{bit * level}=" for c in FUNCTIONS for bit in "01"]
        every = np.ones(count, dtype=np.bool_)
        return with_corners(rng, corners, count, lambda n: self.family.draw(rng, level, every[:n]))


def _composed(functions: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n, 2) functions of a bit; instead of each, it and all before it as one function."""
    whole, span = functions.copy(), 1
    while span < len(whole):
        whole[span:] = np.take_along_axis(whole[span:], whole[:-span], axis=1)
        span *= 2
    return whole
