"""The next term of a sequence that follows a stated rule.

    arithmetic  "a5,12,19?"     each term is the one before plus the same number
                lines 21-5=70    91-21=70    91+70=62    26
    geometric   "g3,6,12?"      each term is the one before times the same number, 2 to 9
                lines 3*2=6    6*2=21    21*2=42    24
    quadratic   "q1,4,9,16?"    the differences of the terms grow by the same number
                lines 4-1=3    9-4=5    61-9=70    5-3=2    70-5=20    70+20=90    61+90=52    25

The letter states the rule, so the answer is no guess. All terms are whole and above zero, none is
less than the one before. The level is the number of digits of the last term given. A text whose
terms do not follow its rule is no prompt. Not covered: the next terms.
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from ouroboros.envs.digits import to_digits, to_int
from ouroboros.envs.mixed import Mixed
from ouroboros.envs.plan import Given, Step
from ouroboros.envs.planned import Planned

RATIOS = range(2, 10)
ORDINALS = ("first", "second", "third", "fourth")


def terms(count: int, *, lowest: int) -> tuple[Given, ...]:
    """The first terms of a sequence; `lowest` is the least that the last of them can be."""
    return tuple(
        Given(name=f"t{place}", means=f"{ORDINALS[place]} term", lowest=lowest)
        for place in range(count)
    )


class RuledSequence(Planned):
    """What the kinds share: terms that follow a rule."""

    domain = "mathematics"
    asked = "next term"
    rule: str
    """The rule in words."""

    @abstractmethod
    def follow(self, terms: Sequence[int]) -> bool:
        """Whether terms follow the rule."""

    @abstractmethod
    def made(self, drawn: Sequence[int]) -> Sequence[int]:
        """Terms that follow the rule, the last of as many digits as the last and largest drawn."""

    def adjust(self, values: dict[str, str]) -> None:
        """Put terms that follow the rule in place of any numbers."""
        made = self.made(sorted(to_int(digits) for digits in values.values()))
        values.update(zip(values, map(to_digits, made), strict=True))

    def allowed(self, values: dict[str, str]) -> bool:
        """Whether the terms follow the rule."""
        return self.follow([to_int(digits) for digits in values.values()])

    def facts(self, prompt: str) -> dict[str, Any]:
        """The terms, the rule and what is asked for."""
        return super().facts(prompt) | {"rule": self.rule}


class Arithmetic(RuledSequence):
    """Terms at equal distances: "a5,12,19?" -> 26."""

    name = "arithmetic"
    rule = "each term is the one before plus the same number"
    form = "a{t0},{t1},{t2}?"
    givens = terms(3, lowest=3)
    steps = (
        Step("d1", "t1", "-", "t0", "difference"),
        Step("d2", "t2", "-", "t1", "the same difference again"),
        Step("next", "t2", "+", "d2", "next term"),
    )
    templates = (
        "In {t0}, {t1}, {t2} each term is the one before plus the same number. What comes next?",
        "An arithmetic sequence begins {t0}, {t1}, {t2}. Find the next term.",
        "The same number is added each time: {t0}, {t1}, {t2}. Which number comes next?",
        "The gaps between {t0}, {t1}, {t2} are equal. Which number comes next?",
    )

    def follow(self, terms: Sequence[int]) -> bool:
        """Whether both differences are the same and not below zero."""
        first, second, third = terms
        return second - first == third - second >= 0

    def made(self, drawn: Sequence[int]) -> Sequence[int]:
        """Back from the largest number in steps that do not lead below one."""
        _, other, last = drawn
        step = 1 + other % ((last - 1) // 2)
        return last - 2 * step, last - step, last


class Geometric(RuledSequence):
    """Terms at equal ratios of a lone digit: "g3,6,12?" -> 24."""

    name = "geometric"
    rule = "each term is the one before times the same whole number, 2 to 9"
    form = "g{t0},{t1},{t2}?"
    givens = terms(3, lowest=1)
    steps = (
        Step("second", "t0", "*", "ratio", "second term"),
        Step("third", "t1", "*", "ratio", "third term"),
        Step("next", "t2", "*", "ratio", "next term"),
    )
    templates = (
        "In {t0}, {t1}, {t2} each term is the one before times the same number. What comes next?",
        "A geometric sequence begins {t0}, {t1}, {t2}. Find the next term.",
        (
            "In {t0}, {t1}, {t2} every term after the first is the same multiple of the one "
            "before. What comes next?"
        ),
        (
            "Every day a number is multiplied by the same factor. It is {t0} on the first day, "
            "{t1} on the second and {t2} on the third. What is it on the fourth?"
        ),
    )

    def values(self, prompt: str) -> dict[str, str]:
        """The terms and their ratio; UsageError where the text is not a prompt."""
        values = super().values(prompt)
        return values | {"ratio": str(to_int(values["t1"]) // to_int(values["t0"]))}

    def follow(self, terms: Sequence[int]) -> bool:
        """Whether both ratios are the same lone digit above 1."""
        first, second, third = terms
        ratio = second // first
        return ratio in RATIOS and (first * ratio, second * ratio) == (second, third)

    def made(self, drawn: Sequence[int]) -> Sequence[int]:
        """On from the largest number without its last digit to its length again."""
        _, other, last = drawn
        digits = to_digits(last)
        pairs = [
            (first, ratio)
            for first in ([to_int(digits[:-1])] if len(digits) > 1 else [1, 2])
            for ratio in RATIOS
            if len(to_digits(first * ratio**2)) == len(digits)
        ]
        first, ratio = pairs[other % len(pairs)]
        return first, first * ratio, first * ratio**2


class Quadratic(RuledSequence):
    """Terms whose differences are at equal distances: "q1,4,9,16?" -> 25."""

    name = "quadratic"
    rule = "the difference from term to term grows by the same number each time"
    form = "q{t0},{t1},{t2},{t3}?"
    givens = terms(4, lowest=4)
    steps = (
        Step("d1", "t1", "-", "t0", "difference to the second term"),
        Step("d2", "t2", "-", "t1", "difference to the third term"),
        Step("d3", "t3", "-", "t2", "difference to the fourth term"),
        Step("s1", "d2", "-", "d1", "growth of the differences"),
        Step("s2", "d3", "-", "d2", "the same growth again"),
        Step("d4", "d3", "+", "s2", "next difference"),
        Step("next", "t3", "+", "d4", "next term"),
    )
    templates = (
        (
            "In {t0}, {t1}, {t2}, {t3} the difference between neighbours grows by the same number "
            "each time. What comes next?"
        ),
        "All second differences of {t0}, {t1}, {t2}, {t3}, ... are the same. Find the next term.",
        "A quadratic sequence begins {t0}, {t1}, {t2}, {t3}. Find the next term.",
        (
            "A jar holds {t0}, {t1}, {t2} and {t3} beans on four successive days. The number of "
            "beans that are added from one day to the next grows by the same number every day. How "
            "many does the jar hold on the fifth day?"
        ),
    )

    def follow(self, terms: Sequence[int]) -> bool:
        """Whether the differences, none below zero, are at equal distances not below zero."""
        first, second, third, fourth = terms
        steps = second - first, third - second, fourth - third
        return 0 <= steps[0] <= steps[1] and steps[1] - steps[0] == steps[2] - steps[1]

    def made(self, drawn: Sequence[int]) -> Sequence[int]:
        """Back from the largest number in shrinking steps that do not lead below one."""
        _, one, other, last = drawn
        middle = 1 + other % ((last - 1) // 3)
        growth = 1 + one % middle
        third = last - middle - growth
        return last - 3 * middle, third - middle, third, last


class Sequences(Mixed):
    """Sequences by three rules."""

    name = "sequences"
    domain = "mathematics"
    summary = "Find the next term of an arithmetic, a geometric or a quadratic sequence."
    kinds = (Arithmetic(), Geometric(), Quadratic())
