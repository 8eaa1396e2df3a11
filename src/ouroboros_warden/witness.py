"""A witness: somebody outside who signs the heads of a run, and only such as continue each other.

Whoever owns the machine and the keys could write a whole new history; not one that agrees with the
heads a witness has signed. `witness.json` in the run's folder names one of two kinds:

    {"file": PATH}                        each head is appended to a file elsewhere
    {"command": [...], "key": PUBLIC}     it gets a head on its standard input and answers with its
                                          signature, {"key", "signature"}

A command gets {"head", "run", "before", "proof"}, `before` being the size that it signed last and
`proof` what shows that the log only grew since. `cosign` is such a command:
`python -m ouroboros_warden cosign KEY STATE`. Where a witness fails, the run stops: nothing goes on
unwitnessed.
"""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ouroboros_warden.audit import Record, open_lines, read_objects, write_all, write_whole
from ouroboros_warden.canonical import Json, canonical, decode
from ouroboros_warden.errors import Refused, UsageError, WardenError
from ouroboros_warden.folder import Folder
from ouroboros_warden.heads import WITNESSED, is_signed, said_of
from ouroboros_warden.keys import load_key, sign
from ouroboros_warden.merkle import EMPTY, consistency_proof, is_consistent

PATIENCE = 60.0  # seconds that a witness may take
SEEN = {"decision", "final", "end", "brake", "lease", "constitution", "spent", "rollback"}


def read_witness(folder: Folder) -> Json:
    """Who the run's witness is, empty for nobody; UsageError where that is not said clearly."""
    path = folder.root / "witness.json"
    found: Json = decode(path.read_bytes()) if path.exists() else {}
    if found and found.keys() not in ({"file"}, {"command", "key"}):
        raise UsageError(f'{path} names neither a "file" nor a "command" and its "key"')
    return found


class Witness:
    """The witness of one run, or nobody."""

    def __init__(self, folder: Folder, run: str) -> None:
        """Read who it is; UsageError where that is not said clearly."""
        self._settings = read_witness(folder)
        self._folder = folder
        self._run = run
        signed = read_objects(folder.witnessed)
        self._size = signed[-1]["size"] if signed else 0

    def see(self, records: Sequence[Record]) -> None:
        """Show it the newest head, if something happened since that it is there for.

        Raises:
            WardenError: it did not answer, or with no good signature.
        """
        if not self._settings or not any(r.kind in SEEN for r in records[self._size :]):
            return
        head = read_objects(self._folder.heads)[-1]
        signature = self._show(head, records)
        line = canonical({"size": head["size"], "root": head["root"], **signature}) + b"\n"
        _append(self._folder.witnessed, line)
        self._size = head["size"]

    def _show(self, head: Json, records: Sequence[Record]) -> Json:
        if "file" in self._settings:
            _append(Path(self._settings["file"]), canonical({**head, "run": self._run}) + b"\n")
            return {"key": head["key"], "signature": head["signature"]}
        leaves = [record.leaf() for record in records[: head["size"]]]
        proof = [each.hex() for each in consistency_proof(leaves, self._size)]
        shown = {"head": head, "run": self._run, "before": self._size, "proof": proof}
        answer = _ask(self._settings["command"], shown)
        signed = {**head, **answer}
        if not is_signed(signed, self._run, self._settings["key"], WITNESSED):
            raise WardenError("the witness did not sign the log's head; resume when it does")
        return {"key": signed["key"], "signature": signed["signature"]}


def cosign(key: Path, state: Path, shown: Json) -> Json:
    """Sign a head that continues those signed before; Refused for any other.

    `state` is the witness's own folder: it holds the last head that it signed of each run.
    """
    head, run = shown["head"], str(shown["run"])
    if not run.isalnum() or not is_signed(head, run, head["key"]):
        raise Refused("the head is not signed by its own writer")
    path = state / f"{run}.json"
    last: Json = {"size": 0, "root": EMPTY.hex()}
    if path.exists():
        last = decode(path.read_bytes())
    if last["size"] and last["key"] != head["key"]:
        raise Refused("the head is signed by another writer than those before")
    proof = [bytes.fromhex(each) for each in shown["proof"]]
    old, new = bytes.fromhex(last["root"]), bytes.fromhex(head["root"])
    if not is_consistent(last["size"], head["size"], old, new, proof):
        raise Refused(f"the head does not continue the one of size {last['size']}")
    write_whole(path, canonical({name: head[name] for name in ("size", "root", "key")}))
    return sign(load_key(key), WITNESSED, said_of(run, head["size"], head["root"]))


def _ask(command: Sequence[str], shown: Json) -> Json:
    try:
        done = subprocess.run(  # noqa: S603 the human's own choice
            command, input=canonical(shown), capture_output=True, timeout=PATIENCE, check=True
        )
        found: Any = decode(done.stdout.strip())
        return {"key": found["key"], "signature": found["signature"]}
    except (OSError, subprocess.SubprocessError, UsageError, KeyError) as error:
        raise WardenError(f"the witness did not answer: {error}") from error


def _append(path: Path, line: bytes) -> None:
    try:
        file = open_lines(path)
    except OSError as error:
        raise WardenError(f"the witness's file cannot be written: {error}") from error
    with open(file, "ab") as lines:
        write_all(lines.fileno(), line)
