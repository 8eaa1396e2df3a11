"""The authority here: a key made at first use, kept outside every run, and what it signs.

Beside the key may lie a constitution of one's own (`ouro constitution draft`); without one, a new
run gets the shipped texts, signed by this key alone: "local authority, 1 of 1".
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ouroboros.errors import UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from ouroboros_warden.constitution import Constitution
    from ouroboros_warden.folder import Folder

DEFAULT = Path(".config") / "ouroboros" / "authority.key"


def key_path() -> Path:
    """Where the key lies: `OUROBOROS_AUTHORITY`, or the user's configuration."""
    named = os.environ.get("OUROBOROS_AUTHORITY")
    return Path(named) if named else Path.home() / DEFAULT


def own_constitution() -> Path:
    """Where a constitution of one's own lies, for the runs to come."""
    return key_path().parent / "constitution"


def local_key(path: Path | None = None) -> "Ed25519PrivateKey":
    """This machine's key, made if there is none; or the one at `path`, which must be there."""
    from ouroboros_warden.keys import load_key, make_key

    if path is None and not key_path().exists():
        make_key(key_path())
    return load_key(path or key_path())


def appoint(folder: "Folder") -> None:
    """Put a new run under the constitution of this machine's authority, with a lease in full.

    Raises:
        Refused: One's own constitution is not in force, or older than the one seen before.
        UsageError: Its quorum takes more than this machine's key: sign a lease, then resume.
    """
    from ouroboros_warden import opening

    key = local_key()
    if not (own_constitution() / "manifest.json").exists():
        opening.open_run(folder, key)
        return
    adopted = _newest_seen()
    opening.adopt(folder, adopted)
    lease = opening.sign_lease(opening.draft_lease(folder), key)
    if not opening.offer_lease(folder, lease):
        raise UsageError(
            f"{folder.root} waits for a lease: {adopted.authority.threshold} keys sign it, with"
            f" `ouro lease sign {folder.root}`; then: ouro run --resume --run-dir {folder.root}"
        )


def _newest_seen() -> "Constitution":
    """One's own constitution, none older than any adopted before."""
    from ouroboros.lineage.files import write_whole
    from ouroboros_warden import constitution
    from ouroboros_warden.canonical import canonical, decode
    from ouroboros_warden.errors import Refused

    found = constitution.read(own_constitution())
    seen = key_path().parent / "seen.json"
    newest = decode(seen.read_bytes()) if seen.exists() else {"version": 0, "id": None}
    if found.version < newest["version"] or (
        found.version == newest["version"] and found.id != newest["id"]
    ):
        raise Refused(
            f"{own_constitution()} is version {found.version}; {newest['version']} was in force"
        )
    write_whole(seen, canonical({"version": found.version, "id": found.id}))
    return found
