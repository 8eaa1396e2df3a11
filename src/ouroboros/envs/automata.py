"""Machines with one digit of memory, which is written down after each input.

    stack_depth       "5aabb="    5 plates on a stack with room for 9; a lays one on, b takes one
                      lines ("6765", "5")
    finite_automaton  "7m31415="  a dial with the marks 0 to 6 is turned on from 0, digit by digit
                      lines ("34120", "0")

A full stack stays full at an a, an empty one empty at a b, so every string is a problem. The level
is the number of inputs. Half of the proposed problems are hard: stacks that begin almost full or
almost empty, and runs of one input. Not covered: the states.
"""

import random
import re
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Asking
from ouroboros.envs.base import Domain, Format, texts
from ouroboros.envs.strings import with_runs

MOST = "9"  # plates on a full stack
STATES = re.compile("[0-9]+")
MIRROR = str.maketrans("0123456789ab", "9876543210ba")
BRACKETS = str.maketrans("ab", "()")
EDGES = np.array([0, 1, 8, 9])  # depths at which a stack is soon empty or full


class Machine(Asking):
    """What both families share: a state per input, then the last state."""

    domain: Domain = "logic"
    wall = 6

    def level_of(self, prompt: str) -> int:
        """Number of inputs; UsageError where the text is not a prompt."""
        return len(self.parts(prompt)["inputs"])

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """A line of states as long as the inputs, then that line's last state."""
        if len(lines) != 2 or STATES.fullmatch(lines[0]) is None:
            return False
        states, answer = lines
        return (
            len(states) == self.level_of(prompt)
            and max(states) <= self.highest(prompt)
            and states[-1] == answer
        )

    def completion_length(self, prompt: str) -> int:
        """A digit for each input, a line break, the answer."""
        return self.level_of(prompt) + 2

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """The states one after another, and the last alone."""
        return (self.told(prompt, lines[0]), lines[-1])

    @abstractmethod
    def told(self, prompt: str, states: str) -> str:
        """The states in words."""

    @abstractmethod
    def highest(self, prompt: str) -> str:
        """The digit of the highest state."""


class StackDepth(Machine):
    """How high a stack with room for 9 is: "5aabb=" -> 6765, 5."""

    name = "stack_depth"
    alphabet = "0123456789ab="
    pattern = re.compile("(?P<start>[0-9])(?P<inputs>[ab]+)=")
    templates = (
        (
            "A stack has room for 9 plates and holds {start} at first. The string {inputs} is read"
            " from left to right: each letter a puts a plate on, unless the stack is full, and each"
            " letter b takes one off, unless it is empty. How many plates does it hold in the end?"
        ),
        (
            "A volume knob with the positions 0 to 9 stands at {start}. It is turned as the string"
            " {inputs} says, from left to right: each letter a turns it up by one, each letter b"
            " turns it down by one, and at either end of the scale it turns no further. At which"
            " position does it stand in the end?"
        ),
        (
            "Let x = {start}. The string {inputs} is read from left to right: at each letter a, x"
            " becomes min(x + 1, 9), and at each letter b, x becomes max(x \u2212 1, 0). What is x"
            " in the end?"
        ),
        (
            "A counter of open brackets shows {start}. It then reads the string {brackets} from"
            " left to right: each ( adds 1, unless the counter shows 9, and each ) takes 1 away,"
            " unless it shows 0. What does the counter show in the end?"
        ),
        (
            "A lift serves the floors 0 to 9 and waits at floor {start}. It obeys the string"
            " {inputs} from left to right: each letter a sends it one floor up, unless it is at"
            " floor 9, and each letter b sends it one floor down, unless it is at floor 0. At which"
            " floor does it end?"
        ),
    )

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Random letters; hard ones in runs, and from an almost empty or almost full stack."""
        N = len(hard)
        starts = np.where(hard, rng.choice(EDGES, N), rng.integers(0, 10, N)).astype(np.uint8)
        moves = rng.integers(0, 2, (N, level), dtype=np.uint8)
        moves = with_runs(rng, moves, np.where(hard, rng.uniform(0.2, 1.0, N), 1.0)) + np.uint8(
            ord("a")
        )
        ends = np.full((N, 1), ord("="), dtype=np.uint8)
        return texts(np.hstack((starts[:, None] + np.uint8(ord("0")), moves, ends)))

    def echo(self, prompt: str, lines: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
        """The free places in place of the plates: a and b change roles, and so do n and 9 - n."""
        if not self.check(prompt, lines):
            return None
        return prompt.translate(MIRROR), tuple(line.translate(MIRROR) for line in lines)

    def facts(self, prompt: str) -> dict[str, Any]:
        """The stack and what happens to it."""
        start, inputs = self.parts(prompt).groups()
        return {
            "start": {"value": start, "means": "things on the stack at first"},
            "most": {"value": MOST, "means": "things on a full stack"},
            "inputs": inputs,
            "a": "lays one thing on; nothing changes where the stack is full",
            "b": "takes one thing off; nothing changes where the stack is empty",
            "asked": "things on the stack after the last input",
        }

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The start, the letters, and the letters as brackets."""
        del rng
        start, inputs = self.parts(prompt).groups()
        return {"start": start, "inputs": inputs, "brackets": inputs.translate(BRACKETS)}

    def told(self, prompt: str, states: str) -> str:
        """The height after each letter."""
        del prompt
        return f"After each sign in turn: {', '.join(states)}"

    def highest(self, prompt: str) -> str:
        """A full stack."""
        del prompt
        return MOST

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Tell how many things a stack with room for 9 holds after each a (one more,"
            " unless it is full) and b (one less, unless it is empty); it begins with the digit"
            " given.",
            level="number of letters",
            prompt_pattern=self.pattern.pattern,
            lines=("the number after each letter", "the number in the end"),
        )


