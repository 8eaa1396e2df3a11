"""Derivations from facts by rules, forwards until the goal is reached.

    "a,k,c>d,ak>c,cz>a:d?"   lines ("ak>c", "c>d", "yes")

Facts come first, then rules: ak>c says that c follows from a and k together. A line is a rule that
is applied: always the first of the prompt whose premises are all known and whose conclusion is not
known yet. The lines end when the goal is known (yes) or no rule gives anything new (no).

There are two rules for each level: as many as the whole derivation of the goal needs, and as many
that lead astray, by premises that never come true, in circles, or to what nobody asked for. In half
of the problems a rule on the way lacks a premise. In hard ones the rules have more premises, and
what is lacking is near the goal or follows from the goal only. Not covered: what can be derived.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Asking
from ouroboros.envs.base import Domain, Format

ATOM = "[a-z](?:[1-9][0-9]*)?"
ATOMS = re.compile(ATOM)
LETTERS = "bcdefghjklmnpqrstuvwxyz"  # a, i and o would read like words or figures


class Rule(NamedTuple):
    """What follows from premises that are all true."""

    premises: tuple[str, ...]
    conclusion: str

    def __str__(self) -> str:
        """As it stands in a prompt."""
        return f"{''.join(self.premises)}>{self.conclusion}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Theory:
    """Facts and rules, and what is to be derived from them."""

    facts: tuple[str, ...]
    rules: tuple[Rule, ...]
    goal: str

    def __str__(self) -> str:
        """The prompt."""
        return f"{','.join([*self.facts, *map(str, self.rules)])}:{self.goal}?"


def atom(index: int) -> str:
    """The name of the statement of this number: b to z, then b1 to z1."""
    rounds, letter = divmod(index, len(LETTERS))
    return LETTERS[letter] + (str(rounds) if rounds else "")


class Proof(Asking):
    """Rules applied in order, then yes or no: "a,a>b:b?" -> a>b, yes."""

    name: str = "proof"
    domain: Domain = "logic"
    wall: int = 4
    alphabet: str = "0123456789abcdefghijklmnopqrstuvwxyz,>:?"
    pattern = re.compile(f"({ATOM}(?:,{ATOM})*)((?:,(?:{ATOM})+>{ATOM})+):({ATOM})\\?")
    templates = (
        (
            "These statements are true: {facts}. These rules hold: {implications}. Does {goal} "
            "follow from that, yes or no?"
        ),
        (
            "A workshop has {facts} on its shelves and can make {recipes}. Nothing is used up, and "
            "there is no other way to get anything. Can the workshop get {goal}, yes or no?"
        ),
        (
            "Of the lamps on a panel only {facts} {are} on at first. The wiring does this: "
            "{wiring}. Nothing else turns a lamp on, and none goes off again. Will {goal} be on in "
            "the end, yes or no?"
        ),
        (
            "A chemist has plenty of the compounds {facts} and of nothing else; the letters are "
            "labels, not symbols of elements. The only possible reactions are {reactions}. Can "
            "{goal} be obtained, yes or no?"
        ),
        (
            "Assume {facts}. Assume also: {implications}. Can {goal} be proved from these "
            "assumptions alone, yes or no?"
        ),
    )

    def theory(self, prompt: str) -> Theory:
        """Facts, rules and goal; UsageError where the text is not a prompt."""
        facts, rules, goal = self.parts(prompt).groups()
        sides = (rule.split(">") for rule in rules[1:].split(","))
        return Theory(
            facts=tuple(facts.split(",")),
            rules=tuple(Rule(tuple(ATOMS.findall(left)), right) for left, right in sides),
            goal=goal,
        )

    def level_of(self, prompt: str) -> int:
        """Half of the number of rules, rounded up; UsageError where the text is not a prompt."""
        return (self.parts(prompt)[2].count(",") + 1) // 2

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Derivations of exactly `level` steps among as many other rules, half of them broken."""
        dice = random.Random(int(rng.integers(1 << 62)))
        names = [atom(i) for i in range(max(len(LETTERS), 2 * level + level // 2 + 4))]
        return [str(_drawn(dice, level, [*names], is_hard)) for is_hard in hard.tolist()]

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """Whether the lines are rules with conclusions that are new, up to the goal if yes."""
        theory = self.theory(prompt)
        rules = {str(rule): rule.conclusion for rule in theory.rules}
        known = set(theory.facts)
        for line in lines[:-1]:
            conclusion = rules.get(line)
            if conclusion is None or conclusion in known or theory.goal in known:
                return False
            known.add(conclusion)
        return tuple(lines[-1:]) == ("yes" if theory.goal in known else "no",)

    def completion_length(self, prompt: str) -> int:
        """For each new conclusion its longest rule and a line break, then the answer."""
        theory = self.theory(prompt)
        longest = dict[str, int]()
        for rule in theory.rules:
            if rule.conclusion not in theory.facts:
                size = len(str(rule)) + 1
                longest[rule.conclusion] = max(longest.get(rule.conclusion, 0), size)
        return sum(longest.values()) + len("yes")

    def facts(self, prompt: str) -> dict[str, Any]:
        """Facts, rules and goal."""
        theory = self.theory(prompt)
        rules = [{"if": list(rule.premises), "then": rule.conclusion} for rule in theory.rules]
        return {
            "facts": list(theory.facts),
            "rules": rules,
            "asked": f"whether {theory.goal} can be derived, yes or no",
        }

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The rules as implications, recipes, wiring and reactions."""
        del rng
        theory = self.theory(prompt)
        sides = [(_listed(r.premises), r.conclusion.upper()) for r in theory.rules]
        sums = [" + ".join(rule.premises).upper() for rule in theory.rules]
        return {
            "facts": _listed(theory.facts),
            "are": "is" if len(theory.facts) == 1 else "are",
            "goal": theory.goal.upper(),
            "implications": "; ".join(f"if {left}, then {right}" for left, right in sides),
            "recipes": "; ".join(f"{right} from {left}" for left, right in sides),
            "wiring": "; ".join(
                f"{right} comes on once {left} {'are' if ' ' in left else 'is'} on"
                for left, right in sides
            ),
            "reactions": ", ".join(
                f"{left} \u2192 {right}" for left, (_, right) in zip(sums, sides, strict=True)
            ),
        }

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """Each application as a sentence, the end of the search, the answer."""
        steps: list[str] = []
        for line in lines[:-1]:
            left, right = line.split(">")
            steps.append(f"{right.upper()} follows from {_listed(ATOMS.findall(left))}")
        if lines[-1] == "no":
            goal = self.theory(prompt).goal.upper()
            steps.append(f"No rule gives anything new now, and {goal} is not known")
        return (*steps, lines[-1])

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Derive a goal from facts by rules: ak>c says that c follows from a and k.",
            level="half of the number of rules, rounded up: as many as the derivation needs",
            prompt_pattern=self.pattern.pattern,
            lines=(
                "the first rule whose premises are known and whose conclusion is new, and so on",
                "yes where the goal is known in the end, else no",
            ),
        )


def _listed(atoms: Sequence[str]) -> str:
    """Names in capitals: A, B and C."""
    *most, last = (name.upper() for name in atoms)
    return f"{', '.join(most)} and {last}" if most else last


def _drawn(dice: random.Random, level: int, names: list[str], hard: bool) -> Theory:
    """A derivation of `level` steps, perhaps broken, among as many rules that lead astray."""
    dice.shuffle(names)
    chain, names = names[:level], names[level:]
    facts, lacking, idle = names[: 2 + level // 2], names[-1], names[2 + level // 2 : -1]
    steps: list[list[str]] = []
    for i in range(level):
        others = [*facts[1:], *chain[: max(i - 1, 0)]]
        more = dice.sample(others, min(dice.randrange(2) + hard, len(others)))
        steps.append([chain[i - 1] if i else facts[0], *more])
    missing = dice.random() < 0.5
    if missing:
        broken = level - 1 - dice.randrange(min(level, 2) if hard else level)
        steps[broken][1:] = [lacking]
    rules = [Rule(tuple(sorted(p)), c) for p, c in zip(steps, chain, strict=True)]
    for name in idle[:level]:
        rule = _astray(dice, facts, chain, lacking, name)
        rules.append(Rule((facts[0],), name) if rule in rules else rule)
    if missing and hard:
        rules[-1] = Rule((chain[-1],), lacking)
    dice.shuffle(rules)
    return Theory(facts=tuple(sorted(facts)), rules=tuple(rules), goal=chain[-1])


def _astray(
    dice: random.Random, facts: list[str], chain: list[str], lacking: str, idle: str
) -> Rule:
    """A rule that does not help: with a premise too many, back along the chain, or to nothing."""
    near = dice.choice([*facts, *chain])
    kind = dice.randrange(3)
    if kind == 0:
        target = dice.choice([name for name in chain if name != near] or [idle])
        return Rule(tuple(sorted((near, lacking))), target)
    if kind == 1 and len(chain) > 1:
        early, late = sorted(dice.sample(range(len(chain)), 2))
        return Rule((chain[late],), chain[early])
    return Rule((near,), idle)
