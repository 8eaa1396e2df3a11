"""The truth about remainders, place by place, by doubled strides and by whole numbers.

    ModulusAnswers().solve("4711%7=")   ("4520", "0")

Route one brings down one digit after another. Route two joins neighbouring pieces of the number, of
1, 2, 4, ... digits, by what powers of ten leave; that the answer is what the whole number leaves is
checked besides. Adversarial items: nines, a digit followed by zeros and its neighbours.
"""

from functools import partial

import numpy as np

from ouroboros.envs.base import generator, texts
from ouroboros.envs.digits import ZERO, to_int
from ouroboros.envs.modulus import Modulus
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.base import with_corners
from ouroboros_judges.answers.division import corner_dividends
from ouroboros_judges.answers.quantities import same_quantity


def rests_by_steps(number: str, divisor: int) -> str:
    """What each beginning of the number leaves, one digit after another."""
    rest, rests = 0, bytearray()
    for digit in number.encode():
        rest = (10 * rest + digit - ZERO) % divisor
        rests.append(ZERO + rest)
    return rests.decode()


def rests_by_strides(number: str, divisor: int) -> str:
    """The same: each place knows what the last 1, 2, 4, ... digits up to it leave."""
    rests = (np.frombuffer(number.encode(), dtype=np.uint8) - ZERO) % divisor
    stride, power = 1, 10 % divisor
    while stride < len(rests):
        rests[stride:] = (rests[stride:] + power * rests[:-stride]) % divisor
        stride, power = 2 * stride, power * power % divisor
    return texts(rests[None] + np.uint8(ZERO))[0]


class ModulusAnswers(Answering):
    """Answers to `modulus`."""

    name = "modulus"
    family: Modulus = Modulus()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, str]:
        """The reference lines, digit by digit; UsageError where the text is not a prompt."""
        number, divisor = self.family.parts(prompt).groups()
        rests = rests_by_steps(number, int(divisor))
        return rests, rests[-1]

    def again(self, prompt: str) -> tuple[str, str]:
        """The same lines by strides."""
        number, divisor = self.family.parts(prompt).groups()
        rests = rests_by_strides(number, int(divisor))
        return rests, rests[-1]

    def confirms(self, prompt: str, answer: str) -> bool:
        """Whether the number as a whole leaves the answer."""
        number, divisor = self.family.parts(prompt).groups()
        return to_int(number) % int(divisor) == int(answer)

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the same number."""
        del prompt
        return len(answer) <= len(right) + 100 and same_quantity(answer, right, "")

    def adversarial(self, level: int, seed: int, count: int) -> list[str]:
        """Corner cases and hard numbers."""
        rng = generator(f"answers/{self.name}", level, seed, count)
        corners = [f"{a}%{m}=" for m in range(2, 10) for a in corner_dividends(m, level)]
        return with_corners(rng, corners, count, partial(super().adversarial, level, seed))
