"""Small: what both learners say of the small pieces of texts, each read once in a generation.

    said, flop = read_pieces(engine, state, [view_text(view) for view in pieces_of(engine, text)])
    said[piece].odds                                 # of the less sure learner's least likely token

Texts of any length fall into the same few thousand pieces, which come up again and again while
answers are judged, mended and judged once more. Not covered: canaries, which are measured once and
kept (`canaries`), so that a generation that is repeated costs what it cost.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ouroboros.envs.base import View
from ouroboros.loop.attempts import lines_of
from ouroboros.loop.engine import Engine
from ouroboros.loop.learner import genome_text
from ouroboros.loop.signals import (
    PIECES,
    ReadJob,
    Text,
    is_known,
    odds,
    read_unit,
    view_text,
)
from ouroboros.loop.state import State


@dataclass(frozen=True, slots=True)
class Said:
    """What both learners say of a piece."""

    odds: float
    """log-odds of its least likely token, by the less sure of them"""
    doubted: bool
    """whether not both would write it"""


def pieces_of(engine: Engine, text: Text) -> list[View]:
    """The small pieces of a text that are problems of the run's families, in their form."""
    found = engine.families[text.family].views(text.prompt, lines_of(text.completion))
    return [v for v in found if v.kind == PIECES and is_known(engine, view_text(v))]


def read_pieces(
    engine: Engine, state: State, asked: Iterable[Text]
) -> tuple[dict[Text, Said], int]:
    """What is said of all pieces asked for in this generation so far, these among them; the FLOP.

    Only those that are new are read.
    """
    said = _memory(str(engine.folder), state.generation, state.learners)
    fresh = tuple(text for text in dict.fromkeys(asked) if text not in said)
    if not fresh:
        return said, 0
    jobs = [
        ReadJob(
            learner=str(engine.folder / learner),
            genome=genome_text(engine.genome),
            raw=False,
            texts=fresh,
        )
        for learner in state.learners
    ]
    results = engine.executor.map(read_unit, jobs)
    least = np.min([odds(result.reading.least) for result in results], axis=0)
    doubted = np.any([result.reading.first >= 0 for result in results], axis=0)
    said.update(zip(fresh, map(Said, least.tolist(), doubted.tolist()), strict=True))
    return said, sum(result.flop for result in results)


@lru_cache(maxsize=1)
def _memory(folder: str, generation: int, learners: tuple[str, ...]) -> dict[Text, Said]:
    """One generation's pieces: its learners' files do not change."""
    del folder, generation, learners
    return {}
