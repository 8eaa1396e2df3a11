"""Twenty generations that learn from themselves: who decays, who does not, and under poison.

    ouro bench stability --keep curves.jsonl --picture stability.png --json

Four arms start from the same base and ask the same levels, further out in each generation.
`replace` learns from the newest generation's answers alone, whatever they are, and never sees the
wall's data again; `accumulate` keeps the wall's data and all answers; `verify` keeps what the main
job accepts; `gate` examines each successor by the judges' own examiner besides, and goes
back where it is found worse or where the labels that taught it are, as far as chance allows, too
often wrong. In poisoned runs a share of all answers, of both learners, is wrong on purpose before
anybody judges them; or, as `believed`, by the rule of `structured` after everybody believed them,
which tells what is left once verification fails. What is shown is exact match on fixed fresh
problems at the wall, twice and four times the wall: the successor's, in the gate's arm the
champion's.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _lab import Truth, base, grade, make_engine, trained
from _poison import BELIEVED, NOISES, poisoned

from ouroboros.config import override
from ouroboros.loop.attempts import Answered, Judged, Paper, lines_of, paper_of
from ouroboros.loop.curate import Harvest, curate, keep, unharvested
from ouroboros.loop.engine import LEARNERS, Engine
from ouroboros.loop.learn import train
from ouroboros.loop.learner import genome_text, load_bodies
from ouroboros.loop.promote import evaluate, promote
from ouroboros.loop.record import forget
from ouroboros.loop.revise import Revised, revise
from ouroboros.loop.signals import Text
from ouroboros.loop.solve import solve
from ouroboros.loop.state import State
from ouroboros.loop.verify import Verified, verify
from ouroboros.models.transformer import Transformer
from ouroboros_judges.answers import load_answers
from ouroboros_judges.examiner import OPERATIONS, load_candidate
from ouroboros_judges.examiner import grade as graded
from ouroboros_warden.canonical import Json
from ouroboros_warden.client import Decision
from ouroboros_warden.exam import Examiners, Sat, Sitting, exam_seed
from ouroboros_warden.gate import SITTINGS
from ouroboros_warden.processes import Judge
from ouroboros_warden.standing import (
    ENOUGH,
    WHOLE,
    decide,
    most_right,
    share_of_alpha,
    undecided,
)

ARMS = ("replace", "accumulate", "verify", "gate")
VERIFIED = ARMS[2:]
SOUND = 9900  # labels of 10,000 that may be right, below which article 6 lets nobody be promoted
SHARES = (0.01, 0.05, 0.2)
TIMES = (1, 2, 4)  # walls at which is measured
ITEMS = 100  # problems a family and level that measure it
LEVELS, PROBLEMS = 4, 24  # asked of each learner in a family and generation
FARTHEST = 8  # walls, the last generation's reach
WORSE = 0.02  # what may be lost of exact match without counting as decay
SETTINGS = (
    'families={"reverse_addition": {"wall": 4}, "boolean_chain": {"wall": 6}}',
    "loop.steps=40",
    "loop.consolidation=0",
)
REPLACED = ("loop.wall_tokens=1700", "loop.wall_weight=1.0")  # all of a batch is of the newest file


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One arm's run and its curves, from the base on."""

    seed: int
    arm: str
    noise: str
    share: float
    accuracy: tuple[tuple[float, ...], ...]
    """by generation, the base first: exact match at each of `TIMES` walls"""
    labels: tuple[float, ...]
    """by generation, share of the new data that is right"""
    examples: tuple[int, ...]
    variety: tuple[float, ...]
    """by generation, different answers in the new data, as a share of it"""

    @property
    def name(self) -> tuple[int, str, str, float]:
        """What tells it from others."""
        return self.seed, self.arm, self.noise, self.share


class Here(Judge):
    """An examiner in this process, asked as the warden asks one in another."""

    def __init__(self) -> None:
        """Nothing is started."""
        self._answers: list[Json] = []

    def post(self, request: Json) -> None:
        """Answer at once."""
        self._answers.append(OPERATIONS[request["op"]](request))

    def collect(self, read: Callable[[Json], Any]) -> Any:
        """The answer, read as the warden reads it."""
        return read(json.loads(json.dumps(self._answers.pop(0))))

    def ask(self, request: Json, read: Callable[[Json], Any]) -> Any:
        """Both in one."""
        self.post(request)
        return self.collect(read)


