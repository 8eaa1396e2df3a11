"""Quadratics to be written as a product of two linear factors: "x^2+17x+60=".

    lines  71-1=61  61*1=61    1 and 16 have the sum 17 and the product 16
           71-2=51  51*2=03    2 and 15: 30
           71-3=41  41*3=24
           71-4=31  31*4=25
           71-5=21  21*5=06    5 and 12: 60
           (x+5)(x+12)

What multiplies to the last number and adds up to that of x is looked for: the sizes of 1 and its
partner, of 2 and its partner, and so on. Partners are the number of x less the candidate, or plus
it where the last number is negative and the two have unlike signs. One of the two is a lone digit;
its factor, or that of the smaller digit, stands first. The level is the number of digits of the
longest coefficient. Not covered: other quadratics.
"""

import random
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.base import Format
from ouroboros.envs.digits import draw_numbers, to_digits, to_int
from ouroboros.envs.polynomials import coefficients, pattern, spelled, write
from ouroboros.envs.reckoning import (
    Reckoned,
    Reckoning,
    Rereading,
    enclosed,
    longest,
    negative,
    signed,
    size,
)

CANDIDATES = "123456789"


class Factoring(Reckoned):
    """Both linear factors: "x^2+17x+60=" -> ..., (x+5)(x+12)."""

    name = "factoring"
    alphabet = "0123456789x^+-()*="
    pattern = re.compile(rf"x\^2{pattern((1,))}(?=[+-][0-9]+=){pattern((0,))}=")
    templates = (
        "Factor {f} over the integers.",
        "Write {f} as a product of two linear factors with integer coefficients.",
        "Find integers r and s such that {f} = (x + r)(x + s), and write out the product.",
        "The quadratic {f} has integer zeros. Give it in factored form.",
    )

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Products of two factors, one with a lone digit that is large where hard."""
        prompts: list[str] = []
        while len(prompts) < len(hard):
            chosen = hard[len(prompts) :]
            N = len(chosen)
            lengths = np.maximum(level - rng.integers(0, 2, N), 1)
            digits = rng.integers(np.where(chosen, 5, 1) if level > 1 else 1, 10, N)
            numbers = draw_numbers(rng, lengths=lengths, hard=chosen, lowest=1)
            signs = 1 - 2 * rng.integers(0, 2, (2, N))
            rows = zip((digits * signs[0]).tolist(), numbers, signs[1].tolist(), strict=True)
            drawn = [_multiplied(r, to_int(number) * sign) for r, number, sign in rows]
            prompts += [prompt for prompt in drawn if self.level_of(prompt) == level]
        return prompts

    def numbers(self, prompt: str) -> tuple[str, str]:
        """The number of x and the last one, with signs; UsageError where it is no prompt."""
        found = coefficients(self.parts(prompt).groupdict())
        return found.get(1, "0"), found[0]

    def level_of(self, prompt: str) -> int:
        """Digits of the longest coefficient; UsageError where the text is not a prompt."""
        return max(len(size(number)) for number in self.numbers(prompt))

    def reckon(self, prompt: str, reckoning: Reckoning) -> str:
        """A partner and a product per candidate; ValueError where none fits."""
        of_x, last = self.numbers(prompt)
        for digit in CANDIDATES:
            partner, product = self.attempt(of_x, last, digit, reckoning)
            if product == size(last):
                small, large = self.with_signs(of_x, last, digit, partner)
                return f"({write({1: '1', 0: small})})({write({1: '1', 0: large})})"
        raise ValueError("no factor with a lone digit")

    def attempt(self, of_x: str, last: str, digit: str, reckoning: Reckoning) -> tuple[str, str]:
        """The sizes of a digit's partner and of their product."""
        put = reckoning.total if negative(last) else reckoning.difference
        partner = put(size(of_x), digit)
        return partner, reckoning.product(partner, digit)

    def with_signs(self, of_x: str, last: str, digit: str, partner: str) -> tuple[str, str]:
        """A digit and its partner such that their sum is the number of x."""
        minus = negative(of_x)
        unlike = negative(last)
        return signed(digit, negative=minus != unlike), signed(partner, negative=minus)

    def completion_length(self, prompt: str) -> int:
        """Characters of the lines for all nine digits."""
        of_x, last = self.numbers(prompt)
        reckoning = Reckoning(longest)
        tried = [self.attempt(of_x, last, digit, reckoning) for digit in CANDIDATES]
        return len("\n".join((*reckoning.lines, f"(x+9)(x+{tried[-1][0]})")))

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Factor x^2 + s x + p into two linear factors.",
            level="digits of the longest coefficient",
            prompt_pattern=self.pattern.pattern,
            lines=(
                "for 1, 2, 3 and so on: the size of s less it (plus it where p is negative)",
                "that times it, last digit first like all sums, until it is the size of p",
                "both factors, first that of the digit found",
            ),
        )

    def facts(self, prompt: str) -> dict[str, Any]:
        """The coefficients by exponent."""
        of_x, last = self.numbers(prompt)
        return {
            "variable": "x",
            "coefficients by exponent": {"2": "1", "1": of_x, "0": last},
            "asked": "two linear factors with integer coefficients whose product it is",
        }

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The quadratic as people write it."""
        del rng
        self.parts(prompt)
        return {"f": spelled(prompt.removesuffix("="))}

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """Every pair that was tried, with its product, and the factors."""
        of_x, last = self.numbers(prompt)
        wanted = f"the sum {spelled(of_x)} and the product {spelled(last)}"
        texts = [f"Two numbers are sought with {wanted}. Pairs with that sum and their products:"]
        reread = Rereading(lines)
        for digit in CANDIDATES[: len(lines) // 2]:
            partner, product = self.attempt(of_x, last, digit, reread)
            small, large = self.with_signs(of_x, last, digit, partner)
            found = spelled(signed(product, negative=negative(last)))
            verdict = ", as wanted" if product == size(last) else ""
            texts.append(f"{spelled(small)} \u00b7 {enclosed(large)} = {found}{verdict}")
        return (*texts, spelled(lines[-1]))


def _multiplied(first: int, second: int) -> str:
    """The prompt that asks for the factors x + first and x + second."""
    numbers = {1: first + second, 0: first * second}
    terms = {e: signed(to_digits(abs(n)), negative=n < 0) for e, n in numbers.items()}
    return write({2: "1"} | terms) + "="
