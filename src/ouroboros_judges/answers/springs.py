"""The truth about parallel springs: pulled centimetre by centimetre, with the work as witness.

Each spring resists a little more for every centimetre; that the work summed on the way is what the
final force stores, F x / 2, is checked at the end.
"""

from collections.abc import Mapping

from ouroboros.envs.springs import Springs
from ouroboros_judges.answers.planned import PlannedAnswers


class SpringsAnswers(PlannedAnswers):
    """Answers to `springs`."""

    name = "springs"
    family = Springs()

    def simulate(self, values: Mapping[str, int]) -> int:
        """The force after the last centimetre; ValueError where energy is not conserved."""
        first = second = doubled_work = 0
        for _ in range(values["x"]):
            before = first + second
            first += values["k"]
            second += values["c"]
            doubled_work += before + first + second
        if doubled_work != (first + second) * values["x"]:
            raise ValueError("energy is not conserved")
        return first + second
