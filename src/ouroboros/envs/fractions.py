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
from collections.abc import Sequence
from itertools import pairwise, starmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Asking
from ouroboros.envs.base import SHOWN, Format
from ouroboros.envs.digits import draw_numbers, pick, plain, to_int
from ouroboros.envs.plan import Result, widest, width
from ouroboros.envs.planned import SIGNS
from ouroboros.errors import UsageError

PRIMES = (2, 3, 5, 7)
PAIRS = [f"{b}{d}" for b in range(2, 10) for d in range(2, 10)]
KINDRED = [pair for pair in PAIRS if math.gcd(*map(int, pair)) > 1]
FORMS = (
    "Answer with a fraction in lowest terms, proper or improper, or with a whole number.",
    "Give the answer as a proper or improper fraction in lowest terms, or as a whole number.",
    "Reduce the answer to a proper or improper fraction in lowest terms, or to a whole number.",
)
TWINS = re.compile(r"\|(.*)-\1\|=")
SETTING_UP = 5  # lines up to the sum or difference


def work(first: str, second: str, op: str, result: Result) -> tuple[str, ...]:
    """The solution for two fractions "7/4", with the right sides of lines from `result`."""
    lines: list[str] = []

    def found(op: str, left: str, right: str) -> str:
        right_side = result(op, left, right)
        lines.append(f"{left}{op}{right}={right_side}")
        return right_side

    (a, b), (c, d) = first.split("/"), second.split("/")
    shared, denominator = math.gcd(int(b), int(d)), str(math.lcm(int(b), int(d)))
    factors = [str(int(other) // shared) for other in (d, b)]
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
        if not _in_lowest_terms(prompt):
            raise UsageError(f"{self.name}: not in lowest terms: {prompt[:SHOWN]!r}")
        return found

    def operands(self, prompt: str) -> tuple[str, str, str]:
        """Both fractions and the sign between them; UsageError where the text is no prompt."""
        first, op, second = (part for part in self.parts(prompt).groups() if part)
        return first, second, op

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Sums and differences in equal parts; the denominators of hard ones share a divisor.

        No number is taken from itself.
        """
        prompts: list[str] = []
        while len(prompts) < len(hard):
            drawn = self._any(rng, level, hard[len(prompts) :])
            prompts += (p for p in drawn if _in_lowest_terms(p) and not TWINS.fullmatch(p))
        return prompts

    def _any(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """As many prompts as there are places, their fractions reduced or not."""
        N = len(hard)
        lengths = np.where(rng.random(N) < 0.5, rng.integers(1, level + 1, N), level)
        longer = draw_numbers(rng, lengths=np.full(N, level), hard=hard, lowest=1)
        other = draw_numbers(rng, lengths=lengths, hard=hard & (rng.random(N) < 0.5), lowest=1)
        pairs = np.where(hard, pick(rng, KINDRED, N), pick(rng, PAIRS, N)).tolist()
        prompts: list[str] = []
        for a, c, (b, d), swap, sum_ in zip(
            longer, other, pairs, rng.random(N) < 0.5, rng.random(N) < 0.5, strict=True
        ):
            first, second = (f"{c}/{d}", f"{a}/{b}") if swap else (f"{a}/{b}", f"{c}/{d}")
            prompts.append(f"{first}+{second}=" if sum_ else f"|{first}-{second}|=")
        return prompts

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
        """The lines as sums that people read, each with what it finds, and the answer."""
        first, second, _ = self.operands(prompt)
        roles = (
            f"Common denominator, from {first}",
            f"Common denominator, from {second}",
            f"Numerator of {first}",
            f"Numerator of {second}",
            "Numerator of the result",
        )
        texts = [f"{role}: {_sum(line)}" for role, line in zip(roles, lines, strict=False)]
        divisions = starmap(_division, pairwise(lines[SETTING_UP - 1 : -1]))
        return (*texts, *divisions, lines[-1])


def _in_lowest_terms(prompt: str) -> bool:
    """Whether both fractions are so."""
    fractions = re.findall("([0-9]+)/([0-9])", prompt)
    return all(math.gcd(to_int(numerator), int(below)) == 1 for numerator, below in fractions)


def _sum(line: str) -> str:
    """A sum, difference or product as people write it."""
    left, op, right, _, result = re.split("([-+*=])", line)
    return f"{_turned(left)} {SIGNS[op]} {_turned(right)} = {_turned(result)}"


def _turned(number: str) -> str:
    return plain(number[::-1])


def _division(before: str, line: str) -> str:
    """What a line of the reduction finds, by the line before it."""
    left, op, right, _, result = re.split("([%/=])", line)
    if op == "%":
        return f"{plain(left)} divided by {right} leaves {result[-1]}"
    role = "Numerator" if "%" in before else "Denominator"
    return f"{role}, divided by {right}: {plain(left)} {SIGNS[op]} {right} = {plain(result)}"
