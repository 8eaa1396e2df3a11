r"""Problems' texts taken apart for typesetting: fractions, variables, matrices, grids; formulas.

    spans("x = 49 3/8")       a variable x, plain " = ", a fraction 49 3/8
    spans("the matrix with the rows (1, 2) and (3, 4)")     plain "the matrix ", a matrix
    blocks("A maze.\n.S\n#E")   a paragraph "A maze." and a grid of two lines

Items are plain text, and other people's families write some of them: whatever is not recognised
stays plain, and plain text is escaped by whoever prints it. Quotation marks are turned to face
what they enclose, and what belongs together is kept on a line; all else stays as it was written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_ENTRIES = "[\u2212-]?[0-9]+(?:, [\u2212-]?[0-9]+)*"
_ROW = rf"\({_ENTRIES}\)"
_MARKED = re.compile(
    r"(?P<fraction>(?<![\w/.,])(?:(?P<whole>[0-9]+) )?(?P<above>[0-9]+)/(?P<below>[0-9]+)"
    r"(?![\w/]|\.[0-9]))"
    r"|(?<![A-Za-z])(?P<variable>[xy])(?P<index>[0-9]*)(?![A-Za-z0-9])"  # x, 7x, x1
    r"|(?<![A-Za-z])(?P<function>[fF])(?=\()"
    r"|(?<![\w\u00a0])(?<![0-9] )"  # not 3 g = 3000 mg
    r"(?P<named>[fg](?=[ \u00a0]=[ \u00a0])|g(?= (?:be|is) ))"
    r"|(?:(?<=1/)|(?<=distance ))(?P<distance>[fuv])(?![a-z])"  # 1/f = 1/u + 1/v
    r"|(?<!\w)(?<![0-9][ \u00a0])(?P<value>[pqv])(?![A-Za-z0-9])"  # v\u00b2, 'p or q', v := v and 1
    r"|(?:(?<=Let )|(?<= )(?=a \| ))(?P<part>a)(?= [+|] b )|(?<=\ba [+|] )(?P<other_part>b)(?= )"
    r"|(?<=digit )(?P<digit>d)(?= in state )|(?<=in state )(?P<state>s)(?=,)"
    r"|(?<=\()(?P<old_state>s)(?= \+ d\))|(?<=\(s \+ )(?P<added>d)(?=\))"
    r"|(?:(?<=\(x \+ )|(?<=integers ))(?P<root>[rs])(?!\w)|(?<=integers r and )(?P<other>s)(?!\w)"
    r"|(?<= d)(?P<differential>x)(?!\w)|(?<=antiderivative )(?P<primitive>F)(?!\w)"
    r"|(?<=det )(?P<square>A)(?!\w)|\b(?P<product>AB)\b"
    r"|(?:(?<=radius )|(?<=radius [0-9] )|(?<=radius [0-9]{2} ))(?P<radius>r)(?!\w)"
    rf"|(?:(?P<matrix>\b[A-C]) )?with the (?:one row|rows) (?P<rows>{_ROW}(?:(?:, | and ){_ROW})*)"
    rf"|\[(?P<nested>\[{_ENTRIES}\](?:, \[{_ENTRIES}\])*)\]"  # [[1, 2], [3, 4]]
)
_LETTERS = (
    "variable", "function", "named", "distance", "root", "other", "differential", "primitive",
    "radius", "square", "product", "value", "part", "other_part", "digit", "state", "old_state",
    "added",
)  # fmt: skip

_INSIDE = re.compile(r"[(\[]([^()\[\]]*)[)\]]")

_UNITS = (
    "mm|cm|dm|km|ms|min|mV|mA|kV|kA|mN|kN|MN|kJ|MJ|kW|kg|mg|ml|yr|m|s|h|g|t|l|L|N|J|W|V|A|K|"
    "\u00b0C|m\u03a9|k\u03a9|M\u03a9|\u03a9"
)
_UNIT = rf"(?=(?:{_UNITS})(?![A-Za-z]))"
_LOOSE = re.compile(
    rf"(?<=[0-9]) {_UNIT}|(?<=\bin) {_UNIT}"  # 5 m, in m
    r"|(?<=\b[fg]) (?== [0-9])|(?<=\b[fg] =) (?=[0-9])|(?<=[a-z]{2} =) (?=[0-9])"  # g = 10
    r"|(?<=[A-Z]\u2013[A-Z]) (?=[0-9])"  # A-B 7 km
    r"|(?<=\([0-9]) (?=\+ [0-9]\) mod)|(?<=\([0-9] \+) (?=[0-9]\) mod)"  # (1 + 6) mod 4
    r"|(?<=[0-9]\)) (?=mod [0-9])|(?<=[0-9]\) mod) (?=[0-9])"
    r"|(?<='p) (?=[a-z]+ q')|(?<=or) (?=q')|(?<=implies) (?=q')| (?=\.\.\.)"  # 'p or q', ...
)
_QUOTE = re.compile(r"(?P<prime>(?<=\))'(?= = ))|[\"']")  # (3x)' = 3
_MARKS = {'"': ("\u201c", "\u201d"), "'": ("\u2018", "\u2019")}
_BEFORE_OPENING = " \u00a0\n([\u201c\u2018"

Kind = Literal["plain", "variable", "fraction", "matrix"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that is set in one way."""

    kind: Kind
    parts: tuple[str, ...]
    """The text; a variable and its index; a whole number, a numerator and a denominator; rows."""


