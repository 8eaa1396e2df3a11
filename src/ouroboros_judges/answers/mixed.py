"""The truth about families of several kinds: each kind has its own answering half.

    class SequencesAnswers(MixedAnswers):
        name, family = "sequences", Sequences()
        kinds = (ArithmeticAnswers(), GeometricAnswers(), QuadraticAnswers())

The kinds stand in the order of the family's.
"""

from ouroboros.envs.mixed import Mixed
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.planned import PlannedAnswers


class MixedAnswers(Answering):
    """The answering half of a `Mixed` family."""

    family: Mixed  # pyright: ignore[reportIncompatibleVariableOverride]
    kinds: tuple[PlannedAnswers, ...]

    def kind(self, prompt: str) -> PlannedAnswers:
        """The answers to the prompt's kind; UsageError where it has none."""
        return self.kinds[self.family.which(prompt)]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference lines of the prompt's kind; UsageError where the text is not a prompt."""
        return self.kind(prompt).solve(prompt)

    def work_out(self, prompt: str) -> tuple[tuple[str, ...], bool]:
        """What the kind's routes say."""
        return self.kind(prompt).work_out(prompt)

    def confirms(self, prompt: str, answer: str) -> bool:
        """Whether the kind's simulation comes to this answer."""
        return self.kind(prompt).confirms(prompt, answer)

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer means what the right one does to the prompt's kind."""
        return self.kind(prompt).means(prompt, answer, right)
