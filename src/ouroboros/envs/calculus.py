"""Derivatives and antiderivatives of polynomials, term by term.

    derivative  "(12x^4-7x^2+5x-3)'="    lines 21*4=84  7*2=41         48x^3-14x+5
    integral    "int(12x^3-6x^2+5)dx="   lines 12%4=10  12/4=03  6%3=0  6/3=2   3x^4-2x^3+5x

Only coefficients are worked on, without their signs: each times its exponent, or by the exponent
plus one. Of antiderivatives the one that is 0 at 0 is asked for, and only of polynomials where it
has whole coefficients. The level is the number of digits of the longest coefficient; degrees are up
to 4. Not covered: other functions.
"""

import random
import re
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.base import Format
from ouroboros.envs.digits import draw_numbers, to_digits, to_int
from ouroboros.envs.polynomials import coefficients, pattern, spelled, write
from ouroboros.envs.reckoning import Reckoned, Reckoning, negative, signed, size

PRESENT, NEGATIVE = 0.6, 0.3  # shares of the terms that may be there, and of those with a minus


class Calculus(Reckoned):
    """What both families share; `Derivative` and `Integral` are its final forms."""

    form: str
    """The prompt, with a place for the polynomial."""
    exponents: range
    """Those that a problem's terms may have."""
    least: int
    """The least exponent whose coefficient is worked on."""
    shift: int
    """What is added to every exponent."""
    asked: str

    def terms(self, prompt: str) -> dict[int, str]:
        """Coefficients by exponent, the highest first; UsageError where it is no prompt."""
        return coefficients(self.parts(prompt).groupdict())

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Polynomials in which a coefficient that is worked on has `level` digits."""
        N = len(hard)
        longest = rng.integers(self.least, self.exponents.stop, N)
        polynomials: list[dict[int, str]] = [{} for _ in range(N)]
        for e in self.exponents:
            there = (longest == e) | (rng.random(N) < PRESENT)
            fewer = (longest != e) & (rng.random(N) < 0.5)
            lengths = np.where(fewer, rng.integers(1, level + 1, N), level)
            numbers = draw_numbers(rng, lengths=lengths, hard=hard, lowest=1)
            minus = rng.random(N) < NEGATIVE
            for i in np.flatnonzero(there):
                polynomials[i][e] = signed(self.suited(numbers[i], e), negative=bool(minus[i]))
        return [self.form.format(write(polynomial)) for polynomial in polynomials]

    def suited(self, coefficient: str, exponent: int) -> str:
        """A coefficient of as many digits that a term with this exponent may have."""
        del exponent
        return coefficient

    def level_of(self, prompt: str) -> int:
        """Digits of the longest coefficient; UsageError where the text is not a prompt."""
        return max(len(size(coefficient)) for coefficient in self.terms(prompt).values())

    def facts(self, prompt: str) -> dict[str, Any]:
        """The coefficients by exponent."""
        terms = {str(exponent): number for exponent, number in self.terms(prompt).items()}
        return {"variable": "x", "coefficients by exponent": terms, "asked": self.asked}

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The polynomial as people write it."""
        del rng
        return {"f": spelled(write(self.terms(prompt)))}

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """What becomes of every term, and the polynomial of these."""
        answer = re.fullmatch(pattern(range(5)[::-1]), lines[-1])
        found = coefficients(answer.groupdict()) if answer else {}
        texts: list[str] = []
        for exponent, coefficient in self.terms(prompt).items():
            after = exponent + self.shift
            power = spelled(write({after: "1"}))
            becomes = spelled(write({after: found.get(after, "0")}))
            way = f" = {self.way(coefficient, power, exponent)}" * (exponent >= self.least)
            texts.append(f"{self.of(spelled(write({exponent: coefficient})))}{way} = {becomes}")
        return (*texts, spelled(lines[-1]))

    @abstractmethod
    def of(self, term: str) -> str:
        """What is asked for of a term."""

    @abstractmethod
    def way(self, coefficient: str, power: str, exponent: int) -> str:
        """How it is found, where the coefficient is worked on."""


