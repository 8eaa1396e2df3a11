"""The truth about differences: what must be added to the smaller number to make the larger."""

from collections.abc import Mapping

from ouroboros.envs.subtraction import Subtraction
from ouroboros_judges.answers.planned import PlannedAnswers


class SubtractionAnswers(PlannedAnswers):
    """Answers to `subtraction`."""

    name = "subtraction"
    family = Subtraction()

    def simulate(self, values: Mapping[str, int]) -> int:
        """Bit by bit: what the larger number has alone, less the borrow of what it lacks."""
        a, b = values["a"], values["b"]
        while b:
            a, b = a ^ b, (~a & b) << 1
            if b.bit_length() > max(values["a"].bit_length(), 1) + 1:
                raise ValueError("a difference below zero")
        return a
