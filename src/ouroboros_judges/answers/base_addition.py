"""The truth about sums in other bases, by columns and by value.

    BaseAdditionAnswers().solve("345+66@7=")   ("543+66", "0110", "444", "444")

Route one goes from column to column with a carry. Route two finds the values of both operands, adds
them as whole numbers and writes the sum in the base; the carry into a column is what the digits of
the operands lack of the sum's. Adversarial items: as the family's hard ones, and highest digits,
powers and zeros in every base.
"""

import numpy as np

from ouroboros.envs.base import generator
from ouroboros.envs.base_addition import BASES, BaseAddition
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.base import with_corners
from ouroboros_judges.answers.positional import numeral, same_numeral, value_of


def sum_by_columns(first: str, second: str, base: int) -> tuple[str, str]:
    """The carry into each column and the sum's digits; all numbers last digit first."""
    width = max(len(first), len(second))
    carry, carries, digits = 0, bytearray(b"0"), bytearray()
    columns = zip(*(n.ljust(width, "0").encode() for n in (first, second)), strict=True)
    for x, y in columns:
        carry, digit = divmod(x + y - 96 + carry, base)
        carries.append(48 + carry)
        digits.append(48 + digit)
    return carries.decode(), digits.decode() + "1" * carry


def sum_by_value(first: str, second: str, base: int) -> tuple[str, str]:
    """The same, by what the operands and the sum are worth."""
    width = max(len(first), len(second)) + 1
    total = numeral(value_of(first[::-1], base) + value_of(second[::-1], base), base)[::-1]
    columns = zip(*(n.ljust(width, "0").encode() for n in (first, second, total)), strict=True)
    return "".join(str((s - x - y + 48) % base) for x, y, s in columns), total


class BaseAdditionAnswers(Answering):
    """Answers to `base_addition`."""

    name = "base_addition"
    family: BaseAddition = BaseAddition()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference lines, by columns; UsageError where the text is not a prompt."""
        first, second, base = self._turned(prompt)
        return self._lines(first, second, *sum_by_columns(first, second, base))

    def again(self, prompt: str) -> tuple[str, ...]:
        """The same lines by value."""
        first, second, base = self._turned(prompt)
        return self._lines(first, second, *sum_by_value(first, second, base))

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the sum in the base of the question."""
        return same_numeral(answer, right, self._turned(prompt)[2])

    def adversarial(self, level: int, seed: int, count: int) -> list[str]:
        """Corner cases and hard sums."""
        rng = generator(f"answers/{self.name}", level, seed, count)
        return with_corners(
            rng,
            [corner for base in BASES for corner in _corners(level, base)],
            count,
            lambda n: self.family.draw(rng, level, np.ones(n, dtype=np.bool_)),
        )

    def _turned(self, prompt: str) -> tuple[str, str, int]:
        """Both operands, last digit first, and the base."""
        first, second, base = self.family.operands(prompt)
        return first[::-1], second[::-1], int(base)

    def _lines(self, first: str, second: str, carries: str, total: str) -> tuple[str, ...]:
        return f"{first}+{second}", carries, total, total[::-1]


def _corners(level: int, base: int) -> list[str]:
    """Prompts at the edges of a base."""
    highest, power = str(base - 1) * level, "1" + "0" * (level - 1)
    pairs = [(highest, "1"), ("1", highest), (highest, highest), (highest, "0"), ("0", highest),
             (power, power), (power, highest)]  # fmt: skip
    return [f"{first}+{second}@{base}=" for first, second in pairs]
