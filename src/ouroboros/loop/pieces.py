"""Pieces: a doubted answer is mended where one of its pieces, asked by itself, comes out otherwise.

A family may cut a solution into small pieces that are problems of their own (`Family.views`), short
enough that learners who fail at the whole still know them. Both learners read them all; the first
that one of them would not write is solved anew, and what is found is put in its place
(`Family.patched`). What changes above it (a carry) is then seen in the next round.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ouroboros.envs.base import View
from ouroboros.loop.attempts import Judged, Paper, lines_of
from ouroboros.loop.engine import LEARNERS, Engine
from ouroboros.loop.learner import genome_text
from ouroboros.loop.signals import ReadJob, Text, read_unit
from ouroboros.loop.solve import SolveJob, budget, solve_unit
from ouroboros.loop.state import State

ROUNDS = 6  # pieces of an answer that are solved anew, at most


def solved_anew(engine: Engine, state: State, opened: Sequence[Judged]) -> tuple[list[Judged], int]:
    """The papers with answers whose doubted pieces were solved anew by the peer, and the FLOP.

    Answers without pieces, or with none that is doubted, are as they were.
    """
    rows = [(p, i) for p, judged in enumerate(opened) for i in range(len(judged.accepted))]
    texts = [_text(opened[p], i) for p, i in rows]
    peers = [LEARNERS - 1 - opened[p].answered.paper.author for p, _ in rows]
    moving, flop = list(range(len(texts))), 0
    for _ in range(ROUNDS):
        doubted, read = _doubted(engine, state, texts, moving)
        found, spent = _solved(engine, state, doubted, peers)
        flop += read + spent
        before = list(texts)
        for i, view in doubted.items():
            family, lines = engine.families[texts[i].family], lines_of(texts[i].completion)
            patched = family.patched(texts[i].prompt, lines, view, lines_of(found[i]))
            texts[i] = replace(texts[i], completion="\n".join(patched))
        moving = [i for i in moving if texts[i] != before[i]]
        if not moving:
            break
    return _papers(opened, rows, texts), flop


def _text(judged: Judged, row: int) -> Text:
    paper = judged.answered.paper
    return Text(paper.family, paper.prompts[row], judged.answered.completions[row])


def _doubted(
    engine: Engine, state: State, texts: Sequence[Text], chosen: Sequence[int]
) -> tuple[dict[int, View], int]:
    """The first piece of each chosen text that not both learners would write; the FLOP."""
    pieces = [(i, view) for i in chosen for view in _pieces(engine, texts[i])]
    asked = tuple(Text(v.family, v.prompt, "\n".join(v.lines)) for _, v in pieces)
    jobs = [
        ReadJob(
            learner=str(engine.folder / learner),
            genome=genome_text(engine.genome),
            raw=False,
            texts=asked,
        )
        for learner in state.learners
    ]
    results = engine.executor.map(read_unit, jobs)
    doubts = np.any([result.reading.first >= 0 for result in results], axis=0)
    first: dict[int, View] = {}
    for (i, view), doubt in zip(pieces, doubts.tolist(), strict=True):
        if doubt:
            first.setdefault(i, view)
    return first, sum(result.flop for result in results)


def _pieces(engine: Engine, text: Text) -> list[View]:
    views = engine.families[text.family].views(text.prompt, lines_of(text.completion))
    return [view for view in views if view.kind == "part" and view.family in engine.families]


def _solved(
    engine: Engine, state: State, pieces: dict[int, View], peers: Sequence[int]
) -> tuple[dict[int, str], int]:
    """What the peer of each text's author writes for its piece, and the FLOP."""
    found, flop, jobs, owners = {}, 0, [], []
    for reader in range(LEARNERS):
        own = [i for i in pieces if peers[i] == reader]
        papers = []
        for name in dict.fromkeys(pieces[i].family for i in own):
            mine = [i for i in own if pieces[i].family == name]
            prompts = tuple(pieces[i].prompt for i in mine)
            papers.append(Paper(family=name, level=1, author=reader, prompts=prompts))
            owners.append(mine)
        jobs.append(
            SolveJob(
                learner=str(engine.folder / state.learners[reader]),
                genome=genome_text(engine.genome),
                papers=tuple(papers),
                budgets=tuple(budget(engine, paper) for paper in papers),
                confidence=1.0,
            )
        )
    for result in engine.executor.map(solve_unit, jobs):
        flop += result.flop
        for answered in result.answered:
            found |= dict(zip(owners.pop(0), answered.completions, strict=True))
    return found, flop


def _papers(
    opened: Sequence[Judged], rows: Sequence[tuple[int, int]], texts: Sequence[Text]
) -> list[Judged]:
    written: list[list[str]] = [[] for _ in opened]
    for (paper, _), text in zip(rows, texts, strict=True):
        written[paper].append(text.completion)
    return [
        replace(judged, answered=replace(judged.answered, completions=tuple(anew)))
        for judged, anew in zip(opened, written, strict=True)
    ]
