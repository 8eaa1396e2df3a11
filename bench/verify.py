"""Knowing when it is wrong: what the signals are worth, past the wall, on a climb of four walls.

    ouro bench verify --json                      # three seeds, some eight minutes each
    ouro bench verify --seeds 1 --arms majority formal    # these arms alone

The loop runs as in `ouro run`, calibrated, with the truth at hand for this bench alone (`_lab.py`).
Every answer past the wall that it asks for is measured by all signals and graded. Reported are, as
medians and extremes over seeds: how well right and wrong are told apart (`auroc`, `ece`), how right
is what is learnt from (`label_precision`) and how much of it there is (`yield`), whether the first
wrong line is found (`located`) and mended (`repaired`), what of its own errors past the last
frontier a learner misses when it reads them with both its bodies, and when these, trained on the
climb's mistakes, look at its lines again (`blind_spot_before`, `blind_spot_after`), what each
signal is worth, and pass@1 beside pass@k. Other arms climb by the same rooms with another rule: a
majority of five readings, unanimity, the truth itself.
"""

import argparse
import json
import math
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _lab import base, grade, make_engine, trained
from numpy.typing import NDArray
from scipy.stats import rankdata

from ouroboros.loop import believe
from ouroboros.loop.attempts import Answered, Judged, paper_of
from ouroboros.loop.canaries import COLUMNS, Known, young
from ouroboros.loop.curate import curate, keep, unharvested
from ouroboros.loop.engine import LEARNERS, Engine
from ouroboros.loop.learn import train
from ouroboros.loop.learner import genome_text, load_bodies
from ouroboros.loop.propose import propose
from ouroboros.loop.record import forget
from ouroboros.loop.revise import Revised, revise
from ouroboros.loop.rules import fitted, probability, weighed
from ouroboros.loop.signals import (
    SIGNALS,
    ReadJob,
    Text,
    columns_of,
    is_formed,
    measure,
    read_unit,
    reviews,
)
from ouroboros.loop.solve import solve
from ouroboros.loop.state import State
from ouroboros.loop.verify import Verified, verify
from ouroboros.models.decode import decode
from ouroboros.models.rows import encode_rows

ARMS = ("calibrated", "unanimous", "majority", "formal")
WALLS = 4  # how far the climb goes
BINS = 15  # of the calibration error
VOTES = 3  # of five readings, the author's own among them
TRIES, TEMPERATURE = 8, 0.8
BEYOND, EACH, FRESH = (1.5, 2), 150, 811  # frontiers; problems of a paper; their seed
FIGURES = (
    "auroc", "ece", "label_precision", "yield", "located", "repaired",
    "blind_spot_before", "blind_spot_after",
)  # fmt: skip
SETTINGS = (f"loop.horizon={WALLS}", "training.drafts=0.2", "training.extra=1000")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """N answers past the wall, measured and graded."""

    families: NDArray[np.str_]
    values: NDArray[np.float64]
    """(N, S) signals"""
    right: NDArray[np.bool_]
    formed: NDArray[np.bool_]
    probability: NDArray[np.float64]
    """of being right, by the belief of its generation; 0 where it has no form"""
    votes: NDArray[np.int64]
    """of the five readings that would write it, the author's included"""
    located: NDArray[np.int64]
    """first line that is doubted, -1 where none is"""
    fault: NDArray[np.int64]
    """first line that is wrong, -1 where none is"""
    repeats: NDArray[np.bool_]
    """whether the author's raw weights, too, would write it: what reading again tells untrained"""
    upholds: NDArray[np.bool_]
    """whether, besides, both bodies, looking at its lines again, would write all of them again"""
    half_upholds: NDArray[np.bool_]
    """whether, besides, the averaged weights would, alone"""


