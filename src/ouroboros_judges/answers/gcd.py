"""The truth about greatest common divisors: Euclid's lines, and halving.

    GcdAnswers().solve("gcd(48,18)=")   ("48%18=12", "18%12=6", "12%6=0", "6")

Route one divides. Route two does not trust what the divisions leave: with some multiple of the
divisor it must make up the dividend, and be less than the divisor, of which there is only one such
number. The answer is found again by Stein's algorithm: twos are taken out, and the smaller number
is taken from the larger. Adversarial items: those that the family calls hard.
"""

from ouroboros.envs.digits import to_digits, to_int
from ouroboros.envs.gcd import Gcd
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.quantities import same_quantity


def euclid(a: int, b: int) -> list[int]:
    """What each division of the last two numbers leaves, down to 0."""
    rests: list[int] = []
    while b:
        a, b = b, a % b
        rests.append(b)
    return rests


def are_remainders(a: int, b: int, rests: list[int]) -> bool:
    """Whether each is less than the last divisor, the last is 0, and multiples make up the rest."""
    for rest in rests:
        if not 0 <= rest < b:
            return False
        times = (a - rest) // b  # whatever this is, the product proves it
        if times * b + rest != a:
            return False
        a, b = b, rest
    return b == 0


def by_halving(a: int, b: int) -> int:
    """The greatest common divisor of two numbers above 0, by Stein's algorithm."""
    either = a | b
    shared_twos = (either & -either).bit_length() - 1
    a >>= (a & -a).bit_length() - 1
    while b:
        b >>= (b & -b).bit_length() - 1
        if a > b:
            a, b = b, a
        b -= a
    return a << shared_twos


def written(a: str, b: str, rests: list[int]) -> tuple[str, ...]:
    """The lines of Euclid's algorithm and the answer."""
    lines: list[str] = []
    for rest in map(to_digits, rests):
        lines.append(f"{a}%{b}={rest}")
        a, b = b, rest
    return *lines, a


class GcdAnswers(Answering):
    """Answers to `gcd`."""

    name = "gcd"
    family: Gcd = Gcd()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference lines; UsageError where the text is not a prompt."""
        first, second = self.family.pair(prompt)
        return written(first, second, euclid(to_int(first), to_int(second)))

    def work_out(self, prompt: str) -> tuple[tuple[str, ...], bool]:
        """The lines, and whether both every remainder and the answer are found right."""
        first, second = self.family.pair(prompt)
        a, b = to_int(first), to_int(second)
        rests = euclid(a, b)
        lines = written(first, second, rests)
        return lines, are_remainders(a, b, rests) and by_halving(a, b) == to_int(lines[-1])

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the same number."""
        del prompt
        return len(answer) <= len(right) + 100 and same_quantity(answer, right, "")
