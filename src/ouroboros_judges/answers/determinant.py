"""The truth about determinants: Gauss's elimination in a field of prime order.

The determinant is found modulo a Mersenne prime that is more than twice as large as Hadamard's
bound, and as the answer. Two whole numbers so small that leave the same rest are the same number.
Fractions, signs and the pivots before, which make the lines what they are, do not occur here.
"""

from math import isqrt, prod

from ouroboros.envs.determinant import Determinant
from ouroboros_judges.answers.quantities import number_of, same_quantity
from ouroboros_judges.answers.reckoning import ReckonedAnswers

MERSENNE = (61, 127, 521, 1279, 2203, 4423, 9689, 21701, 86243, 859433)  # 2^e - 1 is prime


class DeterminantAnswers(ReckonedAnswers):
    """Answers to `determinant`."""

    name = "determinant"
    family: Determinant = Determinant()  # pyright: ignore[reportIncompatibleVariableOverride]

    def confirms(self, prompt: str, answer: str) -> bool:
        """Whether the answer is the determinant modulo a prime that is large enough."""
        rows = [[int(entry) for entry in row] for row in self.family.rows(prompt)]
        found = number_of(answer)
        bound = isqrt(prod(sum(entry**2 for entry in row) for row in rows)) + 1
        if found is None or abs(found) > bound:
            return False
        prime = next(2**e - 1 for e in MERSENNE if e > bound.bit_length() + 1)
        return (found - determinant_modulo(rows, prime)) % prime == 0

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the same number."""
        del prompt
        return len(answer) <= 2 * len(right) + 100 and same_quantity(answer, right, "")


def determinant_modulo(rows: list[list[int]], prime: int) -> int:
    """The determinant's rest, with the pivots' product."""
    rows, found = [row[:] for row in rows], 1
    while rows:
        pivot_row = next((row for row in rows if row[0] % prime), None)
        if pivot_row is None:
            return 0
        if rows.index(pivot_row) % 2:
            found = -found
        rows.remove(pivot_row)
        pivot, inverse = pivot_row[0], pow(pivot_row[0], -1, prime)
        found = found * pivot % prime
        rows = [
            [
                (entry - row[0] * inverse * above) % prime
                for entry, above in zip(row[1:], pivot_row[1:], strict=True)
            ]
            for row in rows
        ]
    return found % prime
