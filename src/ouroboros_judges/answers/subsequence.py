"""The truth about longest rises, by a recurrence over digits and by piles of cards.

    IncreasingSubsequenceAnswers().solve("31415926=")   ("11213424", "4")

Route one asks for the longest rise before among all smaller digits and adds one. Route two plays
patience: each digit goes on the first pile whose top is not smaller, and the number of its pile is
the length sought (Aldous and Diaconis 1999). Adversarial items: besides the family's hard runs,
constant, rising and falling ones, saws, and rises with a lone trap at either end.
"""

from bisect import bisect_left

import numpy as np

from ouroboros.envs.base import generator
from ouroboros.envs.subsequence import IncreasingSubsequence
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.base import with_corners
from ouroboros_judges.answers.quantities import same_quantity


class IncreasingSubsequenceAnswers(Answering):
    """Answers to `increasing_subsequence`."""

    name = "increasing_subsequence"
    family = IncreasingSubsequence()

    def solve(self, prompt: str) -> tuple[str, ...]:
        """By the recurrence; UsageError where the text is not a prompt."""
        longest = [0] * 10  # of the rises so far that end with each digit; 0 stands for none
        chain = ""
        for digit in map(int, prompt[: self.family.level_of(prompt)]):
            longest[digit] = 1 + max(longest[:digit])
            chain += str(longest[digit])
        return chain, str(max(longest))

    def again(self, prompt: str) -> tuple[str, ...]:
        """By patience."""
        tops: list[str] = []
        chain = ""
        for digit in prompt[:-1]:
            pile = bisect_left(tops, digit)
            tops[pile : pile + 1] = [digit]
            chain += str(pile + 1)
        return chain, str(len(tops))

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the same number."""
        del prompt
        return len(answer) <= len(right) + 100 and same_quantity(answer, right, "")

    def adversarial(self, level: int, seed: int, count: int) -> list[str]:
        """Corner cases and hard runs."""
        rng = generator(f"answers/{self.name}", level, seed, count)
        hard = np.ones(count, dtype=np.bool_)
        return with_corners(
            rng, _corners(level), count, lambda n: self.family.draw(rng, level, hard[:n])
        )


def _corners(level: int) -> list[str]:
    """Constant, rising, falling, saws, and a rise spoilt at an end."""
    rising = "".join(str(1 + 9 * place // level) for place in range(level))
    saws = [(saw * level)[:level] for saw in ("123456789", "987654321", "19", "91", "132")]
    spoilt = ["9" + rising[1:], rising[:-1] + "1"]
    return [f"{run}=" for run in ("5" * level, rising, rising[::-1], *saws, *spoilt)]
