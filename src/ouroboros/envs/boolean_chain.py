"""A bit that passes through connectives, one after another.

    "aoxa1011="   lines ("0011", "1")

The bit is 0 at first. Then come, from the left: and 1, or 0, xor 1, and 1. The prompt gives the
connectives by their first letters and, in the same order, the bits that they bring; the first line
tells the value after each step, the last line the value in the end.

The level is the number of steps. Half of the proposed chains are hard: nearly all of the steps keep
the value, or nearly all turn it over. Not covered: the values themselves.
"""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Asking
from ouroboros.envs.base import Domain, Format, Kind, View, texts
from ouroboros.errors import UsageError

CONNECTIVES = {"a": "and", "o": "or", "x": "xor", "i": "implies"}
MEANINGS = {
    "or": "'p or q' is true where at least one of p and q is true.",
    "xor": "'p xor q' is true where exactly one of p and q is true.",
    "implies": "'p implies q' is false only where p is true and q is false.",
}
EFFECTS = (
    ("a1", "o0", "x0"),  # keep the value
    ("x1", "i0"),  # turn it over
    ("a0",),  # make it 0
    ("o1", "i1"),  # make it 1
)
PART = 3  # steps of a piece
CHOICES = 6  # a multiple of how many steps each effect has
CODES = np.array(
    [[[ord(c) for c in steps[i % len(steps)]] for i in range(CHOICES)] for steps in EFFECTS],
    dtype=np.uint8,
)
"""(effects, CHOICES, 2) ASCII codes of a connective and its bit."""
FLIP = str.maketrans("01", "10")
DUAL_OF_FIRST = str.maketrans("aoxi01", "ioxa10")
DUAL = {"a0": "o1", "a1": "o0", "o0": "a1", "o1": "a0", "i1": "a0"}  # others are their own


def meanings(connectives: Sequence[str]) -> str:
    """What those connectives mean that not everybody knows, each a sentence behind a space."""
    return "".join(f" {text}" for name, text in MEANINGS.items() if name in connectives)


