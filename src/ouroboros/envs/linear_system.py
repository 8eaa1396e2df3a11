"""Two linear equations in two unknowns, by Cramer's rule.

    prompt "5x+3y=21;4x+3y=18"
    lines  5*3=51  3*4=21  51-21=30            the determinant, 15 - 12 = 3
           12*3=36  81*3=45  36-45=90  9%3=0  9/3=3      x = (21 * 3 - 18 * 3) / 3
           81*5=09  12*4=48  09-48=60  6%3=0  6/3=2      y = (18 * 5 - 21 * 4) / 3
           x=3,y=2

Coefficients are lone digits from 2 on, the right sides grow with the level. The determinant is a
digit above 0 and the solution is not negative, so that no difference goes below 0; the numbers
found may be mixed ("x=7+1/3,y=2"). Not covered: systems with none or many solutions.
"""

import random
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.base import Format
from ouroboros.envs.digits import draw_numbers, to_digits, to_int
from ouroboros.envs.reckoning import Reckoned, Reckoning, Rereading, longest

NAMES = "abcdef"
DIGITS = tuple("123456789")
LAST = 996  # of the places from one end to the other where a second right side may be


@cache
def coefficients() -> list[tuple[int, int, int, int]]:
    """(a, b, d, e) of all systems a x + b y = c, d x + e y = f with a determinant of one digit."""
    digits = product(range(2, 10), repeat=4)
    return [(a, b, d, e) for a, b, d, e in digits if 0 < a * e - b * d < 10]


