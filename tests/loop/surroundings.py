"""An engine without its processes: a warden in memory, units run here, learners made by hand."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file

from ouroboros.config import Config, override, parse_config
from ouroboros.envs import load_families
from ouroboros.executors import Serial
from ouroboros.loop.attempts import Answered, Paper
from ouroboros.loop.engine import Engine, body_of
from ouroboros.loop.signals import Read, ReadJob, Text
from ouroboros.loop.solve import Solved, SolveJob
from ouroboros.loop.state import Front, State
from ouroboros.models.rows import encode_rows
from ouroboros.models.score import Reading
from ouroboros.models.transformer import Transformer
from ouroboros.training.corpus import Serving, build_corpus
from ouroboros.training.optim import Optimizer, OptimizerConfig
from ouroboros.training.train import Schedule, train
from ouroboros_judges.answers import load_answers
from ouroboros_warden.client import Decision, Greeting

CONFIG = {
    "families": {"copy": {"wall": 3}, "reverse": {"wall": 3}},
    "genome": {"layers": 1, "width": 32, "heads": 2, "mlp_ratio": 2.0},
    "loop": {
        "problems": 6,
        "levels": 2,
        "bands": 2,
        "steps": 3,
        "consolidation": 2,
        "confidence": 0.3,
    },
    "training": {"steps": 4, "segment": 2, "examples": 12, "tokens": 200},
}


@dataclass
class MemoryWarden:
    """Answers as the real one would, forgets nothing, and can be told what to decide."""

    decisions: list[Decision] = field(default_factory=list)
    asked: list[tuple] = field(default_factory=list)
    shown: list[dict] = field(default_factory=list)

    def examples(self, key, family, level, count, seed):
        self.asked.append(("examples", key, family, level, count, seed))
        (answers,) = load_answers([family]).values()
        (own,) = load_families([family]).values()
        prompts = [task.prompt for task in own.propose(level, seed, count)]
        return prompts, [list(answers.solve(prompt)) for prompt in prompts]

    def verify(self, key, family, level, prompts, lines):
        self.asked.append(("verify", key, family, level, list(prompts)))
        (answers,) = load_answers([family]).values()
        return [answers.verify(p, each).correct for p, each in zip(prompts, lines, strict=True)]

    def claim(self, key, kind, body):
        self.asked.append(("claim", key, kind, body))

    def data(self, key, generation, file):
        self.asked.append(("data", key, generation, file))

    def examine(self, key, generation, checkpoint, parent):
        self.asked.append(("examine", key, generation, checkpoint, parent))
        return self.decisions.pop(0) if self.decisions else Decision(promoted=True, reason="better")

    def final(self, key):
        self.asked.append(("final", key))

    def finish(self, key, reason):
        self.asked.append(("finish", key, reason))

    def progress(self, body):
        self.shown.append(body)

    def of(self, name: str) -> list[tuple]:
        return [each for each in self.asked if each[0] == name]


def greeting_of(warden: MemoryWarden, **changes: object) -> Greeting:
    """What a warden who has heard all that would say to the next engine."""
    examined = [each[3] for each in warden.of("examine")]
    fields = {
        "config": {},
        "run_dir": "",
        "head": "",
        "champion": examined[-1] if examined else None,
        "answered": frozenset(each[1] for each in warden.asked),
    }
    return Greeting(**{**fields, **changes})


class DeafWarden:
    """Fails whoever speaks to it."""

    def __getattr__(self, name):
        raise AssertionError(f"nobody may ask the warden for {name}")


def configured(*settings: str) -> Config:
    return override(parse_config(CONFIG), settings)


def make_engine(folder: Path, *settings: str, warden: object = None) -> Engine:
    """An engine on the families copy and reverse with walls at 3, but for the `settings`."""
    config = configured(*settings)
    families = load_families(list(config.families))
    return Engine(
        config=config,
        genome=body_of(config, families),
        families=families,
        warden=MemoryWarden() if warden is None else warden,
        executor=Serial(),
        folder=folder,
        began=time.monotonic(),
    )


def make_state(learners: Sequence[str] = ("learners/a", "learners/b"), **changes: object) -> State:
    """A state after the base's training, with fronts at the walls."""
    fronts = {name: Front(level=3, reach=2.0, agreement=1.0) for name in ("copy", "reverse")}
    fields = {
        "generation": 1,
        "step": 4,
        "learners": tuple(learners),
        "fronts": fronts,
        "data": (),
        "champion": None,
        "examined": 1.0,
        "setbacks": 0,
        "flop": 0,
    }
    return State(**{**fields, **changes})


