"""The shortest way through a network of roads, place by place in order of distance.

    shortest_path  "a3b,b4c,a9c="  roads: a to b is 3 long, b to c 4, a to c 9
                   lines ("a0", "b3a", "c7b", "a3b4c", "7")

The way leads from a to the last place. Lines state the places in order of their distance from a,
up to the last one: "c7b" is c, 7 away, by b. Of places equally far the earlier comes first, and of
ways equally short the one whose last stop is the earlier. Then come the way itself and its length.
Roads are stated from the earlier place to the later one, at most one between two, and one at least
leads to every place but a; they may be used in both directions. The level is the number of places
besides a. In hard networks a road that skips places is about as long as the roads that do not.
Not covered: the distances.
"""

import random
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Asking
from ouroboros.envs.base import Domain, Format
from ouroboros.envs.labels import label
from ouroboros.errors import UsageError

REACH = 4  # places back that a road leads at most
SECOND = 0.6  # of the places have a second road back
ROAD = re.compile("([a-z]+)([1-9])([a-z]+)")
STATION = re.compile("([a-z]+)([1-9][0-9]*)([a-z]+)")

Road = tuple[int, int, int]
"""The earlier place, the length, the later place; places by number, a is 0."""
Lengths = Mapping[tuple[str, str], int]
"""How long the road between two places is, by either order of their names."""


class ShortestPath(Asking):
    """The length of the shortest way from a to the last place."""

    name = "shortest_path"
    domain: Domain = "logic"
    wall = 4
    alphabet = "0123456789abcdefghijklmnopqrstuvwxyz,="
    pattern = re.compile("[a-z]+[1-9][a-z]+(?:,[a-z]+[1-9][a-z]+)*=")
    templates = (
        (
            "The roads of a valley and their lengths: {roads}. Each road can be driven in both"
            " directions. How long is the shortest way from A to {goal}, in km?"
        ),
        (
            "A courier rides from village A to village {goal} on tracks that can be used in both"
            " directions: {roads}. How many kilometres must the courier ride at least?"
        ),
        (
            "Stations of a railway are joined by tracks that trains use in both directions:"
            " {roads}. How long is the shortest journey from station A to station {goal}, in km?"
        ),
        (
            "The undirected edges of a graph and their lengths: {roads}. What is the distance"
            " between A and {goal}, in km, that is, the length of a shortest path?"
        ),
        (
            "Huts in the mountains are joined by paths that can be walked in both directions:"
            " {roads}. What is the least distance, in km, that a hiker has to walk to get from hut"
            " A to hut {goal}?"
        ),
    )

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Networks in which each place has a road or two to places shortly before it."""
        names = _labels(level + 1)
        roads, kept = _networks(rng, level, hard)
        return [
            ",".join([f"{names[start]}{length}{names[end]}" for start, length, end in row[:number]])
            + "="
            for row, number in zip(roads.tolist(), kept.tolist(), strict=True)
        ]

    def parts(self, prompt: str) -> re.Match[str]:
        """The match; UsageError also where roads are not from earlier places to all later ones."""
        self.roads(prompt)
        return super().parts(prompt)

    def roads(self, prompt: str) -> list[Road]:
        """All roads as they are stated; UsageError where the text is not a prompt."""
        super().parts(prompt)
        stated = ROAD.findall(prompt)
        number = numbered(len({later for _, _, later in stated}) + 1)
        nowhere = len(number)
        roads = [
            (number.get(start, nowhere), int(length), number.get(end, 0))
            for start, length, end in stated
        ]
        pairs = {(start, end) for start, _, end in roads if start < end}
        if len(pairs) < len(roads):
            raise UsageError(f"{self.name}: roads go once from an earlier place to each later one")
        return roads

    def places(self, prompt: str) -> list[str]:
        """The names of all places; UsageError where the text is not a prompt."""
        return _labels(max(end for _, _, end in self.roads(prompt)) + 1)

    def lengths(self, prompt: str) -> dict[tuple[str, str], int]:
        """How long roads are, by both orders of their ends."""
        roads = ROAD.findall(prompt)
        there = {(start, end): int(length) for start, length, end in roads}
        return there | {(end, start): length for (start, end), length in there.items()}

    def level_of(self, prompt: str) -> int:
        """Number of places besides a; UsageError where the text is not a prompt."""
        return len(self.places(prompt)) - 1

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """Places that are reached by roads from places before, the way back from the last."""
        goal, lengths = self.places(prompt)[-1], self.lengths(prompt)
        before, distance = {"a": ""}, ""
        for line in lines[1:-2]:
            found = STATION.fullmatch(line)
            if found is None or found[1] in before or found[3] not in before:
                return False
            if (found[3], found[1]) not in lengths:
                return False
            distance, before[found[1]] = found[2], found[3]
        return (
            next(reversed(before)) == goal
            and lines[0] == "a0"
            and tuple(lines[-2:]) == (way(goal, before, lengths), distance)
        )

    def completion_length(self, prompt: str) -> int:
        """Lines for all places, each as long as it can be, the longest way and its length."""
        names = self.places(prompt)
        distance, name = len(str(9 * len(names))), len(names[-1])
        return len("".join(names)) * 2 + len(names) * (distance + name + 2) + distance + 1

    def facts(self, prompt: str) -> dict[str, Any]:
        """The roads and the ends of the way."""
        goal = self.places(prompt)[-1]
        return {
            "roads": [
                {"between": [start, end], "length": {"value": length, "unit": "km"}}
                for start, length, end in ROAD.findall(prompt)
            ],
            "directions": "both",
            "start": "a",
            "goal": goal,
            "asked": {"means": "length of the shortest way from start to goal", "unit": "km"},
        }

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The roads as a list, and the goal."""
        del rng
        goal = self.places(prompt)[-1].upper()
        roads = (f"{a}\u2013{b}".upper() + f" {length} km" for a, length, b in ROAD.findall(prompt))
        return {"roads": ", ".join(roads), "goal": goal}

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """Each place with its distance, the way, its length."""
        del prompt
        *stations, path, answer = lines
        reached = (STATION.fullmatch(line) for line in stations[1:])
        roads = " + ".join(f"{length} km" for length in re.findall("[0-9]", path))
        dashed = re.sub("[0-9]", "\u2013", path).upper()
        return (
            "Start at A: 0 km",
            *(f"{s[1].upper()}: {s[2]} km, coming from {s[3].upper()}" for s in reached if s),
            f"The way {dashed}: {roads}",
            f"{answer} km",
        )

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Find the length of the shortest way from a to the last place; a3b is a road of"
            " length 3 between a and b.",
            level="number of places besides a",
            prompt_pattern=self.pattern.pattern,
            lines=(
                "a0",
                "each place up to the last, in order of distance: its name, distance, place before",
                "the way, with the lengths of its roads",
                "its length",
            ),
        )


