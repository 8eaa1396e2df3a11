"""Clauses to be made true at once, by trying 0 first and following what it entails.

    "+1+2,-2+3,+1-3?"   lines ("?-1+2+3!", "+1", "?-2", "?-3", "100")

+1-3 says that x1 is 1 or x3 is 0 (or both). The answer is the lexicographically first assignment
that makes every clause true, x1 first, or `unsat`. A line is a walk of the search:

    +2      what the clauses demand at the outset
    ?-1+2   the first open variable is tried with 0, and what that entails
    ?-1+2!  the same, but a clause has become false
    +1-3    so that variable must be 1, and what that entails

What is entailed comes from the first clause of the prompt that is false or has one literal left;
then the clauses are read again from the first. Apart from variables that stand alone in some
clause, a clause has two at most. So a walk that ends well is never taken back, for what it has
touched it has made true: the search is short at any level, as no search through clauses of any
three variables is. There are about as many clauses as make an assignment doubtful.

The level is the number of variables. Not covered: which assignments there are.
"""

import random
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Asking
from ouroboros.envs.base import Domain, Format
from ouroboros.envs.clauses import (
    LITERAL,
    Clause,
    alone,
    are_well_formed,
    drawn,
    joined,
    literals,
    reason,
    signed,
    size,
    written,
)
from ouroboros.errors import UsageError

WALK = re.compile(f"(\\??)((?:{LITERAL})+)(!?)")
UNSATISFIABLE = "unsat"
PLANTED, PLANTED_HARD = 0.5, 0.1  # of the problems are made around an assignment
DENSITY, DENSITY_HARD = 2.0, 3.0  # see `ouroboros.envs.clauses.drawn`


class Satisfiability(Asking):
    """Walks from variable to variable, then an assignment or none: "+1,-1+2?" -> +1+2, 11."""

    name: str = "satisfiability"
    domain: Domain = "logic"
    wall: int = 4
    alphabet: str = "0123456789+-,?!unsat"
    pattern = re.compile(f"(?:{LITERAL}){{1,3}}(?:,(?:{LITERAL}){{1,3}})*\\?")
    templates = (
        (
            "{each} is 0 (false) or 1 (true). Which assignment, written as a string of bits from "
            "x1 on, comes first in lexicographic order among those that make all of this true: "
            "{formal}? ('Or' means at least one. Say 'unsatisfiable' if there is none.)"
        ),
        (
            "With 1 for true and 0 for false, find the lexicographically first string of bits for "
            "{variables} that satisfies {signed}, or say 'unsatisfiable' if there is none."
        ),
        (
            "A panel has {switches}. A switch is either on (1) or off (0). Every rule must be "
            "obeyed, where 'or' means at least one: {switched}. Write a setting as bits, switch 1 "
            "first. Which setting that obeys every rule comes first in lexicographic order? Say "
            "'unsatisfiable' if there is none."
        ),
        (
            "A host may invite {guests}. Every wish has to be granted, where 'or' means at least "
            "one: {invited}. Write who comes as a string of bits, guest 1 first, with 1 for coming "
            "and 0 for staying away. Which string that grants every wish comes first in "
            "lexicographic order? Say 'unsatisfiable' if there is none."
        ),
    )

    def clauses(self, prompt: str) -> list[Clause]:
        """The clauses in order; UsageError where the text is not a prompt."""
        self.parts(prompt)
        clauses = [literals(text) for text in prompt[:-1].split(",")]
        if not are_well_formed(clauses):
            raise UsageError(f"{self.name}: variables out of order, left out, or too many at once")
        return clauses

    def level_of(self, prompt: str) -> int:
        """Number of variables; UsageError where the text is not a prompt."""
        return size(self.clauses(prompt))

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Clauses at random; more of the hard ones, and fewer made around an assignment."""
        dice = random.Random(int(rng.integers(1 << 62)))
        return [_drawn(dice, level, is_hard) for is_hard in hard.tolist()]

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """Whether the walks start where they must and the last line says what they come to."""
        try:
            number = self.level_of(prompt)
        except UsageError:
            return False
        return tuple(lines[-1:]) == (_outcome(number, lines[:-1]),)

    def completion_length(self, prompt: str) -> int:
        """Every variable set once, and every free one tried in vain among those still open."""
        clauses = self.clauses(prompt)
        number = size(clauses)
        digits = sum(len(str(variable)) + 1 for variable in range(1, number + 1))
        free = number - len(alone(clauses))
        return digits + len(f"+{number}") * free * (free + 1) // 2 + 5 * number + len(UNSATISFIABLE)

    def facts(self, prompt: str) -> dict[str, Any]:
        """The clauses as lists of literals."""
        clauses = self.clauses(prompt)
        return {
            "variables": size(clauses),
            "clauses": [joined([(v,) for v in clause], "x{}", "not x{}") for clause in clauses],
            "conventions": "a clause is true where one of its literals is; 0 is false, 1 is true",
            "asked": "the lexicographically first assignment, as bits from x1 on, that makes every "
            "clause true; unsatisfiable if there is none",
        }

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The clauses as formulas, as rules for switches and as wishes about guests."""
        del rng
        clauses = self.clauses(prompt)
        number, many = size(clauses), size(clauses) > 1
        link = "to" if number > 2 else "and"
        variables = _variables(number)
        return {
            "variables": variables,
            "each": f"Each of {variables}" if many else variables,
            "switches": f"{number} switches, numbered from 1" if many else "one switch, number 1",
            "guests": f"guests 1 {link} {number}" if many else "one guest, number 1",
            "formal": "; ".join(joined(clauses, "x{}", "not x{}")),
            "signed": " \u2227 ".join(map(signed, clauses)),
            "switched": "; ".join(joined(clauses, "switch {} is on", "switch {} is off")),
            "invited": "; ".join(joined(clauses, "guest {} comes", "guest {} stays away")),
        }

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """Each walk with the clauses that it goes by, then the answer."""
        clauses, known = self.clauses(prompt), set[int]()
        one, more = "stands for the answer", "stand for the bits of the answer, in this order"
        number = size(clauses)
        texts = [f"{_variables(number)} {more if number > 1 else one}"]
        for line in lines[:-1]:
            texts.append(_told(clauses, known, line))
            if "!" not in line:
                known.update(literals(line))
        return (*texts, "unsatisfiable" if lines[-1] == UNSATISFIABLE else lines[-1])

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Find the lexicographically first assignment that makes all clauses true: "
            "+1-3 says that x1 is 1 or x3 is 0.",
            level="number of variables",
            prompt_pattern=self.pattern.pattern,
            lines=(
                (
                    "what the clauses entail at the outset; then, for the first open variable, ? "
                    "and what follows from 0, ! where a clause becomes false, and in that case a "
                    "line with what follows from 1; and so on"
                ),
                "the assignment as bits, x1 first, or unsat",
            ),
        )


