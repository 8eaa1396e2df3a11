"""Machines at work, step by step: piles, counters, automata, programs, sorters, chains of gates."""

from collections.abc import Sequence

from ouroboros.mill.book.figures.scene import Facts
from ouroboros.mill.book.figures.sketch import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PALE,
    RED,
    SMALL,
    THIN,
    Sketch,
    spread,
)

LEAD = 0.9  # points
MOST = 12  # steps that fit side by side


def reverse(facts: Facts) -> Sketch | None:
    """The characters as a pile: the last one laid down is the first one taken off."""
    string = facts["string"]
    if len(string) > MOST:
        return None
    tall = 0.44
    sketch = Sketch(12.0, tall * len(string) + 1.5)
    for i, character in enumerate(string):
        y = 0.3 + tall * i
        sketch.box(5.3, y, 1.4, tall - 0.06)
        sketch.label(6.0, y + tall / 2 - 0.03, character, size=SMALL)
    top = 0.3 + tall * len(string)
    sketch.arrow((4.2, top + 0.75), (5.4, top + 0.1), color=BLUE, width=1.2, bend=-0.25)
    sketch.arrow((6.6, top + 0.1), (7.8, top + 0.75), color=RED, width=1.2, bend=-0.25)
    sketch.label(4.1, top + 0.85, "laid down, first to last", across="right", size=SMALL)
    sketch.label(7.9, top + 0.85, "taken off, last to first", across="left", size=SMALL)
    return sketch


def parity_chain(facts: Facts) -> Sketch | None:
    """A switch that each 1 flips."""
    bits = facts["bits"]
    if len(bits) > MOST:
        return None
    states, state = [], 0
    for bit in bits:
        state ^= int(bit)
        states.append(state)
    sketch = Sketch(12.0, 2.6)
    xs = spread(len(bits), 2.2, 11.5)
    step = xs[0] - 2.2
    sketch.label(1.7, 2.2, "bit", across="right", size=SMALL)
    for y, text in ((1.4, "odd (1)"), (0.6, "even (0)")):
        sketch.label(1.7, y, text, across="right", size=SMALL)
        sketch.line((1.9, y), (11.6, y), color=PALE, width=THIN, dashed=True)
    path = [(1.9, 0.6)]
    for x, bit, value in zip(xs, bits, states, strict=True):
        sketch.label(x, 2.2, bit, color=RED if bit == "1" else PALE)
        y = 0.6 + 0.8 * value
        path += [(x, path[-1][1]), (x, y), (x + step, y)]
    sketch.line(*path, color=BLUE, width=1.6)
    return sketch


def stack_depth(facts: Facts) -> Sketch | None:
    """How high the stack is after each letter."""
    most, height, inputs = (
        int(facts["most"]["value"]),
        int(facts["start"]["value"]),
        facts["inputs"],
    )
    if len(inputs) > MOST:
        return None
    heights = [height]
    for letter in inputs:
        height = min(height + 1, most) if letter == "a" else max(height - 1, 0)
        heights.append(height)
    sketch = Sketch(12.0, 4.2)
    xs = spread(len(heights), 1.4, 11.6)
    step, unit, low = xs[1] - xs[0], 3.0 / most, 0.75
    for level, text in ((0, "empty"), (most, "full")):
        y = low + unit * level
        sketch.line((1.4, y), (11.6, y), color=PALE, width=THIN)
        sketch.label(1.2, y, text, across="right", size=SMALL)
    for x, letter, value in zip(xs, ["start", *inputs], heights, strict=True):
        y = low + unit * value
        if value:
            sketch.box(x - step * 0.32, low, step * 0.64, unit * value)
        sketch.label(x, y + 0.22, str(value), size=SMALL, masked=True)
        sketch.label(x, 0.35, letter, color=BLUE, size=SMALL)
    return sketch


def finite_automaton(facts: Facts) -> Sketch | None:
    """The states in the order in which they are passed."""
    modulus, state = int(facts["modulus"]["value"]), int(facts["start"])
    states = [state]
    for digit in facts["inputs"]:
        state = (state + int(digit)) % modulus
        states.append(state)
    return _chain([str(s) for s in states], [f"+{d}" for d in facts["inputs"]], f"mod {modulus}")


def boolean_chain(facts: Facts) -> Sketch | None:
    """The values in the order in which they arise."""
    value = int(facts["start"])
    values, steps = [value], []
    for step in facts["steps"]:
        value = connect(step["connective"], value, int(step["bit"]))
        values.append(value)
        steps.append(f"{step['connective']} {step['bit']}")
    return _chain([str(v) for v in values], steps, "")


def connect(connective: str, left: int, right: int) -> int:
    """What a connective makes of two truth values."""
    return {
        "and": left & right,
        "or": left | right,
        "xor": left ^ right,
        "exclusive or": left ^ right,
        "implies": (1 - left) | right,
        "implication": (1 - left) | right,
    }[connective]


