"""Arithmetic as it is written down: digits in columns, one square a digit.

A column sum with its carries, a short division with its remainders, a long division step by step.
"""

from ouroboros.mill.book.figures.scene import Facts
from ouroboros.mill.book.figures.sketch import BLUE, INK, PALE, RED, SMALL, THIN, Sketch

DIGITS = "0123456789abcdef"
CELL = 0.5  # centimetres a digit


def reverse_addition(facts: Facts) -> Sketch:
    """A sum in columns, with its carries."""
    return _sum(facts["a"]["value"], facts["b"]["value"], 10)


def base_addition(facts: Facts) -> Sketch:
    """A sum in columns in another base, with its carries."""
    return _sum(facts["a"]["value"], facts["b"]["value"], int(facts["base"]))


def carries(a: str, b: str, base: int) -> list[int]:
    """What each column passes on to the next, from the last column on."""
    found, carry = [], 0
    for i in range(max(len(a), len(b))):
        x, y = (int(number[-1 - i], base) if i < len(number) else 0 for number in (a, b))
        carry = (x + y + carry) // base
        found.append(carry)
    return found


def _sum(a: str, b: str, base: int) -> Sketch:
    passed = carries(a, b, base)
    total = written(int(a, base) + int(b, base), base)
    wide = max(len(a), len(b), len(total)) + 1
    sketch = Sketch(12.0, 2.9)
    right = 6.0 + wide * CELL / 2
    _digits(sketch, a, right, 1.9)
    _digits(sketch, b, right, 1.35)
    sketch.label(right - wide * CELL + CELL / 2, 1.35, "+")
    sketch.line((right - wide * CELL, 1.05), (right, 1.05))
    _digits(sketch, total, right, 0.7, color=BLUE)
    for i, carry in enumerate(passed):
        if carry:
            sketch.label(right - CELL * (i + 1.5), 2.45, str(carry), color=RED, size=SMALL)
    if any(passed):
        sketch.label(right + 0.4, 2.45, "carries", across="left", color=RED, size=SMALL)
    if base != 10:
        sketch.label(right + 0.4, 0.7, f"in base {base}", across="left", size=SMALL)
    return sketch


def written(number: int, base: int) -> str:
    """A number in a base up to 16."""
    digits = ""
    while number:
        digits = DIGITS[number % base] + digits
        number //= base
    return digits or "0"


def _digits(sketch: Sketch, number: str, right: float, y: float, *, color: str = INK) -> None:
    for i, digit in enumerate(reversed(number)):
        sketch.label(right - CELL * (i + 0.5), y, digit, color=color)


def division(facts: Facts) -> Sketch:
    """A short division: the remainder before each digit is written small in front of the next."""
    a, b = facts["a"]["value"], facts["b"]["value"]
    sketch = Sketch(12.0, 2.2)
    cell, left = 0.85, 6.0 - 0.85 * len(a) / 2
    sketch.label(left - 0.3, 0.9, b, across="right")
    sketch.line((left - 0.12, 0.55), (left - 0.12, 1.25), (left + cell * len(a) + 0.1, 1.25))
    rest, leading = 0, True
    for i, digit in enumerate(a):
        x = left + cell * (i + 0.6)
        if rest:
            sketch.label(x - 0.2, 1.05, str(rest), color=RED, size=6.5, across="right")
        sketch.label(x, 0.9, digit)
        found, rest = divmod(10 * rest + int(digit), int(b))
        leading = leading and not found and i + 1 < len(a)
        if not leading:
            sketch.label(x, 1.6, str(found), color=BLUE)
    end = left + cell * len(a) + 0.3
    sketch.label(end, 1.6, f"remainder {rest}", across="left", color=RED, size=SMALL)
    return sketch


