"""The truth about other bases: by columns, by a product, and by reading the answer again.

    BaseConversionAnswers().solve("45>@7=")   ("45%7=43", "45/7=06", "6%7=6", "6/7=0", "63")

Route one divides from digit to digit. Route two does not divide: in every column the base times the
quotient's digit and the remainder must make up what was divided, which is one product of numbers
that hold a column in each byte. Whatever the lines say, the answer's digits must be worth the
number. Of numbers that fit a machine word all divisions of many problems are done at once: there
route one divides the whole numbers, and route two goes from digit to digit.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.base_conversion import DIGITS, BaseConversion, work
from ouroboros.envs.digits import ZERO, to_int
from ouroboros_judges.answers.answering import Answering, Truth
from ouroboros_judges.answers.positional import same_numeral, value_of
from ouroboros_judges.answers.sums import ALL, Digits, Integers, Numbers, Page, divided

LONGEST = 22  # characters of problems whose numbers fit a machine word
CHARACTERS = np.frombuffer(DIGITS.encode(), dtype=np.uint8)
Division = tuple[str, str]
"""Running remainders and quotient."""


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
        held: list[bool] = []

        def divide(number: str, base: int) -> Division:
            found = divided_by_columns(number, base)
            held.append(columns_hold(number, base, *found))
            return found

        lines = work(number, base, divide)
        return lines, all(held) and value_of(lines[-1], base) == to_int(number)

    def in_columns(self, prompts: Sequence[str]) -> Mapping[str, Truth]:
        """As `work_out`, of those of many problems whose numbers fit."""
        found = [(p, self.family.pattern.fullmatch(p)) for p in prompts if len(p) <= LONGEST]
        stated = [(prompt, *match.groups()) for prompt, match in found if match]
        if not stated:
            return {}
        texts, numbers, bases = zip(*stated, strict=True)
        solutions, agreed = converted(*(np.array(list(map(int, x))) for x in (numbers, bases)))
        return dict(zip(texts, zip(solutions, agreed.tolist(), strict=True), strict=True))

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the numeral in the base of the question."""
        return same_numeral(answer, right, self.family.operands(prompt)[1])


def converted(
    numbers: Integers, bases: Integers
) -> tuple[list[tuple[str, ...]], NDArray[np.bool_]]:
    """The solutions of problems (N,), and where all routes agree; see `ouroboros.envs` for one."""
    of, place, dividends = _dividends(numbers, bases)
    page, base = Page(len(numbers)), bases[of].astype(np.uint8)
    left = page.keep(Numbers.of(dividends), of)
    found, rests = divided(left, base)
    quotients = page.keep(found, of)
    named = np.stack((CHARACTERS[base // 10] * (base > 9), CHARACTERS[base % 10]))
    remainders = CHARACTERS[rests] * (left.turned > 0)
    page.line(
        of, left.upright, "%", named, "=", remainders[::-1], "\n",
        left.upright, "/", named, "=", quotients.upright,
    )  # fmt: skip
    answers = np.zeros((place.max() + 1, len(numbers)), dtype=np.uint8)
    answers[place, of] = rests[0]
    shown = np.zeros_like(answers)
    shown[place, of] = CHARACTERS[rests[0]]
    page.line(ALL, shown[::-1])
    return page.solutions(), page.agreed & _are_worth(answers, bases, numbers)


def _are_worth(digits: Digits, bases: Integers, numbers: Integers) -> NDArray[np.bool_]:
    """Whether numerals (W, N), the last digit first, are those of the numbers."""
    value = np.zeros_like(numbers)
    for digit in digits[::-1]:
        value = value * bases + digit
    return value == numbers


def _dividends(numbers: Integers, bases: Integers) -> tuple[Integers, Integers, Integers]:
    """For each division its problem, its place among that's, and the number that is divided."""
    quotients = [numbers]
    while quotients[-1].any():
        quotients.append(quotients[-1] // bases)
    chains = np.stack(quotients[:-1] or quotients, axis=1)
    is_divided = chains > 0
    is_divided[:, 0] = True
    problems, places = is_divided.nonzero()
    return problems, places, chains[is_divided]
