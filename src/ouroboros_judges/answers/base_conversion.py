"""The truth about other bases: by columns, by a product, and by reading the answer again.

    BaseConversionAnswers().solve("45>@7=")   ("45%7=43", "45/7=06", "6%7=6", "6/7=0", "63")

Route one divides from digit to digit. Route two does not divide: in every column the base times the
quotient's digit and the remainder must make up what was divided, which is one product of numbers
that hold a column in each byte. Whatever the lines say, the answer's digits must be worth the
number.
"""

from ouroboros.envs.base_conversion import DIGITS, BaseConversion, work
from ouroboros.envs.digits import ZERO, to_int
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.positional import same_numeral, value_of

Division = tuple[str, str]
"""Running remainders and quotient."""
SHORT = 3  # digits of the numbers whose divisions are kept at hand
HELD: dict[tuple[str, int], Division] = {}
"""Divisions of short numbers that both routes found right, a thousand or less for each base."""


def divided_by_columns(number: str, base: int) -> Division:
    """The running remainders and the quotient, digit by digit."""
    rest, rests, quotient = 0, "", ""
    for code in number.encode():
        times, rest = divmod(10 * rest + code - ZERO, base)
        rests += DIGITS[rest]
        quotient += DIGITS[times]
    return rests, quotient


def columns_hold(number: str, base: int, rests: str, quotient: str) -> bool:
    """Whether a division is right in every column.

    A column divides ten times the remainder before it and its digit: at most 10 * 15 + 9, which a
    byte has room for. So the sums below are equal only where they are in every column.
    """
    after = in_bytes(rests)
    divided = 10 * (after >> 8) + in_bytes(number)
    return (
        base * in_bytes(quotient) + after == divided
        and max(rests) <= DIGITS[base - 1]
        and len(rests) == len(quotient) == len(number)
    )


def in_bytes(digits: str) -> int:
    """The number whose bytes are the digits of another."""
    return int("0".join(digits), 16)


class Agreement:
    """Divides by columns, and remembers whether each division held so far."""

    def __init__(self) -> None:
        self.agreed = True

    def __call__(self, number: str, base: int) -> Division:
        """Running remainders and quotient of a number."""
        found = HELD.get((number, base))
        if found is None:
            found = divided_by_columns(number, base)
            if not columns_hold(number, base, *found):
                self.agreed = False
            elif len(number) <= SHORT:
                HELD[number, base] = found
        return found


class BaseConversionAnswers(Answering):
    """Answers to `base_conversion`."""

    name = "base_conversion"
    family: BaseConversion = BaseConversion()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference lines, by columns; UsageError where the text is not a prompt."""
        return work(*self.family.operands(prompt), divided_by_columns)

    def work_out(self, prompt: str) -> tuple[tuple[str, ...], bool]:
        """The lines, and whether every division holds and the answer is worth the number."""
        number, base = self.family.operands(prompt)
        both = Agreement()
        lines = work(number, base, both)
        return lines, both.agreed and value_of(lines[-1], base) == to_int(number)

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the numeral in the base of the question."""
        return same_numeral(answer, right, self.family.operands(prompt)[1])
