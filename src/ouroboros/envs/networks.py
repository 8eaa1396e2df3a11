"""Series-parallel networks as text, as a graph and in words.

    walk("2+(3|6)", leaf, join)      join("+", leaf("2"), join("|", leaf("3"), leaf("6")))
    edges("2+(3|6)")                 [(1, 3, "2"), (3, 2, "3"), (3, 2, "6")]
    blocks("2+(3|6)")                "... Block 1 consists of 3 kohm and 6 kohm in parallel. ..."

`+` stands for in series and `|` for in parallel; brackets keep them apart. Nothing here recurses:
networks may be as deep as they like. Not covered: bridges, and what a network's resistance is.
"""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
Edge = tuple[int, int, str]
"""Two points, counted from 1, and the resistance between them."""
Group = tuple[str, tuple[str, ...]]
"""The sign that joins some members, and the members; no sign for one alone."""

PIECE = re.compile("[0-9]+|[+|()]")
NAMES = {"+": "in series", "|": "in parallel"}


def walk(network: str, leaf: Callable[[str], T], join: Callable[[str, T, T], T]) -> T:
    """What a network such as "2+(3|6)" comes to; ValueError where its brackets do not match.

    Args:
        network: Resistances, signs and brackets.
        leaf: What a lone resistor is.
        join: What two parts are together, by the sign between them; called from the inside out.
    """
    outside: list[tuple[str, T | None]] = []
    sign, part = "", None
    for piece in PIECE.findall(network):
        if piece == "(":
            outside.append((sign, part))
            sign, part = "", None
        elif piece in NAMES and sign in ("", piece):
            sign = piece
        elif piece == ")" and outside and sign and part is not None:
            inside, (sign, part) = part, outside.pop()
            part = inside if part is None else join(sign, part, inside)
        elif piece.isdigit():
            part = leaf(piece) if part is None else join(sign, part, leaf(piece))
        else:
            raise ValueError(f"no place for {piece}")
    if outside or part is None or not (sign or network.isdigit()):
        raise ValueError("brackets do not match")
    return part


def assembled(values: Sequence[int], signs: Sequence[int], places: Sequence[float]) -> str:
    """A network of all the values: neighbours are joined until one part is left.

    Args:
        values: The resistances.
        signs: 0 for series and 1 for parallel, for each join.
        places: Where to join, from 0 for the first two parts to 1 for the last two.
    """
    parts = [("", str(value)) for value in values]
    for sign, place in zip(("+|"[sign] for sign in signs), places, strict=True):
        i = min(int(place * (len(parts) - 1)), len(parts) - 2)
        pair = (text if inner in ("", sign) else f"({text})" for inner, text in parts[i : i + 2])
        parts[i : i + 2] = [(sign, sign.join(pair))]
    return parts[0][1]


def edges(network: str) -> list[Edge]:
    """Every resistor and the points that it joins; the terminals are points 1 and 2."""
    same: list[int] = []
    found: list[Edge] = []

    def root(point: int) -> int:
        while same[point] != point:
            same[point] = point = same[same[point]]
        return point

    def leaf(value: str) -> tuple[int, int]:
        ends = len(same), len(same) + 1
        same.extend(ends)
        found.append((*ends, value))
        return ends

    def join(sign: str, left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
        if sign == "+":
            same[root(right[0])] = root(left[1])
            return left[0], right[1]
        for here, there in zip(left, right, strict=True):
            same[root(there)] = root(here)
        return left

    numbers = {root(end): i for i, end in enumerate(walk(network, leaf, join), start=1)}
    for *ends, _ in found:
        for end in ends:
            numbers.setdefault(root(end), len(numbers) + 1)
    return [(numbers[root(a)], numbers[root(b)], value) for a, b, value in found]


def blocks(network: str) -> str:
    """The network in sentences, from the inside out."""
    sentences: list[str] = []

    def leaf(value: str) -> Group:
        return "", (f"{value} k\u03a9",)

    def named(part: Group) -> str:
        if not part[0]:
            return part[1][0]
        sentences.append(f"Block {len(sentences) + 1} consists of {_together(part)}.")
        return f"block {len(sentences)}"

    def members(sign: str, part: Group) -> tuple[str, ...]:
        return part[1] if part[0] == sign else (named(part),)

    def join(sign: str, left: Group, right: Group) -> Group:
        return sign, members(sign, left) + members(sign, right)

    whole = walk(network, leaf, join)
    if not whole[0]:
        return f"A single resistor of {whole[1][0]} has two terminals."
    sentences.append(f"The whole network consists of {_together(whole)}.")
    return " ".join(("A network of resistors has two terminals.", *sentences))


def _together(part: Group) -> str:
    sign, (*most, last) = part
    return f"{', '.join(most)} and {last} {NAMES[sign]}"
