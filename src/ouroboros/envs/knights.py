"""Knights, who always tell the truth, and knaves, who always lie.

    "a:!b,b:a=b?"   lines ("b:a=k", "a:b=v", "kv")

Ada (a) says that Ben (b) is a knave; Ben says that he and Ada are of the same kind. Were Ben a
knight, that would be true and Ada one too; were he a knave, it would be false and Ada a knight
again. Claims are written as `ouroboros.envs.claims` says; everybody speaks once, in alphabetical
order.

A line tells whose claim settles whose kind (k for a knight, v for a knave) when one goes through
the cases of that claim alone and keeps to what is known: always the first claim of the prompt that
settles somebody, and of those whom it settles the first by name. The last line lists all kinds.

The level is the number of people less one, for it takes two. A puzzle begins with somebody who
speaks of himself; from there on a claim settles a person. Hard ones have claims about two people
nearly everywhere. Not covered: who is what, and puzzles that need two claims at a time.
"""

import random
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Asking
from ouroboros.envs.base import Domain, Format
from ouroboros.envs.claims import NAME, SIDES, Claim, Island, called, parse_claim, person
from ouroboros.errors import UsageError

KINDS = {"k": "knight", "v": "knave"}
SIGNS = {"": "", "&": "and", "|": "or", "=": "are of the same kind", "#": "are of different kinds"}


class Knights(Asking):
    """Who is a knight and who a knave: "a:!b,b:a=b?" -> b:a=k, a:b=v, kv."""

    name: str = "knights"
    domain: Domain = "logic"
    wall: int = 3
    alphabet: str = "abcdefghijklmnopqrstuvwxyz0123456789!&|=#:,?"
    pattern = re.compile(f"{NAME}:(?:{SIDES})(?:,{NAME}:(?:{SIDES}))+\\?")
    templates = (
        (
            "On an island there are two kinds of people: knights, who always tell the truth, and "
            "knaves, who always lie. {said} Who is a knight and who is a knave?"
        ),
        (
            "Knights always tell the truth and knaves always lie, and there is nobody else on this "
            "island. {said} Find out which of the two each speaker is."
        ),
        (
            "A traveller meets {people}. Each of them is a knight (all that a knight says is true) "
            "or a knave (all that a knave says is false). {script} Of which kind is each of them?"
        ),
        (
            "{people} live where everybody is of one of two kinds: a knight, who never lies, or a "
            "knave, who never tells the truth. {script} Say who is a knight and who is a knave."
        ),
    )

    def claims(self, prompt: str) -> list[Claim]:
        """The claims in order; UsageError where the text is not a prompt."""
        self.parts(prompt)
        claims = [parse_claim(text) for text in prompt[:-1].split(",")]
        names = [claim.speaker for claim in claims]
        if names != [person(i) for i in range(len(names))]:
            raise UsageError(f"{self.name}: everybody speaks once, in alphabetical order from a")
        everybody = set(names)
        for claim in claims:
            people = set(claim.people)
            if len(people) < len(claim.sides) or not people <= everybody:
                raise UsageError(f"{self.name}: a claim is about one or two of those who speak")
        return claims

    def level_of(self, prompt: str) -> int:
        """Number of people less one; UsageError where the text is not a prompt."""
        return len(self.claims(prompt)) - 1

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Puzzles in which claim after claim settles somebody."""
        dice = random.Random(int(rng.integers(1 << 62)))
        return [str(Island(dice, level + 1, hard=is_hard)) for is_hard in hard.tolist()]

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """Whether everybody is settled once, by a claim that concerns them, and listed at last."""
        try:
            claims = {claim.speaker: claim for claim in self.claims(prompt)}
        except UsageError:
            return False
        kinds = dict[str, str]()
        for line in lines[:-1]:
            speaker, _, settled = line.partition(":")
            name, _, kind = settled.partition("=")
            claim = claims.get(speaker)
            if claim is None or name not in (speaker, *claim.people):
                return False
            if name in kinds or kind not in KINDS:
                return False
            kinds[name] = kind
        everybody = len(kinds) == len(claims)
        return everybody and lines[-1] == "".join(kinds[name] for name in claims)

    def completion_length(self, prompt: str) -> int:
        """For each person a line with at most the longest speaker's name, and a letter."""
        names = [claim.speaker for claim in self.claims(prompt)]
        return sum(len(name) + len(names[-1]) + 5 for name in names)

    def facts(self, prompt: str) -> dict[str, Any]:
        """Who claims what."""
        claims = self.claims(prompt)
        return {
            "people": [called(claim.speaker) for claim in claims],
            "claims": [_as_data(claim) for claim in claims],
            "conventions": "knights always tell the truth, knaves always lie; or includes both",
            "asked": "for each person, in order, whether knight or knave",
        }

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The claims as speech."""
        claims = self.claims(prompt)
        *most, last = (called(claim.speaker) for claim in claims)
        quotes = [(called(claim.speaker), claim.spoken()) for claim in claims]
        verb = rng.choice(("says", "claims", "declares"))
        return {
            "people": f"{', '.join(most)} and {last}",
            "said": " ".join(f'{name} {verb}: "{text}."' for name, text in quotes),
            "script": " ".join(f'{name}: "{text}."' for name, text in quotes),
        }

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """Who is settled by whose claim, then everybody's kind."""
        steps: list[str] = []
        for line in lines[:-1]:
            speaker, name, kind = re.split("[:=]", line)
            steps.append(f"By what {called(speaker)} says, {called(name)} is a {KINDS[kind]}")
        kinds = zip(self.claims(prompt), lines[-1], strict=True)
        answer = ", ".join(f"{called(claim.speaker)} is a {KINDS[kind]}" for claim, kind in kinds)
        return (*steps, answer)

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Tell knights, who always tell the truth, from knaves, who always lie, by what "
            "each claims: b (b is a knight), !b (b is a knave), joined by & (and) or | (or, or "
            "both), a=b (of the same kind), a#b (of different kinds).",
            level="number of people less one",
            prompt_pattern=self.pattern.pattern,
            lines=(
                "speaker:person=kind for the first claim that settles somebody; and so on",
                "k or v for each person in order",
            ),
        )


def _as_data(claim: Claim) -> dict[str, Any]:
    """A claim in parts: by whom, the sides, and what joins them."""
    alike = claim.sign in ("=", "#")
    sides = [
        called(name) + ("" if alike else f" is a {KINDS['vk'[is_knight]]}")
        for name, is_knight in claim.sides
    ]
    return {"by": called(claim.speaker), "says": sides, "joined by": SIGNS[claim.sign]}
