"""Forging what a run's folder holds: logs with consistent hashes, heads, papers with signatures."""

import json
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ouroboros_redteam.attack import Benign
from ouroboros_redteam.bench import Bench, Run
from ouroboros_warden import brake, opening
from ouroboros_warden.audit import Log, read_objects
from ouroboros_warden.brake import Latch, pulled, read_latch, release_of, write_latch
from ouroboros_warden.canonical import Json, canonical
from ouroboros_warden.constitution import draft, shipped
from ouroboros_warden.heads import signing
from ouroboros_warden.keys import Authority, public_key, sign
from ouroboros_warden.lease import Lease

Step = tuple[str, Json]
"""kind and body of a record"""


def whole(bench: Bench) -> object:
    """Verify a finished run as it was."""
    return bench.finished().check()


def in_order(bench: Bench) -> object:
    """Serve a run whose papers are in order."""
    return bench.serve(bench.open()).demand()


IN_ORDER = Benign("serve a run whose papers are in order", in_order)


def unsealed(bench: Bench) -> Run:
    """A finished run without its seal, so that the log has to answer for itself."""
    run = bench.finished()
    run.folder.seal.unlink()
    return run


def checked(bench: Bench, change: Callable[[Run], object], *, sealed: bool = False) -> object:
    """Change a finished run and have it verified."""
    run = bench.finished() if sealed else unsealed(bench)
    change(run)
    return run.check()


def served(bench: Bench, change: Callable[[Run], object], code: str | None = None) -> object:
    """Change a new run and have it served."""
    run = bench.open()
    change(run)
    return (bench.serve(run, code) if code else bench.serve(run)).demand()


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text in a file, which must be there."""
    text = path.read_text()
    if old not in text:
        raise RuntimeError(f"{path} does not hold {old!r}")
    path.write_text(text.replace(old, new))


def lines(run: Run) -> list[str]:
    """The log, line by line."""
    return run.log.read_text().splitlines()


def put(run: Run, kept: Sequence[str]) -> None:
    """Write the log's lines as they are."""
    run.log.write_text("".join(f"{line}\n" for line in kept))


def steps(run: Run) -> list[Step]:
    """What the log says, without its chain."""
    return [(record.kind, dict(record.body)) for record in run.records()]


def rewrite(run: Run, told: Sequence[Step], key: Ed25519PrivateKey | None = None) -> None:
    """A whole new log with consistent hashes and clocks, its heads signed by any key or not."""
    folder, clocks = run.log.parent, read_objects(run.log.with_name("times.jsonl"))
    readings = iter([*clocks, *clocks[-1:] * len(told)])
    name = told[0][1]["exam_commitment"]
    heads = (folder / "heads.jsonl").read_bytes()
    for file in ("records.jsonl", "times.jsonl", "heads.jsonl"):
        (folder / file).unlink()

    def clock() -> Json:
        reading = dict(next(readings))
        del reading["index"]
        return reading

    with closing(Log.open(run.log, signing(key, name) if key else None, clock)) as log:
        for kind, body in told:
            log.append(kind, body)
    if key is None:
        (folder / "heads.jsonl").write_bytes(heads)


def lease_of(run: Run, **changed: object) -> Lease:
    """The run's next lease, changed before it is signed by every key."""
    lease = replace(opening.draft_lease(run.folder), **changed)  # type: ignore[arg-type]
    for key in run.keys:
        lease = opening.sign_lease(lease, key)
    return lease


def only_lease(run: Run, lease: Lease) -> None:
    """Put a lease in the place of all that are there."""
    run.folder.leases.write_bytes(canonical(lease.to_json()) + b"\n")


def first_lease(run: Run, **changed: object) -> None:
    """Put a changed first lease, well signed, in the place of the one that is there."""
    run.folder.leases.unlink()
    only_lease(run, lease_of(run, **changed))


def pull(run: Run, position: brake.Position = "stopped") -> Latch:
    """Pull the brake of a run that nobody serves."""
    latch = pulled(read_latch(run.folder), position, "the red team")
    write_latch(run.folder, latch)
    return latch


def release(run: Run, key: Ed25519PrivateKey, said: Json | None = None, purpose: str = "") -> None:
    """Write a release of the latch, signed by a key on this or on something else."""
    latch = read_latch(run.folder)
    name = run.records()[0].body["exam_commitment"]
    signature = sign(key, purpose or brake.PURPOSE, said or release_of(name, latch))
    write_latch(run.folder, replace(latch, position="running", signatures=(signature,)))


def braked(bench: Bench) -> Run:
    """A run whose brake was pulled, and whose log says so."""
    run = bench.begun()
    pull(run)
    bench.serve(run).demand(3)
    return run


def amended(run: Run, keys: Sequence[Ed25519PrivateKey], **changed: object) -> None:
    """The next version of a run's constitution, put beside the others as it is."""
    from ouroboros_warden import constitution
    from ouroboros_warden.law import law_folder, read_constitutions

    before = read_constitutions(run.folder)[-1]
    authority = before.authority
    drafted = draft(shipped(), authority, time.time() + opening.YEAR, before)
    drafted = replace(drafted, said={**drafted.said, **changed})
    for key in keys:
        drafted = opening.signed(drafted, key)
    constitution.write(drafted, law_folder(run.folder, before.version + 1))


def authority_of(*keys: Ed25519PrivateKey, threshold: int = 1) -> Authority:
    """The authority of these keys."""
    return Authority(keys=tuple(map(public_key, keys)), threshold=threshold)


def plain(value: Json) -> str:
    """A value as JSON that is not canonical."""
    return json.dumps(value, indent=1)
