"""Stacks, automata, sorting, subsequences, ways and mazes, each by a detour.

Conditions carried backwards for a bounded stack, tally strokes for an automaton, remainders by two
and by five for stack programs, a heap for sorting, trials of all rises, squares of a matrix in the
algebra of minimum and plus for ways.
"""

import re
from heapq import heapify, heappop
from itertools import combinations
from typing import Any

import numpy as np

from third import same_text

Facts = dict[str, Any]
Place = Any
Roads = list[tuple[Place, Place, int]]


def stack_depth(facts: Facts) -> int:
    """How many of the marks 1, 2, ... are reached: what each takes at the start, told backwards."""
    start, most = int(facts["start"]["value"]), int(facts["most"]["value"])

    def is_reached(mark: int) -> bool:
        for move in reversed(facts["inputs"]):
            if mark in (0, most + 1):  # always reached, and never
                break
            mark += {"a": -1, "b": 1}[move]
        return start >= mark

    return sum(is_reached(mark) for mark in range(1, most + 1))


def automaton(facts: Facts) -> int:
    """All digits as strokes of one tally, from which full bundles are struck."""
    strokes = "/" * (int(facts["start"]) + sum(map(int, facts["inputs"])))
    return len(re.sub(rf"/{{{facts['modulus']['value']}}}", "", strokes))


def top_after(facts: Facts, prime: int) -> int:
    """The top of the stack in the end, were every digit its remainder by a prime."""
    stack = [int(digit) % prime for digit in reversed(facts["stack"]["value"])]
    for word in facts["program"]:
        top = stack.pop()
        if word == "copy":
            stack += [top, top]
        elif word != "drop":
            below = stack.pop()
            made = {
                "swap": [top, below],
                "add": [(below + top) % prime],
                "multiply": [below * top % prime],
                "subtract": [(below - top) % prime],
            }
            stack += made[word]
    return stack[-1]


def stack_program(facts: Facts) -> int:
    """The one digit with the remainders by two and by five that a real list ends with."""
    odd, fifth = top_after(facts, 2), top_after(facts, 5)
    return next(d for d in range(10) if (d % 2, d % 5) == (odd, fifth))


def sorted_digits(facts: Facts) -> str:
    """A heap gives away its least digit again and again."""
    heap = list(facts["digits"])
    heapify(heap)
    return "".join(heappop(heap) for _ in facts["digits"])


def longest_rise(facts: Facts) -> int:
    """All sets of values tried, the largest first, for one that occurs in ascending order."""
    numbers = [int(number) for number in facts["numbers"]]
    values = sorted(set(numbers))
    for size in range(len(values), 0, -1):
        for rise in combinations(values, size):
            rest = iter(numbers)
            if all(value in rest for value in rise):
                return size
    return 0


def shortest(roads: Roads, start: Place, goal: Place) -> int | None:
    """The length of the shortest way; None where there is none.

    The matrix of lengths is squared, with the minimum for plus and plus for times, until it knows
    the ways of as many roads as there are places.
    """
    places = sorted({start, goal, *(end for one, other, _ in roads for end in (one, other))})
    out_of_reach = 1 + sum(length for _, _, length in roads)
    matrix = np.full((len(places), len(places)), out_of_reach)
    np.fill_diagonal(matrix, 0)
    row = {place: i for i, place in enumerate(places)}
    for one, other, length in roads:
        for i, j in ((row[one], row[other]), (row[other], row[one])):
            matrix[i, j] = min(matrix[i, j], length)
    for _ in range(len(places).bit_length()):
        matrix = (matrix[:, None, :] + matrix[None, :, :]).min(axis=2)
    length = int(matrix[row[start], row[goal]])
    return length if length < out_of_reach else None


def shortest_way(facts: Facts) -> int | None:
    """The length in km of the shortest way over roads open both ways."""
    roads = [(*road["between"], int(road["length"]["value"])) for road in facts["roads"]]
    return shortest(roads, facts["start"], facts["goal"])


def maze(facts: Facts) -> int:
    """A maze is a map whose roads, each of length 1, join free squares that touch."""
    signs = {(y, x): sign for y, row in enumerate(facts["rows"]) for x, sign in enumerate(row)}
    free = {place for place, sign in signs.items() if sign != "#"}
    place_of = {sign: place for place, sign in signs.items()}
    roads = [
        ((y, x), near, 1) for y, x in free for near in ((y + 1, x), (y, x + 1)) if near in free
    ]
    return shortest(roads, place_of["S"], place_of["E"]) or 0


TRUTHS = {
    "stack_depth": stack_depth,
    "finite_automaton": automaton,
    "stack_program": stack_program,
    "sorting": sorted_digits,
    "increasing_subsequence": longest_rise,
    "shortest_path": shortest_way,
    "maze": maze,
}
SAME = {"sorting": same_text}