def _drawn(dice: random.Random, level: int, hard: bool) -> str:
    share, density = (PLANTED_HARD, DENSITY_HARD) if hard else (PLANTED, DENSITY)
    clauses = drawn(dice, level, planted=dice.random() < share, density=density)
    return f"{','.join(map(written, clauses))}?"


def _outcome(number: int, lines: Sequence[str]) -> str | None:
    """The answer to which walks come, copied from them; None where they do not go on rightly."""
    known, forced = set[int](), 0
    for i, line in enumerate(lines):
        walk = WALK.fullmatch(line)
        if walk is None:
            return None
        tried, trail, clash = bool(walk[1]), literals(walk[2]), bool(walk[3])
        first = next((v for v in range(1, number + 1) if v not in known and -v not in known), 0)
        starts_well = trail[0] == -first and not forced if tried else i == 0 or trail[0] == forced
        variables = set(map(abs, trail))
        if not starts_well or len(variables) < len(trail) or max(variables) > number:
            return None
        if variables & set(map(abs, known)):
            return None
        if clash and not tried:
            return UNSATISFIABLE if i == len(lines) - 1 else None
        forced = first if clash else 0
        if not clash:
            known.update(trail)
    done = len(known) == number and not forced
    return "".join("01"[v in known] for v in range(1, number + 1)) if done else None


def _variables(number: int) -> str:
    """The variables' names: "x1 to x4"."""
    return f"x1 {'to' if number > 2 else 'and'} x{number}" if number > 1 else "x1"


def _told(clauses: Sequence[Clause], known: set[int], line: str) -> str:
    """A walk in words: what is set, and by which clause."""
    now, steps = set(known), list[str]()
    for literal in literals(line):
        why = reason(clauses, now, literal)
        because = f" by {signed(why)}" if why else ""
        steps.append(f"x{abs(literal)} = {int(literal > 0)}{because}")
        now.add(literal)
    false = reason(clauses, now, None) if "!" in line else None
    if false:
        steps.append(f"but then {signed(false)} is false")
    elif line[0] == "?":
        steps.append("and no condition is broken")
    if " by " in steps[0]:
        return ", ".join(steps)
    begins = "Try " if line[0] == "?" else "So "
    then = ": then " if len(steps) > 1 and " by " in steps[1] else ", "
    return begins + then.join((steps[0], ", ".join(steps[1:]))).removesuffix(", ")
