"""Whether a run is what it says: checked from its folder and the authority's public keys alone.

The chain of trust is short. The authority signed the constitution, and a lease that names the key
of the run's log; that key signed the log's heads and the seal; the log names every checkpoint and
data file by content, every decision with its facts and articles, and the exam secret by its hash.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence

from ouroboros_warden.audit import Record, read_log, read_objects
from ouroboros_warden.canonical import Json, decode
from ouroboros_warden.constitution import Constitution
from ouroboros_warden.errors import LogDamaged, Refused, UsageError, WardenError
from ouroboros_warden.folder import Folder, check_checkpoint, check_data, load_config
from ouroboros_warden.heads import PURPOSE as HEAD
from ouroboros_warden.heads import WITNESSED, broken_heads
from ouroboros_warden.keys import Authority, demand_quorum
from ouroboros_warden.law import broken_amendments, leases_taken_up, read_constitutions
from ouroboros_warden.lease import PURPOSE, Lease
from ouroboros_warden.replay import replay
from ouroboros_warden.seal import broken_seal


def check_run(folder: Folder, seen: str | None = None, authority: Authority | None = None) -> Json:
    """Check a whole run, live or over; the report's `problems` is empty if all is intact.

    `authority` is who must have signed; without one, whoever the constitution names is believed
    and the report says who that is.
    """
    report: Json = {"ok": False, "records": 0, "head": None, "record": None, "problems": []}
    try:
        records = read_log(folder.records, seen)
    except LogDamaged as damage:
        return {**report, "record": damage.index, "problems": [str(damage)]}
    report |= {"records": len(records), "head": records[-1].hash if records else None}
    report["over"] = any(record.kind == "end" for record in records)
    report["sealed"] = folder.seal.exists()
    problems: list[str] = []
    for check in (_promises, _files, _clocks):
        problems += _told(lambda check=check: check(folder, records))
    problems += _told(lambda: _law(folder, records, authority, report))
    return {**report, "ok": not problems, "problems": problems}


def _told(check: Callable[[], Iterator[str]]) -> list[str]:
    """What a check finds, whatever stops it included."""
    found: list[str] = []
    try:
        found.extend(check())
    except WardenError as error:
        found.append(str(error))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        found.append(f"a record lacks what its kind promises: {error!r}")
    except OSError as error:
        found.append(f"{error.filename} cannot be read: {error.strerror}")
    return found


def _promises(folder: Folder, records: Sequence[Record]) -> Iterator[str]:
    if not records or records[0].kind != "run":
        yield "record 0 does not begin a run"
        return
    if decode((folder.root / "config.json").read_bytes()) != records[0].body["config"]:
        yield "config.json is not the one that the run began with"
    for record in records:
        if record.kind == "end":
            secret = bytes.fromhex(record.body["secret"])
            if hashlib.sha256(secret).hexdigest() != records[0].body["exam_commitment"]:
                yield f"record {record.index}: the exam secret is not the one committed to"


def _files(folder: Folder, records: Sequence[Record]) -> Iterator[str]:
    examined = {r.body["checkpoint"]: r.index for r in records if r.kind == "exam"}
    for name, index in examined.items():
        try:
            check_checkpoint(folder, name)
        except Refused as refusal:
            yield f"record {index}: {refusal}"
    for record in (r for r in records if r.kind == "data"):
        try:
            _, found, _ = check_data(folder, record.body["file"])
        except Refused as refusal:
            yield f"record {record.index}: {refusal}"
        else:
            if found != record.body["id"]:
                yield f"record {record.index}: {record.body['file']} is not what was handed in"


def _clocks(folder: Folder, records: Sequence[Record]) -> Iterator[str]:
    """Readings may be missing at the end of a run that was killed, and never go back."""
    times = read_objects(folder.times)
    if [each["index"] for each in times] != list(range(len(times))) or len(times) > len(records):
        yield "times.jsonl does not have one line for each record"
    for clock in ("seconds", "cpu"):
        readings = [each[clock] for each in times]
        if readings != sorted(readings):
            yield f"times.jsonl: {clock} go back"


def _law(
    folder: Folder, records: Sequence[Record], authority: Authority | None, report: Json
) -> Iterator[str]:
    history = read_constitutions(folder)
    first, run = records[0].body, records[0].body["exam_commitment"]
    report["authority"] = history[-1].authority_by_name()
    report["constitution"] = history[-1].version
    if first["constitution"] not in (history[0].id, history[0].in_public()):
        yield "record 0: it began under another constitution"
    if authority and history[0].authority.to_json() != authority.to_json():
        yield "the constitution is signed by another authority than the one asked for"
    yield from broken_amendments(records, history)
    taken = [lease for lease, _ in leases_taken_up(folder, records)]
    for lease in taken:
        yield from _unsigned(lease, history, run)
    report["leases"] = len(taken)
    keys = [lease.key for lease in taken]
    yield from broken_heads(folder.heads, records, run, keys)
    yield from _unheaded(folder, records)
    if witness := first.get("witness"):
        yield from _witnessed(folder, records, witness.get("key"), keys)
        report["witness"] = witness.get("key") or witness.get("file")
    report["decisions"], problems = replay(records, history, load_config(folder))
    yield from problems
    yield from broken_seal(folder, run, keys)


def _unsigned(lease: Lease, history: Sequence[Constitution], run: str) -> Iterator[str]:
    under = next((each for each in history if each.id == lease.constitution), None)
    if under is None or lease.run != run:
        yield f"lease {lease.number} was granted to another run, or under another constitution"
        return
    try:
        demand_quorum(under.authority, PURPOSE, lease.said, lease.signatures)
    except Refused as refusal:
        yield f"lease {lease.number}: {refusal}"


def _witnessed(
    folder: Folder, records: Sequence[Record], key: str | None, own: Sequence[str]
) -> Iterator[str]:
    """Every head that a witness was shown is one of this log, and signed by it if it can sign."""
    run = records[0].body["exam_commitment"]
    signers, purpose = ([key], WITNESSED) if key else (own, HEAD)
    yield from broken_heads(folder.witnessed, records, run, signers, purpose)
    if records[-1].kind == "end":
        seen = read_objects(folder.witnessed)
        if not seen or seen[-1]["size"] != len(records):
            yield "the witness has not seen the end of the log"


def _unheaded(folder: Folder, records: Sequence[Record]) -> Iterator[str]:
    """A writer that was killed may leave its very last record without a head; no other has none."""
    heads = read_objects(folder.heads)
    size = heads[-1]["size"] if heads else 0
    over = records[-1].kind == "end"
    if size > len(records) or size < len(records) - (not over):
        yield f"the log has {len(records)} records; its last signed head says {size}"


def demand_whole(report: Json) -> None:
    """UsageError with the first problem, where there is any."""
    if not report["ok"]:
        raise UsageError(report["problems"][0])