class BooleanChain(Asking):
    """The value after each step, then the last: "aoxa1011=" -> 0011, 1."""

    name: str = "boolean_chain"
    domain: Domain = "logic"
    wall: int = 6
    alphabet: str = "01aoxi="
    pattern = re.compile("([aoxi]+)([01]+)=")
    templates = (
        (
            "Let v = 0. Then v gets a new value, step by step: {assigned}. Here 1 is true and 0 is "
            "false.{meanings} Which value does v have in the end, 0 or 1?"
        ),
        "With 1 for true and 0 for false, work out {nested}.{meanings} Answer 0 or 1.",
        (
            "Evaluate the chain \u201c0 {unbroken}\u201d strictly from left to right; no "
            "connective binds tighter than another. Here 1 is true and 0 is false.{meanings} "
            "Answer 0 or 1."
        ),
        (
            "A signal, 0 at first, passes through {gates}. A gate joins the signal, on the left, "
            "with a bit of its own, on the right, and passes on the result. Here 1 is true and 0 "
            "is false.{meanings} What is the signal in the end, 0 or 1?"
        ),
        (
            "A slip of paper says 0. A clerk goes through this list: {steps}. He reads each entry "
            "with what the slip says in front of it, works that out, and writes the result on the "
            "slip in place of the old bit. Here 1 is true and 0 is false.{meanings} What does the "
            "slip say in the end, 0 or 1?"
        ),
    )

    def steps(self, prompt: str) -> list[tuple[str, str]]:
        """Connective and bit of every step; UsageError where the text is not a prompt."""
        connectives, bits = self.parts(prompt).groups()
        if len(connectives) != len(bits):
            raise UsageError(f"{self.name}: {len(connectives)} connectives and {len(bits)} bits")
        return list(zip(connectives, bits, strict=True))

    def level_of(self, prompt: str) -> int:
        """Number of steps; UsageError where the text is not a prompt."""
        return len(self.steps(prompt))

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Chains of effects at random; hard ones of one effect and one to four exceptions or so."""
        N, main = len(hard), rng.integers(0, 2, (len(hard), 1))  # keep or turn over
        usual = rng.random((N, level)) >= rng.uniform(1, 8, (N, 1)) / (2 * level)
        effects = rng.integers(0, len(EFFECTS), (N, level))
        effects = np.where(hard[:, None] & usual, main, effects)
        steps = CODES[effects, rng.integers(0, CHOICES, (N, level))]
        ends = np.full((N, 1), ord("="), dtype=np.uint8)
        return texts(np.hstack((steps[:, :, 0], steps[:, :, 1], ends)))

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """A line of as many bits as there are steps, then its last bit."""
        connectives, bits = self.parts(prompt).groups()
        if len(connectives) != len(bits) or len(lines) != 2:
            return False
        values, answer = lines
        return len(values) == len(bits) and set(values) <= {"0", "1"} and values[-1] == answer

    def echo(self, prompt: str, lines: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
        """The dual chain, which by De Morgan's laws holds the opposite value after every step."""
        if not self.check(prompt, lines):
            return None
        (first, *others), (values, answer) = self.steps(prompt), lines
        rest = ["".join(step) for step in others]
        dual = ["".join(first).translate(DUAL_OF_FIRST), *(DUAL.get(step, step) for step in rest)]
        connectives, bits = zip(*dual, strict=True)
        solution = (values.translate(FLIP), answer.translate(FLIP))
        return f"{''.join(connectives)}{''.join(bits)}=", solution

    def views(self, prompt: str, lines: Sequence[str]) -> tuple[View, ...]:
        """Both halves, and pieces of three steps cut at two sets of places, as their own chains."""
        if not self.check(prompt, lines):
            return ()
        steps, values = self.steps(prompt), lines[0]
        begins = (PART, PART // 2) if len(steps) > PART else ()
        return (
            *self._pieces("split", steps, values, [len(steps) // 2]),
            *chain.from_iterable(
                self._pieces("part", steps, values, range(begin, len(steps), PART))
                for begin in begins
            ),
        )

    def _pieces(
        self, kind: Kind, steps: Sequence[tuple[str, str]], values: str, cuts: Iterable[int]
    ) -> Iterator[View]:
        """The chain cut before these steps; 0 xor v hands a piece what the one before found."""
        bounds = [0, *(step for step in cuts if step), len(steps)]
        for begin, end in pairwise(bounds) if len(bounds) > 2 else ():
            ahead = values[begin - 1 : begin]
            part = [*(("x", value) for value in ahead), *steps[begin:end]]
            connectives, bits = map("".join, zip(*part, strict=True))
            found = (ahead + values[begin:end], values[end - 1])
            yield View(
                kind=kind,
                family=self.name,
                prompt=f"{connectives}{bits}=",
                lines=found,
                at=(begin, end),
            )

    def patched(
        self, prompt: str, lines: Sequence[str], piece: View, found: Sequence[str]
    ) -> tuple[str, ...]:
        """The values after a piece's steps as its own chain says; later ones stay."""
        if not (self.check(prompt, lines) and self.check(piece.prompt, found)):
            return tuple(lines)
        begin, end = piece.at
        values = lines[0][:begin] + found[0][bool(begin) :] + lines[0][end:]
        anew = (values, values[-1:])
        return anew if self.check(prompt, anew) else tuple(lines)

    def completion_length(self, prompt: str) -> int:
        """A bit for each step, a line break, the answer."""
        return self.level_of(prompt) + 2

    def facts(self, prompt: str) -> dict[str, Any]:
        """The steps in order."""
        steps = [{"connective": CONNECTIVES[c], "bit": bit} for c, bit in self.steps(prompt)]
        return {
            "start": "0",
            "steps": steps,
            "asked": "the value (1 true, 0 false) after the last step; each step joins the value "
            "so far, on the left, with its bit, on the right",
        }

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The chain told in several ways."""
        del rng
        steps = [(CONNECTIVES[c], bit) for c, bit in self.steps(prompt)]
        opened = "(" * (len(steps) - 1)
        nested = ") ".join(f"{name} {bit}" for name, bit in steps)
        gates = "gates in this order" if opened else "one gate"
        return {
            "assigned": "; ".join(f"v := v {name} {bit}" for name, bit in steps),
            "nested": f"{opened}0 {nested}",
            "unbroken": " ".join(f"{name} {bit}" for name, bit in steps),
            "steps": ", ".join(f"{name} {bit}" for name, bit in steps),
            "gates": f"{gates}: {', '.join(f'{name.upper()} {bit}' for name, bit in steps)}",
            "meanings": meanings([name for name, _ in steps]),
        }

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """Step after step, then the value in the end."""
        before = "0" + lines[0]
        steps = zip(before, self.steps(prompt), lines[0], strict=False)
        found = (f"{old} {CONNECTIVES[c]} {bit} is {new}" for old, (c, bit), new in steps)
        return (*found, lines[-1])

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Start with 0 and join it from left to right with bits, by the connectives "
            "a (and), o (or), x (exclusive or) and i (implies).",
            level="number of steps",
            prompt_pattern=self.pattern.pattern,
            lines=("the value after each step", "the value in the end"),
        )
