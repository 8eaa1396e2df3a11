"""Class A, costs: prompts that are ours, and made to keep a judge busy.

A judge has to have an answer in bounded time, and to go on. Each prompt is handed in with a guess;
that it is called wrong shows that both routes to the truth came to their end. What is too large to
be worked out is refused instead.
"""

from collections.abc import Callable
from itertools import pairwise, product
from typing import NamedTuple

from ouroboros.envs.claims import person
from ouroboros.envs.labels import label
from ouroboros_redteam.attack import Benign, Inside, asked
from ouroboros_redteam.engine import Engine
from ouroboros_redteam.papers import Claim, accepted, denied, level_in


class Costly(NamedTuple):
    """A prompt that is long, deep or in the worst order."""

    family: str
    what: str
    prompt: str


def _chain(places: int, sign: str, name: Callable[[int], str] = person) -> list[str]:
    """Each of so many names joined to the next."""
    return [f"{one}{sign}{other}" for one, other in pairwise(map(name, range(places + 1)))]


def _zigzag(side: int) -> str:
    """A maze that is one long way, from the first square to the last."""
    wall = "#" * (side - 1)
    rows = (("." * side, wall + ".", "." * side, "." + wall)[y % 4] for y in range(side))
    return f"S{'/'.join(rows)[1:-1]}E="


def _town(blocks: int) -> str:
    """Crossings of which every second is blocked in every second street."""
    street = "." * (2 * blocks + 1)
    return "/".join([street, *[".#" * blocks + ".", street] * blocks]) + "?"


def _fibonacci(steps: int) -> tuple[int, int]:
    """Neighbours in Fibonacci's sequence, of which Euclid's algorithm takes longest (Lame 1844)."""
    lower, upper = 1, 1
    for _ in range(steps):
        lower, upper = upper, lower + upper
    return lower, upper


def _both_ways(variables: int) -> str:
    """Four clauses for each pair of neighbours, which leave it no values."""
    signs = [*product("+-", repeat=2)]
    return ",".join(f"{a}{i}{b}{i + 1}" for i in range(1, variables) for a, b in signs) + "?"


def _matrix(size: int) -> str:
    """Lone digits without a pattern."""
    places = range(size)
    rows = ([str((7 * i * j + i * i + 3 * j) % 19 - 9) for j in places] for i in places)
    return f"|{';'.join(map(','.join, rows))}|="


COSTLY = (
    Costly("satisfiability", "clauses that leave no values", _both_ways(600)),
    Costly("proof", "rules in the worst order", f"a,{','.join(_chain(999, '>')[::-1])}:l38?"),
    Costly("knights", "a long chain of claims", f"{','.join([*_chain(90, ':'), 'm3:!m3|a'])}?"),
    Costly("circuit", "nested parts", f"{'(' * 999}1+1{')|1)+1' * 499})|1R?"),
    Costly("boolean_expression", "nested parts", f"{'!(' * 30_000}t{'&t)' * 30_000}="),
    Costly("maze", "one long way", _zigzag(61)),
    Costly("shortest_path", "one long way", f"{','.join(_chain(400, '9', label))}="),
    Costly("determinant", "twenty rows", _matrix(20)),
    Costly("lattice_paths", "many ways", _town(40)),
    Costly("stack_program", "a stack that grows", f"{'1' * 801}{'d' * 400}{'a' * 400}="),
    Costly("sorting", "digits in the worst order", f"{'9876543210' * 400}="),
    Costly("binomial", "three hundred digits", f"C({'9' * 300},5)="),
    Costly("base_conversion", "three hundred digits", f"{'9' * 300}>@2="),
    Costly("gcd", "as many steps as there can be", "gcd({},{})=".format(*_fibonacci(2400))),
    Costly("multiplication", "eight hundred digits", f"{'9' * 800}*{'9' * 800}="),
    Costly("factoring", "three thousand digits", f"x^2+2x-{'9' * 3000}="),
    Costly("linear_equation", "five thousand digits", f"9x+1={'9' * 5000}"),
    Costly("kinematics", "a hundred thousand digits", f"u{'9' * 100_000}a1t9v?"),
    Costly("syllogism", "a hundred thousand statements", f"{'ac' * 50_000}="),
    Costly("parity_chain", "a million bits", f"{'10' * 500_000}="),
)


def _judged(engine: Engine, costly: Costly) -> object:
    level = level_in(costly.family, costly.prompt)
    if not level:
        raise ValueError(f"no prompt of {costly.family}: {costly.prompt[:40]}")
    return denied(engine, [Claim(costly.family, level, costly.prompt, [["1"]])])


def _busy(number: int, costly: Costly) -> Inside:
    return asked(
        f"A15.{number}",
        f"keep a judge of {costly.family} busy with {costly.what}",
        lambda e: _judged(e, costly),
        Benign(
            f"have a solution of {costly.family} judged", lambda e: accepted(e, [costly.family])
        ),
        "4",
        "formal",
        wide=True,
    )


ATTACKS: list[Inside] = [_busy(number, costly) for number, costly in enumerate(COSTLY, start=1)]
