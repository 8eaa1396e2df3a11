"""What humans do before a run, and when it asks for more: adopt a constitution, grant a lease.

This acts for whoever holds the authority's keys, from the terminal, never for the engine; a warden
only reads what was signed. First, the run is given a key of its own for its log, its constitution
and a lease that names both.
"""

import os
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ouroboros_warden import constitution, lease
from ouroboros_warden.audit import open_lines, read_log, write_all, write_whole
from ouroboros_warden.canonical import Json, canonical, decode
from ouroboros_warden.constitution import DAY, Constitution
from ouroboros_warden.errors import Refused, UsageError
from ouroboros_warden.exam import commitment, exam_secret
from ouroboros_warden.folder import Folder, load_config
from ouroboros_warden.heads import roots_of
from ouroboros_warden.keys import Authority, load_key, make_key, public_key, sign, signers
from ouroboros_warden.law import (
    law_folder,
    read_constitutions,
    standing_leases,
    weigh_amendment,
)
from ouroboros_warden.lease import Allowance, Lease
from ouroboros_warden.policy import Policy

YEAR = 365 * DAY


def open_run(
    folder: Folder,
    key: Ed25519PrivateKey,
    texts: Mapping[str, str] | None = None,
    allowance: Allowance | None = None,
) -> None:
    """Put a new run under the law of one key: the shipped texts, and all that they let it grant."""
    sole = Authority(keys=(public_key(key),), threshold=1)
    drafted = constitution.draft(texts or constitution.shipped(), sole, time.time() + YEAR)
    adopt(folder, signed(drafted, key))
    add_lease(folder, sign_lease(draft_lease(folder, allowance), key))


def signed(drafted: Constitution, key: Ed25519PrivateKey) -> Constitution:
    """A constitution with one signature more."""
    signature = sign(key, constitution.PURPOSE, drafted.said)
    return replace(drafted, signatures=_once(drafted.signatures, signature))


def adopt(folder: Folder, adopted: Constitution) -> None:
    """Make it the run's next constitution.

    Raises:
        Refused: it is not in force as such, or the articles that it amends forbid it.
        UsageError: its articles or limits cannot be read.
    """
    history = read_constitutions(folder) if law_folder(folder, 1).exists() else []
    before = history[-1] if history else None
    constitution.demand_force(adopted, time.time(), before)
    _ = Policy(adopted.texts), adopted.limits  # both can be read
    if before and not (law := weigh_amendment(before, adopted))["allowed"]:
        raise Refused(f"it may not be adopted: {Policy(before.texts).sentence(law['by'])}")
    constitution.write(adopted, law_folder(folder, len(history) + 1))


def draft_lease(folder: Folder, allowance: Allowance | None = None) -> Lease:
    """The next lease of a run, unsigned, over the log as it is now."""
    current = read_constitutions(folder)[-1]
    records = read_log(folder.records) if folder.records.exists() else []
    now, limits = time.time(), current.limits
    return Lease(
        run=commitment(exam_secret(folder, load_config(folder))),
        number=len(standing_leases(folder, records)) + 1,
        key=public_key(load_key(folder.log_key)) if folder.log_key.exists() else _new_key(folder),
        constitution=current.id,
        size=len(records),
        root=roots_of(records)[len(records)],
        granted=now,
        expires=now + limits.days * DAY,
        allowance=allowance or Allowance.up_to(limits),
    )


def sign_lease(drafted: Lease, key: Ed25519PrivateKey) -> Lease:
    """A lease with one signature more."""
    signature = sign(key, lease.PURPOSE, drafted.said)
    return replace(drafted, signatures=_once(drafted.signatures, signature))


def _once(before: tuple[Json, ...], signature: Json) -> tuple[Json, ...]:
    """Each key's signature once, the newest last."""
    return (*(each for each in before if each != signature), signature)


def add_lease(folder: Folder, granted: Lease) -> None:
    """Put a lease where the warden takes it up at its next start."""
    file = open_lines(folder.leases)
    try:
        write_all(file, canonical(granted.to_json()) + b"\n")
        os.fsync(file)
    finally:
        os.close(file)


def _new_key(folder: Folder) -> str:
    return make_key(folder.log_key)


def offer_lease(folder: Folder, offered: Lease) -> bool:
    """Grant a lease once enough have signed it; until then it waits. Whether it was granted."""
    authority = read_constitutions(folder)[-1].authority
    have = signers(authority, lease.PURPOSE, offered.said, offered.signatures)
    if not have & {each.get("key") for each in offered.signatures[-1:]}:
        raise Refused("that key is none of this run's authority")
    if len(have) < authority.threshold:
        write_whole(_waiting(folder), canonical(offered.to_json()))
        return False
    add_lease(folder, offered)
    _waiting(folder).unlink(missing_ok=True)
    return True


def waiting(folder: Folder) -> Lease:
    """The lease that waits for signatures; UsageError where none does."""
    path = _waiting(folder)
    if not path.exists():
        raise UsageError(f"no lease waits for signatures; ouro lease grant {folder.root}")
    return Lease.from_json(decode(path.read_bytes()))


def _waiting(folder: Folder) -> Path:
    return folder.warden / "lease.json"
