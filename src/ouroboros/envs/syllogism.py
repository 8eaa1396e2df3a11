"""Chains of categorical statements, and what they say of the first group and the last.

    "aec="   lines ("aee", "e")    All A are B. No B are C. All D are C.  So no A are D.

A letter states how a group of people stands to the next one. Besides a, e, i and o of tradition
there are c and u, which are a and o with the groups changed round:

    a   all X are Y         c   all Y are X         e   no X are Y
    o   some X are not Y    u   some Y are not X    i   some X are Y

The first line tells, statement after statement, what follows about the first group and the one
reached: the strongest statement of these forms, or n where none of them follows. The last line
tells it of the last group. "Some" means at least one, and every group has at least one member (the
existential import of tradition), so that a and c imply i, and e implies o and u.

The level is the number of statements. Chains are drawn in shapes that often lead to the end, with
one statement changed at random in some of them, most often in hard ones. Not covered: what follows.
"""

import random
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Asking
from ouroboros.envs.base import Domain, Format, texts

SHAPES = np.array(
    [list(s.encode()) for s in ("aaa", "aec", "aea", "aua", "ccc", "caa", "cia", "coc", "cec")],
    dtype=np.uint8,
)
"""(shapes, 3) ASCII codes of the statements before a pivot, at the pivot and behind it."""
FORMS = np.frombuffer(b"aceiou", dtype=np.uint8)
CHANGED, CHANGED_HARD = 0.3, 0.7  # of the chains have a statement changed
WORDINGS = {
    "a": ("all {x} are {y}", "there are no {x} who are not {y}"),
    "c": ("all {y} are {x}", "there are no {y} who are not {x}"),
    "e": ("no {x} are {y}", "no {y} are {x}"),
    "i": ("some {x} are {y}", "some {y} are {x}"),
    "o": ("some {x} are not {y}", "not all {x} are {y}"),
    "u": ("some {y} are not {x}", "not all {y} are {x}"),
    "n": ("nothing follows about {x} and {y}", "nothing follows about {y} and {x}"),
}
"""How statements are put, the plainest way first."""
FORMAL = {"a": "all", "c": "all", "e": "no", "i": "some", "o": "some not", "u": "some not"}
NOUNS = (
    "actors", "bakers", "barbers", "boxers", "builders", "butchers", "chemists", "clerks",
    "climbers", "cooks", "cyclists", "dancers", "dentists", "divers", "drivers", "drummers",
    "farmers", "fencers", "gardeners", "golfers", "hikers", "hunters", "jewellers", "joggers",
    "judges", "jugglers", "lawyers", "librarians", "miners", "nurses", "painters", "pilots",
    "plumbers", "poets", "potters", "printers", "rowers", "sailors", "sculptors", "singers",
    "skaters", "skiers", "soldiers", "surgeons", "swimmers", "tailors", "teachers", "weavers",
)  # fmt: skip
SYLLABLES = ("ba", "do", "fi", "gu", "ka", "le", "mo", "nu", "pa", "ri", "so", "tu", "va", "zo")


