"""The truth about clauses: by reading them again and again, by counting, and by Z3.

    SatisfiabilityAnswers().solve("+1+2,-2+3,+1-3?")    ("?-1+2+3!", "+1", "?-2", "?-3", "100")

Route one reads all clauses before each step. Route two reads none twice: it keeps of every clause
how many of its literals are open and what these add up to, so that of one with a single open
literal the sum is that literal. Whether the walks lead to the right place is another matter: Z3
confirms that there is no assignment, or that the answer is one and none comes before it.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from ouroboros.envs.clauses import Clause, size, written
from ouroboros.envs.satisfiability import UNSATISFIABLE, Satisfiability
from ouroboros_judges.answers.answering import Answering


@cache
def _context() -> Any:
    import z3

    return z3.Context()


def is_satisfiable(names: Iterable[str], assertions: Iterable[str]) -> bool:
    """Whether Z3 can make all assertions, in the notation of SMT-LIB, true at once."""
    import z3

    declared = "".join(f"(declare-const {name} Bool)" for name in names)
    asserted = "".join(f"(assert {assertion})" for assertion in assertions)
    script = f"(push){declared}{asserted}(check-sat)(pop)"
    return {"sat": True, "unsat": False}[
        z3.Z3_eval_smtlib2_string(_context().ref(), script).strip()
    ]


def by_reading(clauses: Sequence[Clause]) -> Iterator[str]:
    """The lines of the solution, from sets of true literals."""
    known = set[int]()
    trail, clash = _walk(clauses, known)
    if trail:
        yield written(trail) + "!" * clash
    for variable in range(1, size(clauses) + 1):
        if clash:
            break
        if known.isdisjoint((variable, -variable)):
            tried = set(known)
            trail, failed = _walk(clauses, tried, -variable)
            yield "?" + written(trail) + "!" * failed
            if failed:
                trail, clash = _walk(clauses, known, variable)
                yield written(trail) + "!" * clash
            else:
                known = tried
    yield UNSATISFIABLE if clash else _bits(clauses, known)


def _walk(clauses: Sequence[Clause], known: set[int], *start: int) -> tuple[list[int], bool]:
    """The literals that follow, added to those known, and whether they clash."""
    trail = list(start)
    known.update(start)
    while (left := _left(clauses, known)) is not None:
        if not left:
            return trail, True
        trail += left
        known.update(left)
    return trail, False


def _left(clauses: Sequence[Clause], known: set[int]) -> list[int] | None:
    """What is left of the first clause that is false or has one literal left to make it true."""
    for clause in clauses:
        if known.isdisjoint(clause):
            left = [literal for literal in clause if -literal not in known]
            if len(left) < 2:
                return left
    return None


def by_counting(clauses: Sequence[Clause]) -> Iterator[str]:
    """The same lines, from a ledger of what is left of clauses."""
    ledger = _Ledger(clauses)
    clash = ledger.follow()
    if ledger.trail:
        yield written(ledger.trail) + "!" * clash
    for variable in range(1, size(clauses) + 1):
        if not clash and not {variable, -variable} & set(ledger.trail):
            mark = len(ledger.trail)
            failed = ledger.follow(-variable)
            yield "?" + written(ledger.trail[mark:]) + "!" * failed
            if failed:
                ledger.undo(mark)
                clash = ledger.follow(variable)
                yield written(ledger.trail[mark:]) + "!" * clash
    yield UNSATISFIABLE if clash else _bits(clauses, ledger.trail)


class _Ledger:
    """How many literals of each clause are left, and the sum of these; how many are true."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        """Nothing is set; clauses of a single literal are due."""
        self.left, self.sums = [len(clause) for clause in clauses], [sum(c) for c in clauses]
        self.true = [0] * len(clauses)
        self.places = defaultdict[int, list[int]](list)
        for place, clause in enumerate(clauses):
            for literal in clause:
                self.places[literal].append(place)
        self.trail = list[int]()
        self.due = [place for place, left in enumerate(self.left) if left < 2]

    def follow(self, *start: int) -> bool:
        """Set a literal and what is due, until nothing is; True where a clause becomes false."""
        for literal in start:
            self._set(literal)
        while self.due:
            place = heapq.heappop(self.due)
            if not self.true[place]:
                if not self.left[place]:
                    self.due.clear()
                    return True
                self._set(self.sums[place])
        return False

    def undo(self, mark: int) -> None:
        """Take back what was set after the first `mark` literals."""
        while len(self.trail) > mark:
            self._count(self.trail.pop(), -1)

    def _set(self, literal: int) -> None:
        self.trail.append(literal)
        self._count(literal, 1)
        for place in self.places[-literal]:
            if self.left[place] < 2:
                heapq.heappush(self.due, place)

    def _count(self, literal: int, times: int) -> None:
        for place in self.places[literal]:
            self.true[place] += times
        for place in self.places[-literal]:
            self.left[place] -= times
            self.sums[place] += times * literal


def _bits(clauses: Sequence[Clause], known: Iterable[int]) -> str:
    """The assignment that makes these literals true."""
    ones = {literal for literal in known if literal > 0}
    return "".join("01"[variable in ones] for variable in range(1, size(clauses) + 1))


class SatisfiabilityAnswers(Answering):
    """Answers to `satisfiability`."""

    name: str = "satisfiability"
    family: Satisfiability = Satisfiability()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference lines, by reading; UsageError where the text is not a prompt."""
        return tuple(by_reading(self.family.clauses(prompt)))

    def again(self, prompt: str) -> tuple[str, ...]:
        """The same lines, by counting."""
        return tuple(by_counting(self.family.clauses(prompt)))

    def confirms(self, prompt: str, answer: str) -> bool:
        """Whether Z3 finds the answer to be an assignment and none before it, or none at all."""
        clauses = self.family.clauses(prompt)
        names = [f"x{variable}" for variable in range(1, size(clauses) + 1)]
        given = [f"(or {' '.join(map(_as_text, clause))})" for clause in clauses]
        if answer == UNSATISFIABLE:
            return not is_satisfiable(names, given)
        values = [_as_text(v if bit == "1" else -v) for v, bit in enumerate(answer, start=1)]
        return is_satisfiable(names, [*given, *values]) and not is_satisfiable(
            names, [*given, _before(answer)]
        )

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the same string of bits, perhaps with spaces between."""
        del prompt
        told = answer.strip(" \n") if len(answer) <= 2 * len(right) + 100 else ""
        if right == UNSATISFIABLE:
            return told.lower() in (UNSATISFIABLE, "unsatisfiable")
        return told.replace(" ", "") == right


def _as_text(literal: int) -> str:
    return f"x{literal}" if literal > 0 else f"(not x{-literal})"


def _before(bits: str) -> str:
    """For Z3: that an assignment comes before these bits in lexicographic order."""
    text = "false"
    for place in range(len(bits), 0, -1):
        text = f"({'or' if bits[place - 1] == '1' else 'and'} (not x{place}) {text})"
    return text
