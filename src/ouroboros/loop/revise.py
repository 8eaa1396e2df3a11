"""Revise: an answer that was not accepted is looked at again, and mended where the peer doubts it.

It is cut at the first token that the peer doubts, and the peer goes on from there; what the peer
would write just so is left as it is, though its author was not sure. The result is kept only if
*both* learners, asked the same question the other way round (the family's *echo*: the sum taken
back, the string reversed), would write what follows from it. So a learner is taught what its peer
knows better, and the one that is mended less often is the better one. Families without an echo are
not revised. In `formal` mode nothing is revised here: the verifier's word is final.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ouroboros.loop.attempts import Answered, Judged, lines_of
from ouroboros.loop.engine import LEARNERS, Engine
from ouroboros.loop.learner import genome_text, load_bodies
from ouroboros.loop.solve import budget
from ouroboros.loop.state import State
from ouroboros.loop.verify import Verified, read_echoes
from ouroboros.models.decode import decode
from ouroboros.models.flop import decode_flop
from ouroboros.models.rows import encode_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeJob:
    """A work unit: one learner goes on from texts cut short."""

    learner: str
    genome: str
    parts: tuple[tuple[str, tuple[str, ...], tuple[str, ...], int], ...]
    """family, prompts, kept beginnings, token budget"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """Whole texts per part ("" where no end came), and the FLOP."""

    texts: tuple[tuple[str, ...], ...]
    flop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """Answers that survived their revision as papers of their own, all accepted, and the FLOP."""

    judged: tuple[Judged, ...]
    doubted: int
    """answers looked at again"""
    faults: tuple[int, ...]
    """per learner, how many of its answers were found wrong"""
    flop: int


def revise(engine: Engine, state: State, verified: Verified) -> Revised:
    """Answers that were not accepted, mended where the peer doubts them, and upheld by both."""
    if engine.config.run.verification == "formal":
        return Revised(judged=(), doubted=0, faults=rejections(verified.judged), flop=0)
    opened = [o for o in (_opened(engine, j) for j in verified.judged) if o.accepted]
    if not opened:
        return Revised(judged=(), doubted=0, faults=(0,) * LEARNERS, flop=0)
    jobs = [_resume_job(engine, state.learners[r], _of_others(opened, r)) for r in range(LEARNERS)]
    resumed = engine.executor.map(resume_unit, jobs)
    mended = [
        _mended(judged, texts)
        for reader, result in enumerate(resumed)
        for judged, texts in zip(_of_others(opened, reader), result.texts, strict=True)
    ]
    asked = [(j.answered, (True,) * len(j.accepted)) for j in mended]
    counts, flop = read_echoes(engine, state.learners, asked)
    upheld = [
        _chosen(judged, np.flatnonzero(count == LEARNERS), accepted=True)
        for judged, count in zip(mended, counts, strict=True)
    ]
    return Revised(
        judged=tuple(j for j in upheld if j.accepted),
        doubted=sum(len(j.accepted) for j in opened),
        faults=_faults(upheld),
        flop=flop + sum(result.flop for result in resumed),
    )


def _of_others(judged: list[Judged], reader: int) -> list[Judged]:
    return [j for j in judged if j.answered.paper.author != reader]


def _opened(engine: Engine, judged: Judged) -> Judged:
    """The answers that were not accepted and have an echo."""
    family = engine.families[judged.answered.paper.family]
    texts = zip(judged.answered.paper.prompts, judged.answered.completions, strict=True)
    echoed = np.array([family.echo(prompt, lines_of(text)) is not None for prompt, text in texts])
    return _chosen(judged, np.flatnonzero(echoed & ~np.array(judged.accepted)), accepted=False)


def _chosen(judged: Judged, rows: np.ndarray, *, accepted: bool) -> Judged:
    """Some rows of a judged paper, all of them accepted or none."""
    a = judged.answered
    return Judged(
        answered=Answered(
            paper=replace(a.paper, prompts=tuple(a.paper.prompts[i] for i in rows)),
            completions=tuple(a.completions[i] for i in rows),
            sure=tuple(a.sure[i] for i in rows),
        ),
        accepted=(accepted,) * len(rows),
        doubt=tuple(judged.doubt[i] for i in rows),
    )


def _mended(judged: Judged, texts: tuple[str, ...]) -> Judged:
    """The paper with the peer's texts in the place of the doubted ones."""
    peers = iter(texts)
    completions = tuple(
        next(peers) if doubt >= 0 else text
        for text, doubt in zip(judged.answered.completions, judged.doubt, strict=True)
    )
    return replace(judged, answered=replace(judged.answered, completions=completions))


def _faults(upheld: list[Judged]) -> tuple[int, ...]:
    """Per learner, answers of which another version was upheld."""
    faults = [0] * LEARNERS
    for judged in upheld:
        faults[judged.answered.paper.author] += sum(doubt >= 0 for doubt in judged.doubt)
    return tuple(faults)


def rejections(judged: Sequence[Judged]) -> tuple[int, ...]:
    """Per learner, answers that were not accepted."""
    faults = [0] * LEARNERS
    for j in judged:
        faults[j.answered.paper.author] += len(j.accepted) - sum(j.accepted)
    return tuple(faults)


def _resume_job(engine: Engine, learner: str, judged: list[Judged]) -> ResumeJob:
    parts = []
    for j in judged:
        paper, texts = j.answered.paper, j.answered.completions
        rows = [i for i, doubt in enumerate(j.doubt) if doubt >= 0]
        prompts = tuple(paper.prompts[i] for i in rows)
        begun = tuple(texts[i][: j.doubt[i]] for i in rows)
        parts.append((paper.family, prompts, begun, budget(engine, paper)))
    return ResumeJob(
        learner=str(engine.folder / learner), genome=genome_text(engine.genome), parts=tuple(parts)
    )


def resume_unit(job: ResumeJob) -> Resumed:
    """Go on from each beginning greedily."""
    model = load_bodies(job.learner, job.genome).averaged
    results, flop = [], 0
    for family, prompts, begun, limit in job.parts:
        if not prompts:
            results.append(())
            continue
        joined = [p + b for p, b in zip(prompts, begun, strict=True)]
        rows = encode_rows(model.tokenizer, family, joined)
        decoded = decode(model, rows, limit)
        flop += decode_flop(model.genome, model.tokenizer.size, rows.lengths, decoded.lengths)
        results.append(
            tuple(
                start + model.tokenizer.decode(ids[: size - 1]) if ended else ""
                for start, ids, size, ended in zip(
                    begun, decoded.tokens, decoded.lengths, decoded.ended, strict=True
                )
            )
        )
    return Resumed(texts=tuple(results), flop=flop)
