"""What islanders say of each other, in signs and in words, and puzzles made of it.

    claim = parse_claim("a:!b|c")     Ada (a) says that Ben is a knave, or Cleo a knight, or both
    claim.agrees({"a": True, "b": True, "c": True})      a knight may say that of two knights

Knights always tell the truth, knaves always lie. Claims are made of b (b is a knight) and !b (b is
a knave), joined by & (and) or | (or, or both); a=b says that two are of the same kind, a#b that
they are not. Not covered: who is what.
"""

import random
import re
from collections.abc import Mapping
from itertools import product
from typing import NamedTuple

LETTERS = 26
NAME = "[a-z](?:[1-9][0-9]*)?"
SIDES = f"!?{NAME}(?:[&|]!?{NAME})?|{NAME}[=#]{NAME}"
ISLANDERS = (
    "Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gwen", "Hugo", "Iris", "Jack", "Kim", "Leo", "Mia",
    "Ned", "Olga", "Paul", "Quinn", "Rose", "Sam", "Tess", "Uma", "Vic", "Wanda", "Xena", "Yara",
    "Zoe",
)  # fmt: skip
SIGN = re.compile("([&|=#])")
SINGLE, SINGLE_HARD = 0.6, 0.15  # of the claims are to be about one person


class Claim(NamedTuple):
    """What somebody says of one person or two."""

    speaker: str
    sides: tuple[tuple[str, bool], ...]
    """Who is spoken of, and whether as a knight."""
    sign: str = ""
    """Of `&|=#`; empty where there is one side."""

    @property
    def people(self) -> tuple[str, ...]:
        """Who is spoken of."""
        return tuple([name for name, _ in self.sides])

    def __str__(self) -> str:
        """As it stands in a prompt."""
        sides = ("!" * (not is_knight) + name for name, is_knight in self.sides)
        return f"{self.speaker}:{self.sign.join(sides)}"

    def agrees(self, knights: Mapping[str, bool]) -> bool:
        """Whether the speaker can say it, given who is a knight."""
        truths = [knights[name] == is_knight for name, is_knight in self.sides]
        match self.sign:
            case "=":
                holds = truths[0] == truths[1]
            case "#":
                holds = truths[0] != truths[1]
            case "|":
                holds = True in truths
            case _:
                holds = False not in truths
        return holds == knights[self.speaker]

    def spoken(self) -> str:
        """The words, without the full stop."""
        sides = sorted(self.sides, key=lambda side: side[0] == self.speaker)  # oneself last
        subjects = ["I" if name == self.speaker else called(name) for name, _ in sides]
        kinds = ["knight" if is_knight else "knave" for _, is_knight in sides]
        if self.sign in ("=", "#"):
            same = "the same kind" if self.sign == "=" else "different kinds"
            return f"{subjects[0]} and {subjects[1]} are of {same}"
        if self.sign == "&" and kinds[0] == kinds[1]:
            return f"{subjects[0]} and {subjects[1]} are both {kinds[0]}s"
        if self.sign == "|" and kinds[0] == kinds[1]:
            last = "me" if subjects[1] == "I" else subjects[1]
            return f"At least one of {subjects[0]} and {last} is a {kinds[0]}"
        told = [
            f"{subject} {'am' if subject == 'I' else 'is'} a {kind}"
            for subject, kind in zip(subjects, kinds, strict=True)
        ]
        return f"{told[0]}, or {told[1]}, or both" if self.sign == "|" else " and ".join(told)


def parse_claim(text: str) -> Claim:
    """The claim of a part of a prompt that has the form of one."""
    speaker, said = text.split(":")
    pieces = SIGN.split(said)
    sides = tuple([(side.removeprefix("!"), side[0] != "!") for side in pieces[::2]])
    return Claim(speaker, sides, pieces[1] if len(pieces) > 1 else "")


def person(index: int) -> str:
    """The short name of the person of this number: a to z, then a1 to z1."""
    rounds, letter = divmod(index, LETTERS)
    return chr(ord("a") + letter) + (str(rounds) if rounds else "")


def called(name: str) -> str:
    """The name in full: Ada for a, Ada 2 for a1."""
    full = ISLANDERS[ord(name[0]) - ord("a")]
    return f"{full} {int(name[1:]) + 1}" if name[1:] else full


class Island:
    """A puzzle in the making: claim by claim somebody more is settled."""

    def __init__(self, dice: random.Random, people: int, *, hard: bool) -> None:
        """At least two people, with claims that settle them all."""
        self.dice, self.single = dice, SINGLE_HARD if hard else SINGLE
        self.claims, self.knights = dict[str, Claim](), dict[str, bool]()
        order = [person(i) for i in range(people)]
        dice.shuffle(order)
        opener, other, *rest = order
        self._open(opener, other)
        if opener not in self.knights:
            rest.insert(dice.randrange(people - 1), opener)
        silent = [other]  # known people who have not spoken yet
        for name in rest:
            if name in self.claims:
                self._settle(silent.pop(), name)
            elif silent and dice.random() < 0.5:
                self._settle(silent.pop(), name)
                silent.append(name)
            else:
                self._settle(name, name)
        for name in silent:
            self._idle(name)

    def __str__(self) -> str:
        """The prompt."""
        return ",".join(str(self.claims[person(i)]) for i in range(len(self.claims))) + "?"

    def _open(self, opener: str, other: str) -> None:
        """A claim of one who speaks of himself; it settles the other and may settle himself."""
        while True:
            sign = self.dice.choice("&|=#")
            claim = self._claim(opener, [opener, other], sign)
            cases = [
                kinds for kinds in product((False, True), repeat=2)
                if claim.agrees(dict(zip((opener, other), kinds, strict=True)))
            ]  # fmt: skip
            own, others = ({kinds[i] for kinds in cases} for i in (0, 1))
            if len(others) == 1:
                break
        self.claims[opener], self.knights[other] = claim, others.pop()
        if len(own) == 1:
            self.knights[opener] = own.pop()

    def _settle(self, speaker: str, name: str) -> None:
        """A claim that leaves a new person one kind, among those who are known."""
        kinds = list[bool]()
        while len(kinds) != 1:
            self.claims[speaker] = claim = self._about(speaker, name)
            kinds = [k for k in (False, True) if claim.agrees(self.knights | {name: k})]
        self.knights[name] = kinds[0]

    def _idle(self, speaker: str) -> None:
        """A claim about people who are known already."""
        while speaker not in self.claims:
            claim = self._about(speaker, speaker)
            if claim.agrees(self.knights):
                self.claims[speaker] = claim

    def _about(self, speaker: str, name: str) -> Claim:
        """Any claim about a person, or about somebody known where it is the speaker himself."""
        known = list(self.knights)
        names = [self.dice.choice(known) if name == speaker else name]
        if self.dice.random() >= self.single:
            names = list(dict.fromkeys([*names, self.dice.choice([*known, speaker])]))
        return self._claim(speaker, names, self.dice.choice("&|=#") if len(names) > 1 else "")

    def _claim(self, speaker: str, names: list[str], sign: str) -> Claim:
        """A claim about these people, as knights or as knaves."""
        sides = [(name, sign in ("=", "#") or self.dice.random() < 0.5) for name in names]
        self.dice.shuffle(sides)
        return Claim(speaker, tuple(sides), sign)