class LinearSystem(Reckoned):
    """Both unknowns: "5x+3y=21;4x+3y=18" -> ..., x=3,y=2."""

    name = "linear_system"
    wall = 3
    alphabet = "0123456789xy+-*%/=;,"
    pattern = re.compile(
        "(?P<a>[2-9])x[+](?P<b>[2-9])y=(?P<c>[1-9][0-9]*);"
        "(?P<d>[2-9])x[+](?P<e>[2-9])y=(?P<f>[1-9][0-9]*)"
    )
    templates = (
        "Solve the system {a}x + {b}y = {c} and {d}x + {e}y = {f}.",
        (
            "{a} red blocks and {b} blue blocks weigh {c} g; {d} red blocks and {e} blue blocks "
            "weigh {f} g. All blocks of one colour are equally heavy. Find the weights x of a red "
            "block and y of a blue block, in g."
        ),
        "At which point (x, y) do the lines {a}x + {b}y = {c} and {d}x + {e}y = {f} meet?",
        (
            "{a} times x plus {b} times y is {c}, and {d} times x plus {e} times y is {f}. "
            "Find x and y."
        ),
    )

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Systems with a positive solution; where hard, one unknown is often close to 0."""
        prompts: list[str] = []
        while len(prompts) < len(hard):
            chosen = hard[len(prompts) :]
            lengths = np.maximum(level - rng.integers(0, 2, len(chosen)), 1)
            drawn = _systems(rng, draw_numbers(rng, lengths=lengths, hard=chosen, lowest=1), chosen)
            prompts += [prompt for prompt in drawn if self.level_of(prompt) == level]
        return prompts

    def level_of(self, prompt: str) -> int:
        """Digits of the longer right side; UsageError where the text is not a prompt."""
        return max(len(self.parts(prompt)[name]) for name in "cf")

    def reckon(self, prompt: str, reckoning: Reckoning) -> str:
        """The determinant, then either unknown; ValueError where it is no digit above 0."""
        a, b, c, d, e, f = self.parts(prompt).group(*NAMES)
        determinant = _cross(reckoning, (a, e), (b, d))[-1]
        if determinant not in DIGITS:
            raise ValueError("the determinant must be a digit above 0")
        x = reckoning.quotient(_cross(reckoning, (c, e), (f, b))[-1], determinant)
        y = reckoning.quotient(_cross(reckoning, (f, a), (c, d))[-1], determinant)
        return f"x={x},y={y}"

    def completion_length(self, prompt: str) -> int:
        """Characters of the lines with the longest results and fractions there can be."""
        a, b, c, d, e, f = self.parts(prompt).group(*NAMES)
        reckoning = Reckoning(longest)
        _cross(reckoning, (a, e), (b, d))
        x = reckoning.quotient(_cross(reckoning, (c, e), (f, b))[-1], "9")
        y = reckoning.quotient(_cross(reckoning, (f, a), (c, d))[-1], "9")
        return len("\n".join((*reckoning.lines, f"x={x}+8/9,y={y}+8/9")))

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Solve a x + b y = c and d x + e y = f for x and y by Cramer's rule.",
            level="digits of the longer right side",
            prompt_pattern=self.pattern.pattern,
            lines=(
                "a times e, b times d and their difference, the determinant D",
                "c times e, f times b, their difference, and x: that by D, remainders first",
                "f times a, c times d, their difference, and y: that by D, remainders first",
                "both unknowns, as whole or mixed numbers",
            ),
        )

    def facts(self, prompt: str) -> dict[str, Any]:
        """Both equations as coefficients."""
        a, b, c, d, e, f = self.parts(prompt).group(*NAMES)
        return {
            "equations": [{"x": a, "y": b, "equals": c}, {"x": d, "y": e, "equals": f}],
            "asked": "x and y such that both equations hold",
        }

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """All six numbers."""
        del rng
        return self.parts(prompt).groupdict()

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """Either unknown by eliminating the other, and both."""
        a, b, c, d, e, f = self.parts(prompt).group(*NAMES)
        reread = Rereading(lines)
        on_left = _cross(reread, (a, e), (b, d))
        texts: list[str] = []
        for name, first, second, times in (
            ("x", (c, e), (f, b), f"{e} times the first equation less {b} times the second"),
            ("y", (f, a), (c, d), f"{a} times the second equation less {d} times the first"),
        ):
            on_right = _cross(reread, first, second)
            found = reread.quotient(on_right[-1], on_left[-1]).replace("+", " ")
            sides = f"({_less(on_left)}){name} = {_less(on_right)}"
            known = "" if on_left[-1] == "1" else f"{on_left[-1]}{name} = {on_right[-1]}, so "
            texts.append(f"{times}: {sides}, that is {known}{name} = {found}")
        return (*texts, lines[-1].replace("=", " = ").replace(",", ", ").replace("+", " "))


def _cross(
    reckoning: Reckoning, first: tuple[str, str], second: tuple[str, str]
) -> tuple[str, str, str]:
    """The product of two numbers, that of two others, and the first less the second."""
    products = reckoning.product(*first), reckoning.product(*second)
    return *products, reckoning.difference(*products)


def _less(cross: tuple[str, str, str]) -> str:
    return f"{cross[0]} \u2212 {cross[1]}"


def _systems(
    rng: np.random.Generator, rights: Sequence[str], hard: NDArray[np.bool_]
) -> Iterator[str]:
    """Systems with about these first right sides, where any has a positive solution.

    The second right side lies between c d / a, where y is 0, and c e / b, where x is: close to one
    of them in half of the hard ones. In half of all, what is not whole of the solution is left out.
    """
    N = len(rights)
    extreme = hard & (rng.random(N) < 0.5)
    places = np.where(extreme, LAST * rng.integers(0, 2, N), rng.integers(0, LAST + 1, N))
    chosen = rng.integers(0, len(coefficients()), N)
    whole = rng.random(N) < 0.5
    for i in range(N):
        a, b, d, e = coefficients()[chosen[i]]
        c = to_int(rights[i])
        least, most = c * d // a + 1, (c * e - 1) // b
        f = least + (most - least) * int(places[i]) // LAST
        x, y = ((top // (a * e - b * d)) for top in (c * e - b * f, a * f - c * d))
        if whole[i]:
            c, f = a * x + b * y, d * x + e * y
        if least <= most and ((x and y) or not whole[i]):
            yield f"{a}x+{b}y={to_digits(c)};{d}x+{e}y={to_digits(f)}"
