"""Signals: what can be known of an answer without the truth, each from passes over finished texts.

    confident  the author's averaged weights find every token likely
    raw        so do its raw weights, the newest member of the average
    earlier    so did its averaged weights before the last training
    sampled    a decode at temperature 1 would write the same (the probability itself, not a draw)
    peer       the peer, of another seed, which never saw the answer, finds every token likely
    inverse    both learners find what follows from it for the inverse problem likely (its echo)
    twin       the same for the problem asked in another way
    split      ... for its two halves
    scale      ... for all of it in a unit ten times as small
    part       ... for its small pieces
    step       ... for every line asked as a problem of its own
    verdict    the author, asked to look at each line again, would write it again
    second     so would the peer

All are log-odds: of the least likely token, of the less sure reader where both read, of the worst
part where there are several. More is better. NaN where a family has no such view.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from ouroboros.config import SIGNALS, VIEWS
from ouroboros.envs import Family
from ouroboros.envs.base import View
from ouroboros.loop.attempts import Answered, lines_of
from ouroboros.loop.engine import LEARNERS, Engine
from ouroboros.loop.learner import genome_text, load_bodies
from ouroboros.models.flop import forward_flop
from ouroboros.models.rows import concatenate, encode_rows
from ouroboros.models.score import Reading, read
from ouroboros.models.tokenizer import AGAIN
from ouroboros.training.drafts import drafted

SUREST = 8.0  # log-odds beyond which nothing is surer
PIECES = "part"
REVIEWS = ("verdict", "second")  # of the author, of the peer
ALONG = {"confident": ("sampled",)}  # what the same reading tells besides
Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Text:
    """A problem with a whole solution, as it is read."""

    family: str
    prompt: str
    completion: str
    goes_on: bool = False
    """Whether more lines follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadJob:
    """A work unit: one learner reads texts, with its averaged or its raw weights."""

    learner: str
    genome: str
    raw: bool
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A work unit's result in the order of its texts, and the FLOP."""

    reading: Reading
    flop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured of N answers."""

    values: Floats
    """(N, len(SIGNALS)) log-odds"""
    doubt: Indices
    """(N,) index of the first character that the peer would not write, -1 where there is none"""
    blamed: Indices
    """(N,) first line that the author or the peer would not write again, -1 where there is none"""
    flop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """Texts for one reader, whose likelihood is a signal of the answers that own them."""

    signal: str
    learner: str
    texts: tuple[Text, ...]
    owners: Indices
    """(O,) numbers of answers"""
    owned: Indices | None = None
    """(O,) numbers of their texts; each its own one where none are given"""
    raw: bool = False
    lines: Indices | None = None
    """(O,) numbers of the lines that are looked at again"""


def measure(
    engine: Engine,
    learners: Sequence[str],
    earlier: Sequence[str],
    texts: Sequence[Text],
    authors: Indices,
    names: Sequence[str] = SIGNALS,
) -> Measured:
    """The signals `names` of N answers; the others are NaN.

    Args:
        engine: The run's surroundings.
        learners: State files of the learners, relative to the run's folder.
        earlier: State files of the same learners before their last training; empty where none are.
        texts: The answers; one that is no row is doubted at once.
        authors: (N,) which learner wrote each.
        names: Signals that are wanted.
    """
    asks = [
        ask
        for ask in (
            *_own(learners, earlier, texts, authors),
            *(_views(engine, learners, texts, names) if {*VIEWS} & {*names} else ()),
            *(_reviews(learners, texts, authors) if _is_reviewed(engine, names) else ()),
        )
        if ask.texts and not {ask.signal, *ALONG.get(ask.signal, ())}.isdisjoint(names)
    ]
    genome = genome_text(engine.genome)
    results = engine.executor.map(
        read_unit,
        [
            ReadJob(learner=str(engine.folder / a.learner), genome=genome, raw=a.raw, texts=a.texts)
            for a in asks
        ],
    )
    N, most = len(texts), np.iinfo(np.int64).max
    values = np.full((N, len(SIGNALS)), np.inf)
    doubt, blamed = np.full(N, -1, dtype=np.int64), np.full(N, most)
    for ask, result in zip(asks, results, strict=True):
        reading = result.reading
        if ask.signal in names:
            column, least = values[:, SIGNALS.index(ask.signal)], odds(reading.least)
            np.minimum.at(column, ask.owners, least if ask.owned is None else least[ask.owned])
        if ask.signal == "confident" and "sampled" in names:
            values[ask.owners, SIGNALS.index("sampled")] = odds(reading.total)
        if ask.signal == "peer":
            doubt[ask.owners] = reading.first
        if ask.lines is not None:
            doubted = reading.first >= 0
            np.minimum.at(blamed, ask.owners[doubted], ask.lines[doubted])
    return Measured(
        values=np.where(np.isinf(values), np.nan, values),
        doubt=doubt,
        blamed=np.where(blamed == most, -1, blamed),
        flop=sum(result.flop for result in results),
    )


def odds(logs: NDArray[np.float32]) -> Floats:
    """Log-odds of log-probabilities, between plus and minus `SUREST`."""
    clipped = np.clip(logs.astype(np.float64), -2 * SUREST, -np.exp(-2 * SUREST))
    return np.clip(clipped - np.log(-np.expm1(clipped)), -SUREST, SUREST)


def _own(
    learners: Sequence[str], earlier: Sequence[str], texts: Sequence[Text], authors: Indices
) -> Iterator[_Ask]:
    """The answers themselves, read by several weights of their authors and by their peers."""
    for author in range(LEARNERS):
        owners = np.flatnonzero(authors == author)
        own = tuple(texts[i] for i in owners.tolist())
        me, peer = learners[author], learners[1 - author]
        yield _Ask(signal="confident", learner=me, texts=own, owners=owners)
        yield _Ask(signal="raw", learner=me, texts=own, owners=owners, raw=True)
        if earlier:
            yield _Ask(signal="earlier", learner=earlier[author], texts=own, owners=owners)
        yield _Ask(signal="peer", learner=peer, texts=own, owners=owners)


def _is_reviewed(engine: Engine, names: Sequence[str]) -> bool:
    """Whether lines are to be looked at again, by learners that were taught to."""
    return AGAIN in engine.genome.alphabet and not {*REVIEWS}.isdisjoint(names)


def _views(
    engine: Engine, learners: Sequence[str], texts: Sequence[Text], names: Sequence[str]
) -> Iterator[_Ask]:
    """What follows from the answers for other problems, read by every learner.

    Small pieces are often those of other answers, too: what is the same is read once.
    """
    wanted = tuple(kind for kind in VIEWS if kind in names)
    places: dict[str, dict[Text, int]] = {kind: {} for kind in wanted}
    owned: dict[str, list[tuple[int, int]]] = {kind: [] for kind in wanted}
    unknown: set[Text] = set()
    for i, text in enumerate(texts):
        for kind, view in _seen(engine, text, wanted):
            found = places[kind]
            if view not in found and (view in unknown or not is_known(engine, view)):
                unknown.add(view)
                continue
            owned[kind].append((i, found.setdefault(view, len(found))))
    for kind in wanted:
        pairs = np.array(owned[kind], dtype=np.int64).reshape(-1, 2)
        for learner in learners:
            yield _Ask(
                signal=kind,
                learner=learner,
                texts=tuple(places[kind]),
                owners=pairs[:, 0],
                owned=pairs[:, 1],
            )


def _seen(engine: Engine, text: Text, kinds: Sequence[str]) -> Iterator[tuple[str, Text]]:
    """The views of a text, each with its kind."""
    family, lines = engine.families[text.family], lines_of(text.completion)
    echo = family.echo(text.prompt, lines) if "inverse" in kinds else None
    if echo is not None:
        yield "inverse", Text(text.family, echo[0], "\n".join(echo[1]))
    for view in family.views(text.prompt, lines) if kinds != ("inverse",) else ():
        if view.kind in kinds:
            yield view.kind, view_text(view)


def view_text(view: View) -> Text:
    """A view as it is read."""
    return Text(view.family, view.prompt, "\n".join(view.lines))


def is_known(engine: Engine, view: Text) -> bool:
    """Whether it is a problem of the run's families, solved in the form of one."""
    family: Family | None = engine.families.get(view.family)
    return family is not None and family.check(view.prompt, lines_of(view.completion))


