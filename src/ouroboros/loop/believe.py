"""Believe: which answers are taken for right, by what signals said where the truth is known.

An answer that falls into small pieces is believed for these alone: they are as short past the wall
as below it, and learners who fail at the whole still know them. Any other is weighed by all its
signals: past the wall more answers may be wrong than among those of known truth, so each level is
watched besides. Its share of right answers is what makes its own probabilities likeliest, they are
adapted to it, and of the surest answers as many are taken as are right in 99.9 % by that.

What is right at all is shown by `canaries`, in each generation anew.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from ouroboros.errors import UsageError
from ouroboros.lineage.files import write_whole
from ouroboros.loop.attempts import Answered, Judged
from ouroboros.loop.canaries import known
from ouroboros.loop.engine import Engine
from ouroboros.loop.rules import (
    BY_BOTH,
    PART,
    Belief,
    Flags,
    believed,
    calibrated,
    kept,
    weighed,
)
from ouroboros.loop.signals import (
    PIECES,
    SIGNALS,
    Measured,
    Text,
    columns_of,
    is_formed,
    measure,
    view_text,
)
from ouroboros.loop.small import pieces_of, read_pieces
from ouroboros.loop.state import State

FIRST = ("confident", "sampled", "raw", "earlier", "peer")  # cost one passage each
Indices = NDArray[np.int64]


def belief_path(engine: Engine) -> Path:
    """Where a run keeps it."""
    return engine.folder / "learners" / "belief.json"


def belief(engine: Engine, state: State) -> Belief:
    """The generation's belief; calibrated where there is none yet. UsageError if it is damaged."""
    path = belief_path(engine)
    if path.exists():
        try:
            held = TypeAdapter(Belief).validate_json(path.read_bytes())
        except ValidationError:
            raise UsageError(
                f"{path} is damaged, or of another version; restore it or start the run over"
            ) from None
        if held.generation == state.generation:
            return held
    found = calibrated(engine.families, known(engine, state), state.generation)
    write_whole(path, json.dumps(asdict(found), indent=1).encode())
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """N texts of some papers, one after another."""

    texts: tuple[Text, ...]
    authors: Indices
    formed: Flags
    """(N,) which have the form of an answer"""
    places: tuple[tuple[str, int], ...]
    """family and level of each"""

    def some(self, rows: Indices) -> "_Asked":
        """Some of them."""
        chosen = rows.tolist()
        return _Asked(
            texts=tuple(self.texts[row] for row in chosen),
            authors=self.authors[rows],
            formed=self.formed[rows],
            places=tuple(self.places[row] for row in chosen),
        )

    def names(self) -> NDArray[np.str_]:
        """(N,) their families."""
        return np.array([text.family for text in self.texts], dtype=np.str_)


def _asked(engine: Engine, papers: Sequence[Answered]) -> _Asked:
    texts, authors = columns_of(papers)
    return _Asked(
        texts=tuple(texts),
        authors=authors,
        formed=np.array([is_formed(engine, text) for text in texts], dtype=np.bool_),
        places=tuple((a.paper.family, a.paper.level) for a in papers for _ in a.completions),
    )


def judged(
    engine: Engine, state: State, answered: Sequence[Answered]
) -> tuple[tuple[Judged, ...], int]:
    """The papers with the answers that are believed; the FLOP."""
    held, asked = belief(engine, state), _asked(engine, answered)
    accepted, whole, flop = _by_pieces(engine, state, held, asked)
    doubt = np.full(len(asked.texts), -1)
    # where an answer is mended is where the peer doubts it
    rows = np.flatnonzero(~whole & ~accepted)
    read = _measured(engine, state, asked.some(rows), ("peer",))
    doubt[rows] = read.doubt
    rows = np.flatnonzero(whole)
    accepted[rows], doubt[rows], spent = _as_wholes(engine, state, held, asked.some(rows))
    return _papers(answered, accepted, doubt), flop + read.flop + spent


