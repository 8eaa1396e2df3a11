"""Revise: an answer that was not accepted is looked at again, and mended where it is doubted.

Where acceptance is calibrated the small pieces that are doubted are solved anew (`pieces`), and so
are those of every later version. Where that does not do, the answer is cut at the first token that
the peer doubts, and the peer goes on from there; what the peer would write just so is left as it
is, though its author was not sure. Learners that were taught to look again at a line
(`training.drafts`) are then asked to: the peer, and last the author, writes the doubted line anew,
and what follows.

A try is kept only if it is believed: where acceptance is unanimous, if *both* learners, asked the
same question the other way round (the family's *echo*: the sum taken back, the string reversed),
would write what follows from it; where it is calibrated, if it reaches the bar of its pieces or, as
a whole, what does not hang on its author makes it probable enough. So a learner is taught what its
peer knows better, and the one that is mended less often is the better one. In `formal` mode nothing
is revised here: the verifier's word is final.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ouroboros.loop import believe
from ouroboros.loop.attempts import Answered, Judged, lines_of, slip_of
from ouroboros.loop.engine import LEARNERS, Engine
from ouroboros.loop.learner import genome_text, load_bodies
from ouroboros.loop.pieces import solved_anew
from ouroboros.loop.signals import PIECES
from ouroboros.loop.solve import budget
from ouroboros.loop.state import State
from ouroboros.loop.verify import Verified, read_echoes
from ouroboros.models.decode import decode
from ouroboros.models.flop import decode_flop
from ouroboros.models.rows import encode_rows
from ouroboros.training.drafts import drafted


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How an answer is mended: by whom, and from the doubted token on or the doubted line anew."""

    by_author: bool = False
    again: bool = False
    in_pieces: bool = False
    """what is wrong in it is found and solved piece by piece"""


