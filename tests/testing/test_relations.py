"""Rules of pieces: families whose pieces can be put back conform, others are caught."""

import pytest

from ouroboros.envs.base import View
from ouroboros.envs.strings import Copy
from ouroboros.testing import check_family, relations
from ouroboros.testing.subject import Subject
from ouroboros_judges.answers.strings import CopyAnswers

PIECE = 2  # characters
PUT_BACK = "a piece put back changes nothing"
FITTING = "what does not fit is not put in"
MENDED = "mistakes are mended piece by piece"


class Pieced(Copy):
    """A string is copied two characters at a time.

    A broken one changes what is put in place of a line's characters `begin` to `end`.
    """

    def views(self, prompt, lines):
        if not self.check(prompt, lines) or len(prompt) - 1 <= PIECE:
            return ()
        text, line = prompt[:-1], lines[0]
        bounds = [(b, min(b + PIECE, len(text))) for b in range(0, len(text), PIECE)]
        return tuple(
            View(kind="part", family="copy", prompt=f"{text[b:e]}=", lines=(line[b:e],), at=(b, e))
            for b, e in bounds
        )

    def patched(self, prompt, lines, piece, found):
        if not (self.check(prompt, lines) and self.check(piece.prompt, found)):
            return tuple(lines)
        return (self.put(lines[0], *piece.at, found[0]),)

    def put(self, line, begin, end, found):
        return line[:begin] + found + line[end:]


class Turning(Pieced):
    def put(self, line, begin, end, found):
        return super().put(line, begin, end, found[::-1])


class Beside(Pieced):
    """Puts a piece a character too far up."""

    def put(self, line, begin, end, found):
        return super().put(line, begin + 1, end + 1, found)[: len(line)]


class Credulous(Pieced):
    def patched(self, prompt, lines, piece, found):
        return (self.put(lines[0], *piece.at, "".join(found)),)


class CredulousAtTheEnd(Pieced):
    def patched(self, prompt, lines, piece, found):
        kind = Credulous if piece.at[1] == len(lines[0]) else Pieced
        return kind.patched(self, prompt, lines, piece, found)


class Nervous(Pieced):
    """Takes for granted that something was found."""

    def patched(self, prompt, lines, piece, found):
        return super().patched(prompt, lines, piece, (found[0], *found[1:]))


class Idle(Pieced):
    """Has pieces, and nothing is ever made of them."""

    def put(self, line, begin, end, found):
        return line


class OnlyFirst(Pieced):
    def put(self, line, begin, end, found):
        return line if begin else super().put(line, begin, end, found)


class Slow(Pieced):
    """Puts in a single character each time."""

    def put(self, line, begin, end, found):
        differing = [i for i in range(begin, end) if line[i] != found[i - begin]]
        stop = differing[0] + 1 if differing else begin
        return line[:begin] + found[: stop - begin] + line[stop:]


class Growing(Pieced):
    """Adds what it should put in the place of something else."""

    def put(self, line, begin, end, found):
        return line if line[begin:end] == found else line[:end] + found + line[end:]


class Overlooking(Pieced):
    """Never asks for the end of a string."""

    def views(self, prompt, lines):
        return super().views(prompt, lines)[:-1]


class Circling(Pieced):
    """Mends one place and breaks another."""

    def put(self, line, begin, end, found):
        anew = super().put(line, begin, end, found)
        return anew if anew == line else anew[: end - 1] + line[-1] + anew[end:]


@pytest.mark.parametrize(
    ("family", "rule"),
    [
        (Turning, PUT_BACK),
        (Beside, PUT_BACK),
        (Credulous, FITTING),
        (CredulousAtTheEnd, FITTING),
        (Nervous, FITTING),
        (Idle, MENDED),
        (OnlyFirst, MENDED),
        (Slow, MENDED),
        (Growing, MENDED),
        (Overlooking, MENDED),
        (Circling, MENDED),
    ],
)
def test_a_family_that_mends_badly_is_caught_by_its_rule(family, rule):
    problems = check_family(family(), CopyAnswers(), levels=(1, 2, 3, 7, 12), count=4)
    assert any(problem.startswith(rule) for problem in problems), problems


@pytest.mark.parametrize("family", [Idle, OnlyFirst, Slow, Overlooking])
def test_what_keeps_right_solutions_and_forms_is_caught_by_mending_alone(family):
    problems = check_family(family(), CopyAnswers(), levels=(3, 7, 12), count=4)
    assert not any(problem.startswith((PUT_BACK, FITTING)) for problem in problems)


def test_a_family_that_puts_its_pieces_in_their_places_conforms():
    assert check_family(Pieced(), CopyAnswers(), count=4) == []


def subject(family, *levels):
    return Subject(family=family, answers=CopyAnswers(), levels=levels, count=4)


def test_a_mended_line_without_form_and_a_wrong_one_are_told_apart():
    growing, idle = (
        next(relations.mistakes_are_mended_piece_by_piece(subject(family, 5)))
        for family in (Growing(), Idle())
    )
    assert "mended by 3 pieces, becomes" in growing
    assert "which check refuses" in growing
    assert "mended by 3 pieces, is still wrong as" in idle


def test_pieces_are_mended_up_to_a_number_of_them_and_put_back_at_any():
    most = PIECE * relations.MOST_PIECES
    assert list(relations.mistakes_are_mended_piece_by_piece(subject(Idle(), most)))
    assert not list(relations.mistakes_are_mended_piece_by_piece(subject(Idle(), most + 1)))
    assert list(relations.a_piece_put_back_changes_nothing(subject(Beside(), most + 1)))


class Distant(Idle):
    """Its last piece is of a family that is not installed here."""

    def views(self, prompt, lines):
        foreign = View(kind="part", family="chess", prompt="e4", lines=("e5",))
        return (*super().views(prompt, lines), foreign)


def test_nothing_is_mended_by_pieces_that_cannot_be_judged():
    assert list(relations.mistakes_are_mended_piece_by_piece(subject(Distant(), 7))) == []
