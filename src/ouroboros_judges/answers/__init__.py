"""The answering half of the families: what is true, judged by two independent routes."""

from collections.abc import Sequence

from ouroboros.plugins import load_plugins
from ouroboros_judges.answers.base import Answers

__all__ = ["BUILT_IN", "Answers", "load_answers"]

BUILT_IN = {
    "reverse_addition": "ouroboros_judges.answers.addition:ReverseAdditionAnswers",
    "forward_addition": "ouroboros_judges.answers.addition:ForwardAdditionAnswers",
    "copy": "ouroboros_judges.answers.strings:CopyAnswers",
    "reverse": "ouroboros_judges.answers.strings:ReverseAnswers",
    "parity_chain": "ouroboros_judges.answers.parity:ParityChainAnswers",
    "subtraction": "ouroboros_judges.answers.subtraction:SubtractionAnswers",
    "kinematics": "ouroboros_judges.answers.kinematics:KinematicsAnswers",
}


def load_answers(names: Sequence[str] | None = None) -> dict[str, Answers]:
    """The answers of these families, in this order; all, plugins included, for None.

    Raises:
        UsageError: An unknown name; the message lists the known ones.
        PluginError: A plugin that cannot be loaded; the message names it.
    """
    return load_plugins(
        kind="answers",
        group="ouroboros_judges.answers",
        built_in=BUILT_IN,
        names=names,
        protocol=Answers,
    )
