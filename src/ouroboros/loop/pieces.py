"""Pieces: a doubted answer is mended where one of its pieces, asked by itself, comes out otherwise.

A family may cut a solution into small pieces that are problems of their own (`Family.views`), short
enough that learners who fail at the whole still know them. Both learners read them all; the first
that one of them would not write is solved anew, and what is found is put in its place
(`Family.patched`). What changes above it (a carry) is then seen in the next round.
"""

from collections.abc import Sequence
from dataclasses import replace

from ouroboros.envs.base import View
from ouroboros.loop.attempts import Judged, Paper, lines_of
from ouroboros.loop.engine import LEARNERS, Engine
from ouroboros.loop.learner import genome_text
from ouroboros.loop.signals import Text, view_text
from ouroboros.loop.small import pieces_of, read_pieces
from ouroboros.loop.solve import SolveJob, budget, solve_unit
from ouroboros.loop.state import State

ROUNDS = 12  # pieces of an answer that are solved anew, at most


def solved_anew(engine: Engine, state: State, opened: Sequence[Judged]) -> tuple[list[Judged], int]:
    """The papers with answers whose doubted pieces were solved anew by the peer, and the FLOP.

    Answers without pieces, or with none that is doubted, are as they were.
    """
    rows = [(p, i) for p, judged in enumerate(opened) for i in range(len(judged.accepted))]
    texts = [_text(opened[p], i) for p, i in rows]
    peers = [LEARNERS - 1 - opened[p].answered.paper.author for p, _ in rows]
    moving, flop = list(range(len(texts))), 0
    for _ in range(ROUNDS):
        pieces = [(i, view) for i in moving for view in pieces_of(engine, texts[i])]
        said, read = read_pieces(engine, state, (view_text(view) for _, view in pieces))
        flop += read
        doubted: dict[int, View] = {}
        for i, view in pieces:
            if said[view_text(view)].doubted:
                doubted.setdefault(i, view)
        found, spent = _solved(engine, state, doubted, peers)
        flop += spent
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


def _solved(
    engine: Engine, state: State, pieces: dict[int, View], peers: Sequence[int]
) -> tuple[dict[int, str], int]:
    """What the peer of each text's author writes for its piece, and the FLOP."""
    papers = _asked_for(pieces, peers)
    jobs = [
        SolveJob(
            learner=str(engine.folder / state.learners[reader]),
            genome=genome_text(engine.genome),
            papers=tuple(own),
            budgets=tuple(budget(engine, paper) for paper in own),
            confidence=1.0,
        )
        for reader in range(LEARNERS)
        for own in [[paper for paper in papers if paper.author == reader]]
    ]
    results = engine.executor.map(solve_unit, jobs)
    written = {
        (a.paper.author, a.paper.family, prompt): text
        for result in results
        for a in result.answered
        for prompt, text in zip(a.paper.prompts, a.completions, strict=True)
    }
    found = {i: written[peers[i], piece.family, piece.prompt] for i, piece in pieces.items()}
    return found, sum(result.flop for result in results)


def _asked_for(pieces: dict[int, View], peers: Sequence[int]) -> list[Paper]:
    """Papers of the pieces for the peers who are to solve them, each problem once."""
    prompts: dict[tuple[int, str], dict[str, None]] = {}
    for i, piece in pieces.items():
        prompts.setdefault((peers[i], piece.family), {})[piece.prompt] = None
    return [
        Paper(family=family, level=1, author=peer, prompts=tuple(asked))
        for (peer, family), asked in prompts.items()
    ]


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
