"""Clauses over numbered variables: notation, words, and how they are drawn.

    literals("+1-3")          (1, -3): x1 is 1 or x3 is 0
    joined([(1, -3)], "x{}", "not x{}")     "x1 or not x3"

Apart from variables that stand alone in some clause, a clause of ours has two variables at most.
Not covered: which assignments make clauses true.
"""

import random
import re
from collections.abc import Iterable, Set

LITERAL = "[+-][1-9][0-9]{0,5}"
LITERALS = re.compile(LITERAL)
FREE = 2  # variables at most of a clause that stand alone in none
ONES = 0.7  # of the variables are 1 in an assignment that clauses are made around
NOT, OR = "\u00ac", " \u2228 "

Clause = tuple[int, ...]


def literals(text: str) -> Clause:
    """The literals of a clause or a walk, numbered as in DIMACS."""
    return tuple(map(int, LITERALS.findall(text)))


def written(clause: Iterable[int]) -> str:
    """Literals as they stand in prompts and lines."""
    return "".join(f"{literal:+d}" for literal in clause)


def alone(clauses: Iterable[Clause]) -> set[int]:
    """Variables that stand alone in a clause."""
    return {abs(clause[0]) for clause in clauses if len(clause) == 1}


def size(clauses: Iterable[Clause]) -> int:
    """Number of variables."""
    return max(abs(literal) for clause in clauses for literal in clause)


def are_well_formed(clauses: Iterable[Clause]) -> bool:
    """Whether variables stand in order, at most two free ones in a clause, and none is left out."""
    single, occurring = alone(clauses), set[int]()
    for clause in clauses:
        variables = list(map(abs, clause))
        occurring.update(variables)
        if variables != sorted(set(variables)) or len({*variables} - single) > FREE:
            return False
    return len(occurring) == max(occurring)


def joined(clauses: Iterable[Clause], one: str, zero: str, *, joint: str = " or ") -> list[str]:
    """Each clause in words, given what a variable's being 1 or 0 is called."""
    return [
        joint.join((one if literal > 0 else zero).format(abs(literal)) for literal in clause)
        for clause in clauses
    ]


def signed(clause: Clause) -> str:
    """The clause as a formula in parentheses."""
    return f"({joined([clause], 'x{}', NOT + 'x{}', joint=OR)[0]})"


def reason(clauses: Iterable[Clause], known: Set[int], literal: int | None) -> Clause | None:
    """The first clause all of whose literals are false but for this one, or quite all for None."""
    for clause in clauses:
        others = [other for other in clause if other != literal]
        if all(-other in known for other in others) and (literal in clause or literal is None):
            return clause
    return None


def drawn(dice: random.Random, variables: int, *, planted: bool, density: float) -> list[Clause]:
    """Clauses that leave it open whether they can be true, or are made around an assignment.

    Args:
        dice: The one source of randomness.
        variables: Number of variables.
        planted: Whether there is to be an assignment that makes them true.
        density: How many clauses there are beyond one a variable, per variable to the power 2/3,
            the scale on which small formulas stop being satisfiable.
    """
    names = dice.sample(range(1, variables + 1), variables)
    single = dice.randrange(variables // 3 + 1)
    single += variables - single == 1
    stated, free = names[:single], names[single:]
    value = {name: name if dice.random() < ONES else -name for name in names}
    clauses = dict.fromkeys([Clause((value[name],)) for name in stated])
    if not planted and not free:
        clauses[-value[names[0]],] = None
    wanted = round(len(free) + density * len(free) ** (2 / 3) * dice.uniform(0.6, 1.4))
    for i in range(wanted):
        first = free[i % len(free)]
        second = dice.choice([name for name in free if name != first])
        clause = [dice.choice((name, -name)) for name in (first, second)]
        if planted and not {value[first], value[second]} & set(clause):
            clause[0] = -clause[0]
        if stated and dice.random() < 0.5:
            name = dice.choice(stated)
            clause.append(value[name] if dice.random() < 0.25 else -value[name])
        clauses[tuple(sorted(clause, key=abs))] = None
    return dice.sample(list(clauses), len(clauses))
