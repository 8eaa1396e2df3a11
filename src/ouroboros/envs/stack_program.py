"""Programs for a stack of digits, run instruction by instruction.

    stack_program  "473ads="  lines ("13ds", "113s", "113", "1")

The stack stands in front, its top first, and the program behind it. Each line carries one
instruction out and is a problem of its own, with one instruction less; the answer is the top in the
end. The instructions: a adds the two topmost digits, m multiplies them, t takes the top from the
digit below it, each modulo 10; d doubles the top, s swaps the two topmost, p pops the top. The
level is the number of instructions, and no program empties the stack. Hard ones rather take, swap
and multiply. Not covered: the digits.
"""

import random
import re
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Asking
from ouroboros.envs.base import Domain, Format, texts
from ouroboros.envs.digits import ZERO
from ouroboros.errors import UsageError

LETTERS = np.frombuffer(b"adpmtsmtst", dtype=np.uint8)
PLAIN = 6  # of the letters, each once; hard programs draw from all of them
SPARE = 3  # digits, less one, that may lie on the stack untouched
NAMES = {"a": "add", "d": "copy", "m": "multiply", "p": "drop", "s": "swap", "t": "subtract"}
RULES = {
    "a": "add replaces the two topmost digits by the last digit of their sum",
    "d": "copy puts a copy of the top digit on top",
    "m": "multiply replaces the two topmost digits by the last digit of their product",
    "p": "drop removes the top digit",
    "s": "swap exchanges the two topmost digits",
    "t": (
        "subtract takes the top digit from the one under it and replaces both by the result, plus"
        " 10 if that is negative"
    ),
}


class StackProgram(Asking):
    """The top digit after a program."""

    name = "stack_program"
    domain: Domain = "logic"
    wall = 4
    alphabet = "0123456789admpst="
    pattern = re.compile("(?P<stack>[0-9]+)(?P<program>[admpst]+)=")
    templates = (
        (
            "From the top down, a stack holds {stack}. This program is run on it: {steps}. Here"
            " {rules}. Which digit is on top in the end?"
        ),
        (
            "Run the program {steps} on a stack that holds {stack} from the top down. Its"
            " instructions: {rules}. What is the top digit when it stops?"
        ),
        (
            "A pile of cards with one digit each reads {stack} from the top down. The moves of a"
            " game are these: {rules}. Which digit is on top after this sequence of moves: {steps}?"
        ),
        (
            "A calculator has a stack that holds {stack} from the top down, and its display shows"
            " the top digit. Its keys work as follows: {rules}. What does the display show after"
            " the key sequence {steps}?"
        ),
    )

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Random programs on a stack that lasts for them, with up to two digits to spare."""
        N = len(hard)
        most = np.where(hard, len(LETTERS), PLAIN)
        programs = LETTERS[rng.integers(0, most[:, None], (N, level))]
        doubles, swaps = programs == ord("d"), programs == ord("s")
        gains = np.where(doubles, 1, np.where(swaps, 0, -1))
        before = np.cumsum(gains, axis=1) - gains
        needed = np.where(doubles, 1, 2) - before
        sizes = needed.max(axis=1) + rng.integers(0, SPARE, N)
        width = int(sizes.max(initial=0))
        stacks = rng.integers(0, 10, (N, width), dtype=np.uint8) + np.uint8(ZERO)
        ends = np.full((N, 1), ord("="), dtype=np.uint8)
        kept = np.ones((N, width + level + 1), dtype=np.bool_)
        kept[:, :width] = np.arange(width) < sizes[:, None]
        return texts(np.hstack((stacks, programs, ends)), kept)

    def parts(self, prompt: str) -> re.Match[str]:
        """Stack and program; UsageError also where an instruction finds too few digits."""
        found = super().parts(prompt)
        before = accumulate(map(_gain, found["program"]), initial=len(found["stack"]))
        steps = zip(found["program"], before, strict=False)
        if any(size < 2 and letter != "d" for letter, size in steps):
            raise UsageError(f"{self.name}: the stack runs out of digits")
        return found

    def sizes(self, prompt: str) -> list[int]:
        """How many digits the stack holds after each instruction."""
        stack, program = self.parts(prompt).groups()
        return list(accumulate(map(_gain, program), initial=len(stack)))[1:]

    def level_of(self, prompt: str) -> int:
        """Number of instructions; UsageError where the text is not a prompt."""
        return len(self.parts(prompt)["program"])

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """Per instruction a stack as high as it must be and the rest of the program, then a top."""
        sizes, program = self.sizes(prompt), self.parts(prompt)["program"]
        return (
            len(lines) == len(sizes) + 1
            and lines[-1] == lines[-2][:1]
            and all(
                line[size:] == program[k:] and line[:size].isdigit() and line.isascii()
                for k, (line, size) in enumerate(zip(lines, sizes, strict=False), start=1)
            )
        )

    def completion_length(self, prompt: str) -> int:
        """The stacks, the rests of the program, as many line breaks, the answer."""
        sizes = self.sizes(prompt)
        level = len(sizes)
        return sum(sizes) + level * (level - 1) // 2 + level + 1

    def facts(self, prompt: str) -> dict[str, Any]:
        """The stack, the program and what its instructions do."""
        stack, program = self.parts(prompt).groups()
        return {
            "stack": {"value": list(stack), "means": "digits from the top down"},
            "program": [NAMES[letter] for letter in program],
            "instructions": {NAMES[letter]: RULES[letter] for letter in sorted(set(program))},
            "asked": "top digit in the end",
        }

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The same as text."""
        del rng
        facts = self.facts(prompt)
        return {
            "stack": ", ".join(facts["stack"]["value"]),
            "steps": ", ".join(facts["program"]),
            "rules": "; ".join(facts["instructions"].values()),
        }

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """Each instruction with the stack that it leaves, then the top."""
        steps = zip(self.parts(prompt)["program"], self.sizes(prompt), lines, strict=False)
        stacks = (
            f"{NAMES[letter].capitalize()}: {', '.join(line[:size])}"
            for letter, size, line in steps
        )
        return (*stacks, lines[-1])

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Run a program on a stack of digits, which stands before it with the top first:"
            " a adds, m multiplies, t takes the top from the digit below it (all modulo 10),"
            " d doubles the top, s swaps, p pops.",
            level="number of instructions",
            prompt_pattern=self.pattern.pattern,
            lines=(
                "for each instruction: the stack after it, top first, and the rest of the program",
                "the top digit in the end",
            ),
        )


def _gain(letter: str) -> int:
    """How many digits an instruction adds to the stack."""
    return 1 if letter == "d" else 0 if letter == "s" else -1
