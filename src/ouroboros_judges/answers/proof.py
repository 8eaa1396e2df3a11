"""The truth about derivations: by reading the rules again and again, by a queue, and by models.

    ProofAnswers().solve("a,k,c>d,ak>c,cz>a:d?")   ("ak>c", "c>d", "yes")

Route one reads the rules from the first to the last before each step, as the problem says. Route
two never reads a rule twice: each waits until the last of its premises becomes known and then
stands in a queue by its place. What is true has nothing to do with either and is proved last: yes
by the lines, each of which follows from those before; no by a model, in which facts and rules are
true and the goal is false.
"""

import heapq
from collections import defaultdict
from collections.abc import Sequence

from ouroboros.envs.proof import Proof, Rule, Theory
from ouroboros_judges.answers.answering import Answering


class ProofAnswers(Answering):
    """Answers to `proof`."""

    name: str = "proof"
    family: Proof = Proof()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference lines, by reading; UsageError where the text is not a prompt."""
        return by_reading(self.family.theory(prompt))

    def work_out(self, prompt: str) -> tuple[tuple[str, ...], bool]:
        """By reading, and whether the queue finds the same and the answer is proved."""
        theory = self.family.theory(prompt)
        lines = by_reading(theory)
        return lines, by_queue(theory) == lines and is_proved(theory, lines)

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the right yes or no."""
        del prompt
        return len(answer) <= 100 and answer.strip(" \n").lower() == right


def by_reading(theory: Theory) -> tuple[str, ...]:
    """The lines, from a new reading of the rules for each."""
    known, lines = set(theory.facts), list[str]()
    while theory.goal not in known:
        rule = _first_applicable(theory.rules, known)
        if rule is None:
            return *lines, "no"
        known.add(rule.conclusion)
        lines.append(str(rule))
    return *lines, "yes"


def _first_applicable(rules: Sequence[Rule], known: set[str]) -> Rule | None:
    """The first rule that gives something new."""
    for rule in rules:
        if rule.conclusion not in known and known.issuperset(rule.premises):
            return rule
    return None


def by_queue(theory: Theory) -> tuple[str, ...]:
    """The same lines, from a count of what each rule lacks."""
    lacking, waiting = list[int](), defaultdict[str, list[int]](list)
    for place, rule in enumerate(theory.rules):
        premises = set(rule.premises)
        lacking.append(len(premises))
        for premise in premises:
            waiting[premise].append(place)
    known, ready, lines = set[str](), list[int](), list[str]()

    def learn(name: str) -> None:
        known.add(name)
        for place in waiting.pop(name, ()):
            lacking[place] -= 1
            if not lacking[place]:
                heapq.heappush(ready, place)

    for fact in theory.facts:
        learn(fact)
    while theory.goal not in known and ready:
        rule = theory.rules[heapq.heappop(ready)]
        if rule.conclusion not in known:
            learn(rule.conclusion)
            lines.append(str(rule))
    return *lines, "yes" if theory.goal in known else "no"


def is_proved(theory: Theory, lines: Sequence[str]) -> bool:
    """Whether the lines derive the goal or, where they do not, leave a model without it.

    Each line must apply a rule to what is known, so what becomes known is true wherever facts and
    rules are. If then no rule leads further, facts and rules are true where nothing else is.
    """
    *steps, answer = lines
    rules, known = {str(rule): rule for rule in theory.rules}, set(theory.facts)
    for step in steps:
        rule = rules.get(step)
        if rule is None or not known.issuperset(rule.premises):
            return False
        known.add(rule.conclusion)
    if theory.goal in known:
        return answer == "yes"
    return answer == "no" and _keeps(known, theory.rules)


def _keeps(known: set[str], rules: Sequence[Rule]) -> bool:
    """Whether no rule has all its premises among what is known, but not its conclusion."""
    return not any(
        known.issuperset(rule.premises) for rule in rules if rule.conclusion not in known
    )