def _labels(count: int) -> list[str]:
    """The names of so many places."""
    return [label(place) for place in range(count)]


@lru_cache(maxsize=64)
def numbered(count: int) -> Mapping[str, int]:
    """So many places by their names."""
    return {label(place): place for place in range(count)}


def way(goal: str, before: Mapping[str, str], lengths: Lengths) -> str:
    """The way to a goal, given the place before each place but a: "a3b4c"."""
    text = place = goal
    while place != "a":
        place, later = before[place], place
        text = f"{place}{lengths[place, later]}{text}"
    return text


def _networks(
    rng: np.random.Generator, level: int, hard: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each of `hard` (N,) up to R roads in any order (N, R, 3), and how many there are (N,).

    There is a road back from every place, and a second one from some.
    """
    later = np.broadcast_to(np.arange(1, level + 1), (len(hard), 2, level))
    back = rng.integers(1, np.minimum(later, REACH) + 1)
    lengths = np.where(
        hard[:, None, None],
        rng.integers(1, 4, back.shape) + 2 * (back - 1),
        rng.integers(1, 10, back.shape),
    )
    order = rng.random(back.shape)
    second = (back[:, 0] != back[:, 1]) & (rng.random((len(hard), level)) < SECOND)
    order[:, 1][~second] = np.inf  # sorted to the end
    roads = np.stack((later - back, lengths, later), axis=-1).reshape(len(hard), 2 * level, 3)
    shuffled = order.reshape(len(hard), 2 * level).argsort(axis=1)[..., None]
    return np.take_along_axis(roads, shuffled, axis=1), level + second.sum(axis=1)
