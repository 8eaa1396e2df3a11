"""A lesson: what is taught before the examples of a family of problems.

Its texts are sentences with formulas in LaTeX between dollar signs, as in "$v$ is the speed".
"""

from dataclasses import dataclass

from ouroboros.envs.base import Family


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What a section teaches."""

    title: str
    text: str
    """Paragraphs, with an empty line between them: what it is, why it is so, when it holds."""
    formula: str = ""
    """The key formula in LaTeX."""
    symbols: tuple[tuple[str, str], ...] = ()
    """The formula's symbols in LaTeX, and what they mean."""
    mistake: str = ""
    """What goes wrong most often."""
    check: str = ""
    """How to make sure of a result."""
    has_formulas: bool = True
    """Whether a dollar sign begins a formula; not so in other people's texts."""

    def paragraphs(self) -> list[str]:
        """The text's paragraphs, each in one line."""
        return [flat(part) for part in self.text.split("\n\n") if part.strip()]


def flat(text: str) -> str:
    """A text in one line."""
    return " ".join(text.split())


def summary_of(family: Family) -> Lesson:
    """The lesson of a family that brings none: its own summary."""
    told = family.describe()
    title = family.name.replace("_", " ").capitalize()
    text = f"{told.summary}\n\nThe problems are ordered by this: {told.level}."
    return Lesson(title=title, text=text, has_formulas=False)
