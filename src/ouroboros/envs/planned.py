"""Families whose problems are a few givens and a plan: a declaration of some ten lines each.

    class Charge(Planned):
        name, domain, form, asked = "charge", "physics", "q{q}i{i}t{t}c?", "charge at the end"
        givens = (Given(name="q", unit="A*h"), Given(name="i", unit="A"), ...)
        steps = (Step("gain", "i", "*", "t", "charge gained", "A*h"), Step("c", "q", "+", "gain"))
        templates = ("A battery holds {q}. It is charged with {i} for {t}. What does it hold?",)

The prompt is `form` with the givens in it, as people write numbers; the level is the number of
digits of the longest given that grows. Not covered: a scene that is right only in the asking
family's words; `adjust` and `allowed` are where a family sees to its numbers' making sense.
"""

import random
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from string import Formatter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Asking
from ouroboros.envs.base import Format, Kind, View, match_prompt
from ouroboros.envs.digits import draw_numbers, pick, plain, shifted
from ouroboros.envs.plan import (
    Given,
    Step,
    Worked,
    as_sum,
    follows,
    mixed,
    retrace,
    rework,
    tenfold,
    widest,
    work,
)
from ouroboros.envs.sums import Piece, put_in, small, trimmed
from ouroboros.errors import OuroborosError, UsageError

SIGNS = {"*": "\u00d7", "-": "\u2212", "/": "\u00f7", "+": "+"}
SPELLINGS = {"^2": "\u00b2", "^3": "\u00b3", "*": "\u00b7", "degC": "\u00b0C", "ohm": "\u03a9"}
RESCALED = 0.3  # of the quantities in words stand in another of their units
TRIES = 100
BEFORE = re.compile("[0-9]+/[0-9]{2,}=0")  # a long divisor that does not go
LINES_A_DIGIT = 3  # of a long division
NINES = str.maketrans("0123456789", "9876543210")