class Gate(Truth):
    """Examines as the warden does, by the judges' examiner and the same rules."""

    def __init__(self, engine: Engine) -> None:
        """For the learners of one run."""
        self._folder, self._exam = engine.folder / "checkpoints", engine.config.exam
        self._walls = {n: family.wall for n, family in engine.config.families.items()}
        self._frontiers = dict(self._walls)
        self._secret = engine.seed(99).to_bytes(32, "big")
        self._examiners = Examiners([Here()])
        self._exams = self._duels = self._rows = self._wrong = 0
        self._precision = WHOLE

    def audit(self, right: Sequence[bool]) -> None:
        """Take note of new labels, right or wrong, as the warden's oracle finds them."""
        self._rows, self._wrong = self._rows + len(right), self._wrong + right.count(False)

    def examine(self, key: str, generation: int, checkpoint: str, parent: str | None) -> Decision:
        """Better, no evidence or worse than the champion."""
        del key, generation
        self._exams += 1
        self._duels += parent is not None
        threshold = 1 / share_of_alpha(self._exam.alpha, self._duels) if parent else None
        sat = Sat()
        for number in range(1, SITTINGS + 1):
            sitting = self._sitting(checkpoint, parent, number)
            sat += self._examiners.sit(sitting)
            found = self._examiners.weigh(sitting, sat.rows, self._exam.alpha, self._exam.margin)
            if not undecided(found["e_value"], threshold):
                break
        ruling = decide(found["e_value"], threshold, found["families"])
        measured = "frontier" if ruling.promoted else "champion_frontier"
        self._frontiers = {n: each[measured] for n, each in found["families"].items()}
        if self.drifted():
            return Decision(promoted=False, reason="drift")
        is_worse = ruling.reason.startswith("worse")
        return Decision(promoted=ruling.promoted, reason="worse" if is_worse else "no evidence")

    def drifted(self) -> bool:
        """Whether too many of the labels since it was last asked are wrong, as in article 6."""
        if self._rows >= ENOUGH:
            self._precision = most_right(self._rows, self._wrong)
            self._rows = self._wrong = 0
        return self._precision < SOUND

    def _sitting(self, successor: str, champion: str | None, number: int) -> Sitting:
        return Sitting(
            champion=self._folder / champion if champion else None,
            successor=self._folder / successor,
            families={
                n: {"wall": w, "frontier": self._frontiers[n]} for n, w in self._walls.items()
            },
            seed=exam_seed(self._secret, self._exams, number),
            items=self._exam.items,
            full=False,
        )


def asked(engine: Engine, generation: int, generations: int) -> list[Paper]:
    """The same problems in every arm: levels up to a reach that grows to `FARTHEST` walls."""
    papers = []
    for number, (name, family) in enumerate(engine.families.items()):
        seed, wall = engine.seed(1, generation, number), engine.config.families[name].wall
        top = round(wall * (1 + (FARTHEST - 1) * generation / generations))
        drawn = np.random.default_rng(seed).integers(1, top, LEVELS - 1)
        for level in sorted({*drawn.tolist(), top}):
            for author in range(LEARNERS):
                tasks = family.propose(level, engine.seed(2, seed, author), PROBLEMS)
                papers.append(paper_of(tasks, author))
    return papers


def gathered(
    engine: Engine, state: State, arm: str, noise: str, share: float, generations: int
) -> Harvest:
    """What an arm keeps of a generation's answers."""
    solved = solve(engine, state, asked(engine, state.generation, generations))
    rng = np.random.default_rng(engine.seed(98, state.generation))
    if share and noise != BELIEVED:
        answers = poisoned(engine.families, solved.answered, noise, share, rng)
        solved = replace(solved, answered=answers)
    if arm in VERIFIED:
        verified = verify(engine, state, solved, 0)
        revised = revise(engine, state, verified)
        if noise == BELIEVED:
            verified = replace(verified, judged=misled(engine, verified.judged, share, rng))
            revised = replace(revised, judged=misled(engine, revised.judged, share, rng))
    else:
        judged = tuple(trusting(engine, answered) for answered in solved.answered)
        verified = Verified(judged=judged, flop=solved.flop)
        revised = Revised(judged=(), doubted=0, faults=(0,) * LEARNERS, flop=0)
    return curate(engine, state, unharvested(engine, state), verified, revised)


def misled(
    engine: Engine, judged: Sequence[Judged], share: float, rng: np.random.Generator
) -> tuple[Judged, ...]:
    """Judged papers of which a share is wrong, and believed as if it were what was judged."""
    papers = [each.answered for each in judged]
    altered = poisoned(engine.families, papers, BELIEVED, share, rng)
    return tuple(replace(each, answered=a) for each, a in zip(judged, altered, strict=True))


def trusting(engine: Engine, answered: Answered) -> Judged:
    """The judgement of those who take whatever has the form of an answer."""
    family = engine.families[answered.paper.family]
    pairs = zip(answered.paper.prompts, answered.completions, strict=True)
    formed = tuple(family.check(prompt, lines_of(text)) for prompt, text in pairs)
    return Judged(answered=answered, accepted=formed, doubt=(-1,) * len(formed))


