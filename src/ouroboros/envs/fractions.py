"""Sums and differences of two fractions, in lowest terms.

    "7/4+5/6="    lines 4*3=21    6*2=21    7*3=12    5*2=01    12+01=13    31%2=11    31/12
    "|1/6-1/2|="  lines 6*1=6    2*3=6    1*1=1    1*3=3    3-1=2    2%2=0    2/2=1    6/2=3    1/3

First the factors that take both denominators to their least common multiple, then the numerators
times these factors, then their sum, or the larger less the smaller. The given fractions are in
lowest terms, so the result can be divided by nothing but what the denominators have in common:
that is tried by 2, 3, 5 and 7, in this order and as often as they have it in common, unless the
result is 0. `%` finds the remainders place by place. All lines are as in `ouroboros.envs.plan`. The
answer is a fraction or a whole number.

The level is the number of digits of the longer numerator; denominators are 2 to 9. Not covered:
negative fractions, and the results.
"""

import math
import random
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Asking
from ouroboros.envs.base import SHOWN, Format, texts
from ouroboros.envs.digits import ZERO, draw_digits, plain, to_int
from ouroboros.envs.plan import Result, widest, width
from ouroboros.envs.planned import SIGNS
from ouroboros.errors import UsageError

PRIMES = (2, 3, 5, 7)
PAIRS = np.array([(b, d) for b in range(2, 10) for d in range(2, 10)])
KINDRED = (np.gcd(*PAIRS.T) > 1).nonzero()[0]
"""Places of the pairs that have a divisor in common."""
SHARED = 2520  # the least common multiple of all denominators
FORMS = (
    "Answer with a fraction in lowest terms, proper or improper, or with a whole number.",
    "Give the answer as a proper or improper fraction in lowest terms, or as a whole number.",
    "Reduce the answer to a proper or improper fraction in lowest terms, or to a whole number.",
)
SETTING_UP = 5  # lines up to the sum or difference


