"""The truth about products: by adding again and again, and by doubling.

Adversarial items of `short_multiplication`: numbers whose product just reaches the next power of
ten or just fails to, nines. Of `multiplication`: nines, repunits, powers of ten and neighbours.
"""

from collections.abc import Mapping
from functools import partial

from ouroboros.envs.base import generator
from ouroboros.envs.digits import to_digits
from ouroboros.envs.multiplication import Multiplication, ShortMultiplication
from ouroboros_judges.answers.base import with_corners
from ouroboros_judges.answers.planned import ColumnAnswers
from ouroboros_judges.answers.sums import Integers


class ShortMultiplicationAnswers(ColumnAnswers):
    """Answers to `short_multiplication`."""

    name = "short_multiplication"
    family = ShortMultiplication()

    def simulate(self, values: Mapping[str, int]) -> int:
        """The number added as often as the digit says."""
        return sum(values["a"] for _ in range(values["d"]))

    def simulate_all(self, values: Mapping[str, Integers]) -> Integers:
        """The same, side by side."""
        times = range(int(values["d"].max()))
        return sum((values["a"] * (values["d"] > time) for time in times), values["d"] * 0)

    def adversarial(self, level: int, seed: int, count: int) -> list[str]:
        """Corner cases and hard numbers."""
        rng = generator(f"answers/{self.name}", level, seed, count)
        corners: list[str] = []
        for digit in range(2, 10):
            reaching = -(-(10**level) // digit)
            numbers = [to_digits(reaching), to_digits(reaching - 1), "9" * level]
            corners += [f"{number}*{digit}=" for number in numbers]
        return with_corners(rng, corners, count, partial(super().adversarial, level, seed))


class MultiplicationAnswers(ColumnAnswers):
    """Answers to `multiplication`."""

    name = "multiplication"
    family = Multiplication()

    def simulate(self, values: Mapping[str, int]) -> int:
        """One factor doubled, the other halved, until that is gone; odd halves count."""
        doubled, halved, total = values["a"], values["b"], 0
        while halved:
            if halved & 1:
                total += doubled
            doubled, halved = doubled << 1, halved >> 1
        return total

    def simulate_all(self, values: Mapping[str, Integers]) -> Integers:
        """The same, side by side."""
        doubled, halved = values["a"], values["b"]
        total = doubled * 0
        while halved.any():
            total = total + doubled * (halved & 1)
            doubled, halved = doubled << 1, halved >> 1
        return total

    def adversarial(self, level: int, seed: int, count: int) -> list[str]:
        """Pairs of corner numbers, and hard numbers."""
        rng = generator(f"answers/{self.name}", level, seed, count)
        power = 10 ** (level - 1)
        numbers = [*map(to_digits, (power, power + 1, 10 * power - 2, 10 * power - 1)), "1" * level]
        corners = [f"{a}*{b}=" for a in numbers for b in numbers]
        return with_corners(rng, corners, count, partial(super().adversarial, level, seed))
