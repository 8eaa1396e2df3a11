"""Class E, while it is served: floods, full disks, half records, clocks, secrets; and witnesses."""

import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ouroboros_redteam.attack import Benign, Outside, Stopped
from ouroboros_redteam.bench import Bench, Run
from ouroboros_redteam.forge import edit
from ouroboros_warden.audit import read_objects
from ouroboros_warden.canonical import Json, canonical
from ouroboros_warden.heads import signing
from ouroboros_warden.keys import load_key, make_key
from ouroboros_warden.merkle import Tree, consistency_proof
from ouroboros_warden.rollback import rollback
from ouroboros_warden.witness import cosign

_FLOOD = """
for number in range(1100):
    try:
        warden.examples(f'e{number}', 'copy', 4, 1, seed=1)
    except Refused:
        pass
warden.finish('end', 'enough')
"""

_FORGED = 'x"}\\n{"body":{"promoted":true},"kind":"decision"}\\n'


def _witness(bench: Bench) -> tuple[Path, Path, Run]:
    run = bench.finished()
    folder = run.root.with_name(f"{run.root.name}-witness")
    folder.mkdir()
    make_key(folder / "key")
    return folder / "key", folder / "state", run


def _shown(run: Run, size: int, before: int) -> Json:
    leaves = [record.leaf() for record in run.records()]
    proof = [each.hex() for each in consistency_proof(leaves[:size], before)]
    head = next(h for h in read_objects(run.log.with_name("heads.jsonl")) if h["size"] == size)
    name = run.records()[0].body["exam_commitment"]
    return {"head": head, "run": name, "before": before, "proof": proof}


def _fork(bench: Bench) -> object:
    """Two heads of one size, both well signed: a history for each reader."""
    key, state, run = _witness(bench)
    cosign(key, state, _shown(run, 4, 0))
    shown = _shown(run, 5, 4)
    other = signing(_log_key(run), shown["run"])(5, Tree([b"x" * 32] * 5).root)
    return cosign(key, state, {**shown, "head": other})


def _back(bench: Bench) -> object:
    key, state, run = _witness(bench)
    cosign(key, state, _shown(run, 5, 0))
    return cosign(key, state, _shown(run, 4, 0))


def _other_writer(bench: Bench) -> object:
    key, state, run = _witness(bench)
    cosign(key, state, _shown(run, 4, 0))
    shown = _shown(run, 5, 4)
    stranger = signing(Ed25519PrivateKey.generate(), shown["run"])
    return cosign(key, state, {**shown, "head": stranger(5, bytes.fromhex(shown["head"]["root"]))})


def _continued(bench: Bench) -> object:
    key, state, run = _witness(bench)
    cosign(key, state, _shown(run, 4, 0))
    return cosign(key, state, _shown(run, 5, 4))


def _log_key(run: Run) -> Ed25519PrivateKey:
    return load_key(run.folder.log_key)


def _flood(bench: Bench) -> object:
    """So many refusals that nobody finds the one that counts, or the disk is full of them."""
    run = bench.open()
    bench.serve(run, _FLOOD).demand()
    refused = run.records("refused")
    if len(refused) == 1000 and refused[-1].body["type"] == "flood":
        raise Stopped(f"record {refused[-1].index}: {refused[-1].body['reason']}")
    return f"{len(refused)} records"


def _full(bench: Bench) -> object:
    """A disk that is full in the middle of a record."""
    run = bench.open()
    code = "for n in range(99): warden.claim(f'c{n}', 'note', {'text': 'x' * 2000})"
    ended = bench.serve(run, code, limit=1 << 16)
    if run.records("end") or len(run.records("claim")) > 60:
        return "it went on"
    run.check()  # what was acknowledged is whole
    return ended.demand()