def look(engine: Engine, state: State, answered: Sequence[Answered]) -> Seen:
    """All there is to know of some papers."""
    texts, authors = columns_of(answered)
    found = measure(engine, state.learners, state.earlier, texts, authors)
    again = measure(engine, state.learners, state.earlier, texts, authors, ("verdict",))
    votes, repeats = voted(engine, state, texts, authors)
    half = repeats & (again.blamed < 0)
    marks = [grade(text) for text in texts]
    names = np.array([text.family for text in texts])
    formed = np.array([is_formed(engine, text) for text in texts])
    held = believe.belief(engine, state)
    doubted = np.array(
        [t.completion[:at].count("\n") if at >= 0 else -1
         for t, at in zip(texts, found.doubt.tolist(), strict=True)]
    )  # fmt: skip
    return Seen(
        families=names,
        values=found.values,
        right=np.array([mark is None for mark in marks]),
        formed=formed,
        probability=np.where(formed, probability(held, names, found.values), 0.0),
        votes=votes,
        located=np.where(doubted >= 0, doubted, found.blamed),
        fault=np.array([-1 if mark is None else mark for mark in marks]),
        repeats=repeats,
        upholds=half & ~raw_doubts(engine, state, texts, authors),
        half_upholds=half,
    )


def voted(
    engine: Engine, state: State, texts: Sequence[Text], authors: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Readings out of five that would write each text, and whether the author's raw weights would.

    The five are both bodies of author and peer, and the author's before its last training.
    """
    count, repeats = np.ones(len(texts), dtype=np.int64), np.zeros(len(texts), dtype=np.bool_)
    for author in range(LEARNERS):
        mine = np.flatnonzero(authors == author)
        own = tuple(texts[i] for i in mine.tolist())
        readers = [(state.learners[author], True), (state.earlier[author], False)]
        readers += [(state.learners[1 - author], raw) for raw in (False, True)]
        jobs = [
            ReadJob(
                learner=str(engine.folder / learner),
                genome=genome_text(engine.genome),
                raw=raw,
                texts=own,
            )
            for learner, raw in readers
        ]
        agree = [r.reading.first < 0 for r in engine.executor.map(read_unit, jobs)]
        count[mine] += np.sum(agree, axis=0)
        repeats[mine] = agree[0]
    return count, repeats


def raw_doubts(
    engine: Engine, state: State, texts: Sequence[Text], authors: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether the author's raw weights, looking at its lines again, would write one otherwise."""
    found = np.zeros(len(texts), dtype=np.bool_)
    for author in range(LEARNERS):
        mine = np.flatnonzero(authors == author).tolist()
        lines = [(i, review) for i in mine for review in reviews(texts[i])]
        job = ReadJob(
            learner=str(engine.folder / state.learners[author]),
            genome=genome_text(engine.genome),
            raw=True,
            texts=tuple(review for _, review in lines),
        )
        (result,) = engine.executor.map(read_unit, [job])
        owners = np.array([i for i, _ in lines], dtype=np.int64)
        np.logical_or.at(found, owners, result.reading.first >= 0)
    return found


def ruled(arm: str, verified: Verified, seen: Seen) -> Verified:
    """The judgements by an arm's own rule."""
    if arm in ("calibrated", "unanimous"):
        return verified
    accepted = seen.right if arm == "formal" else seen.formed & (seen.votes >= VOTES)
    ends = np.cumsum([len(j.accepted) for j in verified.judged])[:-1]
    judged = zip(verified.judged, np.split(accepted, ends), strict=True)
    return replace(
        verified, judged=tuple(replace(j, accepted=tuple(yes.tolist())) for j, yes in judged)
    )


@dataclass(slots=True)
class Tally:
    """What a climb adds up to."""

    asked: int = 0
    right: int = 0
    accepted: int = 0
    accepted_right: int = 0
    mended: int = 0
    mended_right: int = 0
    wrong: int = 0
    repaired: int = 0
    generations: int = 0

    def add(self, verified: Verified, seen: Seen, revised: Revised) -> None:
        """Count a band."""
        yes = np.array([yes for j in verified.judged for yes in j.accepted], dtype=np.bool_)
        self.asked += len(yes)
        self.right += int(seen.right.sum())
        self.accepted += int(yes.sum())
        self.accepted_right += int((yes & seen.right).sum())
        texts, _ = columns_of([j.answered for j in verified.judged])
        faulty = {(t.family, t.prompt) for t, r in zip(texts, seen.right, strict=True) if not r}
        mended, _ = columns_of([j.answered for j in revised.judged])
        good = [grade(text) is None for text in mended]
        self.mended += len(good)
        self.mended_right += sum(good)
        self.wrong += int((~seen.right).sum())
        pairs = zip(mended, good, strict=True)
        self.repaired += sum(ok and (t.family, t.prompt) in faulty for t, ok in pairs)

    def figures(self) -> dict[str, Any]:
        """Shares of it."""
        labels, good = self.accepted + self.mended, self.accepted_right + self.mended_right
        return {
            "labels": labels,
            "label_precision": good / max(1, labels),
            "yield": self.accepted / max(1, self.asked),
            "yield_of_right": self.accepted_right / max(1, self.right),
            "repaired": self.repaired / max(1, self.wrong),
            "generations": self.generations,
        }


def climb(
    engine: Engine, state: State, arm: str, seconds: float
) -> tuple[State, Tally, list[Seen]]:
    """Generations until every family is `WALLS` walls up, or the time is."""
    tally, everything, began = Tally(), [], time.monotonic()
    while time.monotonic() - began < seconds:
        state = replace(state, generation=state.generation + 1)
        harvest = unharvested(engine, state)
        if not harvest.active:
            break
        for band in range(engine.config.loop.bands):
            papers = propose(engine, state, harvest, band)
            answered = solve(engine, state, papers)
            seen = look(engine, state, answered.answered)
            verified = ruled(arm, verify(engine, state, answered, band), seen)
            revised = _revised(engine, state, arm, verified)
            tally.add(verified, seen, revised)
            everything.append(seen)
            harvest = curate(engine, state, harvest, verified, revised)
            if not harvest.active:
                break
        state = train(engine, keep(engine, state, harvest), harvest)
        forget(engine.folder, state)
        tally.generations += 1
        fronts = {name: front.level for name, front in state.fronts.items()}
        told = {"arm": arm, "fronts": fronts, **tally.figures()}
        print(json.dumps(told), file=sys.stderr, flush=True)
    return state, tally, everything


def _revised(engine: Engine, state: State, arm: str, verified: Verified) -> Revised:
    """A majority and the truth know of no mending."""
    if arm in ("calibrated", "unanimous"):
        return revise(engine, state, verified)
    return Revised(judged=(), doubted=0, faults=_faults(verified.judged), flop=0)


def _faults(judged: Sequence[Judged]) -> tuple[int, ...]:
    return tuple(
        sum(not yes for j in judged if j.answered.paper.author == author for yes in j.accepted)
        for author in range(LEARNERS)
    )


def auroc(right: NDArray[np.bool_], score: NDArray[np.float64]) -> float:
    """The probability that a right answer's score is above a wrong one's, ties half."""
    good, bad = int(right.sum()), int((~right).sum())
    if not good or not bad:
        return float("nan")
    return float((rankdata(score)[right].sum() - good * (good + 1) / 2) / (good * bad))


def calibration_error(right: NDArray[np.bool_], probability: NDArray[np.float64]) -> float:
    """Expected calibration error over equal bins of probability (Guo et al. 2017, section 2)."""
    places = np.minimum((probability * BINS).astype(int), BINS - 1)
    gaps = [
        abs(right[places == b].mean() - probability[places == b].mean()) * (places == b).sum()
        for b in range(BINS)
        if (places == b).any()
    ]
    return float(sum(gaps) / len(right))


def joined(seen: Sequence[Seen]) -> Seen:
    """All of it in one."""
    return Seen(**{
        name: np.concatenate([getattr(part, name) for part in seen]) for name in Seen.__slots__
    })


def detection(engine: Engine, seen: Seen, known: Known) -> dict[str, Any]:
    """How well right and wrong are told apart, by all signals, by each alone and without each."""
    probability = seen.probability
    wrong = ~seen.right
    found = (seen.located >= 0) & (abs(seen.located - seen.fault) <= 1)
    return {
        "answers": len(seen.right),
        "wrong": int(wrong.sum()),
        "auroc": auroc(seen.right, probability),
        "ece": calibration_error(seen.right, probability),
        "by_family": {
            name: {
                "auroc": auroc(seen.right[rows], probability[rows]),
                "ece": calibration_error(seen.right[rows], probability[rows]),
                "right": float(seen.right[rows].mean()),
            }
            for name in engine.families
            for rows in [seen.families == name]
            if rows.any()
        },
        "located": float(found[wrong].mean()),
        "majority": {
            "precision": float(seen.right[seen.formed & (seen.votes >= VOTES)].mean()),
            "yield": float((seen.formed & (seen.votes >= VOTES)).mean()),
            "auroc": auroc(seen.right, np.where(seen.formed, seen.votes, 0).astype(float)),
        },
        "signals": worth(engine, seen, known),
    }


def worth(engine: Engine, seen: Seen, known: Known) -> dict[str, dict[str, float]]:
    """Each signal alone (its area under the curve), and all others weighed; without `none`, all.

    By what the base alone shows: the bar without it is that of the run's beginning.
    """
    table: dict[str, dict[str, float]] = {}
    for number, signal in enumerate((*SIGNALS, "none")):
        less = known.values.copy()
        less[:, [name == signal for name in SIGNALS]] = np.nan
        rules = fitted(engine.families, replace(known, values=less))
        without = np.where(seen.formed, weighed(rules, seen.families, seen.values), 0.0)
        alone = seen.values[:, number] if signal in SIGNALS else without
        rows = seen.formed & ~np.isnan(alone)
        taken = without >= np.array([rules[name].bar for name in seen.families.tolist()])
        table[signal] = {
            "alone": auroc(seen.right[rows], alone[rows]) if rows.any() else 0.5,
            "auroc_without": auroc(seen.right, without),
            "precision_without": float(seen.right[taken].mean()) if taken.any() else 1.0,
            "yield_without": float(taken.mean()),
        }
    return table


def blind_spot(seen: Seen, upheld: NDArray[np.bool_]) -> float:
    """Of well-formed wrong answers, the share that their author would stand by."""
    wrong = seen.formed & ~seen.right
    return float(upheld[wrong].mean()) if wrong.any() else float("nan")


def blindness(seen: Seen) -> dict[str, float]:
    """What authors stand by of their own, without and with looking again."""
    return {
        "blind_spot_before": blind_spot(seen, seen.repeats),
        "blind_spot_after": blind_spot(seen, seen.upholds),
        "blind_spot_after_averaged": blind_spot(seen, seen.half_upholds),
        "errors": float((seen.formed & ~seen.right).sum()),
        "false_alarms": float((seen.repeats & ~seen.upholds)[seen.right].mean()),
    }


def beyond(engine: Engine, state: State) -> tuple[Answered, ...]:
    """Fresh problems that have not been asked for yet, past every frontier, answered by both."""
    papers = [
        paper_of(family.propose(math.ceil(state.fronts[name].level * times), FRESH + a, EACH), a)
        for name, family in engine.families.items()
        for times in BEYOND
        for a in range(LEARNERS)
    ]
    return solve(engine, state, papers).answered


def passes(engine: Engine, state: State, count: int = 60) -> dict[str, dict[str, float]]:
    """By walls up: pass@1 and pass@k of the successor, drawn at a temperature, and greedily."""
    path = str(engine.folder / state.learners[state.successor])
    model = load_bodies(path, genome_text(engine.genome)).averaged
    rng, table = torch.Generator().manual_seed(0), {}
    for times in (1, 2, WALLS):
        greedy, drawn = [], []
        for name, family in engine.families.items():
            tasks = family.propose(times * engine.config.families[name].wall, 991, count)
            prompts = [task.prompt for task in tasks]
            budget = max(map(family.completion_length, prompts)) + 1
            rows = encode_rows(model.tokenizer, name, prompts)
            for temperature in (0.0, *(TEMPERATURE,) * TRIES):
                found = decode(model, rows, budget, temperature=temperature, rng=rng)
                sizes = found.lengths - found.ended
                texts = [model.tokenizer.decode(ids[:size])
                         for ids, size in zip(found.tokens, sizes, strict=True)]  # fmt: skip
                marks = [grade(Text(name, p, t)) is None
                         for p, t in zip(prompts, texts, strict=True)]  # fmt: skip
                (drawn if temperature else greedy).append(marks)
        tries = np.array(drawn).reshape(len(engine.families), TRIES, count)
        table[f"{times} walls"] = {
            "greedy": float(np.mean(greedy)),
            "pass@1": float(tries.mean()),
            f"pass@{TRIES}": float(tries.any(axis=1).mean()),
        }
    return table


def started(first: Path, folder: str, seed: int, acceptance: str) -> tuple[Engine, State]:
    """An engine with the seed's base in its folder, and the state; `first` is made if need be."""
    settings = *SETTINGS, f"loop.acceptance={acceptance}"
    if not first.exists():
        with closing((engine := make_engine(first, seed, settings)).executor):
            base(engine)
    run = Path(shutil.copytree(first, Path(folder) / "run"))
    return make_engine(run, seed, settings), trained(run)


def measured(first: Path, seed: int, seconds: float, kept: Path | None) -> dict[str, Any]:
    """The calibrated arm of one seed, with everything that is told of it."""
    with tempfile.TemporaryDirectory(prefix="verify-") as folder:
        engine, state = started(first, folder, seed, "calibrated")
        with closing(engine.executor):
            before = passes(engine, state)
            known = young(engine, state, thorough=True)  # while the base's states are there
            state, tally, seen = climb(engine, state, "calibrated", seconds)
            whole = joined(seen)
            if kept:
                below = {f"below_{name}": getattr(known, name) for name in COLUMNS}
                np.savez(kept, **below, **{n: getattr(whole, n) for n in Seen.__slots__})
            return {
                "seed": seed,
                **detection(engine, whole, known),
                **tally.figures(),
                **blindness(look(engine, state, beyond(engine, state))),
                "blind_spot_climb": blindness(whole),
                "fronts": {name: front.level for name, front in state.fronts.items()},
                "passes": {"base": before, "end": passes(engine, state)},
            }


def other(first: Path, arm: str, seed: int, seconds: float) -> dict[str, Any]:
    """Another arm's climb of one seed, from the same base."""
    with tempfile.TemporaryDirectory(prefix="verify-") as folder:
        acceptance = "unanimous" if arm == "unanimous" else "calibrated"
        engine, state = started(first, folder, seed, acceptance)
        with closing(engine.executor):
            state, tally, _ = climb(engine, state, arm, seconds)
            fronts = {name: front.level for name, front in state.fronts.items()}
            return {"seed": seed, **tally.figures(), "fronts": fronts}


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, smallest and largest."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def main() -> None:
    """Every seed, every arm."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=400, help="longest climb")
    parser.add_argument("--arms", nargs="*", default=list(ARMS), choices=ARMS)
    parser.add_argument("--keep", type=Path, help="folder for all that was measured")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
    runs, arms = [], {arm: [] for arm in arguments.arms if arm != "calibrated"}
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="verify-") as folder:
            first = Path(folder) / "base"
            if "calibrated" in arguments.arms:
                kept = arguments.keep and arguments.keep / f"{seed}.npz"
                runs.append(measured(first, seed, arguments.seconds, kept))
            for arm, found in arms.items():
                found.append(other(first, arm, seed, arguments.seconds))
    figures = {key: spread([run[key] for run in runs]) for key in FIGURES if runs}
    print(json.dumps({**figures, "arms": arms, "runs": runs}))


if __name__ == "__main__":
    main()