def work(first: str, second: str, op: str, result: Result) -> tuple[str, ...]:
    """The solution for two fractions "7/4", with the right sides of lines from `result`."""
    lines: list[str] = []

    def found(op: str, left: str, right: str) -> str:
        right_side = result(op, left, right)
        lines.append(f"{left}{op}{right}={right_side}")
        return right_side

    (a, b), (c, d) = first.split("/"), second.split("/")
    shared = math.gcd(int(b), int(d))
    factors = [str(int(other) // shared) for other in (d, b)]
    denominator = str(int(b) * int(d) // shared)
    for part, factor in zip((b, d), factors, strict=True):
        found("*", part, factor)
    parts = [found("*", n[::-1], factor) for n, factor in zip((a, c), factors, strict=True)]
    if op == "-":
        parts.sort(key=lambda part: (len(part), part[::-1]), reverse=True)
    numerator = found(op, *parts)[::-1]
    if plain(numerator) == "0":
        return *lines, "0"
    for prime in PRIMES:
        while shared % prime == 0 and found("%", numerator, str(prime))[-1] == "0":
            numerator = found("/", numerator, str(prime))
            denominator = plain(found("/", denominator, str(prime)))
            shared //= prime
    return *lines, plain(numerator) + (f"/{denominator}" if denominator != "1" else "")


class Fractions(Asking):
    """Two fractions taken together: "7/4+5/6=" -> 31/12, "|1/6-1/2|=" -> 1/3."""

    name = "fractions"
    domain = "mathematics"
    wall = 3
    alphabet = "0123456789+-*/%=|"
    pattern = re.compile(
        r"(?:([1-9][0-9]*/[2-9])(\+)([1-9][0-9]*/[2-9])"
        r"|\|([1-9][0-9]*/[2-9])(-)([1-9][0-9]*/[2-9])\|)="
    )
    templates = (
        "Find {task}. {form}",
        "What is {task}? {form}",
        "Two numbers are {first} and {second}. {question} {form}",
        "Work out {task}. {form}",
        "On the number line {first} and {second} are marked. {marks} {form}",
    )

    def parts(self, prompt: str) -> re.Match[str]:
        """Fractions and sign; UsageError where they are none or not in lowest terms."""
        found = super().parts(prompt)
        first, _, second = filter(None, found.groups())
        if not (_in_lowest_terms(*first.split("/")) and _in_lowest_terms(*second.split("/"))):
            raise UsageError(f"{self.name}: not in lowest terms: {prompt[:SHOWN]!r}")
        return found

    def operands(self, prompt: str) -> tuple[str, str, str]:
        """Both fractions and the sign between them; UsageError where the text is no prompt."""
        first, op, second = filter(None, self.parts(prompt).groups())
        return first, second, op

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Sums and differences in equal parts; the denominators of hard ones share a divisor.

        No number is taken from itself.
        """
        rounds: list[Drawn] = []
        count = 0
        while count < len(hard):
            rounds.append(_drawn(rng, level, hard[count:]))
            count += len(rounds[-1].pairs)
        return _written(rounds, level) if rounds else []

    def level_of(self, prompt: str) -> int:
        """Digits of the longer numerator; UsageError where the text is not a prompt."""
        first, second, _ = self.operands(prompt)
        return max(len(first), len(second)) - len("/9")

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """Whether the lines are those of the work but perhaps for the results."""
        right_sides = {start: found for start, _, found in (line.partition("=") for line in lines)}

        def read(op: str, left: str, right: str) -> str:
            found = right_sides[f"{left}{op}{right}"]
            spare = len(found) - width(op, left, right)
            if not (found.isascii() and found.isdigit() and 0 <= spare <= (op in "+*")):
                raise ValueError(f"not of the form of a result of {op}")
            return found

        try:
            return work(*self.operands(prompt), read) == tuple(lines)
        except (KeyError, ValueError):
            return False

    def completion_length(self, prompt: str) -> int:
        """Characters of the lines if all results were as long, and all divisions went out."""

        def longest(op: str, left: str, right: str) -> str:
            return "0" * len(left) if op == "%" else widest(op, left, right)

        return len("\n".join(work(*self.operands(prompt), longest)))

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Add two fractions in lowest terms, or take the smaller from the larger.",
            level="digits of the longer numerator",
            prompt_pattern=self.pattern.pattern,
            lines=(
                "for each denominator, the factor that makes it their least common multiple",
                "each numerator times its factor, last digit first",
                "the sum, or the larger less the smaller, last digit first",
                "unless that is 0, for each prime that both denominators have: the remainders",
                "after a last remainder of 0: the numerator and the denominator by the prime",
                "the answer in lowest terms",
            ),
        )

    def facts(self, prompt: str) -> dict[str, Any]:
        """Both fractions and what is to be done with them."""
        first, second, op = self.operands(prompt)
        asked = "sum" if op == "+" else "difference, the larger less the smaller"
        return {"first": first, "second": second, "asked": f"{asked}, in lowest terms"}

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The fractions, the task as a number and as questions, and the form of the answer."""
        first, second, op = self.operands(prompt)
        if op == "+":
            task, question = f"{first} + {second}", "What is their sum?"
            marks = "What is the sum of the two numbers?"
        else:
            task = f"the difference between {first} and {second} (the larger less the smaller)"
            question, marks = "By how much do they differ?", "How far apart are they?"
        return {
            "first": first, "second": second, "task": task, "question": question, "marks": marks,
            "form": rng.choice(FORMS),
        }  # fmt: skip

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """The common denominator, the fractions with it, their sum, its reduction, the answer."""
        if not self.check(prompt, lines):
            return tuple(lines)
        first, second, _ = self.operands(prompt)
        below = _turned(lines[0].partition("=")[2])
        if first[-1] == second[-1]:
            texts = [f"Both denominators are {below}"]
        else:
            texts = [f"The least common denominator of {first} and {second} is {below}"]
        for fraction, denominators, numerators in (
            (first, lines[0], lines[2]), (second, lines[1], lines[3]),
        ):  # fmt: skip
            if fraction[-1] != below:
                found = f"{_turned(numerators.partition('=')[2])}/{below}"
                sums = f"{_sum(numerators)} and {_sum(denominators)}"
                texts.append(f"{fraction} = {found}, for {sums}")
        left, op, right, _, above = re.split("([-+=])", lines[SETTING_UP - 1])
        taken = f" {SIGNS[op]} ".join(f"{_turned(number)}/{below}" for number in (left, right))
        above = _turned(above)
        texts.append(f"{taken} = {above}/{below}, for {_sum(lines[SETTING_UP - 1])}")
        return (*texts, *_reduced(f"{above}/{below}", lines[SETTING_UP:-1]), lines[-1])


class Drawn(NamedTuple):
    """A round of drawing."""

    longer: NDArray[np.uint8]
    """(N, W) digits of numerators, whatever stands behind them; `other` alike."""
    other: NDArray[np.uint8]
    lengths: NDArray[np.int64]
    """(N,) digits of the other numerators."""
    pairs: NDArray[np.int64]
    """(N, 2) denominators of both."""
    swapped: NDArray[np.bool_]
    added: NDArray[np.bool_]

    def only(self, rows: NDArray[np.intp]) -> "Drawn":
        """Some of them."""
        return Drawn(
            self.longer[rows], self.other[rows], self.lengths[rows],
            self.pairs[rows], self.swapped[rows], self.added[rows],
        )  # fmt: skip


def _drawn(rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> Drawn:
    """A problem drawn for each place, but for those that are not fit to be asked."""
    N = len(hard)
    lengths = np.where(rng.random(N) < 0.5, rng.integers(1, level + 1, N), level)
    full = np.full(N, level)
    longer = draw_digits(rng, full, hard, 1)
    other = draw_digits(rng, lengths, hard & (rng.random(N) < 0.5), 1)
    kindred, any_ = rng.integers(0, len(KINDRED), N), rng.integers(0, len(PAIRS), N)
    pairs = PAIRS[np.where(hard, KINDRED[kindred], any_)]
    swapped, added = rng.random(N) < 0.5, rng.random(N) < 0.5
    drawn = Drawn(longer, other, lengths, pairs, swapped, added)
    first, second = _rests(longer, full), _rests(other, lengths)
    kept = (np.gcd(first, pairs[:, 0]) == 1) & (np.gcd(second, pairs[:, 1]) == 1)
    alike = kept & ~added & (lengths == level) & (pairs[:, 0] == pairs[:, 1])
    for row in alike.nonzero()[0]:
        kept[row] = (longer[row] != other[row]).any()
    return drawn.only(kept.nonzero()[0])


def _rests(digits: NDArray[np.uint8], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """What numbers of so many digits leave when they are divided by all of 2 to 9."""
    places, powers = _powers(digits.shape[1])
    return np.einsum("nw,nw->n", digits, powers[sizes[:, None] - places])


@lru_cache(maxsize=16)
def _powers(width: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places from 1 on, and what a digit is worth by how many follow; none that is below 0."""
    worth = [pow(10, place, SHARED) for place in range(width)]
    return np.arange(1, width + 1), np.array(worth + [0] * width)


def _written(rounds: Sequence[Drawn], level: int) -> list[str]:
    """The prompts."""
    lengths, pairs, swapped, added = (
        np.concatenate([getattr(drawn, name) for drawn in rounds])
        for name in ("lengths", "pairs", "swapped", "added")
    )
    N = len(added)
    numbers = np.zeros((2, N, level), dtype=np.uint8)
    end = 0
    for drawn in rounds:
        start, end = end, end + len(drawn.pairs)
        numbers[0, start:end] = drawn.longer
        numbers[1, start:end, : drawn.other.shape[1]] = drawn.other
    numbers += np.uint8(ZERO)
    numbers[1] *= np.arange(level) < lengths[:, None]
    below = (pairs + ZERO).astype(np.uint8)
    places = np.arange(N)
    first, second = swapped.astype(np.int64), (~swapped).astype(np.int64)
    signs = np.where(added[:, None], *np.frombuffer(b"\0+\0|-|", dtype=np.uint8).reshape(2, 3))
    parts = (
        signs[:, :1], numbers[first, places], _ascii("/", N), below[places, first, None],
        signs[:, 1:2], numbers[second, places], _ascii("/", N), below[places, second, None],
        signs[:, 2:], _ascii("=", N),
    )  # fmt: skip
    written = np.concatenate(parts, axis=1)
    return texts(written, written != 0)


def _ascii(sign: str, count: int) -> NDArray[np.uint8]:
    return np.full((count, 1), ord(sign), dtype=np.uint8)


def _in_lowest_terms(numerator: str, denominator: str) -> bool:
    """Whether a fraction with a lone digit below is so."""
    return math.gcd(to_int(numerator), int(denominator)) == 1


def _sum(line: str) -> str:
    """A sum, difference or product as people write it."""
    left, op, right, _, result = re.split("([-+*=])", line)
    return f"{_turned(left)} {SIGNS[op]} {_turned(right)} = {_turned(result)}"


def _turned(number: str) -> str:
    return plain(number[::-1])


def _reduced(fraction: str, lines: Sequence[str]) -> Iterator[str]:
    """What the lines of the reduction make of a fraction."""
    remaining = iter(lines)
    for line in remaining:
        number, prime, rests = re.split("[%=]", line)
        if rests[-1] != "0":
            left = f"{plain(number)} divided by {prime} leaves {rests[-1]}"
            yield f"{left}, so {fraction} cannot be reduced by {prime}"
            continue
        above, below = (
            [plain(part) for part in re.split("[/=]", next(remaining))] for _ in range(2)
        )
        sums = " and ".join(f"{n} {SIGNS['/']} {by} = {found}" for n, by, found in (above, below))
        before, fraction = fraction, above[2] + (f"/{below[2]}" if below[2] != "1" else "")
        yield f"{before} = {fraction}, for {sums}"