class FiniteAutomaton(Machine):
    """The remainder of a growing sum of digits: "7m31415=" -> 34120, 0."""

    name = "finite_automaton"
    alphabet = "0123456789m="
    pattern = re.compile("(?P<modulus>[2-9])m(?P<inputs>[0-9]+)=")
    templates = (
        (
            "A dial with the marks 0 to {top} points to 0. Each digit of {inputs}, from left to"
            " right, turns it forward by that many marks; after {top} comes 0 again. To which mark"
            " does it point in the end?"
        ),
        "What remainder does the sum of the digits of {inputs} leave on division by {modulus}?",
        (
            "The {modulus} squares of a game form a ring and are numbered from 0 to {top}; after"
            " square {top} comes square 0 again. A piece starts on square 0. Each digit of"
            " {inputs}, from left to right, moves it forward by that many squares. On which square"
            " does it end?"
        ),
        (
            "An automaton has the states 0 to {top} and starts in state 0. When it reads the digit"
            " d in state s, it changes to the state (s + d) mod {modulus}. In which state is it"
            " after reading {inputs} from left to right?"
        ),
        (
            "A farmer packs eggs in boxes of {modulus} and has none at first. The digits of"
            " {inputs}, from left to right, say how many eggs the hens lay day by day. Every box is"
            " sold as soon as it is full. How many eggs are left after the last day?"
        ),
    )

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Random digits; hard ones in runs."""
        N = len(hard)
        moduli = rng.integers(2, 10, (N, 1), dtype=np.uint8)
        inputs = rng.integers(0, 10, (N, level), dtype=np.uint8)
        inputs = with_runs(rng, inputs, np.where(hard, rng.uniform(0.2, 1.0, N), 1.0))
        zero, one = np.uint8(ord("0")), np.ones((N, 1), dtype=np.uint8)
        return texts(np.hstack((moduli + zero, one * ord("m"), inputs + zero, one * ord("="))))

    def echo(self, prompt: str, lines: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
        """The digits from the last to the first; None where they read the same.

        The last i digits add up to all of them less those before.
        """
        inputs = prompt[2:-1]
        if not self.check(prompt, lines) or inputs == inputs[::-1]:
            return None
        modulus, total = int(prompt[0]), int(lines[1])
        before = "0" + lines[0][:-1]
        chain = "".join(str((total - int(state)) % modulus) for state in before[::-1])
        return f"{modulus}m{inputs[::-1]}=", (chain, lines[1])

    def facts(self, prompt: str) -> dict[str, Any]:
        """The digits and the modulus."""
        modulus, inputs = self.parts(prompt).groups()
        return {
            "modulus": {"value": modulus, "means": "number of states, which count from 0"},
            "inputs": inputs,
            "step": "the next state is the state plus the digit, modulo the modulus",
            "start": "0",
            "asked": "state after the last digit",
        }

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The modulus, the highest state and the digits."""
        del rng
        modulus, inputs = self.parts(prompt).groups()
        return {"modulus": modulus, "top": self.highest(prompt), "inputs": inputs}

    def told(self, prompt: str, states: str) -> str:
        """The sum that each state is the remainder of."""
        modulus, inputs = self.parts(prompt).groups()
        sums = (
            f"({state} + {digit}) mod {modulus} = {new}"
            for state, digit, new in zip("0" + states, inputs, states, strict=False)
        )
        return f"Digit by digit: {', '.join(sums)}"

    def highest(self, prompt: str) -> str:
        """One below the modulus."""
        return str(int(prompt[0]) - 1)

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Add up digits and tell after each the remainder of the sum by the modulus,"
            " which stands before the m.",
            level="number of digits to add up",
            prompt_pattern=self.pattern.pattern,
            lines=("the remainder after each digit", "the remainder in the end"),
        )
