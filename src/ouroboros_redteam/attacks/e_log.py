"""Class E: the log, edited by somebody outside the box who has the folder and no key."""

import json
import shutil
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ouroboros_redteam.attack import Benign, Outside
from ouroboros_redteam.bench import Bench, Run
from ouroboros_redteam.forge import checked, edit, lines, put, rewrite, steps, unsealed, whole
from ouroboros_warden.canonical import Json, canonical, content_id, file_id

WHOLE = Benign("verify the run as it was", whole)


def _flip(run: Run) -> None:
    data = bytearray(run.log.read_bytes())
    data[len(data) // 2] ^= 1
    run.log.write_bytes(bytes(data))


def _edit_record(run: Run) -> None:
    """A claim says something else, and has the hash that goes with it."""
    kept = lines(run)
    place = next(i for i, line in enumerate(kept) if '"text":"as it was"' in line)
    record: Json = json.loads(kept[place].replace("as it was", "otherwise"))
    hashed = {name: value for name, value in record.items() if name != "hash"}
    kept[place] = canonical({**hashed, "hash": content_id(hashed)}).decode()
    put(run, kept)


def _remove(run: Run) -> None:
    kept = lines(run)
    put(run, kept[:4] + kept[5:])


def _exchange(run: Run) -> None:
    kept = lines(run)
    kept[4], kept[5] = kept[5], kept[4]
    put(run, kept)


def _repeat(run: Run) -> None:
    put(run, [*lines(run), lines(run)[-1]])


def _indent(run: Run) -> None:
    kept = lines(run)
    put(run, [kept[0].replace(",", ", ", 1), *kept[1:]])


def _other_line_ends(run: Run) -> None:
    run.log.write_bytes(run.log.read_bytes().replace(b"\n", b"\r\n"))


def _cut(run: Run, *, heads: bool = False) -> None:
    names = ("records", "times", "heads") if heads else ("records",)
    for name in names:
        path = run.log.with_name(f"{name}.jsonl")
        path.write_text("".join(path.read_text().splitlines(keepends=True)[:-2]))


def _cut_all(bench: Bench) -> object:
    """The end of everything is cut off; somebody noted the head before."""
    run = unsealed(bench)
    seen = run.records()[-1].hash
    _cut(run, heads=True)
    return run.check(seen)


def _noted_head(bench: Bench) -> object:
    run = bench.finished()
    return run.check(run.records()[-1].hash)


def _insert(run: Run) -> None:
    """A promotion that never was, with a chain that fits."""
    told = steps(run)
    decision = next(step for step in told if step[0] == "decision")
    rewrite(run, [*told[:-1], decision, told[-1]])


def _rewrite(run: Run) -> None:
    """All of it again, with heads of one's own."""
    told = [
        (kind, {**body, "text": "otherwise"} if kind == "claim" else body)
        for kind, body in steps(run)
    ]
    rewrite(run, told, Ed25519PrivateKey.generate())


def _splice(bench: Bench) -> object:
    """The whole log of another run."""
    run, other = unsealed(bench), bench.open()
    bench.serve(other).demand()
    shutil.rmtree(run.root / "log")
    shutil.copytree(other.root / "log", run.root / "log")
    return run.check()


def _times(run: Run) -> None:
    path = run.log.with_name("times.jsonl")
    kept = path.read_text().splitlines()
    path.write_text("".join(f"{line}\n" for line in [kept[-1], *kept[1:]]))


def _first(folder: Path) -> Path:
    return next(path for path in sorted(folder.rglob("*")) if path.is_file())


def _examined(run: Run) -> Path:
    return run.root / "checkpoints" / run.checkpoints[0]


def _append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"x")


def _link(run: Run) -> None:
    path = run.root / "data" / "00000.parquet"
    path.rename(run.root.with_name(f"{run.root.name}-moved"))
    path.symlink_to(run.root.with_name(f"{run.root.name}-moved"))


def _seal(run: Run) -> None:
    """An event more, and a seal that goes with it, signed by nobody new."""
    _append(run.root / "events.jsonl")
    seal = json.loads(run.folder.seal.read_bytes())
    seal["said"]["files"]["events.jsonl"] = file_id(run.root / "events.jsonl")
    run.folder.seal.write_bytes(canonical(seal))


def _verified(number: str, title: str, change, *, sealed: bool = False) -> Outside:
    return Outside(
        id=number,
        title=title,
        attempt=lambda bench: checked(bench, change, sealed=sealed),
        benign=WHOLE,
    )


ATTACKS: list[Outside] = [
    _verified("E1.1", "flip a bit of the log", _flip),
    _verified("E1.2", "edit a record and its hash", _edit_record),
    _verified("E1.3", "leave a record out", _remove),
    _verified("E1.4", "exchange two records", _exchange),
    _verified("E1.5", "write the last record twice", _repeat),
    _verified("E1.6", "write a record in another way", _indent),
    _verified("E1.7", "write other line ends", _other_line_ends),
    _verified("E1.8", "cut off the end of the log", _cut),
    Outside(
        id="E1.9",
        title="cut off the end of log, clocks and heads",
        attempt=_cut_all,
        benign=Benign("verify against a head that was noted", _noted_head),
    ),
    _verified("E1.10", "insert a promotion with a chain that fits", _insert),
    _verified("E1.11", "remove the heads", lambda run: run.log.with_name("heads.jsonl").unlink()),
    _verified("E1.12", "exchange what the clocks said", _times),
    _verified(
        "E1.13",
        "edit the lease",
        lambda run: edit(run.folder.leases, '"generations":200', '"generations":999'),
    ),
    _verified(
        "E1.14",
        "edit the configuration",
        lambda run: edit(run.root / "config.json", '"alpha": 0.05', '"alpha": 0.5'),
    ),
    _verified(
        "E1.15", "edit a data file", lambda run: _append(run.root / "data" / "00000.parquet")
    ),
    _verified(
        "E1.16", "remove a data file", lambda run: (run.root / "data" / "00000.parquet").unlink()
    ),
    _verified(
        "H8.13",
        "edit the weights of a champion",
        lambda run: _append(_examined(run) / "weights.safetensors"),
    ),
    _verified("H8.14", "remove a champion", lambda run: shutil.rmtree(_examined(run))),
    _verified("E1.17", "put a link in the place of a data file", _link, sealed=True),
    _verified(
        "E1.18",
        "edit the events of a run that rests",
        lambda run: _append(run.root / "events.jsonl"),
        sealed=True,
    ),
    _verified(
        "E1.19",
        "add a file to a run that rests",
        lambda run: (run.root / "report.html").touch(),
        sealed=True,
    ),
    _verified(
        "E1.20",
        "remove what an examiner complained of",
        lambda run: _first(run.root / "warden").unlink(),
        sealed=True,
    ),
    _verified("E1.21", "edit an event and the seal", _seal, sealed=True),
    _verified("E3.1", "write the whole log anew, with heads of one's own", _rewrite),
    Outside(
        id="E3.2",
        title="put another run's log in the place of this one's",
        attempt=_splice,
        benign=WHOLE,
    ),
]
