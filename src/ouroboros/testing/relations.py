"""Rules of what follows from a solution: the echo, the views, and what is mended by them.

Right solutions must have right ones, wrong solutions wrong ones: what is right whatever the lines
are confirms nothing. Pieces (views of kind "part") can be solved anew and put back. Not covered:
whether a piece is short enough for a learner to know.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from ouroboros.envs.base import View
from ouroboros.testing.mutants import JUNK_LINES, near_misses
from ouroboros.testing.subject import Subject, quote

# kinds of views that together look at all lines; "step" looks at some
WHOLE = ("twin", "split", "scale", "part")
MOST_PIECES = 64  # of an attempt that is mended; each takes a round of views


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


def a_piece_put_back_changes_nothing(subject: Subject) -> Iterator[str]:
    """What a right solution says of a piece is already there."""
    for prompt, lines in subject.solved():
        for piece in _pieces(subject, prompt, lines):
            anew = subject.family.patched(prompt, lines, piece, piece.lines)
            if tuple(anew) != tuple(lines):
                yield f"{_told(piece)} put back into {quote(lines)} makes it {quote(anew)}"


def what_does_not_fit_is_not_put_in(subject: Subject) -> Iterator[str]:
    """Whatever was found for a piece, the lines keep their form or stay as they were."""
    for prompt, lines in subject.solved():
        pieces = _pieces(subject, prompt, lines)
        for piece in (*pieces[:1], *pieces[1:][-1:]):
            for found in (*near_misses(piece.lines, subject.family.alphabet), *JUNK_LINES):
                anew = tuple(subject.family.patched(prompt, lines, piece, found))
                if anew != tuple(lines) and not subject.family.check(prompt, anew):
                    yield f"{quote(found)} for {quote(piece.prompt)} is put in: {quote(anew)}"


def mistakes_are_mended_piece_by_piece(subject: Subject) -> Iterator[str]:
    """The first wrong piece solved anew, again and again, leads to the right solution.

    Within as many rounds as there are pieces. Nothing is asked of attempts with pieces of families
    that are not known here, or with more than `MOST_PIECES`.
    """
    for prompt, attempt in subject.mistaken():
        pieces = _pieces(subject, prompt, attempt)
        judged = all(subject.halves(piece.family) is not None for piece in pieces)
        if not (pieces and judged) or len(pieces) > MOST_PIECES:
            continue
        found = [attempt, *islice(_rounds(subject, prompt, attempt), len(pieces))]
        told = f"{quote(attempt)} for {quote(prompt)}, mended by {len(pieces)} pieces"
        if not all(subject.family.check(prompt, lines) for lines in found):
            yield f"{told}, becomes {quote(found[-1])}, which check refuses"
        elif not subject.answers.verify(prompt, found[-1]).correct:
            yield f"{told}, is still wrong as {quote(found[-1])}"


def _rounds(subject: Subject, prompt: str, lines: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The lines after each round: their first wrong piece is solved by its answering half."""
    while wrong := _first_wrong(subject, prompt, lines):
        piece, found = wrong
        lines = tuple(subject.family.patched(prompt, lines, piece, found))
        yield lines


def _first_wrong(
    subject: Subject, prompt: str, lines: Sequence[str]
) -> tuple[View, tuple[str, ...]] | None:
    """The first piece that is wrong, and its right solution."""
    for piece in _pieces(subject, prompt, lines):
        halves = subject.halves(piece.family)
        if halves is not None and not halves[1].verify(piece.prompt, piece.lines).correct:
            return piece, halves[1].solve(piece.prompt)
    return None


def _pieces(subject: Subject, prompt: str, lines: Sequence[str]) -> list[View]:
    return [view for view in subject.family.views(prompt, lines) if view.kind == "part"]


def _is_right(subject: Subject, view: View) -> bool | None:
    """Whether a view's lines solve its problem; None where its family is not known."""
    halves = subject.halves(view.family)
    return None if halves is None else halves[1].verify(view.prompt, view.lines).correct


def _told(view: View) -> str:
    """A view, short enough for a message."""
    return f"{view.kind} {quote(view.prompt)} with {quote(view.lines)}"
