"""The truth about shortest ways, place by place and by the equations of distances.

    ShortestPathAnswers().solve("a3b,b4c,a9c=")   ("a0", "b3a", "c7b", "a3b4c", "7")

Route one grows the set of places whose distance is settled (Dijkstra 1959). Route two searches
nothing: it reads the distances that the lines tell, tests them against all roads, by equations that
only the least distances solve, and follows the way. Adversarial items: besides the family's hard
networks, chains, chains beside which a shortcut is as long as they are, one longer or one shorter,
and ladders of equal roads.
"""

import re
from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from itertools import pairwise

import numpy as np

from ouroboros.envs.base import generator
from ouroboros.envs.labels import label
from ouroboros.envs.shortest_path import STATION, Road, ShortestPath, numbered
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.base import with_corners
from ouroboros_judges.answers.quantities import same_quantity

LENGTH = re.compile("([1-9])")
NOWHERE = -1
Told = Mapping[int, tuple[int, int]]
"""For some places the distance and the place before."""


class ShortestPathAnswers(Answering):
    """Answers to `shortest_path`."""

    name = "shortest_path"
    family: ShortestPath = ShortestPath()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """Place by place; UsageError where the text is not a prompt."""
        return by_places(self.family.roads(prompt))

    def work_out(self, prompt: str) -> tuple[tuple[str, ...], bool]:
        """Place by place, and whether the distances hold that come of it."""
        roads = self.family.roads(prompt)
        lines = by_places(roads)
        return lines, holds(roads, lines)

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the same length, in whatever unit."""
        del prompt
        return len(answer) <= len(right) + 100 and same_quantity(answer, right, "km")

    def adversarial(self, level: int, seed: int, count: int) -> list[str]:
        """Corner cases and hard networks."""
        rng = generator(f"answers/{self.name}", level, seed, count)
        hard = np.ones(count, dtype=np.bool_)
        return with_corners(
            rng, _corners(level), count, lambda n: self.family.draw(rng, level, hard[:n])
        )


def by_places(roads: Sequence[Road]) -> tuple[str, ...]:
    """The lines, from what is settled in its order, up to the goal."""
    goal = max([end for _, _, end in roads])
    leaving: list[list[tuple[int, int]]] = [[] for _ in range(goal + 1)]
    for start, length, end in roads:
        leaving[start].append((length, end))
        leaving[end].append((length, start))
    settled: dict[int, tuple[int, int]] = {}
    waiting = [(0, 0, 0)]
    while goal not in settled:
        distance, place, before = heappop(waiting)
        if place not in settled:
            settled[place] = distance, before
            for length, end in leaving[place]:
                if end not in settled:
                    heappush(waiting, (distance + length, end, place))
    names = list(numbered(goal + 1))
    lines = [f"{names[at]}{far}{names[last]}" for at, (far, last) in settled.items()]
    return ("a0", *lines[1:], _way(settled, names), str(settled[goal][0]))


def _way(settled: Told, names: Sequence[str]) -> str:
    """The way to the last place, from each place's distance and the place before it."""
    place, pieces = len(names) - 1, [names[-1]]
    while place:
        distance, before = settled[place]
        pieces.append(f"{names[before]}{distance - settled[before][0]}")
        place = before
    return "".join(reversed(pieces))


def holds(roads: Sequence[Road], lines: Sequence[str]) -> bool:
    """Whether the lines tell of all places up to the goal, in order, and then of the way.

    A place must be exactly as far as the best road to it from another place told of makes it. Only
    the least distances solve these equations (Bellman 1958), for no road is of length 0.
    """
    if len(lines) < 3:
        return False
    first, *stations, path, answer = lines
    goal = max([end for _, _, end in roads])
    number = numbered(goal + 1)
    told = {0: (0, 0)}
    order = [(0, 0)]
    for station in map(STATION.fullmatch, stations):
        if station is None:
            return False
        name, far, before = station.groups()
        place, distance = number.get(name, NOWHERE), int(far)
        told[place] = distance, number.get(before, NOWHERE)
        order.append((distance, place))
    reach = told.get(goal, (NOWHERE, 0))[0]
    return (
        told == {place: by for place, by in _nearest(roads, told).items() if by[0] <= reach}
        and len(order) == len(told)
        and order == sorted(order)
        and _leads(LENGTH.split(path), number, told)
        and (first, answer) == ("a0", str(reach))
    )


def _nearest(roads: Sequence[Road], told: Told) -> Told:
    """The distance and the place before of all that roads lead to from places told of; a's is 0."""
    nearest = {0: (0, 0)}
    for start, length, end in roads:
        for here, there in ((start, end), (end, start)):
            if there and here in told:
                way = told[here][0] + length, here
                if there not in nearest or way < nearest[there]:
                    nearest[there] = way
    return nearest


def _leads(path: Sequence[str], number: Mapping[str, int], told: Told) -> bool:
    """Whether a path, in names and lengths, goes from a to the goal as is told of each stop."""
    stops = [number.get(name, NOWHERE) for name in path[::2]]
    if (stops[0], stops[-1]) != (0, len(number) - 1):
        return False
    for start, length, end in zip(stops, path[1::2], stops[1:], strict=False):
        if told.get(end) != (told[start][0] + int(length), start):
            return False
    return True


def _corners(level: int) -> list[str]:
    """Chains, chains with a shortcut over the last roads, and ladders of equal roads."""
    names = [label(place) for place in range(level + 1)]
    steps = list(pairwise(names))
    chains = [[f"{a}{length}{b}" for a, b in steps] for length in (1, 2, 9)]
    rungs = [f"{a}1{b}" for a, b in zip(names, names[2:], strict=False)]
    corners = [*chains, [*reversed(chains[0])], chains[0] + rungs, chains[1] + rungs]
    for skipped in range(2, min(level, 4) + 1):
        for length in range(2 * skipped - 1, 2 * skipped + 2):
            corners.append([f"{names[-1 - skipped]}{length}{names[-1]}", *chains[1]])
    return [",".join(roads) + "=" for roads in corners]