WAYS = (
    Way(in_pieces=True),
    Way(),
    Way(again=True),
    Way(by_author=True, again=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeJob:
    """A work unit: one learner goes on from texts cut short."""

    learner: str
    genome: str
    parts: tuple[tuple[str, tuple[tuple[str, str, str], ...], int], ...]
    """family, (prompt, what is gone on from, what is kept of it) of each row, token budget"""


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
    doubted, upheld, flop = sum(len(j.accepted) for j in opened), [], 0
    for way in _ways(engine):
        if not opened:
            break
        mended, spent = _mended(engine, state, opened, way)
        held, more = _held(engine, state, mended, way)
        flop += spent + more
        upheld += _split(mended, held, accepted=True)
        opened = _split(opened, [~sure for sure in held], accepted=False)
    return Revised(judged=tuple(upheld), doubted=doubted, faults=_faults(upheld), flop=flop)


def _ways(engine: Engine) -> list[Way]:
    """What this run may try: pieces where their rules were calibrated, drafts where taught."""
    return [
        way
        for way in WAYS
        if (_has_pieces(engine) or not way.in_pieces)
        and (engine.config.training.drafts or not way.again)
    ]


def _has_pieces(engine: Engine) -> bool:
    """Whether this run looks at small pieces, and so may mend them."""
    return engine.config.loop.acceptance == "calibrated" and PIECES in engine.config.loop.signals


def _mended(
    engine: Engine, state: State, opened: list[Judged], way: Way
) -> tuple[list[Judged], int]:
    """The papers with other texts in the place of the doubted ones, and the FLOP."""
    anew, flop = (opened, 0) if way.in_pieces else _gone_on(engine, state, opened, way)
    if _has_pieces(engine):
        anew, spent = solved_anew(engine, state, anew)
        flop += spent
    return [_slipped(*pair) for pair in zip(opened, anew, strict=True)], flop


def _gone_on(
    engine: Engine, state: State, opened: list[Judged], way: Way
) -> tuple[list[Judged], int]:
    """The papers as a learner goes on from what is kept of each text, and the FLOP."""
    readers = [_reader(judged, way) for judged in opened]
    jobs = [
        _resume_job(engine, state.learners[r], way, _of(opened, readers, r))
        for r in range(LEARNERS)
    ]
    resumed = engine.executor.map(resume_unit, jobs)
    texts = [iter(result.texts) for result in resumed]
    found = [
        _replaced(judged, way, next(texts[reader]))
        for judged, reader in zip(opened, readers, strict=True)
    ]
    return found, sum(result.flop for result in resumed)


def _slipped(before: Judged, mended: Judged) -> Judged:
    """The mended paper with what it was before as slips."""
    slips = map(slip_of, before.answered.completions, mended.answered.completions)
    return replace(mended, slips=tuple(slips))


def _reader(judged: Judged, way: Way) -> int:
    author = judged.answered.paper.author
    return author if way.by_author else LEARNERS - 1 - author


def _of(opened: list[Judged], readers: list[int], reader: int) -> list[Judged]:
    return [judged for judged, r in zip(opened, readers, strict=True) if r == reader]


def _split(
    papers: list[Judged], chosen: Sequence[NDArray[np.bool_]], *, accepted: bool
) -> list[Judged]:
    """The chosen rows of the papers; papers without any are left out."""
    found = (
        _chosen(judged, np.flatnonzero(rows), accepted=accepted)
        for judged, rows in zip(papers, chosen, strict=True)
    )
    return [judged for judged in found if judged.accepted]


def _held(
    engine: Engine, state: State, mended: list[Judged], way: Way
) -> tuple[list[NDArray[np.bool_]], int]:
    """Which of the mended answers are believed, by paper; the FLOP."""
    if engine.config.loop.acceptance == "calibrated":
        texts = [j.answered for j in mended]
        return believe.upheld(engine, state, texts, in_pieces=way.in_pieces)
    asked = [(j.answered, (True,) * len(j.accepted)) for j in mended]
    counts, flop = read_echoes(engine, state.learners, asked)
    return [count == LEARNERS for count in counts], flop


def _opened(engine: Engine, judged: Judged) -> Judged:
    """The answers that were not accepted and have an echo, where one is needed."""
    family = engine.families[judged.answered.paper.family]
    texts = zip(judged.answered.paper.prompts, judged.answered.completions, strict=True)
    needed = engine.config.loop.acceptance == "unanimous"
    fit = np.array([not needed or family.echo(p, lines_of(text)) is not None for p, text in texts])
    return _chosen(judged, np.flatnonzero(fit & ~np.array(judged.accepted)), accepted=False)


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
        slips=tuple(judged.slips[i] for i in rows) if judged.slips else (),
    )


def _replaced(judged: Judged, way: Way, texts: tuple[str, ...]) -> Judged:
    """The paper with these texts in the place of those that are written anew."""
    anew = iter(texts)
    completions = tuple(
        next(anew) if way.again or doubt >= 0 else text
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


def _resume_job(engine: Engine, learner: str, way: Way, judged: list[Judged]) -> ResumeJob:
    parts = []
    for j in judged:
        paper, texts = j.answered.paper, j.answered.completions
        rows = [i for i, doubt in enumerate(j.doubt) if way.again or doubt >= 0]
        asked = tuple(
            (paper.prompts[i], *_cut(texts[i], j.doubt[i], again=way.again)) for i in rows
        )
        parts.append((paper.family, asked, budget(engine, paper)))
    return ResumeJob(
        learner=str(engine.folder / learner), genome=genome_text(engine.genome), parts=tuple(parts)
    )


def _cut(text: str, doubt: int, *, again: bool) -> tuple[str, str]:
    """What a learner goes on from of a text, and what is kept of it: that, or its good lines."""
    if not again:
        return text[:doubt], text[:doubt]
    lines = lines_of(text)
    number = min(text[: max(doubt, 0)].count("\n"), len(lines) - 1)
    return drafted(lines[: number + 1]), "".join(f"{line}\n" for line in lines[:number])


def resume_unit(job: ResumeJob) -> Resumed:
    """Go on from each beginning greedily; what is no row has no end."""
    model = load_bodies(job.learner, job.genome).averaged
    results, flop = [], 0
    for family, asked, limit in job.parts:
        texts = [""] * len(asked)
        readable = [i for i, (_, draft, _) in enumerate(asked) if "?" not in draft]
        if readable:
            begun = [prompt + draft for prompt, draft, _ in (asked[i] for i in readable)]
            rows = encode_rows(model.tokenizer, family, begun)
            decoded = decode(model, rows, limit)
            flop += decode_flop(model.genome, model.tokenizer.size, rows.lengths, decoded.lengths)
            sizes = zip(readable, decoded.tokens, decoded.lengths, decoded.ended, strict=True)
            for i, ids, size, ended in sizes:
                text = model.tokenizer.decode(ids[: size - 1])
                texts[i] = asked[i][2] + text if ended else ""
        results.append(tuple(texts))
    return Resumed(texts=tuple(results), flop=flop)
