"""The truth about other bases: by columns, by whole numbers, and by reading the answer again.

    BaseConversionAnswers().solve("45>@7=")   ("45%7=43", "45/7=06", "6%7=6", "6/7=0", "63")

Route one divides from digit to digit. Route two takes every number whole: its beginnings are what
is left without the last digits, their remainders those of whole numbers. Whatever the lines say,
the answer's digits must be worth the number.
"""

from ouroboros.envs.base_conversion import DIGITS, BaseConversion, work
from ouroboros.envs.digits import to_digits, to_int
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.positional import same_numeral, value_of


def divided_by_columns(number: str, base: int) -> tuple[str, str]:
    """The running remainders and the quotient, digit by digit."""
    rest, rests, quotient = 0, "", ""
    for digit in number:
        times, rest = divmod(10 * rest + int(digit), base)
        rests += DIGITS[rest]
        quotient += str(times)
    return rests, quotient


def divided_whole(number: str, base: int) -> tuple[str, str]:
    """The same, by the value of the number and of its beginnings."""
    value = to_int(number)
    beginnings = (value // 10**place for place in range(len(number) - 1, -1, -1))
    rests = "".join(DIGITS[beginning % base] for beginning in beginnings)
    return rests, to_digits(value // base).rjust(len(number), "0")


class BaseConversionAnswers(Answering):
    """Answers to `base_conversion`."""

    name = "base_conversion"
    family: BaseConversion = BaseConversion()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference lines, by columns; UsageError where the text is not a prompt."""
        return work(*self.family.operands(prompt), divided_by_columns)

    def again(self, prompt: str) -> tuple[str, ...]:
        """The same lines by whole numbers."""
        return work(*self.family.operands(prompt), divided_whole)

    def confirms(self, prompt: str, answer: str) -> bool:
        """Whether the answer's digits are worth the number."""
        number, base = self.family.operands(prompt)
        return value_of(answer, base) == to_int(number)

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the numeral in the base of the question."""
        return same_numeral(answer, right, self.family.operands(prompt)[1])
