"""The truth about machines with one digit of memory, input by input and all at once.

    StackDepthAnswers().solve("5aabb=")        ("6765", "5")
    FiniteAutomatonAnswers().solve("7m31415=") ("34120", "0")

Route one goes from input to input. Route two never has a state before the end: a stack's moves are
functions x -> min(max(x + shift, low), high), and beginnings of the string are composed of them in
rounds that double their length (Hillis and Steele 1986); the automaton's sums are added up whole
and divided once. Adversarial items: stacks at their ends, alternation there, constant inputs.
"""

from abc import abstractmethod
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.automata import FiniteAutomaton, Machine, StackDepth
from ouroboros.envs.base import generator, texts
from ouroboros.envs.digits import ZERO
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.base import with_corners
from ouroboros_judges.answers.quantities import same_quantity


class MachineAnswers(Answering):
    """What both families share."""

    family: Machine  # pyright: ignore[reportIncompatibleVariableOverride]

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the same number."""
        del prompt
        return len(answer) <= len(right) + 100 and same_quantity(answer, right, "")

    def adversarial(self, level: int, seed: int, count: int) -> list[str]:
        """Corner cases and hard problems."""
        rng = generator(f"answers/{self.name}", level, seed, count)
        return with_corners(
            rng,
            self.corners(level),
            count,
            lambda n: self.family.draw(rng, level, np.ones(n, dtype=np.bool_)),
        )

    @abstractmethod
    def corners(self, level: int) -> list[str]:
        """Problems at the edges."""


class StackDepthAnswers(MachineAnswers):
    """Answers to `stack_depth`."""

    name = "stack_depth"
    family = StackDepth()

    def solve(self, prompt: str) -> tuple[str, ...]:
        """Letter by letter; UsageError where the text is not a prompt."""
        start, inputs = self.family.parts(prompt).groups()
        depth, chain = int(start), bytearray()
        for letter in inputs:
            depth = min(depth + 1, 9) if letter == "a" else max(depth - 1, 0)
            chain.append(ZERO + depth)
        return chain.decode(), str(depth)

    def again(self, prompt: str) -> tuple[str, ...]:
        """All beginnings of the string as functions of the start."""
        start, inputs = self.family.parts(prompt).groups()
        moves = np.frombuffer(inputs.encode(), dtype=np.uint8)
        shift = np.where(moves == ord("a"), 1, -1)
        chain = texts((_clamped(int(start), shift, 0, 9) + ZERO).astype(np.uint8)[None])[0]
        return chain, chain[-1]

    def corners(self, level: int) -> list[str]:
        """One letter all along, and alternation, from either end and from the middle."""
        ways = ("a" * level, "b" * level, ("ab" * level)[:level], ("ba" * level)[:level])
        return [f"{start}{way}=" for start in "0589" for way in ways]


class FiniteAutomatonAnswers(MachineAnswers):
    """Answers to `finite_automaton`."""

    name = "finite_automaton"
    family = FiniteAutomaton()

    def solve(self, prompt: str) -> tuple[str, ...]:
        """Digit by digit; UsageError where the text is not a prompt."""
        modulus, inputs = self.family.parts(prompt).groups()
        size, state, chain = int(modulus), 0, bytearray()
        for code in inputs.encode():
            state = (state + code - ZERO) % size
            chain.append(ZERO + state)
        return chain.decode(), str(state)

    def again(self, prompt: str) -> tuple[str, ...]:
        """Sums of all beginnings, then their remainders."""
        modulus, inputs = self.family.parts(prompt).groups()
        size, sums = int(modulus), accumulate(map(int, inputs))
        chain = bytes([ZERO + total % size for total in sums]).decode()
        return chain, chain[-1]

    def corners(self, level: int) -> list[str]:
        """The same digit all along: none, the modulus, one to either side of it, nine."""
        moduli = range(2, 10)
        return [f"{m}m{digit * level}=" for m in moduli for digit in _near(m)]


def _near(modulus: int) -> tuple[str, ...]:
    return ("0", "9", str(modulus), str(modulus - 1), str((modulus + 1) % 10))


def _clamped(start: int, shift: NDArray[np.int64], low: int, high: int) -> NDArray[np.int64]:
    """Where x -> min(max(x + shift, low), high), one after another, lead from the start.

    min(max(min(max(x + s, l), h) + t, low), high) is of that form again, with the shift s + t and
    the bounds l + t and h + t, both kept between low and high.
    """
    shift = shift.copy()
    lows, highs = np.full_like(shift, low), np.full_like(shift, high)
    reach = 1
    while reach < len(shift):
        later = slice(reach, None)
        lows[later], highs[later], shift[later] = (
            np.clip(lows[:-reach] + shift[later], lows[later], highs[later]),
            np.clip(highs[:-reach] + shift[later], lows[later], highs[later]),
            shift[:-reach] + shift[later],
        )
        reach *= 2
    return np.clip(start + shift, lows, highs)
