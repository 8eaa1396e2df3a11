"""Products of two linear factors, multiplied out: "(3x+12)(2x-5)=".

    lines  3*2=6             x by x
           3*5=51  21*2=42   the terms with x, -15 and 24
           42-51=90          together, 9
           21*5=06           the numbers, -60
           6x^2+9x-60

Sizes are written without signs. One of the two numbers grows with the level; everything else is a
lone digit. Not covered: more factors, higher powers.
"""

import random
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.base import Format
from ouroboros.envs.digits import draw_numbers, pick
from ouroboros.envs.polynomials import spelled, write
from ouroboros.envs.reckoning import Reckoned, Reckoning, Rereading, enclosed, size

NAMES = "abcd"
COEFFICIENTS = ["", *"23456789"]  # of x; a 1 is not written


class Expansion(Reckoned):
    """(a x + b)(c x + d) as a polynomial: "(3x+12)(2x-5)=" -> ..., 6x^2+9x-60."""

    name = "expansion"
    alphabet = "0123456789x^+-()*="
    pattern = re.compile(
        r"\((?P<a>[2-9]?)x(?P<b>[+-][1-9][0-9]*)\)\((?P<c>[2-9]?)x(?P<d>[+-][1-9][0-9]*)\)="
    )
    templates = (
        "Expand and simplify {product}.",
        "Multiply out {product} and collect like terms.",
        "Write {product} as a polynomial in x with like terms collected.",
        "Let f(x) = {product}. Write f(x) in descending powers of x, without brackets.",
    )

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Products of factors of which one has a number of `level` digits."""
        N = len(hard)
        factors: list[list[str]] = []
        for length in (level, 1):
            lengths = np.full(N, length)
            coefficients, signs = pick(rng, COEFFICIENTS, N), pick(rng, ["+", "-"], N)
            numbers = draw_numbers(rng, lengths=lengths, hard=hard, lowest=1)
            rows = zip(coefficients, signs, numbers, strict=True)
            factors.append([f"({a}x{sign}{b})" for a, sign, b in rows])
        swapped = rng.random(N) < 0.5
        rows = zip(swapped.tolist(), *factors, strict=True)
        return [f"{g}{f}=" if swap else f"{f}{g}=" for swap, f, g in rows]

    def numbers(self, prompt: str) -> tuple[str, str, str, str]:
        """a, b, c and d with their signs; UsageError where the text is not a prompt."""
        a, b, c, d = self.parts(prompt).group(*NAMES)
        return a or "1", b.removeprefix("+"), c or "1", d.removeprefix("+")

    def level_of(self, prompt: str) -> int:
        """Digits of the longer number; UsageError where the text is not a prompt."""
        return max(len(size(number)) for number in self.numbers(prompt))

    def products(self, prompt: str, reckoning: Reckoning) -> tuple[str, str, str, str, str]:
        """The products a c, a d and b c, the sum of the latter two, and the product b d."""
        a, b, c, d = self.numbers(prompt)
        first, outer, inner = (reckoning.product(*pair) for pair in ((a, c), (a, d), (b, c)))
        return first, outer, inner, reckoning.total(outer, inner), reckoning.product(b, d)

    def reckon(self, prompt: str, reckoning: Reckoning) -> str:
        """The four products, the sum of the two with x after the second of them."""
        first, _, _, middle, last = self.products(prompt, reckoning)
        return write({2: first, 1: middle, 0: last})

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Multiply out (a x + b)(c x + d).",
            level="digits of the longer number",
            prompt_pattern=self.pattern.pattern,
            lines=(
                "a times c, last digit first, as in all lines, and without signs",
                "a times d",
                "b times c",
                "their sum, or the larger less the smaller where the signs differ",
                "b times d",
                "the polynomial, falling exponents",
            ),
        )

    def facts(self, prompt: str) -> dict[str, Any]:
        """Both factors."""
        a, b, c, d = self.numbers(prompt)
        factors = [{"x": a, "number": b}, {"x": c, "number": d}]
        return {"factors": factors, "asked": "their product as a polynomial in x"}

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The product as people write it."""
        del rng
        self.parts(prompt)
        return {"product": spelled(prompt.removesuffix("="))}

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """Every product with the terms it is of, the sum of like terms, and the polynomial."""
        a, b, c, d = self.numbers(prompt)
        first, outer, inner, middle, last = self.products(prompt, Rereading(lines))
        ax, cx = (write({1: number}) for number in (a, c))
        outer, inner, middle = (spelled(write({1: number})) for number in (outer, inner, middle))
        added = f"({inner})" if inner.startswith("\u2212") else inner
        return (
            f"First terms: {ax} \u00b7 {cx} = {spelled(write({2: first}))}",
            f"Outer terms: {ax} \u00b7 {enclosed(d)} = {outer}",
            f"Inner terms: {spelled(b)} \u00b7 {cx} = {inner}",
            f"Like terms: {outer} + {added} = {middle}",
            f"Last terms: {spelled(b)} \u00b7 {enclosed(d)} = {spelled(last)}",
            spelled(lines[-1]),
        )
