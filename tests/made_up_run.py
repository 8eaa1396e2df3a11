"""A made-up run's folder: the warden's own log, real checkpoints of random weights, no training.

    run = make_run(tmp_path / "laptop-1")           # finished: 24 turns, some successors rejected
    make_run(folder, finished=False, turns=0)       # only the first checkpoint

What the log says is invented but hangs together; `ouro verify` finds nothing wrong with it.
"""

import hashlib
import math
import random
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ouroboros.config import parse_config
from ouroboros.envs import load_families
from ouroboros.lineage.checkpoints import write_checkpoint
from ouroboros.lineage.data import write_examples
from ouroboros.models.genome import Genome
from ouroboros.models.transformer import Transformer
from ouroboros.types import Example
from ouroboros_warden import opening
from ouroboros_warden.audit import Log
from ouroboros_warden.canonical import canonical, file_id
from ouroboros_warden.constitution import DAY, draft, shipped
from ouroboros_warden.folder import Folder
from ouroboros_warden.heads import signing
from ouroboros_warden.keys import Authority, public_key
from ouroboros_warden.law import read_constitutions
from ouroboros_warden.lease import Lease
from ouroboros_warden.opening import YEAR
from ouroboros_warden.policy import HUMAN, Policy
from ouroboros_warden.standing import Standing, after, facts_of_exam

WALLS = {"reverse_addition": 4, "forward_addition": 4, "copy": 6, "reverse": 6, "parity_chain": 6}
TURNS = 24
SECRET = b"s" * 32
BEGAN = 1_700_000_000.0  # seconds since the epoch
KEY = Ed25519PrivateKey.from_private_bytes(b"the authority of a made-up run--")
LOG_KEY = Ed25519PrivateKey.from_private_bytes(b"who signs a made-up run's heads-")
POLICY = Policy(shipped())
STATE = {
    "law_intact": True,
    "judges_intact": True,
    "brake": "running",
    "lease": True,
    "mode": "self",
}
ACTIONS = {
    "oracle": "examples",
    "claim": "claim",
    "data": "data",
    "exam": "examine",
    "decision": "promote",
    "final": "final",
    "end": "finish",
}
BASE = 92.0  # seconds of base training
LEVELS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 160)


