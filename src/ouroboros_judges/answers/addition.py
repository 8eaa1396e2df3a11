"""The truth about sums, by columns and by big decimals.

    ReverseAdditionAnswers().solve("345+87=")   ("126",)
    ForwardAdditionAnswers().solve("543+78=")   ("126", "621")

Route one is the automaton people learn at school: columns and a carry. Route two is exact decimal
arithmetic in C (libmpdec), which has no limit on digits and shares no code with the first.
Adversarial items: ripples through every column, through the nines of the longer operand, ripples
that just fail to start or break half-way, a carry in every column, powers of ten, nines, zeros.
"""

import decimal
from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.addition import (
    Addition,
    ForwardAddition,
    ReverseAddition,
    Sums,
    draw_sums,
    render,
    with_carry_runs,
)
from ouroboros.envs.base import generator
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.base import with_corners
from ouroboros_judges.answers.quantities import same_quantity

RIPPLE, UNEVEN_RIPPLE, NEAR_RIPPLE, BROKEN_RIPPLE, EVERY_COLUMN, BOUNDARY = range(6)
KINDS = 6


def sum_by_columns(first: str, second: str) -> str:
    """The sum's digits; all three numbers least significant digit first."""
    width = max(len(first), len(second))
    columns = zip(first.ljust(width, "0").encode(), second.ljust(width, "0").encode(), strict=True)
    carry, digits = 0, bytearray()
    for x, y in columns:
        total = x + y + carry - 48  # one of the two operands' ASCII offsets stays on
        carry = total > 57
        digits.append(total - 10 if carry else total)
    return digits.decode() + "1" * carry


def sum_by_decimals(first: str, second: str) -> str:
    """The sum's digits; all three numbers most significant digit first."""
    exact = decimal.Context(
        prec=max(len(first), len(second)) + 1,
        Emin=decimal.MIN_EMIN,
        Emax=decimal.MAX_EMAX,
        traps=[decimal.Inexact, decimal.InvalidOperation],
    )
    total = exact.add(exact.create_decimal(first), exact.create_decimal(second))
    return f"{total:f}"


class AdditionAnswers(Answering):
    """What both notations share; the two classes below are its final forms."""

    family: Addition  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference lines, by columns; UsageError where the text is not a prompt."""
        first, second = self._least_significant_first(self.family.operands(prompt))
        return self.lines_of(sum_by_columns(first, second))

    def again(self, prompt: str) -> tuple[str, ...]:
        """The same lines by decimals."""
        first, second = self._least_significant_first(self.family.operands(prompt))
        return self.lines_of(sum_by_decimals(first[::-1], second[::-1])[::-1])

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the sum as people write it."""
        del prompt
        turn = 1 if self.family.most_significant_first else -1
        return len(answer) <= len(right) + 100 and same_quantity(answer, right[::turn], "")

    def adversarial(self, level: int, seed: int, count: int) -> list[str]:
        """Corner cases and six kinds of hard sums in equal parts."""
        rng = generator(f"answers/{self.name}", level, seed, count)
        corners = [
            "+".join(self._least_significant_first((first[::-1], second[::-1]))) + "="
            for first, second in _corners(level)
        ]
        return with_corners(rng, corners, count, lambda n: self._hard_prompts(rng, level, n))

    def _hard_prompts(self, rng: np.random.Generator, level: int, count: int) -> list[str]:
        """`count` prompts, the kinds in turn."""
        sums = _hard_sums(rng, level, np.arange(count) % KINDS)
        return render(
            sums,
            rng.random(count) < 0.5,
            most_significant_first=self.family.most_significant_first,
        )

    def _least_significant_first(self, operands: tuple[str, str]) -> tuple[str, str]:
        """Operands turned around where the family writes the first digit first."""
        if self.family.most_significant_first:
            return operands[0][::-1], operands[1][::-1]
        return operands

    @abstractmethod
    def lines_of(self, total: str) -> tuple[str, ...]:
        """The solution's lines for a sum given least significant digit first."""


class ReverseAdditionAnswers(AdditionAnswers):
    """Answers to `reverse_addition`."""

    name = "reverse_addition"
    family = ReverseAddition()

    def lines_of(self, total: str) -> tuple[str, ...]:
        """The sum as it is."""
        return (total,)


class ForwardAdditionAnswers(AdditionAnswers):
    """Answers to `forward_addition`."""

    name = "forward_addition"
    family = ForwardAddition()

    def lines_of(self, total: str) -> tuple[str, ...]:
        """The sum as it is, then turned around."""
        return (total, total[::-1])


def _corners(level: int) -> list[tuple[str, str]]:
    """Operand pairs at the edges, most significant digit first."""
    nines, power, fives, fours = "9" * level, "1" + "0" * (level - 1), "5" * level, "4" * level
    return [
        (nines, "1"),
        ("1", nines),
        (nines, nines),
        (nines, "0"),
        ("0", nines),
        (power, power),
        (power, "0"),
        (power, nines),
        (nines, power),
        (fives, fives),
        (fours, fives),
    ]


def _hard_sums(rng: np.random.Generator, level: int, kinds: NDArray[np.int64]) -> Sums:
    """One sum of each of the kinds (N,)."""
    N, rows = len(kinds), np.arange(len(kinds))
    uneven = (kinds == UNEVEN_RIPPLE) | (kinds == BOUNDARY)
    lengths = np.where(uneven, rng.integers(1, level + 1, N), level)
    sums = draw_sums(rng, level, lengths)
    starts = np.where(kinds == UNEVEN_RIPPLE, rng.integers(0, lengths), 0)
    sums = with_carry_runs(rng, sums, kinds < EVERY_COLUMN, starts, level - 1 - starts)
    longer, shorter = sums.longer, sums.shorter
    near = rows[kinds == NEAR_RIPPLE]
    shorter[near, 0] = 9 - longer[near, 0]
    if level > 1:
        _break_one_column(rng, shorter, rows[kinds == BROKEN_RIPPLE])
    full = rows[kinds == EVERY_COLUMN]
    longer[full] = rng.integers(5, 10, (len(full), level), dtype=np.uint8)
    shorter[full] = rng.integers(5, 10, (len(full), level), dtype=np.uint8)
    edge = rows[kinds == BOUNDARY]
    longer[edge] = _round_numbers(rng, level, np.full(len(edge), level))
    shorter[edge] = _round_numbers(rng, level, lengths[edge])
    zeros = edge[(lengths[edge] == 1) & (rng.random(len(edge)) < 0.5)]
    shorter[zeros, 0] = 0
    return Sums(longer=longer, shorter=shorter, lengths=lengths)


def _break_one_column(
    rng: np.random.Generator, shorter: NDArray[np.uint8], rows: NDArray[np.int64]
) -> None:
    """Make one column above the lowest add up to eight or ten in place of nine."""
    columns = rng.integers(1, shorter.shape[1], len(rows))
    digits = shorter[rows, columns]
    shorter[rows, columns] = np.where(digits >= 2, digits - 1, digits + 1)


def _round_numbers(
    rng: np.random.Generator, level: int, lengths: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """(N, level) powers of ten, all nines or a digit and zeros, least significant digit first."""
    N = len(lengths)
    kinds = rng.integers(0, 3, N)
    tops = np.choose(kinds, [np.full(N, 1), np.full(N, 9), rng.integers(1, 10, N)])
    digits = np.repeat(np.where(kinds == 1, 9, 0)[:, None], level, axis=1)
    digits[np.arange(N), lengths - 1] = tops
    return digits.astype(np.uint8)
