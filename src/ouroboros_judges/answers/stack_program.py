"""The truth about stack programs, by a machine and by asking where each digit came from.

    StackProgramAnswers().solve("473ads=")   ("13ds", "113s", "113", "1")

Route one pops and pushes. Route two has no stack: it asks of each place after each instruction
from which places before it its digit came, and reckons by remainders by 2 and by 5, which together
tell a last digit (Chinese remainder theorem). Adversarial items: besides the family's hard
programs, one instruction repeated, on zeros, on nines and on digits in order.
"""

from collections.abc import Sequence

import numpy as np

from ouroboros.envs.base import generator
from ouroboros.envs.stack_program import NAMES, StackProgram
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.base import with_corners
from ouroboros_judges.answers.quantities import same_quantity


class StackProgramAnswers(Answering):
    """Answers to `stack_program`."""

    name = "stack_program"
    family: StackProgram = StackProgram()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """By a machine; UsageError where the text is not a prompt."""
        level = self.family.level_of(prompt)
        digits, program = self.family.parts(prompt).groups()
        stack, lines = [int(digit) for digit in reversed(digits)], list[str]()
        for place in range(level):
            _carry_out(program[place], stack)
            lines.append("".join(map(str, reversed(stack))) + program[place + 1 :])
        return (*lines, str(stack[-1]))

    def again(self, prompt: str) -> tuple[str, ...]:
        """By asking where digits came from."""
        digits, program = self.family.parts(prompt).groups()
        places, lines = [int(digit) for digit in digits], list[str]()
        for time, size in enumerate(self.family.sizes(prompt), start=1):
            letter = program[time - 1]
            places = [_origin(letter, places, place) for place in range(size)]
            lines.append("".join(map(str, places)) + program[time:])
        return (*lines, str(places[0]))

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the same digit."""
        del prompt
        return len(answer) <= len(right) + 100 and same_quantity(answer, right, "")

    def adversarial(self, level: int, seed: int, count: int) -> list[str]:
        """Corner cases and hard programs."""
        rng = generator(f"answers/{self.name}", level, seed, count)
        hard = np.ones(count, dtype=np.bool_)
        return with_corners(
            rng, _corners(level), count, lambda n: self.family.draw(rng, level, hard[:n])
        )


def _carry_out(letter: str, stack: list[int]) -> None:
    """One instruction; the top is last."""
    top = stack.pop()
    if letter == "d":
        stack += [top, top]
    elif letter == "s":
        stack.insert(-1, top)
    elif letter == "a":
        stack.append((stack.pop() + top) % 10)
    elif letter == "m":
        stack.append(stack.pop() * top % 10)
    elif letter == "t":
        stack.append((stack.pop() - top) % 10)


def _origin(letter: str, before: Sequence[int], place: int) -> int:
    """The digit so many places below the top after an instruction, from all digits before it."""
    if letter == "d":
        return before[max(place - 1, 0)]
    if letter == "s":
        return before[1 - place if place < 2 else place]
    if letter == "p" or place:
        return before[place + 1]
    return _by_remainders(letter, before[1], before[0])


def _by_remainders(letter: str, below: int, top: int) -> int:
    """The last digit of a sum, product or difference, from its remainders by 2 and by 5."""
    odd = below & top & 1 if letter == "m" else (below ^ top) & 1
    rest = {"a": below + top, "m": below * top, "t": below + 4 * top}[letter] % 5
    return (5 * odd + 6 * rest) % 10


def _corners(level: int) -> list[str]:
    """One instruction all along, on a stack of zeros, of nines and of digits in order."""
    size = level + 1
    stacks = ("0" * size, "9" * size, ("1234567890" * size)[:size])
    return [f"{stack}{letter * level}=" for stack in stacks for letter in NAMES]