def spans(text: str) -> Iterator[Span]:
    """The text in stretches, in order."""
    text, end = curled(bound(text)), 0
    for found in _MARKED.finditer(text):
        if found.start() > end:
            yield Span("plain", (text[end : found.start()],))
        if found["matrix"]:
            yield from (Span("variable", (found["matrix"], "")), Span("plain", (" = ",)))
        yield _span(found)
        end = found.end()
    if end < len(text):
        yield Span("plain", (text[end:],))


def bound(text: str) -> str:
    """The text with no line break between a number and its unit, and the like."""
    return _LOOSE.sub("\u00a0", text)


def curled(text: str, before: str = " ") -> str:
    """The text with its quotation marks turned the right way; `before` is what stands before it."""
    known = before + text

    def turned(found: re.Match[str]) -> str:
        if found["prime"]:
            return "\u2032"
        opening, closing = _MARKS[found[0]]
        return opening if known[found.start()] in _BEFORE_OPENING else closing

    return _QUOTE.sub(turned, text)


def _span(found: re.Match[str]) -> Span:
    if found["fraction"]:
        return Span("fraction", (found["whole"] or "", found["above"], found["below"]))
    if found["rows"] or found["nested"]:
        return Span("matrix", tuple(_INSIDE.findall(found["rows"] or found["nested"])))
    letter = next(found[name] for name in _LETTERS if found[name])
    return Span("variable", (letter, found["index"] or ""))


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or lines that must stay as they are."""

    text: str
    is_grid: bool


def blocks(text: str) -> list[Block]:
    """Paragraphs and grids of a problem: lines without spaces behind its first one are a grid."""
    first, *lines = text.split("\n")
    made = [Block(first, is_grid=False)]
    for line in lines:
        is_grid = bool(line) and " " not in line
        if is_grid and made[-1].is_grid:
            made[-1] = Block(f"{made[-1].text}\n{line}", is_grid=True)
        elif line:
            made.append(Block(line, is_grid=is_grid))
        else:
            made.append(Block("", is_grid=False))
    return [block for block in made if block.text]


def pieces(text: str, *, has_formulas: bool) -> list[tuple[str, bool]]:
    """A lesson's text in pieces, each with whether it is a formula."""
    text = bound(text)
    if not has_formulas:
        return [(curled(text), False)]
    made: list[tuple[str, bool]] = []
    for i, piece in enumerate(text.split("$")):
        if piece:
            is_formula = i % 2 == 1
            made.append((piece if is_formula else curled(piece, "$" if i else " "), is_formula))
    return made