def step(
    engine: Engine, state: State, arm: str, noise: str, share: float, generations: int
) -> tuple[State, Harvest, list[bool]]:
    """One generation of an arm, and which of its new labels are right."""
    state = replace(state, generation=state.generation + 1)
    harvest = gathered(engine, state, arm, noise, share, generations)
    right = [grade(Text(e.family, e.prompt, "\n".join(e.lines))) is None for e in harvest.examples]
    # every arm is trained in every generation, also where all is agreed upon
    unsure = {name: {1: 0.5} for name in harvest.fronts}
    state = keep(engine, state, harvest)
    if arm == "replace" and harvest.examples:
        state = replace(state, data=state.data[-1:])
    if state.data:
        state = train(engine, state, replace(harvest, rates=unsure))
    if arm == "gate":
        gate: Any = engine.warden
        gate.audit(right)
        state = promote(engine, state, evaluate(engine, state))
    forget(engine.folder, state)
    return state, harvest, right


def accuracy(engine: Engine, state: State, arm: str) -> tuple[float, ...]:
    """Exact match of whom an arm would show, by walls."""
    model = shown(engine, state, arm)
    found = []
    for times in TIMES:
        marks = []
        for name, family in engine.families.items():
            level = times * engine.config.families[name].wall
            prompts = [task.prompt for task in family.propose(level, 990, ITEMS)]
            answers = load_answers([name])[name]
            texts = ["\n".join(answers.solve(prompt)) for prompt in prompts]
            marks.append(graded(model, name, prompts, texts)[0].mean())
        found.append(float(np.mean(marks)))
    return tuple(found)


def shown(engine: Engine, state: State, arm: str) -> Transformer:
    """The champion where there is a gate, else the successor."""
    if arm == "gate" and state.champion:
        return load_candidate(engine.folder / "checkpoints" / state.champion)
    path = str(engine.folder / state.learners[state.successor])
    return load_bodies(path, genome_text(engine.genome)).averaged


def lived(
    first: Path,
    settings: Sequence[str],
    seed: int,
    arm: str,
    noise: str,
    share: float,
    generations: int,
) -> Run:
    """An arm's whole run from a base that was trained before."""
    with tempfile.TemporaryDirectory(prefix="stability-") as folder:
        shutil.copytree(first, Path(folder) / "run")
        engine = make_engine(Path(folder) / "run", seed, settings, "tiny")
        if arm == "replace":
            engine = replace(engine, config=override(engine.config, REPLACED))
        if arm == "gate":
            engine = replace(engine, warden=Gate(engine))  # pyright: ignore[reportArgumentType]
        with closing(engine.executor):
            state = trained(engine.folder)
            curve, labels, counts, variety = [accuracy(engine, state, arm)], [], [], []
            if arm == "gate":
                state = promote(engine, state, evaluate(engine, state))
            for _ in range(generations):
                state, harvest, right = step(engine, state, arm, noise, share, generations)
                labels.append(float(np.mean(right)) if right else 1.0)
                counts.append(len(right))
                different = len({"\n".join(e.lines) for e in harvest.examples})
                variety.append(different / len(right) if right else 0.0)
                curve.append(accuracy(engine, state, arm))
    return Run(
        seed=seed,
        arm=arm,
        noise=noise,
        share=share,
        accuracy=tuple(curve),
        labels=tuple(labels),
        examples=tuple(counts),
        variety=tuple(variety),
    )


def plans(
    seeds: Sequence[int], arms: Sequence[str], noises: Sequence[str], shares: Sequence[float]
) -> Iterator[tuple[int, str, str, float]]:
    """Seed, arm, noise and share of every run, the clean ones of all seeds first."""
    for seed in seeds:
        for arm in arms:
            yield seed, arm, "none", 0.0
    for seed in seeds:
        for noise in noises:
            for share in shares:
                for arm in arms:
                    if noise != BELIEVED or arm in VERIFIED:
                        yield seed, arm, noise, share


def kept(file: Path | None) -> list[Run]:
    """Runs that were finished before."""
    if file is None or not file.exists():
        return []
    return [Run(**json.loads(line)) for line in file.read_text().splitlines()]