def taught(
    engine: Engine, answers: Mapping[tuple[str, str], str], seed: int = 0, steps: int = 60
) -> Transformer:
    """A body that knows these completions of (family, prompt) by heart, and little else."""
    return teach(engine, answers, seed, steps)[0].requires_grad_(False)


def teach(
    engine: Engine, answers: Mapping[tuple[str, str], str], seed: int, steps: int
) -> tuple[Transformer, Optimizer]:
    """The body of `taught` with the optimiser that taught it."""
    model = Transformer(engine.genome, seed=seed)
    by_family: dict[str, list[tuple[str, str]]] = {}
    for (family, prompt), text in answers.items():
        by_family.setdefault(family, []).append((prompt, text))
    parts = [
        (family, 1, encode_rows(model.tokenizer, family, *map(list, zip(*pairs, strict=True))))
        for family, pairs in by_family.items()
    ]
    bins = tuple(range(len(parts)))
    serving = Serving(bins=bins, shares=(1.0,) * len(parts), picks=2, tokens=80.0, weight=1.0)
    optimizer = Optimizer(model, OptimizerConfig())
    schedule = Schedule(steps=steps, warmup=5)
    train(model, optimizer, build_corpus(parts), [serving], schedule, seed=seed)
    return model, optimizer


def place_learner(
    engine: Engine, name: str, averaged: Transformer, raw: Transformer | None = None
) -> str:
    """Write a learner's state file; its raw weights are the averaged ones unless given."""
    raw = averaged if raw is None else raw
    tensors = {f"weights.{n}": p.detach().clone() for n, p in raw.named_parameters()}
    tensors |= {f"average.{n}": p.detach().clone() for n, p in averaged.named_parameters()}
    path = engine.folder / "learners" / f"{name}.safetensors"
    path.parent.mkdir(exist_ok=True)
    save_file({n: t.contiguous() for n, t in tensors.items()}, path)
    return str(path.relative_to(engine.folder))


def same_weights(one: Mapping[str, torch.Tensor], other: Mapping[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[n], other[n]) for n in one)


def truth(family: str, prompt: str) -> str:
    """The right completion."""
    return "\n".join(_answers(family).solve(prompt))


@cache
def _answers(family: str) -> Any:
    return load_answers([family])[family]


@dataclass
class Scripted:
    """Learners without bodies: `says` has what one of this name writes for (family, prompt).

    Of what they read they would write just that. Every text costs one FLOP.
    """

    says: Callable[[str, str, str], str]
    jobs: list[SolveJob | ReadJob] = field(default_factory=list)

    def map(self, unit: Callable, items: Sequence) -> list:
        del unit
        self.jobs += items
        return [self._solved(i) if isinstance(i, SolveJob) else self._read(i) for i in items]

    def close(self) -> None:
        """Nothing is held."""

    @property
    def solved(self) -> list[tuple[str, Paper]]:
        """Which learner solved which paper."""
        jobs = [job for job in self.jobs if isinstance(job, SolveJob)]
        return [(Path(job.learner).stem, paper) for job in jobs for paper in job.papers]

    @property
    def read(self) -> list[tuple[str, Text]]:
        """Which learner read which text."""
        jobs = [job for job in self.jobs if isinstance(job, ReadJob)]
        return [(Path(job.learner).stem, text) for job in jobs for text in job.texts]

    def _solved(self, job: SolveJob) -> Solved:
        who = Path(job.learner).stem
        answered = tuple(
            Answered(
                paper=paper,
                completions=tuple(self.says(who, paper.family, p) for p in paper.prompts),
                sure=(False,) * len(paper.prompts),
            )
            for paper in job.papers
        )
        return Solved(answered=answered, flop=sum(len(p.prompts) for p in job.papers))

    def _read(self, job: ReadJob) -> Read:
        who = Path(job.learner).stem
        agrees = np.array(
            [self.says(who, t.family, t.prompt) == t.completion for t in job.texts], dtype=np.bool_
        )
        logs = np.where(agrees, -0.001, -9.0).astype(np.float32)
        first = np.where(agrees, -1, 0)
        return Read(reading=Reading(first=first, least=logs, total=logs), flop=len(job.texts))
