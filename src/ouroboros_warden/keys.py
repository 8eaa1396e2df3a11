"""The authority: Ed25519 keys of humans, m of n, and what they signed.

A signature covers its purpose, so that none can be passed off for another, and the canonical bytes
of what is said. A quorum counts distinct keys: two signatures of one key are one (the mistake of
GHSA-pwqf-9h7j-7mv8).
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ouroboros_warden.canonical import Json, canonical
from ouroboros_warden.errors import Refused, UsageError

_CONTEXT = b"ouroboros signature 1\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Who may loosen: so many of these public keys (hex)."""

    keys: tuple[str, ...]
    threshold: int

    def __post_init__(self) -> None:
        """Raise UsageError where it could never, or not honestly, reach its threshold."""
        if len(set(self.keys)) != len(self.keys):
            raise UsageError("the authority names a key twice")
        if not 1 <= self.threshold <= len(self.keys):
            raise UsageError(f"the authority asks for {self.threshold} of {len(self.keys)} keys")
        for key in self.keys:
            _public(key)

    def to_json(self) -> Json:
        """A plain mapping, the keys in order."""
        return {"keys": sorted(self.keys), "threshold": self.threshold}

    @classmethod
    def from_json(cls, value: object) -> "Authority":
        """The authority that a mapping describes; UsageError where it describes none."""
        table = cast("Json", value) if isinstance(value, dict) else {}
        keys: Any = table.get("keys")
        threshold: Any = table.get("threshold")
        if not isinstance(keys, list) or type(threshold) is not int:
            raise UsageError("an authority is {keys: [...], threshold: n}")
        return cls(keys=tuple(map(str, cast("list[Any]", keys))), threshold=threshold)


def make_key(path: Path) -> str:
    """Write a new private key that its owner alone can read; its public key.

    Raises:
        UsageError: there is a file already, or none can be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UsageError(f"cannot make a key at {path}: {error.strerror}") from error
    key = Ed25519PrivateKey.generate()
    with os.fdopen(descriptor, "w") as file:
        file.write(key.private_bytes_raw().hex() + "\n")
        file.flush()
        os.fsync(descriptor)
    return key.public_key().public_bytes_raw().hex()


def load_key(path: Path) -> Ed25519PrivateKey:
    """A private key; UsageError where there is none, or others may read it."""
    try:
        if path.stat().st_mode & 0o077:
            raise UsageError(f"{path} can be read by others; chmod 600 it")
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text().strip()))
    except OSError as error:
        raise UsageError(f"cannot read the key {path}: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{path} is no key") from error


def public_key(key: Ed25519PrivateKey) -> str:
    """The public half, in hex."""
    return key.public_key().public_bytes_raw().hex()


def sign(key: Ed25519PrivateKey, purpose: str, said: Json) -> Json:
    """A signature on what is said, for one purpose."""
    return {"key": public_key(key), "signature": key.sign(_covered(purpose, said)).hex()}


def signers(
    authority: Authority, purpose: str, said: Json, signatures: Iterable[object]
) -> frozenset[str]:
    """The authority's keys that signed; anything else is left out."""
    found = (signer(each, purpose, said) for each in signatures)
    return frozenset(key for key in found if key is not None and key in authority.keys)


def demand_quorum(
    authority: Authority, purpose: str, said: Json, signatures: Iterable[object]
) -> frozenset[str]:
    """The keys that signed; Refused where they are fewer than the threshold."""
    found = signers(authority, purpose, said, signatures)
    if len(found) < authority.threshold:
        raise Refused(f"{len(found)} of the {authority.threshold} keys that it takes have signed")
    return found


def signer(value: object, purpose: str, said: Json) -> str | None:
    """The key of a good signature, {"key", "signature"}, written the one way; None otherwise."""
    if not isinstance(value, dict):
        return None
    table = cast("Json", value)
    try:
        key, signature = str(table["key"]), bytes.fromhex(table["signature"])
        if signature.hex() != table["signature"]:
            return None
        _public(key).verify(signature, _covered(purpose, said))
    except (KeyError, TypeError, ValueError, UsageError, InvalidSignature):
        return None
    return key


def _public(key: str) -> Ed25519PublicKey:
    try:
        raw = bytes.fromhex(key)
        if raw.hex() != key:
            raise ValueError("not the one way to write it")
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError as error:
        raise UsageError(f"{key[:80]!r} is no public key: 64 lower-case hex digits") from error


def _covered(purpose: str, said: Json) -> bytes:
    return _CONTEXT + canonical({"purpose": purpose, "said": said})
