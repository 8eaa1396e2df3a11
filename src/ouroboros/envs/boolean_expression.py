"""Expressions of truth values, every operation in parentheses of its own.

    "((t&f)|!(f>t))="   lines ("t&f=f", "f>t=t", "!t=f", "f|f=f", "f")

A line per operation, in the order in which their right ends stand in the expression, which is the
order of postfix notation: what is inside comes before what is around it, the left side before the
right. The signs are ! (not), & (and), | (or), ^ (exclusive or) and > (implies).

The level is the number of signs with two sides. Half of the proposed expressions are hard: one long
branch, negations nearly everywhere, and implication more often than the rest. Not covered: the
values of operations; the caller of `operations` supplies them.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Asking
from ouroboros.envs.base import Domain, Format
from ouroboros.envs.boolean_chain import meanings
from ouroboros.errors import UsageError

CONNECTIVES = {"&": "and", "|": "or", "^": "xor", ">": "implies"}
WORDED = {c: f" {name} " for c, name in CONNECTIVES.items()} | {"!": "not "}
SIGNED = {"&": " \u2227 ", "|": " \u2228 ", "^": " \u2295 ", ">": " \u2192 ", "!": "\u00ac"}
SIGNED |= {"t": "T", "f": "F"}
LEGEND = {
    "&": "and",
    "|": "or, true where at least one side is",
    "^": "exclusive or, true where exactly one side is",
    ">": "implication, false only where its left side is true and its right side false",
    "!": "not, applied only to what stands right after it",
    "t": "true",
    "f": "false",
}
TIGHT = " 'Not' applies only to the value or the brackets right after it."
TRUTHS = {"t": "true", "f": "false"}


def postfix(text: str) -> list[str]:
    """Constants and signs of an expression in postfix order; ValueError where it is none."""
    output, waiting = list[str](), list[str]()
    wanted = "tf!("
    for c in text:
        if c not in wanted:
            raise ValueError(f"{c!r} where one of {wanted} must stand")
        if c in "!(":
            waiting.append(c)
            wanted = "tf(" if c == "!" else "tf!("
        elif c in CONNECTIVES:
            waiting.append(c)
            wanted = "tf!("
        else:
            output.append(c if c in "tf" else waiting.pop())
            if c == ")":
                waiting.pop()
            if waiting[-1:] == ["!"]:
                output.append(waiting.pop())
            wanted = "" if not waiting else "&|^>" if waiting[-1] == "(" else ")"
    if wanted:
        raise ValueError("the expression ends too early")
    return output


def operations(symbols: Sequence[str], value: Callable[[str], str]) -> Iterator[str]:
    """The solution of an expression in postfix order, given the value of each operation on it."""
    stack = list[str]()
    for symbol in symbols:
        if symbol in TRUTHS:
            stack.append(symbol)
            continue
        right = stack.pop()
        asked = f"!{right}" if symbol == "!" else f"{stack.pop()}{symbol}{right}"
        stack.append(value(asked))
        yield f"{asked}={stack[-1]}"
    yield stack[0]


class BooleanExpression(Asking):
    """Operation after operation, then the value: "(t>f)=" -> t>f=f, f."""

    name: str = "boolean_expression"
    domain: Domain = "logic"
    wall: int = 4
    alphabet: str = "tf()!&|^>="
    pattern = re.compile("([tf()!&|^>]+)=")
    templates = (
        "True or false: {worded}?{meanings}",
        "Work out whether this expression is true or false: {worded}.{meanings}",
        "Find the truth value of {signed}. (The signs: {legend}.)",
        "Let A be a true statement and B a false one. True or false: {named}?{meanings}",
        "A circuit computes {worded}. Is its output true or false?{meanings}",
    )

    def symbols(self, prompt: str) -> list[str]:
        """The expression in postfix order; UsageError where the text is not a prompt."""
        try:
            return postfix(self.parts(prompt)[1])
        except ValueError as error:
            raise UsageError(f"{self.name}: {error}") from error

    def level_of(self, prompt: str) -> int:
        """Signs with two sides; UsageError where the text is not a prompt."""
        return sum(symbol in CONNECTIVES for symbol in self.symbols(prompt))

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Trees of any shape; hard ones lean to one side and negate more than they do not."""
        dice = rng.random((len(hard), 6 * level + 4)).tolist()
        return [_drawn(level, iter(row), h) for row, h in zip(dice, hard.tolist(), strict=True)]

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """Whether the lines are the operations in order, their values t or f and carried on."""
        given = iter(lines)

        def told(asked: str) -> str:
            line = next(given, "")
            if line[:-1] != f"{asked}=" or line[-1] not in TRUTHS:
                raise ValueError(f"not of the form {asked}=...")
            return line[-1]

        try:
            return tuple(operations(self.symbols(prompt), told)) == tuple(lines)
        except (UsageError, ValueError):
            return False

    def completion_length(self, prompt: str) -> int:
        """Five characters and a line break an operation, one less for a negation; the answer."""
        symbols = self.symbols(prompt)
        return 1 + sum(6 if s in CONNECTIVES else 5 for s in symbols if s not in TRUTHS)

    def facts(self, prompt: str) -> dict[str, Any]:
        """The expression and what its signs mean."""
        self.level_of(prompt)
        return {"expression": prompt[:-1], "signs": LEGEND, "asked": "the value, true or false"}

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The expression in several notations."""
        del rng
        symbols, text = self.symbols(prompt), prompt[:-1]
        if text[0] == "(":
            text = text[1:-1]
        legend = [f"{SIGNED[c].strip()} {LEGEND[c]}" for c in LEGEND if c in symbols]
        return {
            "worded": _spelt(text, WORDED | TRUTHS),
            "named": _spelt(text, WORDED | {"t": "A", "f": "B"}),
            "signed": _spelt(text, SIGNED),
            "legend": "; ".join(legend),
            "meanings": TIGHT * ("!" in symbols)
            + meanings([CONNECTIVES.get(c, "") for c in symbols]),
        }

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """Each operation as a sentence, then the value."""
        del prompt
        *steps, value = (_spelt(line, WORDED | TRUTHS | {"=": " is "}) for line in lines)
        return (*(step[:1].upper() + step[1:] for step in steps), value)

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Evaluate a fully parenthesised expression of t (true) and f (false) with "
            "! (not), & (and), | (or), ^ (exclusive or) and > (implies).",
            level="number of signs with two sides",
            prompt_pattern=self.pattern.pattern,
            lines=(
                "an operation on constants with its value, and so on in postfix order",
                "the value of the expression",
            ),
        )


def _drawn(level: int, dice: Iterator[float], hard: bool) -> str:
    """An expression with `level` connectives, as numbers from 0 to 1 fall."""
    parts, pending = list[str](), list[int | str](["=", level])
    signs, negated, lean = (">>>&|^", 0.6, next(dice)) if hard else ("&|^>", 0.25, 0.0)
    while pending:
        top = pending.pop()
        if isinstance(top, str):
            parts.append(top)
            continue
        parts.append("!" * (next(dice) < negated))
        if not top:
            parts.append("tf"[int(2 * next(dice))])
            continue
        sign, cut = signs[int(len(signs) * next(dice))], next(dice)
        left = (top - 1) * (cut < lean) if hard else int(top * cut)
        pending += [")", top - 1 - left, sign, left, "("]
    return "".join(parts)


def _spelt(text: str, spellings: Mapping[str, str]) -> str:
    """The text with characters spelt out."""
    return "".join(spellings.get(c, c) for c in text)
