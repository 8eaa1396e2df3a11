"""The seal: once a run rests, the hash of every file in its folder, signed with the log's key.

The log covers what it names; the seal covers all the rest, so that a single changed bit anywhere
in the folder is found. It is taken off when somebody serves the run again, and put on anew by
whoever writes into the folder on the user's behalf.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from ouroboros_warden.audit import read_log, write_whole
from ouroboros_warden.canonical import Json, canonical, decode, file_id
from ouroboros_warden.errors import UsageError
from ouroboros_warden.folder import Folder
from ouroboros_warden.keys import load_key, sign, signer

PURPOSE = "seal"
KEPT_BACK = "warden"  # the folder that stays behind when a run is handed on


def seal_run(folder: Folder) -> None:
    """Write `seal.json`.

    Raises:
        UsageError: a file is no regular file; LogDamaged: there is no log to seal.
    """
    run = read_log(folder.records)[0].body["exam_commitment"]
    folder.seal.unlink(missing_ok=True)
    said: Json = {"run": run, "files": _hashes(folder)}
    key = load_key(folder.log_key)
    write_whole(folder.seal, canonical({"said": said, **sign(key, PURPOSE, said)}))


def broken_seal(folder: Folder, run: str, keys: Sequence[str]) -> list[str]:
    """What is not as it was sealed; nothing where there is no seal."""
    if not folder.seal.exists():
        return []
    raw = folder.seal.read_bytes()
    try:
        found = decode(raw)
        said, named = found["said"], found["said"]["files"]
        now = _hashes(folder)
    except (UsageError, KeyError, TypeError) as error:
        return [f"seal.json: {error}"]
    if canonical(found) != raw or signer(found, PURPOSE, said) not in keys or said["run"] != run:
        return ["seal.json is not signed by this run's key"]
    handed_on = not folder.warden.exists()
    here = {name for name in named if not (handed_on and Path(name).parts[0] == KEPT_BACK)}
    return [
        f"{name} is not what was sealed" if name in now else f"{name} is missing"
        for name in sorted(here)
        if now.get(name) != named[name]
    ] + [f"{name} was not there when the run was sealed" for name in sorted(now.keys() - named)]


def _hashes(folder: Folder) -> dict[str, str]:
    found: dict[str, str] = {}
    for top, folders, names in os.walk(folder.root):
        for name in (*folders, *names):
            path = Path(top) / name
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise UsageError(f"{path} is no regular file; no seal can cover it")
            if path.is_file() and path != folder.seal:
                found[path.relative_to(folder.root).as_posix()] = file_id(path)
    found["warden/lock"] = EMPTY  # it holds the number of whoever has it
    return found


EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # SHA-256 of nothing