class Planned(Asking):
    """What a subclass declares is all there is to its asking half."""

    form: str
    """The prompt, with the givens' names in braces."""
    givens: tuple[Given, ...]
    steps: tuple[Step, ...]
    asked: str
    """What the answer is of the scene ("final speed")."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The form with a number in each place."""
        kinds = {given.name: _number(given) for given in self.givens}
        parts = Formatter().parse(self.form)
        return re.compile(
            "".join(re.escape(text) + (f"(?P<{name}>{kinds[name]})" if name else "")
                    for text, name, _, _ in parts)
        )  # fmt: skip

    @cached_property
    def alphabet(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Digits, what stands between the givens, and the signs that solutions may hold."""
        between = "".join(text for text, *_ in Formatter().parse(self.form))
        signs = {step.op for step in self.steps}
        if "*" in signs:
            signs |= {"+"}
        if "/" in signs:
            signs |= {"+", "%"}
        if any(step.op == "/" and not self._is_lone(step.right) for step in self.steps):
            signs |= {"+", "-", "*"}
        return "".join(dict.fromkeys("0123456789=" + "".join(sorted(signs)) + between))

    @cached_property
    def _growing(self) -> tuple[str, ...]:
        """The givens that grow with the level."""
        return tuple(given.name for given in self.givens if given.short is None)

    def _is_lone(self, divisor: str) -> bool:
        """Whether a step's divisor has one digit for sure."""
        short = {given.name for given in self.givens if given.short is not None}
        return divisor in short or (divisor.isdigit() and len(divisor) == 1)

    def parts(self, prompt: str) -> re.Match[str]:
        """The givens by name; UsageError where the text is no prompt or its scene cannot be."""
        self.values(prompt)
        return super().parts(prompt)

    def adjust(self, values: dict[str, str]) -> None:
        """Change drawn values in place so that the scene makes sense; the level must stay."""

    def allowed(self, values: dict[str, str]) -> bool:
        """Whether the scene makes sense: others are never drawn, and no prompts."""
        del values
        return True

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Scenes of numbers of which at least one has `level` digits, half of the others fewer."""
        prompts: list[str] = []
        for _ in range(TRIES):
            chosen = hard[len(prompts) :]
            if not len(chosen):
                return prompts
            for values in self._scenes(rng, level, chosen):
                self.adjust(values)
                if self.allowed(values):
                    prompts.append(self.form.format_map(values))
        raise OuroborosError(f"{self.name}: draws too few scenes at level {level} that make sense")

    def _scenes(
        self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]
    ) -> list[dict[str, str]]:
        """As many scenes as there are places."""
        N = len(hard)
        growing = [given for given in self.givens if given.short is None]
        longest = rng.integers(0, len(growing), N)
        columns: dict[str, list[str]] = {}
        for i, given in enumerate(growing):
            fewer = (longest != i) & (rng.random(N) < 0.5)
            lengths = np.where(fewer, rng.integers(1, level + 1, N), level)
            columns[given.name] = draw_numbers(
                rng, lengths=lengths, hard=hard & (rng.random(N) < 0.7), lowest=given.lowest
            )
        for given in self.givens:
            if given.short is not None:
                least, most = given.short
                columns[given.name] = pick(rng, [str(n) for n in range(least, most + 1)], N)
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    def values(self, prompt: str) -> dict[str, str]:
        """The givens' digits by name; UsageError where the text is no prompt of a fit scene."""
        found = match_prompt(self.name, self.pattern, prompt).groupdict()
        if not self.allowed(found):
            raise UsageError(f"{self.name}: not a scene of this family, though of its form")
        return found

    def level_of(self, prompt: str) -> int:
        """Digits of the longest given that grows; UsageError where the text is not a prompt."""
        values = self.values(prompt)
        return max(len(values[name]) for name in self._growing)

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """Whether the lines are the plan's but perhaps for the results."""
        return follows(self.steps, self.values(prompt), lines)

    def echo(self, prompt: str, lines: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
        """The last sum taken back: x + y = z says that (9...9 - z) + y = 9...9 - x.

        That is a scene of this family where x is a given that grows and stands in no other step. A
        difference from nines is a digit's from 9 in every column: nothing is computed here.
        """
        last = self.steps[-1]
        if last.op != "+" or not self._stands_alone(last.left):
            return None
        values = self.values(prompt)
        worked = retrace(self.steps, values, lines)
        if worked is None:
            return None
        total, rest = worked.values[last.name], worked.values[last.right]
        first = plain(total.translate(NINES))
        found = plain(values[last.left].rjust(len(total), "0").translate(NINES))
        asked = self.form.format(**values | {last.left: first})
        solution = _taken_back(lines, first, rest, found)
        return (asked, solution) if asked != prompt and self.check(asked, solution) else None

    def views(self, prompt: str, lines: Sequence[str]) -> tuple[View, ...]:
        """Every sum, and what is taken twice, as problems of `reverse_addition`; ten times all.

        Where a plan has no other lines its sums are cut into small pieces besides.
        """
        if not self.check(prompt, lines):
            return ()
        values = self.values(prompt)
        worked = retrace(self.steps, values, lines)
        found = [as_sum(line) for _, line in worked.lines] if worked else []
        sums = [each for each in found if each is not None]
        steps = [_seen("step", trimmed(a), trimmed(b), trimmed(total)) for a, b, total in sums]
        scaled = self._rescaled(prompt, values, worked) if worked else ()
        return (*steps, *scaled, *(_pieces(lines, sums) if len(sums) == len(found) else ()))

    def patched(
        self, prompt: str, lines: Sequence[str], piece: View, found: Sequence[str]
    ) -> tuple[str, ...]:
        """The result with a piece's columns as found; lines that take it up take it up anew."""
        begin, end = piece.at
        number = "\n".join(lines)[:begin].count("\n")
        each = as_sum(lines[number]) if self.check(prompt, lines) else None
        if each is None or len(found) != 1 or not found[0].isdecimal():
            return tuple(lines)
        results = [line.partition("=")[2] for line in lines[:-1]]
        start = len("\n".join(lines[: number + 1])) - len(results[number])
        results[number] = put_in(each[0], results[number], (begin - start, end - start), found[0])
        worked = rework(self.steps, self.values(prompt), results)
        anew = worked.text() if worked else ()
        return anew if self.check(prompt, anew) else tuple(lines)

    def _rescaled(self, prompt: str, values: dict[str, str], worked: Worked) -> Iterator[View]:
        """The scene as if its numbers were told in a unit ten times as small; none without such."""
        told = values | {name: plain(shifted(values[name], 1)) for name in self._growing}
        asked, anew = self.form.format(**told), tenfold(self.steps, self._growing, told, worked)
        if anew and asked != prompt and self.check(asked, anew.text()):
            yield View(kind="scale", family=self.name, prompt=asked, lines=anew.text())

    def _stands_alone(self, name: str) -> bool:
        """Whether a name is that of a given that grows and is an operand once."""
        operands = [name for step in self.steps for name in (step.left, step.right)]
        return name in self._growing and operands.count(name) == 1

    def completion_length(self, prompt: str) -> int:
        """Characters of the plan's lines were all results as long as can be."""
        values = self.values(prompt)
        worked = work(self.steps, values, widest)
        rest, divisor = worked.rests.get(self.steps[-1].name, ("", ""))
        answer = len(worked.values[self.steps[-1].name]) + len(f"+{rest}/{divisor}") * bool(divisor)
        return sum(len(line) + 1 for _, line in worked.lines) + answer

    def describe(self) -> Format:
        """The exact format, from the declaration."""
        return Format(
            summary=f"Find the {self.asked}{_given_by(self.givens)}.",
            level="digits of the longest number that is given",
            prompt_pattern=self.pattern.pattern,
            lines=(
                *(f"{step.says or step.name}: {step.left} {step.op} {step.right}, in as many lines "
                  "as it takes" for step in self.steps),
                f"the {self.asked}",
            ),
        )  # fmt: skip

    def facts(self, prompt: str) -> dict[str, Any]:
        """The givens with their units, and what is asked for."""
        values = self.values(prompt)
        found: dict[str, Any] = {
            given.name: {"value": values[given.name], "unit": given.unit, "means": given.means}
            for given in self.givens
        }
        return found | {"asked": {"means": self.asked, "unit": self.steps[-1].unit}}

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The givens with their units, some of them in another unit, and the answer's unit."""
        values = self.values(prompt)
        found = {given.name: _worded(given, values[given.name], rng) for given in self.givens}
        return found | {"unit": spelled(self.steps[-1].unit)}

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """The givens, the lines as sums that people read, each with what it finds, the answer."""
        worked = retrace(self.steps, self.values(prompt), lines)
        if worked is None:
            return tuple(lines)
        unit = self.steps[-1].unit
        answer = worked.answer().replace("+", " ") + (f" {spelled(unit)}" if unit else "")
        return (*self._stated(prompt), *_readable(worked.lines), answer)

    @property
    def restates(self) -> bool:
        """Whether a question may state givens in other units than the working does."""
        return any(given.also for given in self.givens)

    def _stated(self, prompt: str) -> tuple[str, ...]:
        """The givens in the units of the working, where the question may state them in others."""
        if not self.restates:
            return ()
        values = self.values(prompt)
        stated = [f"{g.means} = {values[g.name]} {spelled(g.unit)}".strip() for g in self.givens]
        return (f"Given: {', '.join(stated)}",)


def _taken_back(lines: Sequence[str], first: str, rest: str, found: str) -> tuple[str, ...]:
    """The lines of an echo: those that the changed given has no part in, its sum, the answer."""
    turned = found.rjust(max(len(first), len(rest)), "0")[::-1]
    return (*lines[:-2], f"{first[::-1]}+{rest[::-1]}={turned}", found)


def _pieces(lines: Sequence[str], sums: Sequence[tuple[str, str, str]]) -> Iterator[View]:
    """Small pieces of all sums; those of few columns are pieces as they are."""
    start = 0
    for line, each in zip(lines, sums, strict=False):
        start += len(line) - len(each[2])
        whole = Piece(first=each[0], second=each[1], total=each[2], at=(0, len(each[2])))
        for piece in (*small(*each),) or (whole,):
            yield _seen(
                "part",
                *map(trimmed, (piece.first, piece.second, piece.total)),
                at=(start + piece.at[0], start + piece.at[1]),
            )
        start += len(each[2]) + 1


def _seen(kind: Kind, first: str, second: str, total: str, at: tuple[int, int] = (0, 0)) -> View:
    """A sum whose numbers stand from the last digit on."""
    prompt = f"{first}+{second}="
    return View(kind=kind, family="reverse_addition", prompt=prompt, lines=(total,), at=at)


def _number(given: Given) -> str:
    """The regular expression of a given."""
    if given.short is not None:
        least, most = given.short
        return f"[{least}-{most}]" if least < most else str(least)
    return "[1-9][0-9]*" if given.lowest else "(?:[1-9][0-9]*|0)"


def _given_by(givens: Sequence[Given]) -> str:
    means = [f"{given.means} {given.name}" for given in givens if given.means]
    return f" from the {', '.join(means)}" if means else ""


def _worded(given: Given, digits: str, rng: random.Random) -> str:
    """A quantity, now and then in another of its units, to the last digit."""
    unit = given.unit
    if given.also and rng.random() < RESCALED:
        unit, power = rng.choice(given.also)
        digits = shifted(digits, power)
    return f"{digits} {spelled(unit)}" if unit else digits


def spelled(unit: str) -> str:
    """A unit as people write it."""
    for ours, written in SPELLINGS.items():
        unit = unit.replace(ours, written)
    return unit


def _readable(lines: Sequence[tuple[Step, str]]) -> list[str]:
    """Every line as people write sums; a step's last line says what it finds."""
    texts: list[str] = []
    lines, rest = _begun(lines), "0"
    for i, (step, line) in enumerate(lines):
        sum_, found = line.split("=")
        op = next(sign for sign in "+-*%/" if sign in sum_)
        left, right = sum_.split(op)
        if op == "%":
            rest = found[-1]
            texts += _digit_by_digit(left, right, found, lines[i + 1][1].partition("=")[2])
            continue
        text = _quotient(left, right, found, rest) if op == "/" else _sum(op, left, right, found)
        if i + 1 == len(lines) or lines[i + 1][0] is not step:
            text = (f"{step.says[:1].upper()}{step.says[1:]}: " if step.says else "") + text
            text += f" {spelled(step.unit)}" if step.unit else ""
        texts.append(text)
    return texts


def _begun(lines: Sequence[tuple[Step, str]]) -> list[tuple[Step, str]]:
    """The lines without those of a long division that only find a zero before the quotient."""
    kept: list[tuple[Step, str]] = []
    i = 0
    while i < len(lines):
        step, line = lines[i]
        begins = not kept or kept[-1][0] is not step
        goes_on = i + LINES_A_DIGIT < len(lines) and lines[i + LINES_A_DIGIT][0] is step
        if begins and goes_on and BEFORE.fullmatch(line):
            i += LINES_A_DIGIT
            continue
        kept.append(lines[i])
        i += 1
    return kept


def _digit_by_digit(left: str, right: str, rests: str, digits: str) -> list[str]:
    """What each digit of a short division leaves, from the first that the divisor goes into.

    Nothing where that is the whole division, and it leaves nothing.
    """
    starts = [plain(rest + digit) for rest, digit in zip("0" + rests, left, strict=False)]
    skipped = len(digits) - len(plain(digits))
    parts = [
        f"{start} {SIGNS['/']} {right} = {digit}" + f", remainder {rest}" * (rest != "0")
        for start, digit, rest in zip(starts, digits, rests, strict=True)
    ][skipped:]
    if len(parts) > 1:
        return [f"Digit by digit: {'; '.join(parts)}"]
    return parts if rests[-1] != "0" else []


def _sum(op: str, *turned: str) -> str:
    """A line that is worked from the last digit on."""
    left, right, found = (plain(number[::-1]) for number in turned)
    return f"{left} {SIGNS[op]} {right} = {found}"


def _quotient(left: str, right: str, found: str, rest: str) -> str:
    """A division by a lone digit with what it leaves; one digit of a longer one."""
    if len(right) == 1:
        return f"{plain(left)} {SIGNS['/']} {right} = {mixed(found, rest, right).replace('+', ' ')}"
    return f"{left} {SIGNS['/']} {right}, rounded down, is {found}"