def summary(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """A row for each arm, noise and share: exact match over all walls, at the base and the end."""
    rows = []
    for name in dict.fromkeys((run.noise, run.share, run.arm) for run in runs):
        mine = [run for run in runs if (run.noise, run.share, run.arm) == name]
        curves = [[statistics.mean(each) for each in run.accuracy] for run in mine]
        ends = [statistics.mean(curve[-3:]) for curve in curves]
        changes = [end - curve[0] for end, curve in zip(ends, curves, strict=True)]
        labels = [statistics.mean(run.labels) for run in mine if run.labels]
        rows.append({
            "noise": name[0],
            "share": name[1],
            "arm": name[2],
            "seeds": len(mine),
            "base": statistics.median(curve[0] for curve in curves),
            "end": statistics.median(ends),
            "worst_change": min(changes),
            "labels": statistics.median(labels) if labels else 1.0,
            "decays": min(changes) < -WORSE,
        })
    return rows


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The summary as Markdown."""
    lines = [
        "| poison | arm | base | end | worst change | labels right | decays |",
        "|" + "---|" * 7,
    ]
    for row in rows:
        poison = f"{row['share']:.0%} {row['noise']}" if row["share"] else "none"
        figures = f"{row['base']:.2f} | {row['end']:.2f} | {row['worst_change']:+.2f}"
        ends = f"{row['labels']:.1%} | {'yes' if row['decays'] else 'no'}"
        lines.append(f"| {poison} | `{row['arm']}` | {figures} | {ends} |")
    return "\n".join(lines)


def draw(runs: Sequence[Run], file: Path) -> None:
    """Exact match by generation, a panel for each poison, a line for each arm and seed."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    panels = list(dict.fromkeys((run.noise, run.share) for run in runs))
    columns = min(4, len(panels))
    figure = Figure(figsize=(3.2 * columns, 2.6 * -(-len(panels) // columns) + 0.5), dpi=110)
    FigureCanvasAgg(figure)
    grid = figure.subplots(-(-len(panels) // columns), columns, sharey=True, squeeze=False)
    for axis in grid.flat[len(panels) :]:
        axis.set_visible(False)
    colors = dict(zip(ARMS, ("#b0413e", "#b45309", "#0369a1", "#0f766e"), strict=True))
    for axis, (noise, share) in zip(grid.flat, panels, strict=False):
        axis.set_title(f"{share:.0%} {noise}" if share else "no poison", fontsize=9)
        axis.set_ylim(0, 1.02)
        for run in runs:
            if (run.noise, run.share) == (noise, share):
                curve = [statistics.mean(each) for each in run.accuracy]
                axis.plot(curve, color=colors[run.arm], linewidth=1.3)
    for axis in grid[:, 0]:
        axis.set_ylabel("exact match")
    for axis in grid[-1]:
        axis.set_xlabel("generation")
    handles = [grid[0][0].plot([], [], color=colors[arm], label=arm)[0] for arm in ARMS]
    figure.legend(handles=handles, loc="lower center", ncols=len(ARMS), frameon=False)
    figure.tight_layout(rect=(0, 0.06, 1, 1))
    figure.savefig(file, facecolor="white")


def main() -> None:
    """Every run that is not in the file yet, then the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first-seed", type=int, default=70)
    parser.add_argument("--generations", type=int, default=20)
    parser.add_argument("--arms", nargs="*", default=list(ARMS), choices=ARMS)
    parser.add_argument("--noises", nargs="*", default=list(NOISES), choices=list(NOISES))
    parser.add_argument("--shares", nargs="*", type=float, default=list(SHARES))
    parser.add_argument(
        "--keep", type=Path, help="JSON lines of finished runs; they are not redone"
    )
    parser.add_argument(
        "--acceptance",
        default="calibrated",
        choices=("calibrated", "unanimous"),
        help="of `verify`",
    )
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # as the judges have; the rest of the machine is the learners'
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
    settings = *SETTINGS, f"loop.acceptance={arguments.acceptance}"
    runs, bases = kept(arguments.keep), {}
    known = {run.name for run in runs}
    with tempfile.TemporaryDirectory(prefix="stability-") as folder:
        for name in plans(seeds, arguments.arms, arguments.noises, arguments.shares):
            if name in known:
                continue
            seed = name[0]
            if seed not in bases:
                bases[seed] = Path(folder) / str(seed)
                engine = make_engine(bases[seed], seed, settings, "tiny")
                with closing(engine.executor):
                    base(engine)
            runs.append(lived(bases[seed], settings, *name, arguments.generations))
            print(table(summary(runs[-1:])).splitlines()[-1], file=sys.stderr, flush=True)
            if arguments.keep:
                with arguments.keep.open("a") as file:
                    file.write(json.dumps(asdict(runs[-1])) + "\n")
    if arguments.picture:
        draw(runs, arguments.picture)
    rows = summary(runs)
    print(json.dumps({"rows": rows, "runs": [asdict(run) for run in runs]})
          if arguments.json else table(rows))  # fmt: skip


if __name__ == "__main__":
    main()
