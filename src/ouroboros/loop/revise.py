"""Revise: cut an answer at the first step the peer doubts, let the peer go on from there.

The correction is kept only if one of the two, asked the same question the other way round (the
family's *echo*: the sum taken back, the string reversed), would write what follows from what the
peer wrote. Families without an echo are not revised. In `formal` mode nothing is revised here: the
verifier's word is final.
"""

from dataclasses import dataclass, replace

import numpy as np

from ouroboros.loop.attempts import Answered, Judged, Paper, lines_of
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
    """Corrected answers as papers of their own, all accepted, and the FLOP."""

    judged: tuple[Judged, ...]
    doubted: int
    flop: int


def revise(engine: Engine, state: State, verified: Verified) -> Revised:
    """Corrections of doubted answers that survive the author's second look."""
    learners = state.learners
    doubted = [d for d in (_doubted(engine, j) for j in verified.judged) if d.paper.prompts]
    if engine.config.run.verification == "formal" or not doubted:
        return Revised(judged=(), doubted=0, flop=0)
    resumed = engine.executor.map(
        resume_unit,
        [_resume_job(engine, learners[r], _others(doubted, r)) for r in range(LEARNERS)],
    )
    mended = [
        replace(a, completions=texts)
        for reader, result in enumerate(resumed)
        for a, texts in zip(_others(doubted, reader), result.texts, strict=True)
    ]
    counts, flop = read_echoes(engine, learners, [(a, (True,) * len(a.sure)) for a in mended])
    kept = [
        _accepted(a, count > 0)
        for a, count in zip(mended, counts, strict=True)
        if (count > 0).any()
    ]
    return Revised(
        judged=tuple(kept),
        doubted=sum(len(a.paper.prompts) for a in doubted),
        flop=flop + sum(result.flop for result in resumed),
    )


def _others(answered: list[Answered], reader: int) -> list[Answered]:
    return [a for a in answered if a.paper.author != reader]


def _doubted(engine: Engine, judged: Judged) -> Answered:
    """The answers that the author was sure of and the peer was not, cut at the doubt."""
    a, family = judged.answered, engine.families[judged.answered.paper.family]
    chosen = [
        i
        for i, (sure, doubt) in enumerate(zip(a.sure, judged.doubt, strict=True))
        if sure and doubt >= 0 and family.echo(a.paper.prompts[i], lines_of(a.completions[i]))
    ]
    return Answered(
        paper=replace(a.paper, prompts=tuple(a.paper.prompts[i] for i in chosen)),
        completions=tuple(a.completions[i][: judged.doubt[i]] for i in chosen),
        sure=(True,) * len(chosen),
    )


def _resume_job(engine: Engine, learner: str, answered: list[Answered]) -> ResumeJob:
    return ResumeJob(
        learner=str(engine.folder / learner),
        genome=genome_text(engine.genome),
        parts=tuple(
            (a.paper.family, a.paper.prompts, a.completions, budget(engine, a.paper))
            for a in answered
        ),
    )


def resume_unit(job: ResumeJob) -> Resumed:
    """Go on from each beginning greedily."""
    model = load_bodies(job.learner, job.genome).averaged
    results, flop = [], 0
    for family, prompts, begun, limit in job.parts:
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


def _accepted(answered: Answered, good: np.ndarray) -> Judged:
    """The good ones as an accepted paper."""
    chosen = np.flatnonzero(good)
    paper: Paper = replace(answered.paper, prompts=tuple(answered.paper.prompts[i] for i in chosen))
    kept = Answered(
        paper=paper,
        completions=tuple(answered.completions[i] for i in chosen),
        sure=(True,) * len(chosen),
    )
    return Judged(answered=kept, accepted=(True,) * len(chosen), doubt=(-1,) * len(chosen))
