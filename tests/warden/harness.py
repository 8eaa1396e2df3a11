"""Run folders, checkpoints and servers for the warden's tests; judges and engines are simulated."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import ouroboros_warden
from ouroboros_warden import filters
from ouroboros_warden.audit import Record, read_log
from ouroboros_warden.canonical import Json, canonical, checkpoint_id
from ouroboros_warden.folder import Folder
from ouroboros_warden.lease import Allowance
from ouroboros_warden.opening import open_run
from ouroboros_warden.sandbox import Grant
from ouroboros_warden.server import Commands

HERE = Path(__file__).parent
KEY = Ed25519PrivateKey.from_private_bytes(b"the authority of the tests------")
SOURCE = Path(ouroboros_warden.__file__).parents[1]
FAMILIES = {"copy": {"wall": 3}, "sum": {"wall": 2}}
JUDGE = (sys.executable, "-I", "-S", str(HERE / "simulated_judge.py"))


def make_run(
    folder: Path,
    *,
    verification: str = "self",
    reproducible: bool = True,
    alpha: float = 0.05,
    key: Ed25519PrivateKey = KEY,
    allowance: Allowance | None = None,
) -> Path:
    """A run's folder with a configuration, under the law of the test's authority."""
    config = {
        "run": {
            "name": "test",
            "seed": 7,
            "verification": verification,
            "reproducible": reproducible,
            "preset": "tiny",
        },
        "families": FAMILIES,
        "exam": {"alpha": alpha, "items": 6, "final_items": 8, "processes": 2, "margin": 0.03},
        "loop": {"generations": 3},
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "data").mkdir(exist_ok=True)
    (folder / "checkpoints").mkdir(exist_ok=True)
    (folder / "learners").mkdir(exist_ok=True)
    (folder / "judge").mkdir(exist_ok=True)
    (folder / "judge").chmod(0o777)  # a judge may have a user of its own
    if not (folder / "constitution").exists():
        open_run(Folder.at(folder), key, allowance=allowance)
    return folder


def children_of(run: Path) -> Commands:
    """Simulated children; only the judges may write into the folder that is theirs."""
    return Commands(
        engine=(sys.executable, "-S", str(HERE / "simulated_engine.py"), str(run)),
        oracle=(*JUDGE, "oracle", str(run)),
        examiner=(*JUDGE, "examiner", str(run)),
        engine_also=Grant(reads=(HERE,)),
        judges_also=Grant(reads=(HERE,), writes=(run / "judge",)),
    )


def make_checkpoint(run: Path, copy: int, sum: int, weights: bytes = b"weights") -> str:
    """A checkpoint that solves each family up to a level; its content id."""
    draft = run / "checkpoints" / "draft"
    draft.mkdir()
    (draft / "genome.json").write_bytes(canonical({"skill": {"copy": copy, "sum": sum}}))
    (draft / "weights.safetensors").write_bytes(weights)
    name = checkpoint_id(draft)
    draft.rename(run / "checkpoints" / name)
    return name


def make_data(run: Path, name: str, correct: int, wrong: int, **more: Any) -> str:
    """A data file that the simulated oracle can audit; its path as the engine names it.

    `more` stands in every row: another family, or how varied the rows are.
    """
    row = {"family": "copy", "level": 4, **more}
    rows = [{**row, "correct": i < correct} for i in range(correct + wrong)]
    (run / "data" / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return f"data/{name}"


def records(run: Path, kind: str | None = None) -> list[Record]:
    """The verified records of a run, of one kind or all."""
    found = read_log(run / "log" / "records.jsonl")
    return [record for record in found if kind in {None, record.kind}]


def set_moods(run: Path, role: str, *values: Any) -> None:
    """How the judges of a role are to misbehave, request by request."""
    path = run / "judge" / f"mood-{role}.json"
    path.write_text(json.dumps(values))
    path.chmod(0o666)


def plan(run: Path, steps: list[Any]) -> None:
    """Write what the simulated engine is to do, and forget what it heard before."""
    (run / "learners" / "plan.json").write_text(json.dumps(steps))
    (run / "learners" / "answers.jsonl").unlink(missing_ok=True)


def answers(run: Path) -> list[Any]:
    """What the simulated engine heard, step by step, in its last life."""
    lines = (run / "learners" / "answers.jsonl").read_text().splitlines()
    return [json.loads(line)[1] for line in lines]


def ask(method: str, **arguments: Any) -> list[Any]:
    """A step of a plan."""
    return ["ask", method, arguments]


def begin(run: Path, *arguments: str, file_limit: int = 0) -> "subprocess.Popen[str]":
    """Start a server on the run with simulated children."""
    command = [sys.executable, str(HERE / "serve_simulated.py"), str(run), str(file_limit)]
    return subprocess.Popen(
        [*command, "serve", str(run), *arguments],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONDONTWRITEBYTECODE": "1"},
    )


def serve(run: Path, *arguments: str, file_limit: int = 0) -> tuple[int, str]:
    """Serve a run to its end: exit code and standard error."""
    with begin(run, *arguments, file_limit=file_limit) as server:
        _, error = server.communicate(timeout=60)
    return server.returncode, error


def wait_for(holds: Callable[[], Any], seconds: float = 10.0) -> None:
    """Wait until something holds, or fail."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


def _state_and_parent(pid: int) -> tuple[str, int]:
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return "X", 0
    return state, int(parent)


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    return _state_and_parent(pid)[0] not in {"Z", "X"}


def named(run: Path) -> list[int]:
    """All living processes whose command line names a run: inside a tree they count otherwise."""
    name = os.fsencode(run)
    found = [int(p.name) for p in Path("/proc").glob("[0-9]*") if name in _command_line(p)]
    return [pid for pid in found if is_alive(pid)]


def _command_line(folder: Path) -> bytes:
    try:
        return (folder / "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def children(pid: int) -> list[int]:
    """All living descendants of a process."""
    parents = {int(p.name): _state_and_parent(int(p.name))[1] for p in Path("/proc").glob("[0-9]*")}
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return [child for child in found[1:] if is_alive(child)]


def message(name: str, /, **fields: Any) -> Json:
    """A request as it crosses the socket."""
    return {"type": name, **fields}


SYSTEM_PYTHON = Path("/usr/bin/python3")  # which an ordinary user can read, unlike one at root's


def like_docker() -> bytes:
    """A filter that denies what Docker's own denies without CAP_SYS_ADMIN."""
    names = ("unshare", "setns", "mount", "umount2", "pivot_root", "move_mount", "fsopen", "bpf")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filters, "DENIED", {name: filters.DENIED[name] for name in names})
        return filters.program(scoped=True)