class Syllogism(Asking):
    """What follows about the first group and each that comes after it: "aec=" -> aee, e."""

    name: str = "syllogism"
    domain: Domain = "logic"
    wall: int = 5
    alphabet: str = "aceioun="
    pattern = re.compile("([aceiou]+)=")
    templates = (
        (
            "Every group of people named here has at least one member, and 'some' means at least "
            "one. {ordered} {question}"
        ),
        (
            "Suppose the following. {ordered} None of these groups is empty, and 'some' means at "
            "least one. {question}"
        ),
        (
            "A town's register says this: {shuffled} Each of the groups has members, and 'some' "
            "means one or more. {question}"
        ),
        (
            "A visitor has learnt only this about a village: {shuffled} There is somebody in each "
            "of these groups, and 'some' means at least one. {question}"
        ),
    )
    questions = (
        (
            "Which statement of the form 'all ... are ...', 'no ... are ...', 'some ... are ...' "
            "or 'some ... are not ...' about {first} and {last}, in either order, must be true? If "
            "several must, give the strongest, which implies the others; if none must, say "
            "'nothing follows'."
        ),
        (
            "What is the strongest statement about {first} and {last}, in either order, that must "
            "be true and has the form 'all ... are ...', 'no ... are ...', 'some ... are ...' or "
            "'some ... are not ...'? Say 'nothing follows' if there is none."
        ),
    )

    def level_of(self, prompt: str) -> int:
        """Number of statements; UsageError where the text is not a prompt."""
        return len(self.parts(prompt)[1])

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Chains with a pivot at any place."""
        N, places = len(hard), np.arange(level)
        side = np.sign(places - rng.integers(0, level, (N, 1))) + 1
        forms = SHAPES[rng.integers(0, len(SHAPES), (N, 1)), side]
        changed = rng.random(N) < np.where(hard, CHANGED_HARD, CHANGED)
        at = changed[:, None] & (places == rng.integers(0, level, (N, 1)))
        forms = np.where(at, rng.choice(FORMS, (N, 1)), forms)
        return texts(np.hstack((forms, np.full((N, 1), ord("="), dtype=np.uint8))))

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """A form or n for each statement, the first one copied, then the last again."""
        if len(lines) != 2 or len(lines[0]) != len(prompt) - 1:
            return False
        found, answer = lines
        return set(found) <= set(WORDINGS) and found[0] == prompt[0] and found[-1] == answer

    def completion_length(self, prompt: str) -> int:
        """A letter for each statement, a line break, the answer."""
        return self.level_of(prompt) + 2

    def groups(self, prompt: str) -> list[str]:
        """The groups' names in the order of the chain, always the same for a prompt."""
        number = self.level_of(prompt) + 1
        names = random.Random(prompt).sample(NOUNS, min(number, len(NOUNS)))
        return names + [_made_up(i) for i in range(number - len(names))]

    def facts(self, prompt: str) -> dict[str, Any]:
        """The statements, and what is asked."""
        groups = self.groups(prompt)
        return {
            "statements": [
                {
                    "form": FORMAL[form],
                    "subject": pair[form in "cu"],
                    "predicate": pair[form not in "cu"],
                }
                for form, pair in zip(prompt, pairwise(groups), strict=False)
            ],
            "conventions": "every group has at least one member; some means at least one",
            "asked": f"the strongest statement about {groups[0]} and {groups[-1]}, in either "
            "order, of the forms all, no, some, some not; or that nothing follows",
        }

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The statements in order and in disorder, each in one of its wordings."""
        groups = self.groups(prompt)
        sentences = [
            f"{text[0].upper()}{text[1:]}." for text in _statements(prompt, groups, rng.choice)
        ]
        shuffled = rng.sample(sentences, len(sentences))
        return {
            "ordered": " ".join(sentences),
            "shuffled": " ".join(shuffled),
            "question": rng.choice(self.questions).format(first=groups[0], last=groups[-1]),
        }

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """Each statement with what follows about the first group, then the answer."""
        groups = self.groups(prompt)
        found = [
            WORDINGS[form][0].format(x=groups[0], y=group)
            for form, group in zip(lines[0], groups[1:], strict=True)
        ]
        given = _statements(prompt, groups)
        steps = (f"{a}, so {b}" for a, b in zip(given[1:], found[1:], strict=True))
        told = (text[0].upper() + text[1:] for text in (given[0], *steps))
        return (*told, "nothing follows" if lines[-1] == "n" else found[-1])

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Tell what a chain of statements says of the first group and the last: a (all "
            "X are Y), c (all Y are X), e (no X are Y), i (some X are Y), o (some X are not Y), u "
            "(some Y are not X); no group is empty.",
            level="number of statements",
            prompt_pattern=self.pattern.pattern,
            lines=(
                "the strongest statement about the first group and each one reached, n for none",
                "the strongest statement about the first group and the last",
            ),
        )


def _statements(
    prompt: str,
    groups: Sequence[str],
    choose: Callable[[Sequence[str]], str] = itemgetter(0),
) -> list[str]:
    """The statements of a prompt, each in the wording chosen."""
    pairs = zip(prompt[:-1], groups, groups[1:], strict=False)
    return [choose(WORDINGS[form]).format(x=x, y=y) for form, x, y in pairs]


def _made_up(index: int) -> str:
    """The name of a group that there is not: "badolings"."""
    name, rest = SYLLABLES[index % len(SYLLABLES)], index // len(SYLLABLES)
    while rest:
        rest, syllable = divmod(rest, len(SYLLABLES))
        name = SYLLABLES[syllable] + name
    return f"{name}lings"