def _chain(states: Sequence[str], steps: Sequence[str], note: str) -> Sketch | None:
    """States in rings, joined by what leads from one to the next."""
    longest = max(map(len, steps), default=0)
    row, apart = (5, 2.25) if longest > 6 else (7, 1.65)
    if len(states) > 2 * row:
        return None
    rows = [range(start, min(start + row, len(states))) for start in range(0, len(states), row)]
    sketch = Sketch(12.0, 1.5 * len(rows) + 0.2)
    for j, places in enumerate(rows):
        y = sketch.height - 0.95 - 1.5 * j
        left = 6.0 - apart * (len(places) - 1) / 2 if len(rows) == 1 else 0.8
        for i, place in enumerate(places):
            x, is_last = left + apart * i, place + 1 == len(states)
            sketch.disc(x, y, 0.3, color=RED if is_last else BLUE)
            sketch.label(x, y, states[place])
            if is_last:
                sketch.label(x, y - 0.53, note, size=SMALL)
                continue
            end = x + apart - (0.7 if i + 1 == len(places) else 0.36)
            sketch.arrow((x + 0.36, y), (end, y), width=LEAD)
            sketch.label(x + apart / 2, y + 0.35, steps[place], size=SMALL)
    return sketch


def stack_program(facts: Facts) -> Sketch | None:
    """The stack at first and after each instruction."""
    stack = [int(digit) for digit in facts["stack"]["value"]]
    stacks = [list(stack)]
    for name in facts["program"]:
        stack = run(name, stack)
        stacks.append(list(stack))
    if len(stacks) > 7:
        return None
    tall = 0.45
    deepest = max(map(len, stacks))
    sketch = Sketch(12.0, tall * deepest + 1.0)
    for x, digits, name in zip(
        spread(len(stacks), 0.2, 11.8), stacks, ["start", *facts["program"]], strict=True
    ):
        sketch.label(x, 0.3, name, size=SMALL, color=BLUE)
        for i, digit in enumerate(digits):
            y = 0.65 + tall * (len(digits) - 1 - i)
            sketch.box(x - 0.4, y, 0.8, tall, color=RED if i == 0 else BLUE)
            sketch.label(x, y + tall / 2, str(digit))
    return sketch


def run(name: str, stack: list[int]) -> list[int]:
    """One instruction on a stack, its top first."""
    if name == "copy":
        return [stack[0], *stack]
    if name == "drop":
        return stack[1:]
    top, under, *rest = stack
    if name == "swap":
        return [under, top, *rest]
    made = {"add": under + top, "subtract": under - top, "multiply": under * top}[name]
    return [made % 10, *rest]


def sorting(facts: Facts) -> Sketch | None:
    """The sorted part after each insertion, and what is still to come."""
    digits = list(facts["digits"])
    if len(digits) > 10:
        return None
    tall, wide = 0.5, 0.6
    sketch = Sketch(12.0, tall * len(digits) + 0.4)
    left = 6.0 - wide * len(digits) / 2
    for i in range(len(digits)):
        y = sketch.height - 0.2 - tall * (i + 1)
        done = sorted(digits[: i + 1])
        new = max(j for j, digit in enumerate(done) if digit == digits[i])
        for j, digit in enumerate([*done, *digits[i + 1 :]]):
            x = left + wide * j
            if j <= i:
                sketch.box(x, y + 0.04, wide, tall - 0.08, color=ORANGE if j == new else GREEN)
            sketch.label(x + wide / 2, y + tall / 2, digit, color=INK if j <= i else PALE)
    return sketch


def increasing_subsequence(facts: Facts) -> Sketch | None:
    """The numbers as heights, one longest rise among them joined up."""
    numbers = [int(number) for number in facts["numbers"]]
    if len(numbers) > MOST:
        return None
    sketch = Sketch(12.0, 3.6)
    xs = spread(len(numbers), 1.0, 11.0)
    low, unit = 0.9, 2.1 / 9
    chosen = longest_rise(numbers)
    points = [(x, low + unit * number) for x, number in zip(xs, numbers, strict=True)]
    sketch.line((0.8, 0.7), (11.2, 0.7), color=PALE, width=THIN)
    for i, (x, y) in enumerate(points):
        sketch.line((x, 0.7), (x, y), color=PALE, width=THIN)
        sketch.dot(x, y, color=RED if i in chosen else PALE, radius=0.1)
        sketch.label(x, y + 0.32, str(numbers[i]), size=SMALL)
    if len(chosen) > 1:
        sketch.line(*(points[i] for i in chosen), color=RED, width=1.2)
    sketch.label(6.0, 0.3, f"length {len(chosen)}", size=SMALL, color=RED)
    return sketch


def longest_rise(numbers: Sequence[int]) -> list[int]:
    """The places of one longest strictly rising choice."""
    best: list[list[int]] = []
    for i, number in enumerate(numbers):
        before = [rise for rise in best if numbers[rise[-1]] < number]
        best.append([*max(before, key=len, default=[]), i])
    return max(best, key=len, default=[])
