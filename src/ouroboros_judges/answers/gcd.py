"""The truth about greatest common divisors: Euclid's lines, and halving.

    GcdAnswers().solve("gcd(48,18)=")   ("48%18=12", "18%12=6", "12%6=0", "6")

The remainders of the lines are found twice, by Python's division and by doubling the divisor. The
answer is found a third time without division, by Stein's algorithm: twos are taken out, and the
smaller number is taken from the larger. Adversarial items: those that the family calls hard.
"""

import operator
from collections.abc import Callable

from ouroboros.envs.digits import to_digits, to_int
from ouroboros.envs.gcd import Gcd
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.division import by_doubling
from ouroboros_judges.answers.quantities import same_quantity


def euclid(a: str, b: str, remainder: Callable[[int, int], int]) -> tuple[str, ...]:
    """The lines of Euclid's algorithm and the answer."""
    numbers = [to_int(a), to_int(b)]
    while numbers[-1]:
        numbers.append(remainder(numbers[-2], numbers[-1]))
    texts = [to_digits(number) for number in numbers]
    triples = zip(texts, texts[1:], texts[2:], strict=False)
    return (*(f"{x}%{y}={rest}" for x, y, rest in triples), texts[-2])


def by_halving(a: int, b: int) -> int:
    """The greatest common divisor of two numbers above 0, by Stein's algorithm."""
    shared_twos = _twos(a | b)
    a >>= _twos(a)
    while b:
        b >>= _twos(b)
        a, b = min(a, b), abs(a - b)
    return a << shared_twos


def _twos(number: int) -> int:
    """How often a number above 0 can be halved."""
    return (number & -number).bit_length() - 1


class GcdAnswers(Answering):
    """Answers to `gcd`."""

    name = "gcd"
    family: Gcd = Gcd()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference lines; UsageError where the text is not a prompt."""
        return euclid(*self.family.pair(prompt), operator.mod)

    def again(self, prompt: str) -> tuple[str, ...]:
        """The same lines, every remainder by doubling."""
        return euclid(*self.family.pair(prompt), lambda x, y: by_doubling(x, y)[1])

    def confirms(self, prompt: str, answer: str) -> bool:
        """Whether Stein's algorithm comes to the answer."""
        a, b = map(to_int, self.family.pair(prompt))
        return by_halving(a, b) == to_int(answer)

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the same number."""
        del prompt
        return len(answer) <= len(right) + 100 and same_quantity(answer, right, "")
