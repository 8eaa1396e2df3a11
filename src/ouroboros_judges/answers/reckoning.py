"""The truth about problems that are solved by reckoning: two arithmetics, and a test of the answer.

    class ExpansionAnswers(ReckonedAnswers):
        name, family = "expansion", Expansion()
        def confirms(self, prompt, answer): ...       # values at some points, no expansion

The lines are worked out twice, by whole numbers and by columns. That judges the figures; whether
they are the right ones to work out is judged by `confirms`, from the prompt and the answer alone.
Not covered: which test that is.
"""

from ouroboros.envs.plan import Result
from ouroboros.envs.reckoning import Reckoned
from ouroboros.errors import UsageError
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.sums import Agreement, by_integers


class ReckonedAnswers(Answering):
    """The answering half of a `Reckoned` family."""

    family: Reckoned  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference lines, by whole numbers; UsageError where there is no answer."""
        return self._text(prompt, by_integers)

    def work_out(self, prompt: str) -> tuple[tuple[str, ...], bool]:
        """The lines, each by whole numbers and by columns, and whether all routes agree."""
        both = Agreement()
        lines = self._text(prompt, both)
        return lines, both.agreed and self.confirms(prompt, lines[-1])

    def _text(self, prompt: str, result: Result) -> tuple[str, ...]:
        try:
            return self.family.text(prompt, result)
        except ValueError as error:
            raise UsageError(f"{self.name}: a problem without an answer: {error}") from error
