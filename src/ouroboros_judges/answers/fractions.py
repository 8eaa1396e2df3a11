"""The truth about sums of fractions: two arithmetics, and cross multiplication.

    FractionsAnswers().confirms("7/4+5/6=", "31/12")     (7*6 + 5*4) * 12 = 31 * 4 * 6, no divisor

The lines are worked out by whole numbers and again by columns. What both take for granted, the
factors and when the reduction is over, is judged by cross multiplication: p/q is a/b + c/d where
(a d + c b) q = p b d, and in lowest terms where p and q have no divisor in common. Problems of
numbers that fit a machine word are worked out many at once, by the same routes in columns.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.digits import ZERO, to_int
from ouroboros.envs.fractions import Fractions, work
from ouroboros_judges.answers.answering import Answering, Truth
from ouroboros_judges.answers.quantities import same_quantity
from ouroboros_judges.answers.sums import (
    ALL,
    Agreement,
    Digits,
    Integers,
    Numbers,
    Page,
    added,
    by_integers,
    divided,
    less,
    times,
    written,
)

LONGEST = 22  # characters of problems whose numerators times all denominators fit a machine word
TRIED = np.array([1, 1, 2, 3, 2, 5, 2, 7, 2, 3], dtype=np.uint8)
"""The prime to try first of what denominators have in common; 1 where there is none."""
SLASH = ord("/")
LEFT = np.array([1, 1, 1, 1, 1, 1, 3, 1, 1, 1], dtype=np.uint8)
"""What is left to try once that prime does not go."""


class FractionsAnswers(Answering):
    """Answers to `fractions`."""

    name = "fractions"
    family: Fractions = Fractions()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference lines, by whole numbers; UsageError where the text is not a prompt."""
        return work(*self.family.operands(prompt), by_integers)

    def work_out(self, prompt: str) -> tuple[tuple[str, ...], bool]:
        """The lines, each by whole numbers and by columns, and whether all routes agree."""
        operands, both = self.family.operands(prompt), Agreement()
        lines = work(*operands, both)
        return lines, both.agreed and _holds(*operands, lines[-1])

    def in_columns(self, prompts: Sequence[str]) -> Mapping[str, Truth]:
        """As `work_out`, of those of many problems that are short."""
        found = [(p, self.family.pattern.fullmatch(p)) for p in prompts if len(p) <= LONGEST]
        stated = [(prompt, *filter(None, match.groups())) for prompt, match in found if match]
        if not stated:
            return {}
        texts, first, signs, second = zip(*stated, strict=True)
        work = FractionsInColumns(first + second, np.array([sign == "+" for sign in signs]))
        solutions = zip(work.page.solutions(), work.page.agreed.tolist(), strict=True)
        return dict(compress(zip(texts, solutions, strict=True), work.are_fit.tolist()))

    def confirms(self, prompt: str, answer: str) -> bool:
        """Whether the answer is the result by cross multiplication, and in lowest terms."""
        return _holds(*self.family.operands(prompt), answer)

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the same number, reduced or not, a decimal or mixed."""
        del prompt
        return len(answer) <= 2 * len(right) + 100 and same_quantity(answer, right, "")


def _holds(first: str, second: str, op: str, answer: str) -> bool:
    """Whether an answer is the result by cross multiplication, and in lowest terms."""
    (a, b), (c, d), (p, q) = map(_terms, (first, second, answer))
    total = a * d + c * b if op == "+" else abs(a * d - c * b)
    alone = "/" not in answer if q == 1 else math.gcd(p, q) == 1
    return total * q == p * b * d and alone


def _terms(fraction: str) -> tuple[int, int]:
    """Numerator and denominator; a whole number has 1 below."""
    numerator, _, denominator = fraction.partition("/")
    return to_int(numerator), to_int(denominator or "1")


class FractionsInColumns:
    """Many problems at once; `ouroboros.envs.fractions.work` is the same for one of them.

    Both fractions of N problems stand in columns of 2 N, the first ones before the second ones.

    Args:
        fractions: Such as "7/4", with numbers that fit.
        summed: Where the sum is asked (N,).
    """

    def __init__(self, fractions: Sequence[str], summed: NDArray[np.bool_]) -> None:
        """Write all lines."""
        N = len(summed)
        self.page = Page(N)
        above, below = _columns(fractions)
        self.are_fit = (np.gcd(above.values, below.values) == 1).reshape(2, N).all(axis=0)
        """Where both fractions are in lowest terms, as those of a prompt are."""
        b, d = below.digits.reshape(2, N)
        shared = np.gcd(b, d)
        numerators, denominators = self._widened(above, below, np.concatenate((d, b)), shared)
        numerator = self._together(numerators, summed)
        shared[numerator.values == 0] = 1
        found = self._reduced(numerator.beside(denominators[:N]), shared)
        p, q = found[:N].plain(), found[N:]
        q = q.only((p.values > 0) & (q.values > 1))
        self.page.line(ALL, p.upright, (q.widths > 0)[None] * np.uint8(SLASH), q.upright)
        answer = p.values, np.where(q.widths > 0, q.values, 1)
        self.page.agreed &= _all_hold(above.values, below.values, summed, *answer)

    def _widened(
        self, above: Numbers, below: Numbers, other: Digits, shared: Digits
    ) -> tuple[Numbers, Numbers]:
        """Numerators and denominators by the factors that make their denominators one."""
        factors = np.tile(other // np.concatenate((shared, shared)), 2)
        problems = np.tile(np.arange(len(shared)), 4)
        numbers = below.beside(above)
        found = self.page.keep(times(numbers, factors), problems)
        self.page.line(problems, numbers.turned, "*", _lone(factors), "=", found.turned)
        return found[len(other) :], found[: len(other)]

    def _together(self, parts: Numbers, summed: NDArray[np.bool_]) -> Numbers:
        """The sums, or the larger less the smaller."""
        N = len(summed)
        first, second = parts[:N], parts[N:]
        is_smaller = ~summed & (first.values < second.values)
        left, right = second.where(is_smaller, first), first.where(is_smaller, second)
        plus, minus = summed.nonzero()[0], (~summed).nonzero()[0]
        total = self.page.keep(added(left[plus], right[plus]), plus)
        rest = self.page.keep(less(left[minus], right[minus]), minus)
        found = left.replaced(plus, total).replaced(minus, rest)
        signs = np.where(summed, *b"+-").astype(np.uint8)[None]
        self.page.line(ALL, left.turned, signs, right.turned, "=", found.turned)
        return found

    def _reduced(self, parts: Numbers, shared: Digits) -> Numbers:
        """Both parts by what the denominators have in common, each prime as often as it goes."""
        rows = (shared > 1).nonzero()[0]
        while len(rows):
            n, common = len(rows), shared[rows]
            primes, both = TRIED[common], np.concatenate((rows, rows + len(shared)))
            numbers, divisor = parts[both], _lone(primes)
            found, rests = divided(numbers, np.concatenate((primes, primes)))
            quotients = self.page.keep(found, both % len(shared))
            remainders = written(rests[:, :n], numbers.widths[:n])[::-1]
            self.page.line(rows, numbers.upright[:, :n], "%", divisor, "=", remainders)
            goes = rests[0, :n] == 0
            shared[rows] = np.where(goes, common // primes, LEFT[common])
            for start in (0, n):
                columns = start + goes.nonzero()[0]
                left, quotient = numbers[columns], quotients[columns]
                shown = left.upright, "/", divisor[:, goes], "=", quotient.upright
                self.page.line(rows[goes], *shown)
                parts = parts.replaced(both[columns], quotient.plain() if start else quotient)
            rows = rows[shared[rows] > 1]
        return parts


def _all_hold(
    above: Integers, below: Integers, summed: NDArray[np.bool_], p: Integers, q: Integers
) -> NDArray[np.bool_]:
    """As `_holds`, of columns: fractions (2 N,), and answers (N,) with 1 below whole numbers."""
    (a, c), (b, d) = above.reshape(2, -1), below.reshape(2, -1)
    total = np.where(summed, a * d + c * b, abs(a * d - c * b))
    return (total * q == p * b * d) & (np.gcd(p, q) == 1)


def _columns(fractions: Sequence[str]) -> tuple[Numbers, Numbers]:
    """Numerators, and lone digits below them."""
    below = "".join([fraction[-1] for fraction in fractions]).encode()
    digits = np.frombuffer(below, dtype=np.uint8) - np.uint8(ZERO)
    return Numbers.read([fraction[:-2] for fraction in fractions]), Numbers.lone(digits)


def _lone(digits: Digits) -> Digits:
    """The characters of lone digits."""
    return digits[None] + np.uint8(ZERO)
