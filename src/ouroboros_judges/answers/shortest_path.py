"""The truth about shortest ways, place by place and by rounds over all roads.

    ShortestPathAnswers().solve("a3b,b4c,a9c=")   ("a0", "b3a", "c7b", "a3b4c", "7")

Route one grows the set of places whose distance is settled (Dijkstra 1959). Route two improves all
distances round after round until none can be (Bellman and Ford, in scipy) and then reads off which
place comes when and after which. Adversarial items: besides the family's hard networks, chains,
chains beside which a shortcut is as long as they are, one longer or one shorter, and ladders of
equal roads.
"""

from collections import defaultdict
from heapq import heappop, heappush
from itertools import pairwise

import numpy as np

from ouroboros.envs.base import generator
from ouroboros.envs.labels import label
from ouroboros.envs.shortest_path import Lengths, ShortestPath, way
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.base import with_corners
from ouroboros_judges.answers.quantities import same_quantity

Road = tuple[int, int, int]
"""A start, a length, an end; places by number."""
Station = tuple[int, int, int]
"""A place, its distance, the place before it."""


class ShortestPathAnswers(Answering):
    """Answers to `shortest_path`."""

    name = "shortest_path"
    family: ShortestPath = ShortestPath()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """Place by place; UsageError where the text is not a prompt."""
        names, lengths = self.family.places(prompt), self.family.lengths(prompt)
        return _written(names, lengths, _by_places(_numbered(names, lengths), len(names) - 1))

    def again(self, prompt: str) -> tuple[str, ...]:
        """By rounds."""
        names, lengths = self.family.places(prompt), self.family.lengths(prompt)
        return _written(names, lengths, _by_rounds(_numbered(names, lengths), len(names) - 1))

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


def _numbered(names: list[str], lengths: Lengths) -> list[Road]:
    """All roads, in both directions."""
    place = {name: i for i, name in enumerate(names)}
    return [(place[start], length, place[end]) for (start, end), length in lengths.items()]


def _by_places(roads: list[Road], goal: int) -> list[Station]:
    """What is settled, in its order, up to the goal."""
    leaving: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for start, length, end in roads:
        leaving[start].append((length, end))
    settled: dict[int, Station] = {}
    waiting = [(0, 0, 0)]
    while goal not in settled:
        distance, place, before = heappop(waiting)
        if place in settled:
            continue
        settled[place] = (place, distance, before)
        for length, end in leaving[place]:
            heappush(waiting, (distance + length, end, place))
    return list(settled.values())


def _by_rounds(roads: list[Road], goal: int) -> list[Station]:
    """The same from all places' distances."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import bellman_ford

    starts, lengths, ends = np.array(roads).T
    graph = csr_array((lengths, (starts, ends)), shape=(goal + 1, goal + 1))
    distances = bellman_ford(graph, indices=0).astype(np.int64)
    tight = distances[starts] + lengths == distances[ends]
    before = np.full(goal + 1, goal + 1)
    np.minimum.at(before, ends[tight], starts[tight])
    order = np.argsort(distances, kind="stable").tolist()
    reached = order[: order.index(goal) + 1]
    return [(place, int(distances[place]), int(before[place])) for place in reached]


def _written(names: list[str], lengths: Lengths, stations: list[Station]) -> tuple[str, ...]:
    """The lines."""
    before = {names[place]: names[last] for place, _, last in stations[1:]}
    lines = [f"{names[place]}{distance}{names[last]}" for place, distance, last in stations[1:]]
    return ("a0", *lines, way(names[-1], before, lengths), str(stations[-1][1]))


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