def _reviews(learners: Sequence[str], texts: Sequence[Text], authors: Indices) -> Iterator[_Ask]:
    """Every line of every answer, looked at again by its author and by the peer."""
    for author in range(LEARNERS):
        found = [
            (i, number, review)
            for i in np.flatnonzero(authors == author).tolist()
            for number, review in enumerate(reviews(texts[i]))
        ]
        owners = np.array([i for i, _, _ in found], dtype=np.int64)
        lines = np.array([number for _, number, _ in found], dtype=np.int64)
        again = tuple(review for _, _, review in found)
        for signal, reader in zip(REVIEWS, (author, 1 - author), strict=True):
            yield _Ask(
                signal=signal, learner=learners[reader], texts=again, owners=owners, lines=lines
            )


def reviews(text: Text) -> Iterator[Text]:
    """Each line of a solution after itself: what is written again is upheld."""
    lines = lines_of(text.completion)
    for number, line in enumerate(lines):
        asked = text.prompt + drafted(lines[: number + 1])
        yield Text(text.family, asked, line, goes_on=number + 1 < len(lines))
        if "?" in line:
            return  # no reader can be asked to go on behind what is no text


def columns_of(answered: Sequence[Answered]) -> tuple[list[Text], NDArray[np.int64]]:
    """All answers of all papers, one after another, and their authors."""
    texts = [
        Text(a.paper.family, prompt, text)
        for a in answered
        for prompt, text in zip(a.paper.prompts, a.completions, strict=True)
    ]
    sizes = [len(a.completions) for a in answered]
    return texts, np.repeat([a.paper.author for a in answered], sizes)


def is_formed(engine: Engine, text: Text) -> bool:
    """Whether an answer has the form of one."""
    return engine.families[text.family].check(text.prompt, lines_of(text.completion))


def read_unit(job: ReadJob) -> Read:
    """Read every text; one that is no row is wrong from its first character on."""
    bodies = load_bodies(job.learner, job.genome)
    model = bodies.raw if job.raw else bodies.averaged
    R = len(job.texts)
    whole = Reading(
        first=np.zeros(R, dtype=np.int64),
        least=np.full(R, -np.inf, dtype=np.float32),
        total=np.full(R, -np.inf, dtype=np.float32),
    )
    readable = [i for i, text in enumerate(job.texts) if "?" not in text.completion]
    if not readable:
        return Read(reading=whole, flop=0)
    runs = groupby(readable, key=lambda i: job.texts[i].family)
    rows = concatenate([
        encode_rows(
            model.tokenizer,
            family,
            [job.texts[i].prompt for i in run],
            [job.texts[i].completion for i in run],
            [job.texts[i].goes_on for i in run],
        )
        for family, run in ((family, list(run)) for family, run in runs)
    ])
    found = read(model, rows)
    for name in ("first", "least", "total"):
        getattr(whole, name)[readable] = getattr(found, name)
    targets = int((rows.lengths - rows.prompts).sum())
    flop = forward_flop(model.genome, model.tokenizer.size, rows.lengths, targets)
    return Read(reading=whole, flop=flop)
