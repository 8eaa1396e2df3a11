"""Solutions by plan: from givens to the answer by sums that each stand on a line of their own.

    steps (Step("gain", "a", "*", "t"), Step("v", "gain", "+", "u")), givens u=43 a=12 t=5
    lines 21*5=06    06+34=301    103

Sums, differences and products are worked as at school, from the last digit to the first, so that
these lines read like the problems of `reverse_addition`: what was learnt on sums serves here. A
factor of several digits is taken digit by digit and the partial products are added up. Quotients
are worked from the first digit on: by one digit through the running remainders, by more digits
step after step. The last line is the answer as people write it, `7+1/3` where a rest remains.

Results keep their width: a sum or product is as wide as its operands make it, and one wider with a
carry, a difference as wide as what it is taken from. So their form can be checked without knowing
them, which `follows` does. Not covered: what the results are; the caller supplies them.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ouroboros.envs.digits import plain, to_digits, to_int

Operation = Literal["+", "-", "*", "/"]
Result = Callable[[str, str, str], str]
"""The right side of a line by its sign (of `+-*%/`) and both operands, all as they are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A number that a scene states."""

    name: str
    means: str = ""
    """What it is of the scene ("initial speed")."""
    unit: str = ""
    """As pint reads it ("m/s^2"); empty for a pure number."""
    short: tuple[int, int] | None = None
    """Range of a lone digit; None for a number that grows with the level."""
    lowest: int = 1
    """The least value of a number that grows."""
    absent: str | None = None
    """The value that takes it out of the scene, for the ablation; None where nothing does."""
    also: tuple[tuple[str, int], ...] = ()
    """Other units and by which power of ten the number grows in them (("cm", 2) for a metre)."""


@dataclass(frozen=True, slots=True)
class Step:
    """`name = left op right`; operands are givens, earlier steps or digits."""

    name: str
    left: str
    op: Operation
    right: str
    says: str = ""
    """What is found ("speed gained")."""
    unit: str = ""


@dataclass(slots=True)
class Worked:
    """A walk through a plan: the lines with the step each belongs to, and what they yield."""

    lines: list[tuple[Step, str]] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    """Digits by name, first digit first; the width is the one written."""
    rests: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Remainder and divisor of the steps that divide."""

    def answer(self) -> str:
        """The last step's value as people write it: a whole number or a mixed one."""
        last = self.lines[-1][0].name
        rest = self.rests.get(last)
        return mixed(self.values[last], *rest) if rest else plain(self.values[last])

    def text(self) -> tuple[str, ...]:
        """The solution: every line, then the answer."""
        return (*[line for _, line in self.lines], self.answer())


def mixed(quotient: str, rest: str, divisor: str) -> str:
    """A quotient and what is left of it: "7", "7+1/3" or "1/3", in lowest terms."""
    whole, left, by = plain(quotient), to_int(rest), to_int(divisor)
    if not left:
        return whole
    common = math.gcd(left, by)
    part = f"{to_digits(left // common)}/{to_digits(by // common)}"
    return part if whole == "0" else f"{whole}+{part}"


def work(steps: Sequence[Step], givens: Mapping[str, str], result: Result) -> Worked:
    """Walk through the steps; what `result` raises passes through."""
    worked = Worked(values=dict(givens))
    values = worked.values
    for step in steps:
        left, right = values.get(step.left, step.left), values.get(step.right, step.right)
        values[step.name] = _WAYS[step.op](worked, step, left, right, result)
    return worked


def _write(worked: Worked, step: Step, op: str, left: str, right: str, result: Result) -> str:
    """One line; its right side."""
    found = result(op, left, right)
    worked.lines.append((step, f"{left}{op}{right}={found}"))
    return found


def _add(worked: Worked, step: Step, left: str, right: str, result: Result) -> str:
    return _write(worked, step, step.op, left[::-1], right[::-1], result)[::-1]


def _multiply(worked: Worked, step: Step, left: str, right: str, result: Result) -> str:
    turned, factors = left[::-1], right[::-1]
    if len(factors) == 1:
        return _write(worked, step, "*", turned, factors, result)[::-1]
    total = ""
    for place, digit in enumerate(factors):
        if digit != "0":
            part = _write(worked, step, "*", turned, "0" * place + digit, result)
            total = _write(worked, step, "+", total, part, result) if total else part
    return (total or _write(worked, step, "*", turned, "0", result))[::-1]