def upheld(
    engine: Engine, state: State, mended: Sequence[Answered], *, in_pieces: bool = False
) -> tuple[list[Flags], int]:
    """Which of the texts that two learners wrote together are believed, by paper; the FLOP.

    Those that were solved `in_pieces` for their pieces only.
    """
    held, asked = belief(engine, state), _asked(engine, mended)
    sure, whole, flop = _by_pieces(engine, state, held, asked)
    if not in_pieces:
        rows = np.flatnonzero(whole)
        rest = asked.some(rows)
        found = _measured(engine, state, rest, _wanted(engine, BY_BOTH))
        sure[rows] = believed(held.mended, found.values, rest.formed, rest.places)
        flop += found.flop
    ends = np.cumsum([len(a.completions) for a in mended])
    return np.split(sure, ends[:-1]), flop


def _by_pieces(
    engine: Engine, state: State, held: Belief, asked: _Asked
) -> tuple[Flags, Flags, int]:
    """Which texts are believed for their pieces, and which have none; the FLOP."""
    least, flop = np.full(len(asked.texts), np.inf), 0
    if PIECES in engine.config.loop.signals:
        owned = [
            (i, view_text(view))
            for i, text in enumerate(asked.texts)
            for view in pieces_of(engine, text)
        ]
        said, flop = read_pieces(engine, state, (piece for _, piece in owned))
        owners = np.array([i for i, _ in owned], dtype=np.int64)
        np.minimum.at(least, owners, [said[piece].odds for _, piece in owned])
    whole: Flags = np.isinf(least)
    values = np.full((len(least), len(SIGNALS)), np.nan)
    values[~whole, PART] = least[~whole]
    return believed(held.pieces, values, asked.formed & ~whole, asked.places), whole, flop


def _as_wholes(
    engine: Engine, state: State, held: Belief, asked: _Asked
) -> tuple[Flags, Indices, int]:
    """Which texts without pieces are believed, and where the peer doubts each; the FLOP.

    What costs most is measured only where it could still make the difference.
    """
    names, wanted = asked.names(), engine.config.loop.signals
    # the peer's doubts are asked for, whether or not they count here
    first = _measured(engine, state, asked, (*_wanted(engine, FIRST), "peer"))
    dear = np.isin(SIGNALS, wanted) & ~np.isin(SIGNALS, FIRST)
    values = kept(first.values, wanted)
    bars = {name: rule.bar for name, rule in held.answers.items()}
    least = np.array([bars.get(name, np.inf) for name in names.tolist()])
    hopeful = asked.formed & (weighed(held.answers, names, values, dear) >= least)
    rows = np.flatnonzero(hopeful)
    rest = tuple(name for name in wanted if name not in FIRST)
    more = _measured(engine, state, asked.some(rows), rest)
    values[np.ix_(rows, dear)] = more.values[:, dear]
    accepted = believed(held.answers, values, hopeful, asked.places)
    return accepted, first.doubt, first.flop + more.flop


def _wanted(engine: Engine, names: Sequence[str]) -> tuple[str, ...]:
    """Those of the signals that the run looks at."""
    return tuple(name for name in engine.config.loop.signals if name in names)


def _measured(engine: Engine, state: State, asked: _Asked, names: Sequence[str]) -> Measured:
    return measure(engine, state.learners, state.earlier, asked.texts, asked.authors, names)


def _papers(
    answered: Sequence[Answered], accepted: Flags, doubt: NDArray[np.int64]
) -> tuple[Judged, ...]:
    """The judgements, paper by paper."""
    ends = np.cumsum([len(a.completions) for a in answered])[:-1]
    parts = zip(answered, np.split(accepted, ends), np.split(doubt, ends), strict=True)
    return tuple(
        Judged(answered=a, accepted=tuple(yes.tolist()), doubt=tuple(first.tolist()))
        for a, yes, first in parts
    )