def long_division(facts: Facts) -> Sketch:
    """A long division, line below line."""
    a, b = facts["a"]["value"], facts["b"]["value"]
    rows, quotient = _divided(a, int(b))
    height = 1.7 + 0.5 * 2 * len(rows)
    sketch = Sketch(12.0, height)
    left, top = 6.0 - CELL * len(a) / 2, height - 0.95
    sketch.label(left - 0.25, top, b, across="right")
    sketch.line((left - 0.1, top - 0.28), (left - 0.1, top + 0.28))
    sketch.line((left - 0.1, top + 0.28), (left + CELL * len(a) + 0.1, top + 0.28))
    _digits(sketch, a, left + CELL * len(a), top)
    _digits(sketch, quotient, left + CELL * len(a), top + 0.58, color=BLUE)
    y = top
    for end, taken, brought, rest in rows:
        right = left + CELL * end
        y -= 0.5
        _digits(sketch, taken, right, y)
        sketch.label(right - CELL * (len(taken) + 0.5), y, "\u2212")
        sketch.line((right - CELL * len(taken), y - 0.25), (right, y - 0.25), width=THIN)
        y -= 0.5
        _digits(sketch, rest, left + CELL * brought, y)
    sketch.label(left + CELL * len(a) + 0.4, y, "remainder", across="left", size=SMALL, color=RED)
    return sketch


def _divided(a: str, b: int) -> tuple[list[tuple[int, str, int, str]], str]:
    """For each digit of the quotient but 0: where it ends, what it takes away, and the rest.

    The rest has the digits brought down behind it, and ends where the last of them does.
    """
    rows: list[tuple[int, str, int, str]] = []
    quotient, rest = "", 0
    for i, digit in enumerate(a):
        rest = 10 * rest + int(digit)
        found, rest = divmod(rest, b)
        brought = min(i + 2, len(a))
        shown = str(rest) if i + 1 == len(a) else f"{rest or ''}{a[i + 1]}"
        if found:
            rows.append((i + 1, str(found * b), brought, shown))
        elif quotient:
            rows[-1] = (*rows[-1][:2], brought, shown)
        if found or quotient or i + 1 == len(a):
            quotient += str(found)
    return rows, quotient


def base_conversion(facts: Facts) -> Sketch:
    """The digits of the result below the powers that they count."""
    number, base = int(facts["number"]["value"]), int(facts["base"]["value"])
    digits = written(number, base)
    cell = min(1.5, 9.0 / len(digits))
    sketch = Sketch(12.0, 2.6)
    left = 5.9 - cell * len(digits) / 2
    for y, text in ((2.1, "worth"), (1.3, "digit"), (0.5, "makes")):
        sketch.label(left - 0.2, y, text, across="right", size=SMALL)
    for i, digit in enumerate(digits):
        x, worth = left + cell * (i + 0.5), base ** (len(digits) - 1 - i)
        sketch.box(x - cell / 2, 0.95, cell, 0.7)
        sketch.label(x, 2.1, str(worth), size=SMALL)
        sketch.label(x, 1.3, digit)
        sketch.label(x, 0.5, str(int(digit, base) * worth), size=SMALL)
    sketch.label(left + cell * len(digits) + 0.2, 0.5, f"sum {number}", across="left", size=SMALL)
    return sketch


def short_multiplication(facts: Facts) -> Sketch:
    """A rectangle cut by the places of one factor."""
    return _rectangle(facts["a"]["value"], facts["d"]["value"])


def multiplication(facts: Facts) -> Sketch:
    """A rectangle cut by the places of both factors."""
    return _rectangle(facts["a"]["value"], facts["b"]["value"])


def _rectangle(across: str, down: str) -> Sketch:
    """The partial products; the sides are not to scale."""
    columns, rows = _places(across), _places(down)
    wide, tall = 1.9, 0.75
    sketch = Sketch(12.0, tall * len(rows) + 1.0)
    left = 6.3 - wide * len(columns) / 2
    for i, column in enumerate(columns):
        sketch.label(left + wide * (i + 0.5), tall * len(rows) + 0.55, str(column))
    for j, row in enumerate(rows):
        y = tall * (len(rows) - 1 - j) + 0.2
        sketch.label(left - 0.2, y + tall / 2, str(row), across="right")
        for i, column in enumerate(columns):
            sketch.box(left + wide * i, y, wide, tall)
            sketch.label(left + wide * (i + 0.5), y + tall / 2, str(row * column), color=BLUE)
    sketch.label(left - 0.2, tall * len(rows) + 0.55, "\u00d7", across="right", color=PALE)
    return sketch


def _places(number: str) -> list[int]:
    """345 as 300, 40 and 5, without zeros."""
    worths = [int(digit) * 10 ** (len(number) - 1 - i) for i, digit in enumerate(number)]
    return [worth for worth in worths if worth] or [0]
