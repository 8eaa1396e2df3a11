"""The greatest common divisor, by Euclid's algorithm line by line.

    gcd  "gcd(48,18)="  lines ("48%18=12", "18%12=6", "12%6=0", "6")

Each line divides the last two numbers and writes what is left; the divisor that leaves nothing is
the answer. Where the smaller number comes first, the first line turns the two around. The level is
the number of digits of the larger. Half of the plain pairs share a factor that was drawn; the hard
ones do too, or are neighbours, or one is a multiple of the other, or all quotients are one, as with
Fibonacci's numbers, which takes the most lines. Not covered: zero and negative numbers.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Asking
from ouroboros.envs.base import Domain, Format
from ouroboros.envs.digits import draw_numbers, smaller, to_digits, to_int

Numbers = tuple[int, int, int, int]
"""One of the level's digits, one of no more, a factor of fewer, and the least of the level."""


def _as_drawn(numbers: Numbers) -> tuple[int, int]:
    return numbers[0], numbers[1]


def _with_factor(numbers: Numbers) -> tuple[int, int]:
    """Multiples of the factor."""
    longer, other, factor, least = numbers
    return _multiple(longer, factor, least), _multiple(other, factor, 1)


def _with_multiple(numbers: Numbers) -> tuple[int, int]:
    """The factor and a multiple of it."""
    longer, _, factor, least = numbers
    return _multiple(longer, factor, least), factor


def _neighbours(numbers: Numbers) -> tuple[int, int]:
    return numbers[0], max(numbers[0] - 1, 1)


def _fibonacci(numbers: Numbers) -> tuple[int, int]:
    """The last two below the next power of ten of the factor times 1, 1, 2, 3, 5, ..."""
    _, _, factor, least = numbers
    before, last = factor, factor
    while before + last < 10 * least:
        before, last = last, before + last
    return last, before


def _multiple(number: int, factor: int, least: int) -> int:
    """The multiple of the factor at or below the number, or the next where that is too small."""
    below = number - number % factor
    return below if below >= least else below + factor


SHORT = 100  # digits up to which Python's own conversions are the fastest
PLAIN: tuple[Callable[[Numbers], tuple[int, int]], ...] = (_as_drawn, _with_factor)
HARD = (_with_factor, _with_multiple, _neighbours, _fibonacci)


class Gcd(Asking):
    """The largest number that divides two others."""

    name = "gcd"
    domain: Domain = "mathematics"
    wall = 3
    alphabet = "0123456789%=gcd(,)"
    pattern = re.compile(r"gcd\(([1-9][0-9]*),([1-9][0-9]*)\)=")
    templates = (
        "What is the greatest common divisor of {a} and {b}?",
        "Find the largest whole number that divides both {a} and {b}.",
        (
            "By which number must the numerator and the denominator of {a}/{b} be divided to "
            "reduce the fraction to lowest terms in one go? Answer 1 if it is in lowest terms "
            "already."
        ),
        (
            "A rectangle of {a} cm by {b} cm is covered exactly, without overlaps, by equal "
            "squares, as large as possible. How many centimetres long is a square's side?"
        ),
        (
            "Two ropes, {a} m and {b} m long, are cut without waste, or left whole, so that all "
            "pieces have the same length, a whole number of metres. How many metres long can a "
            "piece be at most?"
        ),
    )

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Pairs of which the larger has `level` digits, in either order."""
        N, least = len(hard), 10 ** (level - 1)
        read, spelt = (int, str) if level <= SHORT else (to_int, to_digits)
        sizes = rng.integers(1, level + 1, N)
        columns = (
            map(read, draw_numbers(rng, lengths=lengths, hard=np.zeros(N), lowest=1))
            for lengths in (
                np.full(N, level),
                np.where(rng.random(N) < 0.5, level, sizes),
                rng.integers(1, max(level, 2), N),
            )
        )
        kinds, turned = rng.integers(0, len(HARD), N).tolist(), (rng.random(N) < 0.5).tolist()
        prompts: list[str] = []
        for is_hard, kind, turn, longer, other, factor in zip(
            hard.tolist(), kinds, turned, *columns, strict=True
        ):
            way = HARD[kind] if is_hard else PLAIN[kind % len(PLAIN)]
            half = factor // 2 or 1  # so that a lone digit has other multiples
            a, b = way((longer, other, half, least))
            if turn:
                a, b = b, a
            prompts.append(f"gcd({spelt(a)},{spelt(b)})=")
        return prompts

    def pair(self, prompt: str) -> tuple[str, str]:
        """Both numbers; UsageError where the text is not a prompt."""
        first, second = self.parts(prompt).groups()
        return first, second

    def level_of(self, prompt: str) -> int:
        """Digits of the larger number; UsageError where the text is not a prompt."""
        return max(map(len, self.pair(prompt)))

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """Whether each line divides the last two numbers and leaves less, the last one nothing."""
        dividend, divisor = self.pair(prompt)
        for line in lines[:-1]:
            start = f"{dividend}%{divisor}="
            rest = line[len(start) :]
            if not (line.startswith(start) and _is_number(rest) and smaller(rest, divisor)):
                return False
            dividend, divisor = divisor, rest
        return divisor == "0" and len(lines) > 1 and lines[-1] == dividend

    def completion_length(self, prompt: str) -> int:
        """As long as for Fibonacci's numbers, for which Euclid's algorithm takes the most lines.

        Its k-th divisor is at most the first one over the k-th of them (Lame, 1844), and at most
        5t + 1 of them have t digits or less. A divisor stands in three lines, first as a rest.
        """
        fewer, more = sorted(map(len, self.pair(prompt)))
        digits = 5 * fewer * (fewer + 1) // 2 + fewer
        return 3 * digits + 2 * more + 3 * (5 * fewer + 1) + fewer

    def facts(self, prompt: str) -> dict[str, Any]:
        """Both numbers."""
        a, b = self.pair(prompt)
        return {"a": a, "b": b, "asked": "greatest common divisor of a and b"}

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """What each division leaves, what the last one means, and the answer."""
        del prompt
        steps = [line.replace("%", " divided by ").replace("=", " leaves ") for line in lines[:-1]]
        return (*steps[:-1], f"{steps[-1]}, so {lines[-1]} divides both", lines[-1])

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Find the greatest common divisor of two numbers.",
            level="digits of the larger number",
            prompt_pattern=self.pattern.pattern,
            lines=(
                "what the first number leaves when it is divided by the second",
                "what the divisor leaves when it is divided by that, and so on, down to 0",
                "the greatest common divisor: the last number that was divided by",
            ),
        )


def _is_number(text: str) -> bool:
    """Whether a text is a whole number as people write it."""
    return text.isascii() and text.isdigit() and (text == "0" or text[0] != "0")
