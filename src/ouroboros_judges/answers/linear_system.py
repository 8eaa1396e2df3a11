"""The truth about two linear equations: what is found is put into both.

A determinant that is not 0 makes the solution the only one, so substitution proves the answer.
"""

import re
from fractions import Fraction

from ouroboros.envs.digits import to_int
from ouroboros.envs.linear_system import NAMES, LinearSystem
from ouroboros_judges.answers.quantities import number_of
from ouroboros_judges.answers.reckoning import ReckonedAnswers

_NAMED = "({}) ?= ?([-\u2212+./0-9 ]+?)"
_JOINED = re.compile(f"{_NAMED.format('[xy]')}(?:, ?|; ?| and )(?:and )?{_NAMED.format('[xy]')}")
_PAIR = re.compile(r"\( ?([-\u2212+./0-9 ]+?)[,;|] ?([-\u2212+./0-9 ]+?) ?\)")

Solution = dict[str, Fraction | int | None]


class LinearSystemAnswers(ReckonedAnswers):
    """Answers to `linear_system`."""

    name = "linear_system"
    family = LinearSystem()

    def confirms(self, prompt: str, answer: str) -> bool:
        """Whether both equations hold of the answer, and of no other."""
        a, b, c, d, e, f = map(to_int, self.family.parts(prompt).group(*NAMES))
        found = solution(answer)
        x, y = found.get("x"), found.get("y")
        if x is None or y is None or a * e == b * d:
            return False
        return a * x + b * y == c and d * x + e * y == f

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer names the same numbers, by name or as a point."""
        del prompt
        found = solution(answer.strip(" \n")) if len(answer) <= 2 * len(right) + 100 else {}
        return len(found) == 2 and found == solution(right)


def solution(text: str) -> Solution:
    """Numbers by name; none where the text does not give exactly x and y."""
    named, pair = _JOINED.fullmatch(text), _PAIR.fullmatch(text)
    if named is not None:
        return {named[1]: number_of(named[2].strip(" ")), named[3]: number_of(named[4].strip(" "))}
    if pair is not None:
        return {"x": number_of(pair[1].strip(" ")), "y": number_of(pair[2].strip(" "))}
    return {}
