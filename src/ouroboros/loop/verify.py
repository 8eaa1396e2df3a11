"""Verify: an answer counts only where independent judgements agree.

In `self` mode no truth is read: the author must be sure (see `solve`), the family's self checks
must hold, and the *peer*, a learner of another seed that never saw the author's answers, must be
ready to write every single token the same. Two learners can share a mistake, so the answer's *echo*
(the family's inverse problem, whose solution follows from the answer) must be what at least one
of them would write, too. In `formal` mode the environment's verifier decides,
through the warden, and every verdict past the wall is metered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ouroboros.loop import believe
from ouroboros.loop.attempts import Answered, Judged, lines_of
from ouroboros.loop.engine import LEARNERS, Engine
from ouroboros.loop.learner import genome_text, load_bodies
from ouroboros.loop.solve import Solved
from ouroboros.loop.state import State
from ouroboros.models.flop import forward_flop
from ouroboros.models.rows import encode_rows
from ouroboros.models.score import first_difference


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckJob:
    """A work unit: one learner reads texts, (family, prompts, completions) a part."""

    learner: str
    genome: str
    parts: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Per part and text the first token the reader would not write (-1: none), and the FLOP."""

    doubts: tuple[tuple[int, ...], ...]
    flop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """Judged papers and the FLOP spent on solving and judging them."""

    judged: tuple[Judged, ...]
    flop: int


def verify(engine: Engine, state: State, solved: Solved, band: int) -> Verified:
    """Judge every answered paper."""
    answered = solved.answered
    if engine.config.run.verification == "formal":
        key = f"g{state.generation}/verify/{band}"
        judged = tuple(formal(engine, a, f"{key}/{i}") for i, a in enumerate(answered))
        return Verified(judged=judged, flop=solved.flop)
    if engine.config.loop.acceptance == "calibrated":
        # counted here, with the first band: a generation that is repeated finds it calibrated
        spent = 0 if band else believe.belief(engine, state).flop
        judged, flop = believe.judged(engine, state, answered)
        return Verified(judged=judged, flop=solved.flop + flop + spent)
    jobs = []
    for reader in range(LEARNERS):
        others = [a for a in answered if a.paper.author != reader]
        parts = tuple((a.paper.family, a.paper.prompts, a.completions) for a in others)
        jobs.append(check_job(engine, state.learners[reader], parts))
    results = engine.executor.map(check_unit, jobs)
    doubts = {
        a.paper: doubt
        for reader, result in enumerate(results)
        for a, doubt in zip(
            [a for a in answered if a.paper.author != reader], result.doubts, strict=True
        )
    }
    judged, flop = confirm(
        engine, state.learners, tuple(judge(engine, a, doubts[a.paper]) for a in answered)
    )
    return Verified(judged=judged, flop=solved.flop + flop + sum(r.flop for r in results))


def judge(engine: Engine, answered: Answered, doubt: tuple[int, ...]) -> Judged:
    """Put author, peer and self checks together."""
    family = engine.families[answered.paper.family]
    accepted = tuple(
        sure and first < 0 and family.check(prompt, lines_of(text))
        for sure, first, prompt, text in zip(
            answered.sure, doubt, answered.paper.prompts, answered.completions, strict=True
        )
    )
    return Judged(answered=answered, accepted=accepted, doubt=doubt)


def confirm(
    engine: Engine, learners: tuple[str, ...], judged: tuple[Judged, ...]
) -> tuple[tuple[Judged, ...], int]:
    """The judged papers less the accepted answers whose echo no learner would write; the FLOP."""
    counts, flop = read_echoes(engine, learners, [(j.answered, j.accepted) for j in judged])
    return tuple(
        replace(j, accepted=tuple((np.array(j.accepted, dtype=bool) & (found != 0)).tolist()))
        for j, found in zip(judged, counts, strict=True)
    ), flop


def read_echoes(
    engine: Engine,
    learners: tuple[str, ...],
    papers: Sequence[tuple[Answered, Sequence[bool]]],
) -> tuple[list[NDArray[np.int64]], int]:
    """Per paper, for the answers asked about, how many learners would write the echo; the FLOP.

    The count is -1 where an answer is not asked about or has no echo.
    """
    counts, places, parts = [], [], []
    for answered, asked in papers:
        paper, family = answered.paper, engine.families[answered.paper.family]
        echoes = [
            family.echo(prompt, lines_of(text)) if wanted else None
            for prompt, text, wanted in zip(paper.prompts, answered.completions, asked, strict=True)
        ]
        found = [echo for echo in echoes if echo is not None]
        counts.append(np.array([-1 if echo is None else 0 for echo in echoes], dtype=np.int64))
        places.append(np.flatnonzero(counts[-1] == 0))
        texts = tuple("\n".join(lines) for _, lines in found)
        parts.append((paper.family, tuple(prompt for prompt, _ in found), texts))
    jobs = [check_job(engine, learner, tuple(parts)) for learner in learners]
    readings = engine.executor.map(check_unit, jobs)
    for reading in readings:
        for count, place, doubts in zip(counts, places, reading.doubts, strict=True):
            count[place] += np.array(doubts, dtype=np.int64) < 0
    return counts, sum(reading.flop for reading in readings)


def formal(engine: Engine, answered: Answered, key: str) -> Judged:
    """Ask the environment's verifier instead."""
    paper = answered.paper
    correct = engine.warden.verify(
        key,
        paper.family,
        paper.level,
        list(paper.prompts),
        [list(lines_of(text)) for text in answered.completions],
    )
    return Judged(answered=answered, accepted=tuple(correct), doubt=(-1,) * len(correct))


def check_job(
    engine: Engine, learner: str, parts: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]
) -> CheckJob:
    """The unit that has `learner` read these texts."""
    return CheckJob(
        learner=str(engine.folder / learner), genome=genome_text(engine.genome), parts=parts
    )


def check_unit(job: CheckJob) -> Checked:
    """Read every part with the averaged weights; texts that are no rows are doubted at once."""
    model = load_bodies(job.learner, job.genome).averaged
    doubts, flop = [], 0
    for family, prompts, texts in job.parts:
        result = np.zeros(len(texts), dtype=np.int64)
        readable = np.array([i for i, text in enumerate(texts) if "?" not in text], dtype=np.int64)
        if len(readable):
            rows = encode_rows(
                model.tokenizer,
                family,
                [prompts[i] for i in readable],
                [texts[i] for i in readable],
            )
            result[readable] = first_difference(model, rows)
            targets = int((rows.lengths - rows.prompts).sum())
            flop += forward_flop(model.genome, model.tokenizer.size, rows.lengths, targets)
        doubts.append(tuple(result.tolist()))
    return Checked(doubts=tuple(doubts), flop=flop)
