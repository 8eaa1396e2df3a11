"""Solve: every learner answers its papers by chain of thought, with its averaged weights."""

from dataclasses import dataclass

import numpy as np

from ouroboros.loop.attempts import Answered, Paper
from ouroboros.loop.engine import LEARNERS, Engine
from ouroboros.loop.learner import Bodies, genome_text, load_bodies
from ouroboros.loop.state import State
from ouroboros.models.decode import Decoded, decode
from ouroboros.models.flop import decode_flop, forward_flop
from ouroboros.models.rows import encode_rows
from ouroboros.models.score import first_difference


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveJob:
    """A work unit: one learner, its papers and the decode budget of each."""

    learner: str
    genome: str
    papers: tuple[Paper, ...]
    budgets: tuple[int, ...]
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """A work unit's result."""

    answered: tuple[Answered, ...]
    flop: int


def solve(engine: Engine, state: State, papers: list[Paper]) -> Solved:
    """All papers answered by their authors, in the papers' order."""
    jobs = []
    for author in range(LEARNERS):
        own = tuple(paper for paper in papers if paper.author == author)
        budgets = tuple(budget(engine, paper) for paper in own)
        jobs.append(
            SolveJob(
                learner=str(engine.folder / state.learners[author]),
                genome=genome_text(engine.genome),
                papers=own,
                budgets=budgets,
                confidence=engine.config.loop.confidence,
            )
        )
    results = engine.executor.map(solve_unit, jobs)
    by_paper = {a.paper: a for result in results for a in result.answered}
    return Solved(
        answered=tuple(by_paper[paper] for paper in papers),
        flop=sum(result.flop for result in results),
    )


def budget(engine: Engine, paper: Paper) -> int:
    """Tokens that the longest completion of a paper may need, its end included."""
    family = engine.families[paper.family]
    return max(family.completion_length(prompt) for prompt in paper.prompts) + 1


def solve_unit(job: SolveJob) -> Solved:
    """Answer a learner's papers; the raw weights say where they would have written otherwise."""
    bodies = load_bodies(job.learner, job.genome)
    answered, flop = [], 0
    for paper, limit in zip(job.papers, job.budgets, strict=True):
        prompts = encode_rows(bodies.averaged.tokenizer, paper.family, paper.prompts)
        decoded = decode(bodies.averaged, prompts, limit)
        flop += decode_flop(
            bodies.averaged.genome, bodies.averaged.tokenizer.size, prompts.lengths, decoded.lengths
        )
        texts = completions(bodies, decoded)
        readable = np.array(["?" not in text for text in texts])
        sure = readable & decoded.ended & (decoded.confidence > job.confidence)
        agreed, more = agrees(bodies, paper, texts, sure)
        flop += more
        answered.append(
            Answered(paper=paper, completions=texts, sure=tuple((sure & agreed).tolist()))
        )
    return Solved(answered=tuple(answered), flop=flop)


def completions(bodies: Bodies, decoded: Decoded) -> tuple[str, ...]:
    """The decoded texts, without their ends."""
    tokenizer = bodies.averaged.tokenizer
    sizes = decoded.lengths - decoded.ended
    return tuple(
        tokenizer.decode(ids[:size]) for ids, size in zip(decoded.tokens, sizes, strict=True)
    )


def agrees(
    bodies: Bodies, paper: Paper, texts: tuple[str, ...], asked: np.ndarray
) -> tuple[np.ndarray, int]:
    """Whether the raw weights would write the same, for the rows asked about; and the FLOP."""
    chosen = np.flatnonzero(asked)
    result = np.zeros(len(texts), dtype=bool)
    if not len(chosen):
        return result, 0
    rows = encode_rows(
        bodies.raw.tokenizer,
        paper.family,
        [paper.prompts[i] for i in chosen],
        [texts[i] for i in chosen],
    )
    result[chosen] = first_difference(bodies.raw, rows) < 0
    targets = int((rows.lengths - rows.prompts).sum())
    return result, forward_flop(bodies.raw.genome, bodies.raw.tokenizer.size, rows.lengths, targets)