@dataclass
class Made:
    """What is being made: the log, the clock, the champion."""

    run: Path
    log: Log
    walls: dict[str, int]
    standing: Standing
    rng: random.Random
    now: float = BEGAN
    champion: str | None = None
    exams: int = 0
    fronts: dict[str, float] = field(default_factory=dict)
    frontiers: dict[str, int] = field(default_factory=dict)
    times: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    def append(self, kind: str, body: dict[str, Any]) -> None:
        record = self.log.append(kind, body)
        clocks = {"seconds": self.now - BEGAN, "cpu": 2 * (self.now - BEGAN)}
        self.times.append({"index": record.index, "time": self.now, **clocks})
        self.standing = after(self.standing, record)

    def step(self, kind: str, key: str, body: dict[str, Any]) -> None:
        request = hashlib.sha256(key.encode()).hexdigest()
        law = {"law": self.decide(kind, body)} if kind in ACTIONS else {}
        self.append(kind, {**body, **law, "key": key, "request": request})

    def decide(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        facts: dict[str, Any] = {}
        if kind == "oracle":
            facts = {"level": body["level"], "wall": self.walls[body["family"]]}
        elif kind == "data":
            facts = {"lineage": True, "foreign": 0}
        elif kind == "exam":
            facts = {"lineage": True}
        elif kind == "decision":
            facts, body["growth"] = facts_of_exam(self.standing, self.log.records[-1].body)
        context = {"state": STATE, **facts}
        verdict = POLICY.decide(ACTIONS[kind], context)
        return {"action": ACTIONS[kind], "context": context, **verdict.to_json()}

    def tell(self, event: str, body: dict[str, Any]) -> None:
        self.events.append({"time": round(self.now, 3), "event": event, "body": body})


def make_run(
    folder: Path,
    *,
    walls: dict[str, int] = WALLS,
    turns: int = TURNS,
    finished: bool = True,
    reproducible: bool = False,
) -> Path:
    """Write a run's folder; the same arguments give the same log."""
    folder.mkdir(parents=True)
    run = {"name": "tiny", "preset": "tiny", "seed": 3, "reproducible": reproducible}
    families = {name: {"wall": wall} for name, wall in walls.items()}
    config = parse_config({"run": run, "families": families}).model_dump(mode="json")
    (folder / "config.json").write_bytes(canonical(config))
    lease = _put_under_the_law(folder)
    with closing(Log.open(folder / "log" / "records.jsonl", signing(LOG_KEY, lease.run))) as log:
        standing = Standing(walls=walls, frontiers=walls)
        made = Made(folder, log, walls, standing, random.Random(7), fronts={**walls})
        (adopted,) = read_constitutions(Folder.at(folder))
        sealed = {"exam_commitment": lease.run, "exam_sealed": not reproducible}
        law = {"authority": adopted.authority_by_name(), "constitution": adopted.id}
        made.append("run", {"version": 2, "config": config, **sealed, **law})
        facts = {"signatures": 1, "threshold": 1, "newer": True, "bounded": True}
        taken = {"action": "grant", "context": facts}
        taken |= POLICY.decide("grant", facts, HUMAN).to_json()
        said = {"number": 1, "allowance": lease.said["allowance"], "id": lease.id}
        made.append("lease", {**said, "law": taken})
        _base(made)
        for turn in range(1, turns + 1):
            _turn(made, turn)
        if finished:
            _finish(made, turns)
    _write_clock(made)
    return folder


def _put_under_the_law(folder: Path) -> Lease:
    """One authority's constitution and its lease, the same at every call."""
    run, warden = Folder.at(folder), folder / "warden"
    warden.mkdir()
    for name, data in (("secret", SECRET), ("log.key", LOG_KEY.private_bytes_raw().hex().encode())):
        (warden / name).write_bytes(data)
        (warden / name).chmod(0o600)
    sole = Authority(keys=(public_key(KEY),), threshold=1)
    opening.adopt(run, opening.signed(draft(shipped(), sole, expires=BEGAN + 100 * YEAR), KEY))
    drafted = replace(
        opening.draft_lease(run),
        run=hashlib.sha256(SECRET).hexdigest(),
        granted=BEGAN,
        expires=BEGAN + 10 * DAY,
    )
    lease = opening.sign_lease(drafted, KEY)
    opening.add_lease(run, lease)
    return lease


def write_lines(path: Path, lines: list[dict[str, Any]]) -> None:
    path.write_bytes(b"".join(canonical(line) + b"\n" for line in lines))


def _write_clock(made: Made) -> None:
    write_lines(made.run / "log" / "times.jsonl", made.times)
    write_lines(made.run / "events.jsonl", made.events)


def _base(made: Made) -> None:
    made.tell("serve", {"records": 1, "sealed": True})
    for family, wall in made.walls.items():
        for level in range(1, wall + 1):
            place = {"family": family, "level": level, "op": "examples", "count": 100, "seed": 1}
            body = {**place, "past_wall": 0, "digest": "0" * 64}
            made.step("oracle", f"wall/{family}/{level}", body)
    _data(made, 0, {f: {str(wall): (3000, 3000)} for f, wall in made.walls.items()})
    for step in (250, 500, 750, 1000):
        made.now += BASE / 4
        figures = {"step": step, "steps": 1000, "loss": 3 / step, "tokens": step * 3800}
        made.tell("progress", {"stage": "base", **figures, "flop": step * 4 * 10**9})
    _examine(made, 0, lucky=True)


def _turn(made: Made, turn: int) -> None:
    counts: dict[str, dict[str, tuple[int, int]]] = {}
    for family, wall in made.walls.items():
        pace = 1.1 if "addition" in family else 1.14
        made.fronts[family] = min(
            made.fronts[family] * pace ** made.rng.uniform(0.3, 2.4), 27 * wall
        )
        right = 40 if made.rng.random() < 0.9 else 39
        counts[family] = {str(round(made.fronts[family])): (40, right)}
    made.now += made.rng.uniform(8, 26)
    _data(made, turn, counts)
    if turn % 3 == 0 and turn < TURNS:
        _examine(made, turn, lucky=turn not in {9, 18})
    levels = {f: round(front) for f, front in made.fronts.items()}
    figures = {
        "generation": turn,
        "fronts": levels,
        "agreement": {f: {str(level): 0.93} for f, level in levels.items()},
        "proposed": 1200,
        "accepted": 1100,
        "doubted": 60,
        "mended": 21,
        "kept": 200,
        "champion": made.champion,
        "flop": (4 + turn) * 10**12,
    }
    claim = {"kind": "generation", "body": figures}
    made.step("claim", f"g{turn}/record", claim)
    made.tell("progress", {"stage": "loop", **figures, "tokens": (4 + turn) * 10**6})


def _data(made: Made, turn: int, counts: dict[str, dict[str, tuple[int, int]]]) -> None:
    file = f"data/{turn:05d}.parquet"
    examples = [
        Example(family=f, level=int(n), prompt="1=", lines=("1",), author="x", generation=turn)
        for f, levels in counts.items()
        for n in levels
    ]
    write_examples(made.run / file, examples)
    found = {"id": file_id(made.run / file), "bytes": (made.run / file).stat().st_size}
    made.step("data", f"g{turn}/data", {"generation": turn, "file": file, **found})
    families = {
        f: {n: {"rows": rows, "correct": right} for n, (rows, right) in levels.items()}
        for f, levels in counts.items()
    }
    pairs = [pair for levels in counts.values() for pair in levels.values()]
    totals = {"rows": sum(n for n, _ in pairs), "correct": sum(right for _, right in pairs)}
    own = {
        f: {"rows": rows, "wrong": rows - right, "variety": 990 - turn - len(f)}
        for f, levels in counts.items()
        for rows, right in levels.values()
        if turn
    }
    made.step("audit", f"g{turn}/data", {"families": families, **totals, "made": own})
    made.tell("audit", {"key": f"g{turn}/data", **totals})


def write_body(run: Path, walls: dict[str, int], number: int) -> str:
    """A real checkpoint of random weights; its id."""
    families = load_families(list(walls))
    alphabet = "".join(sorted({c for family in families.values() for c in family.alphabet}))
    genome = Genome(
        alphabet=alphabet, families=tuple(walls), width=16, heads=2, layers=1 + number // 12
    )
    weights = {n: p.detach() for n, p in Transformer(genome, seed=number).named_parameters()}
    return write_checkpoint(run / "checkpoints", genome.to_json(), weights, "# CHECKPOINT\n")


def _skill(front: float, level: int) -> float:
    return 1 / (1 + math.exp(3.2 * (math.log(level) - math.log(front * 1.9))))


def _examine(made: Made, turn: int, *, lucky: bool) -> None:
    checkpoint = write_body(made.run, made.walls, turn)
    rows: list[list[Any]] = []
    families: dict[str, Any] = {}
    for family, wall in made.walls.items():
        front = made.fronts[family] * (1 if lucky else 0.55)
        reached = 0
        for level in [n for n in LEVELS if n <= max(3 * wall, 2 * front)]:
            new = round(60 * min(1, 1.03 * _skill(front, level)))
            old = round(60 * _skill(made.frontiers.get(family, 0) or 0.1, level))
            old = 0 if made.champion is None else min(old, 60)
            wins = max(0, new - old) + 1 if old < new else 0
            rows.append([family, level, 60, old, new, wins, wins - new + old])
            reached = (
                level
                if new >= 59 and reached == max([0, *[n for n in LEVELS if n < level]])
                else reached
            )
        families[family] = {
            "frontier": reached,
            "accuracy": 0.998,
            "lower95": 0.951,
            "champion_frontier": made.frontiers.get(family, 0),
            "inferior": not lucky and family == "forward_addition",
        }
    body: dict[str, Any] = {
        "generation": turn,
        "checkpoint": checkpoint,
        "parent": made.champion,
        "champion": made.champion,
        "exam": (exam := made.exams + 1),
        "items": 60,
        "threshold": 133.3 / 0.85 ** (exam - 2) if made.champion else None,
    }
    made.exams = exam
    made.tell("exam_start", body)
    made.now += 4.0
    weighed = {"rows": rows, "flop": 3 * 10**10, "sittings": 1, "e_value": 4.2e17 if lucky else 0.3}
    weighed["probes"] = {"right": 900, "refused": 0, "wrong": 30, "accepted": 0}
    made.step("exam", f"g{turn}/examine", {**body, **weighed, "families": families})
    reason = "better" if lucky else "worse on forward_addition"
    reason = reason if made.champion else "first checkpoint"
    decision = {name: body[name] for name in ("generation", "checkpoint", "champion")}
    decision |= {"promoted": lucky, "reason": reason, "families": families}
    made.step("decision", f"g{turn}/examine", decision)
    made.tell("decision", {**decision, "exam": exam, "e_value": weighed["e_value"]})
    if lucky:
        made.champion = checkpoint
        made.frontiers = {name: each["frontier"] for name, each in families.items()}


def _finish(made: Made, turns: int) -> None:
    families: dict[str, Any] = {}
    for family, wall in made.walls.items():
        front = made.fronts[family]
        levels = [n for n in (*LEVELS, 192) if n <= 32 * wall]
        skills = [[n, 200, round(200 * min(1, 1.02 * _skill(1.3 * front, n)))] for n in levels]
        figures = {"frontier": round(front), "accuracy": 0.9964, "lower95": 0.9713}
        families[family] = {"levels": skills, "wall": wall, **figures}
    made.now += 30
    body = {"checkpoint": made.champion, "exam": made.exams + 1, "flop": 2 * 10**11}
    made.tell("final", {**body, "families": families})
    made.step("final", "end/final", {**body, "families": families})
    end = {"flop": (5 + turns) * 10**12, "generations": turns}
    made.step("claim", "end/record", {"kind": "end", "body": end})
    made.step("end", "end", {"reason": "limit reached", "secret": SECRET.hex()})
    made.tell("end", {"records": len(made.log.records), "head": made.log.head})
