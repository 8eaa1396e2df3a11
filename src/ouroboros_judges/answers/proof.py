"""The truth about derivations: by reading the rules again and again, by a queue, and by Z3.

    ProofAnswers().solve("a,k,c>d,ak>c,cz>a:d?")   ("ak>c", "c>d", "yes")

Route one reads the rules from the first to the last before each step, as the problem says. Route
two never reads a rule twice: each waits until the last of its premises becomes known and then
stands in a queue by its place. What is true has nothing to do with either, so Z3 has the last word:
the goal follows where facts, rules and its denial cannot be true together.
"""

import heapq
from collections import defaultdict

from ouroboros.envs.proof import ATOMS, Proof, Rule
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.satisfiability import is_satisfiable


class ProofAnswers(Answering):
    """Answers to `proof`."""

    name: str = "proof"
    family: Proof = Proof()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference lines, by reading; UsageError where the text is not a prompt."""
        theory = self.family.theory(prompt)
        known, lines = set(theory.facts), list[str]()
        while theory.goal not in known:
            rule = _first_applicable(theory.rules, known)
            if rule is None:
                return *lines, "no"
            known.add(rule.conclusion)
            lines.append(str(rule))
        return *lines, "yes"

    def again(self, prompt: str) -> tuple[str, ...]:
        """The same lines, by a queue."""
        theory = self.family.theory(prompt)
        lacking = [set(rule.premises) for rule in theory.rules]
        waiting = defaultdict[str, list[int]](list)
        for place, premises in enumerate(lacking):
            for premise in premises:
                waiting[premise].append(place)
        known, ready, lines = set[str](), list[int](), list[str]()

        def learn(name: str) -> None:
            known.add(name)
            for place in waiting.pop(name, ()):
                lacking[place].discard(name)
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

    def confirms(self, prompt: str, answer: str) -> bool:
        """Whether Z3 finds the goal to follow just where the answer is yes."""
        theory = self.family.theory(prompt)
        rules = [f"(=> (and {' '.join(r.premises)}) {r.conclusion})" for r in theory.rules]
        names = sorted(set(ATOMS.findall(prompt)))
        statements = [*theory.facts, *rules, f"(not {theory.goal})"]
        return answer == ("no" if is_satisfiable(names, statements) else "yes")

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the right yes or no."""
        del prompt
        return len(answer) <= 100 and answer.strip(" \n").lower() == right


def _first_applicable(rules: tuple[Rule, ...], known: set[str]) -> Rule | None:
    """The first rule that gives something new."""
    fresh = (rule for rule in rules if rule.conclusion not in known)
    return next((rule for rule in fresh if known.issuperset(rule.premises)), None)
