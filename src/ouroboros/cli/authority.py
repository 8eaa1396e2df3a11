"""The local authority: a key of this machine's user, made at first use, kept outside every run."""

import os
from pathlib import Path


def key_path() -> Path:
    """Where the key lies: `OUROBOROS_AUTHORITY`, or the user's configuration."""
    named = os.environ.get("OUROBOROS_AUTHORITY")
    return Path(named) if named else Path.home() / ".config" / "ouroboros" / "authority.key"


def appoint(folder: Path) -> None:
    """Have this machine's key, made if there is none, be a new run's authority: 1 of 1."""
    from ouroboros.lineage.files import write_whole
    from ouroboros_warden.canonical import canonical
    from ouroboros_warden.keys import Authority, load_key, make_key, public_key

    path = key_path()
    public = public_key(load_key(path)) if path.exists() else make_key(path)
    (folder / "warden").mkdir(exist_ok=True)
    authority = Authority(keys=(public,), threshold=1)
    write_whole(folder / "warden" / "authority.json", canonical(authority.to_json()))
