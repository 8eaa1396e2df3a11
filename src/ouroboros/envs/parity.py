"""The running parity of a string of bits, written out step by step.

    parity_chain  "10110="  lines ("11011", "1")

Character i of the first line is the parity of the first i bits; the answer is the parity of all.
The level is the number of bits. Half of the proposed strings are hard: almost all ones, almost
all zeros or anything between. Not covered: the parities themselves.
"""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Worded
from ouroboros.envs.base import Domain, Format, generator, match_prompt, tasks, texts
from ouroboros.types import Task

PATTERN = re.compile("([01]+)=")
FLIP = str.maketrans("01", "10")


def render(bits: NDArray[np.bool_]) -> list[str]:
    """Prompts of (N, level) bits."""
    ends = np.full((len(bits), 1), ord("="), dtype=np.uint8)
    return texts(np.hstack((bits + np.uint8(ord("0")), ends)))


class ParityChain(Worded):
    """Parities of ever longer beginnings, then of the whole: "10110=" -> 11011, 1."""

    name: str = "parity_chain"
    domain: Domain = "logic"
    templates = (
        "Is the number of ones in {bits} odd (1) or even (0)?",
        (
            "A switch is off at first. It receives {bits} from left to right: each 1 flips it, each"
            " 0 leaves it as it is. Is it on (1) or off (0) at the end?"
        ),
        (
            "A parity bit is put behind {bits} so that the number of ones becomes even. Which bit"
            " is it?"
        ),
        "What remainder does the number of ones in {bits} leave on division by 2?",
    )
    wall: int = 6
    alphabet: str = "01="

    def level_of(self, prompt: str) -> int:
        """Number of bits; UsageError where the text is not a prompt."""
        return len(match_prompt(self.name, PATTERN, prompt)[1])

    def propose(self, level: int, seed: int, count: int) -> list[Task]:
        """Random bits, half of the strings with a share of ones of their own."""
        rng = generator(self.name, level, seed, count)
        shares = np.where(rng.random(count) < 0.5, rng.random(count), 0.5)
        bits = rng.random((count, level)) < shares[:, None]
        return tasks(self.name, level, seed, render(bits))

    def check(self, prompt: str, lines: Sequence[str]) -> bool:
        """A line of bits as long as the string, then that line's last bit."""
        if PATTERN.fullmatch(prompt) is None or len(lines) != 2:
            return False
        chain, answer = lines
        return (
            len(chain) == len(prompt) - 1
            and PATTERN.fullmatch(chain + "=") is not None
            and chain[-1] == answer
        )

    def echo(self, prompt: str, lines: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
        """The bits in reversed order; None for a palindrome.

        The parity of the last i bits is that of all of them less that of those before.
        """
        if not self.check(prompt, lines):
            return None
        other = prompt[-2::-1] + "="
        before = ("0" + lines[0][:-1])[::-1]
        chain = before.translate(FLIP) if lines[1] == "1" else before
        return None if other == prompt else (other, (chain, lines[1]))

    def completion_length(self, prompt: str) -> int:
        """A bit for each of the string, a line break, the answer."""
        return self.level_of(prompt) + 2

    def facts(self, prompt: str) -> dict[str, Any]:
        """The bits."""
        return {"bits": prompt[: self.level_of(prompt)], "asked": "parity of the number of ones"}

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """The parities one after another, and the last alone."""
        del prompt
        return (f"Odd (1) or even (0) after each bit: {', '.join(lines[0])}", lines[-1])

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Tell after each bit whether the number of ones so far is odd (1) or even (0).",
            level="number of bits",
            prompt_pattern=PATTERN.pattern,
            lines=("the parity after each bit", "the parity of all bits"),
        )
