"""The truth about digits in order, by insertion and by counting.

    SortingAnswers().solve("31415=")   ("3|1415", "13|415", "134|15", "1134|5", "11345")

Route one inserts a digit into those before it. Route two compares nothing: it counts how often
each digit has come and writes it that often. Adversarial items: besides the family's hard runs, all
digits alike, in order, in reverse, and a lone smaller or larger digit at either end.
"""

import re
from bisect import insort

import numpy as np

from ouroboros.envs.base import generator
from ouroboros.envs.sorting import Sorting
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.base import same_text, with_corners

SEPARATOR = re.compile(", ?| ")


class SortingAnswers(Answering):
    """Answers to `sorting`."""

    name = "sorting"
    family = Sorting()

    def solve(self, prompt: str) -> tuple[str, ...]:
        """By insertion; UsageError where the text is not a prompt."""
        digits = prompt[: self.family.level_of(prompt)]
        ordered: list[str] = []
        lines: list[str] = []
        for place, digit in enumerate(digits, start=1):
            insort(ordered, digit)
            lines.append(f"{''.join(ordered)}|{digits[place:]}".removesuffix("|"))
        return tuple(lines)

    def again(self, prompt: str) -> tuple[str, ...]:
        """By counting."""
        digits, counts = prompt[:-1], [0] * 10
        lines: list[str] = []
        for place, digit in enumerate(digits, start=1):
            counts[int(digit)] += 1
            ordered = "".join(str(d) * times for d, times in enumerate(counts))
            lines.append(ordered + "|" * (place < len(digits)) + digits[place:])
        return tuple(lines)

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer lists the same digits, in one piece or with commas or spaces."""
        del prompt
        if len(answer) > 3 * len(right) + 100:
            return False
        return same_text(answer, right) or SEPARATOR.split(answer.strip(" \n")) == list(right)

    def adversarial(self, level: int, seed: int, count: int) -> list[str]:
        """Corner cases and hard runs."""
        rng = generator(f"answers/{self.name}", level, seed, count)
        hard = np.ones(count, dtype=np.bool_)
        return with_corners(
            rng, _corners(level), count, lambda n: self.family.draw(rng, level, hard[:n])
        )


def _corners(level: int) -> list[str]:
    """Constant, rising, falling, and constant but for an end."""
    rising = "".join(str(10 * place // level) for place in range(level))
    corners = [rising, rising[::-1], "0" * level, "9" * level, "5" * level]
    corners += [end + "5" * (level - 1) for end in "09"]
    corners += ["5" * (level - 1) + end for end in "09"]
    return [f"{digits}=" for digits in corners]