def _divide(worked: Worked, step: Step, left: str, right: str, result: Result) -> str:
    right = plain(right)
    if len(right) == 1:
        rests = _write(worked, step, "%", left, right, result)
        worked.rests[step.name] = (rests[-1:], right)
        return _write(worked, step, "/", left, right, result)
    current, quotient = left[: len(right)], ""
    for following in (*left[len(right) :], ""):
        digit = _write(worked, step, "/", current, right, result)
        taken = _write(worked, step, "*", right[::-1], digit, result)
        rest = _write(worked, step, "-", current[::-1], plain(taken[::-1])[::-1], result)
        quotient += digit
        current = plain(plain(rest[::-1])[-len(right) :] + following)
    worked.rests[step.name] = (current, right)
    return quotient


_WAYS = {"+": _add, "-": _add, "*": _multiply, "/": _divide}


def width(op: str, left: str, right: str) -> int:
    """The least width of a result as written; sums and products may be one wider."""
    if op == "+":
        return max(len(left), len(right))
    if op == "*":
        return len(left) + len(right) - 1
    return 1 if op == "/" and len(right) > 1 else len(left)


def widest(op: str, left: str, right: str) -> str:
    """The longest result there could be: nines."""
    return "9" * (width(op, left, right) + (op in "+*"))


def _formed(op: str, left: str, right: str, found: str) -> bool:
    """Whether the right side of a line could be its result."""
    if not (found.isascii() and found.isdigit()):
        return False
    least = width(op, left, right)
    if len(found) == least + 1:
        return (op == "+" and found[-1] == "1") or (op == "*" and found[-1] != "0")
    return len(found) == least and (op != "%" or max(found) < right)


def follows(steps: Sequence[Step], givens: Mapping[str, str], lines: Sequence[str]) -> bool:
    """Whether the lines are those of the plan but perhaps for the results."""
    return retrace(steps, givens, lines) is not None


def retrace(
    steps: Sequence[Step], givens: Mapping[str, str], lines: Sequence[str]
) -> Worked | None:
    """The walk that wrote these lines, its results read from them; None where there is none."""
    try:
        worked = work(steps, givens, _Reader(lines))
        return worked if worked.text() == tuple(lines) else None
    except (StopIteration, ValueError):
        return None


def rework(
    steps: Sequence[Step], givens: Mapping[str, str], results: Sequence[str]
) -> Worked | None:
    """The walk with these results one after another, each made as wide as its line asks.

    None where their number is another. What was found before for other operands is then as good
    as guessed.
    """
    rest = iter(results)
    try:
        worked = work(steps, givens, lambda op, left, right: _fitted(op, left, right, next(rest)))
    except StopIteration:
        return None
    return worked if next(rest, None) is None else None


def tenfold(
    steps: Sequence[Step], growing: Sequence[str], givens: Mapping[str, str], worked: Worked
) -> Worked | None:
    """A walk with as many more zeros in each result as its step grows by; nothing is worked out.

    Where a step is of degree n in the `growing` givens, which are ten times as large in `givens` as
    they were in `worked`, it grows by 10^n. None where a plan divides, or adds what does not grow
    alike.
    """
    degrees = dict.fromkeys(growing, 1)
    for step in steps:
        left, right = degrees.get(step.left, 0), degrees.get(step.right, 0)
        if step.op == "/" or (step.op != "*" and left != right):
            return None
        degrees[step.name] = left + right if step.op == "*" else left
    results = ["0" * degrees[step.name] + line.partition("=")[2] for step, line in worked.lines]
    anew = rework(steps, givens, results)
    kept = anew and [line.partition("=")[2] for _, line in anew.lines] == results
    return anew if kept else None


def as_sum(line: str) -> tuple[str, str, str] | None:
    """Operands and result of a line that adds, or takes something twice; None where it does not."""
    task, _, found = line.partition("=")
    if task.endswith("*2"):
        task = f"{task[:-2]}+{task[:-2]}"
    first, plus, second = task.partition("+")
    return (first, second, found) if plus and second.isdigit() and first.isdigit() else None


def _fitted(op: str, left: str, right: str, found: str) -> str:
    """The result as wide as its line asks; what is too wide loses its first digits."""
    least = width(op, left, right)
    found = found[: least + 1].ljust(least, "0")
    return found if _formed(op, left, right, found) else found[:least]


class _Reader:
    """Takes results from lines; StopIteration or ValueError where they do not fit."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines: Iterator[str] = iter(lines)

    def __call__(self, op: str, left: str, right: str) -> str:
        start = f"{left}{op}{right}="
        line = next(self._lines)
        found = line[len(start) :]
        if not line.startswith(start) or not _formed(op, left, right, found):
            raise ValueError(f"not of the form {start}...")
        return found
