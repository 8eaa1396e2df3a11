"""Rules of what follows from a solution: the echo, and the views.

Right solutions must have right ones, wrong solutions wrong ones: what is right whatever the lines
are confirms nothing.
"""

from collections.abc import Iterator

from ouroboros.envs.base import View
from ouroboros.testing.mutants import near_misses
from ouroboros.testing.subject import Subject, quote

WHOLE = ("twin", "split")  # kinds of views that together look at all lines; "step" at some


def an_echo_is_right(subject: Subject) -> Iterator[str]:
    """What follows from a right solution is another problem with its right solution."""
    for prompt, lines in subject.solved():
        echo = subject.family.echo(prompt, lines)
        if echo is None:
            continue
        if echo[0] == prompt:
            yield f"the echo of {quote(prompt)} asks the same again"
        if not subject.answers.verify(*echo).correct:
            yield f"the echo of {quote(prompt)}, {quote(echo)}, is wrong"


def an_echo_of_a_wrong_solution_is_wrong(subject: Subject) -> Iterator[str]:
    """An echo that is right whatever the lines confirms nothing."""
    for prompt, lines in subject.solved():
        for attempt in near_misses(lines, subject.family.alphabet):
            echo = subject.family.echo(prompt, attempt) if attempt != tuple(lines) else None
            if echo is not None and subject.answers.verify(*echo).correct:
                yield f"the echo of {quote(attempt)} for {quote(prompt)} is right nevertheless"


def views_of_a_right_solution_are_right(subject: Subject) -> Iterator[str]:
    """What follows from a right solution is right, and has the form that its family asks for."""
    for prompt, lines in subject.solved():
        for view in subject.family.views(prompt, lines):
            halves = subject.halves(view.family)
            if view.kind == "twin" and (view.family, view.prompt) == (subject.family.name, prompt):
                yield f"the twin of {quote(prompt)} asks the same again"
            if halves is not None and not halves[0].check(view.prompt, view.lines):
                yield f"check of {view.family} refuses the view of {quote(prompt)}, {_told(view)}"
            if _is_right(subject, view) is False:
                yield f"the view of {quote(prompt)}, {_told(view)}, is wrong"


def a_wrong_solution_has_wrong_views(subject: Subject) -> Iterator[str]:
    """Its twin is wrong, and one of its parts at least: else they would confirm it together.

    Nothing is asked of single steps, which do not look at every line.
    """
    for prompt, attempt in subject.mistaken():
        views = subject.family.views(prompt, attempt)
        for kind in WHOLE:
            found = [_is_right(subject, view) for view in views if view.kind == kind]
            if found and all(found):
                yield f"no {kind} of {quote(attempt)} for {quote(prompt)} is wrong"


def _is_right(subject: Subject, view: View) -> bool | None:
    """Whether a view's lines solve its problem; None where its family is not known."""
    halves = subject.halves(view.family)
    return None if halves is None else halves[1].verify(view.prompt, view.lines).correct


def _told(view: View) -> str:
    """A view, short enough for a message."""
    return f"{view.kind} {quote(view.prompt)} with {quote(view.lines)}"