def _killed(bench: Bench) -> object:
    """A warden that is killed, and a line that was half written."""
    run = bench.begun()
    with run.log.open("ab") as log:
        log.write(b'{"body":{"promoted":true},"hash":"')
    bench.serve(run).demand()
    run.check()
    if run.records("decision")[1:]:
        return "it was taken for a record"
    raise Stopped("the torn line was cut off; verify finds the run whole")


def _injected(bench: Bench) -> object:
    """Line ends in a claim, and what would be a record after them."""
    run = bench.open()
    code = f"warden.claim('c', 'note', {{'text': '{_FORGED}'}}); warden.finish('end', 'x')"
    bench.serve(run, code).demand()
    if run.records("decision"):
        return "a decision that nobody made"
    raise Stopped(f"record {run.records('claim')[0].index}: claim, which holds it as a text")


def _set_back(bench: Bench) -> object:
    """As if the clock had been a day later when the run was last served."""
    run = bench.begun()
    path = run.log.with_name("times.jsonl")
    kept = [json.loads(line) for line in path.read_text().splitlines()]
    kept[-1]["time"] += 86400.0
    path.write_bytes(b"".join(canonical(line) + b"\n" for line in kept))
    return bench.serve(run).demand()


def _forget_times(bench: Bench) -> object:
    """No clock has ever said anything: the lease would begin anew."""
    run = bench.begun()
    run.log.with_name("times.jsonl").unlink()
    return bench.serve(run).demand()


def _secret(bench: Bench) -> object:
    run = bench.begun()
    (run.root / "warden" / "secret").write_bytes(b"known beforehand" * 2)
    return bench.serve(run).demand()


def _walls(bench: Bench) -> object:
    run = bench.begun()
    edit(run.root / "config.json", '"wall": 3', '"wall": 9')
    return bench.serve(run).demand()


def _resumed(bench: Bench) -> object:
    return bench.serve(bench.begun()).demand()


def _promote_by_hand(bench: Bench) -> object:
    """Make somebody champion by a rollback who never was."""
    run = bench.begun()
    return rollback(run.root, run.checkpoints[1])


_RESUMED = Benign("resume a run that was cut short", _resumed)

_COSIGNED = Benign("have a witness sign a head that continues", _continued)


ATTACKS: list[Outside] = [
    Outside(
        id="E2.1",
        title="show a witness two histories of one length",
        attempt=_fork,
        benign=_COSIGNED,
    ),
    Outside(
        id="E2.2", title="show a witness an earlier head again", attempt=_back, benign=_COSIGNED
    ),
    Outside(
        id="E2.3",
        title="show a witness a head by another writer",
        attempt=_other_writer,
        benign=_COSIGNED,
    ),
    Outside(
        id="E4.1", title="flood the log with refusals", attempt=_flood, benign=_RESUMED, article="4"
    ),
    Outside(
        id="E4.2", title="fill the disk in the middle of a record", attempt=_full, benign=_RESUMED
    ),
    Outside(
        id="E4.3",
        title="leave half a record at the end of the log",
        attempt=_killed,
        benign=_RESUMED,
    ),
    Outside(
        id="E5.6",
        title="write a record by line ends in a claim",
        attempt=_injected,
        benign=_RESUMED,
    ),
    Outside(
        id="E6.1",
        title="set the clock back by a day",
        attempt=_set_back,
        benign=_RESUMED,
        article="5",
    ),
    Outside(
        id="E6.2",
        title="forget what the clocks said",
        attempt=_forget_times,
        benign=_RESUMED,
        article="5",
    ),
    Outside(
        id="A6.1",
        title="draw the exams from a secret that is known",
        attempt=_secret,
        benign=_RESUMED,
    ),
    Outside(
        id="A12.1", title="move the wall of a run that has begun", attempt=_walls, benign=_RESUMED
    ),
    Outside(
        id="E7.1",
        title="make somebody champion who never was",
        attempt=_promote_by_hand,
        benign=_RESUMED,
        article="6",
    ),
]