class Derivative(Calculus):
    """Every coefficient times its exponent: "(12x^4-7x)'=" -> 21*4=84, 48x^3-7."""

    name = "derivative"
    form = "({})'="
    exponents = range(5)
    least, shift = 2, -1
    asked = "derivative"
    alphabet = "0123456789x^+-()'*="
    pattern = re.compile(rf"\((?=[^)]*\^){pattern(exponents[::-1])}\)'=")
    templates = (
        "Differentiate f(x) = {f}.",
        "What is the derivative of {f} with respect to x?",
        "What is the slope at x, as a polynomial in x, of the graph of y = {f}?",
        (
            "At x seconds the position of a cart, in m, is {f}. Give its velocity, in m/s, as a "
            "polynomial in x."
        ),
    )

    def reckon(self, prompt: str, reckoning: Reckoning) -> str:
        """A product for every exponent above 1."""
        return write({
            exponent - 1: reckoning.product(number, str(exponent)) if exponent > 1 else number
            for exponent, number in self.terms(prompt).items()
            if exponent
        })  # fmt: skip

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Differentiate a polynomial in x.",
            level="digits of the longest coefficient",
            prompt_pattern=self.pattern.pattern,
            lines=(
                "per exponent above 1: coefficient without sign times exponent, last digit first",
                "the derivative, falling exponents",
            ),
        )

    def of(self, term: str) -> str:
        """The derivative of a term."""
        return f"({term})\u2032"

    def way(self, coefficient: str, power: str, exponent: int) -> str:
        """Coefficient times exponent."""
        return f"{spelled(coefficient)} \u00b7 {exponent}{power}"


class Integral(Calculus):
    """Every coefficient by its exponent plus one: "int(12x^3+5)dx=" -> ..., 3x^4+5x."""

    name = "integral"
    form = "int({})dx="
    exponents = range(4)
    least, shift = 1, 1
    asked = "antiderivative that is 0 at x = 0"
    alphabet = "0123456789intdx^+-()%/="
    pattern = re.compile(rf"int\((?=[^)]*x){pattern(exponents[::-1])}\)dx=")
    templates = (
        "Find the antiderivative F of f(x) = {f} with F(0) = 0.",
        "Integrate {f} with respect to x, with 0 as the constant of integration.",
        "A curve through the origin has the slope {f} at every x. Give y as a polynomial in x.",
        (
            "A cart is at 0 m when x = 0, and at x seconds its velocity, in m/s, is {f}. Give its "
            "position, in m, as a polynomial in x."
        ),
    )

    def suited(self, coefficient: str, exponent: int) -> str:
        """The next multiple of the new exponent, down or up, that has as many digits."""
        divisor = exponent + 1
        number = to_int(coefficient)
        multiple = number - number % divisor
        if multiple < max(divisor, 10 ** (len(coefficient) - 1)):
            multiple += divisor
        return to_digits(multiple)

    def reckon(self, prompt: str, reckoning: Reckoning) -> str:
        """A quotient for every exponent above 0; ValueError where one is not whole."""
        found = {1: self.terms(prompt).get(0, "0")}
        for exponent, number in self.terms(prompt).items():
            if exponent:
                digits = reckoning.whole_quotient(size(number), str(exponent + 1))
                found[exponent + 1] = signed(digits, negative=negative(number))
        return write(found)

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Integrate a polynomial in x, with 0 as the constant of integration.",
            level="digits of the longest coefficient",
            prompt_pattern=self.pattern.pattern,
            lines=(
                "per exponent above 0: coefficient without sign by exponent plus one, remainders",
                "the same, quotient",
                "the antiderivative, falling exponents",
            ),
        )

    def of(self, term: str) -> str:
        """The integral of a term."""
        return f"\u222b {term} dx"

    def way(self, coefficient: str, power: str, exponent: int) -> str:
        """Coefficient by the new exponent."""
        return f"{spelled(coefficient)}/{exponent + 1} \u00b7 {power}"
