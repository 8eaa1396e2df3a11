"""Class D: signatures, by keys that may not, on what was not meant, or counted twice."""

import base64
import time
from collections.abc import Callable
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ouroboros_redteam.attack import Benign, Outside
from ouroboros_redteam.bench import Bench, Run
from ouroboros_redteam.forge import (
    amended,
    authority_of,
    braked,
    in_order,
    lease_of,
    only_lease,
    release,
)
from ouroboros_warden import constitution, lease, opening
from ouroboros_warden.brake import PURPOSE, read_latch, release_of, write_latch
from ouroboros_warden.canonical import Json, canonical
from ouroboros_warden.keys import Authority, sign
from ouroboros_warden.lease import Lease
from ouroboros_warden.verify import check_run, demand_whole

Change = Callable[[Json], Json]
"""What is made of a signature, {"key", "signature"}."""


def _three(bench: Bench) -> Run:
    """A run of three keys, two of which must sign."""
    return bench.open(keys=3)


def _in_order(bench: Bench) -> object:
    return bench.serve(_three(bench)).demand()


def _leased(bench: Bench, change: Callable[[Run, Lease], Lease]) -> object:
    """A run of three keys whose only lease was signed otherwise."""
    run = _three(bench)
    run.folder.leases.unlink()
    unsigned = replace(lease_of(run), signatures=())
    only_lease(run, change(run, unsigned))
    return bench.serve(run).demand()


def _twice(run: Run, granted: Lease) -> Lease:
    signature = sign(run.key, lease.PURPOSE, granted.said)
    return replace(granted, signatures=(signature, signature))


def _in_capitals(run: Run, granted: Lease) -> Lease:
    """The same key again, written in another way."""
    signature = sign(run.key, lease.PURPOSE, granted.said)
    other = {**signature, "key": signature["key"].upper()}
    return replace(granted, signatures=(signature, other))


def _with_stranger(run: Run, granted: Lease) -> Lease:
    keys = (run.key, Ed25519PrivateKey.generate())
    return replace(granted, signatures=tuple(sign(k, lease.PURPOSE, granted.said) for k in keys))


def _other_purpose(run: Run, granted: Lease) -> Lease:
    keys = run.keys[:2]
    return replace(granted, signatures=tuple(sign(k, "constitution", granted.said) for k in keys))


def _without_purpose(run: Run, granted: Lease) -> Lease:
    """Signatures on the bare words, as another program might ask for them."""
    found = [{"key": sign(k, "", {})["key"], "signature": _bare(k, granted)} for k in run.keys[:2]]
    return replace(granted, signatures=tuple(found))


def _bare(key: Ed25519PrivateKey, granted: Lease) -> str:
    return key.sign(canonical(granted.said)).hex()


def _shown_otherwise(run: Run, granted: Lease) -> Lease:
    """Two signed for an hour; the lease says a year."""
    small = replace(granted, allowance=replace(granted.allowance, seconds=3600.0))
    signed = tuple(sign(key, lease.PURPOSE, small.said) for key in run.keys[:2])
    return replace(granted, signatures=signed)


def _written(change: Change) -> Callable[[Run, Lease], Lease]:
    """Good signatures, written in another way."""

    def spoil(run: Run, granted: Lease) -> Lease:
        good = [sign(key, lease.PURPOSE, granted.said) for key in run.keys[:2]]
        return replace(granted, signatures=tuple(change(each) for each in good))

    return spoil


def _swap(signature: Json) -> Json:
    text = signature["signature"]
    return {**signature, "signature": text[64:] + text[:64]}


def _base64(signature: Json) -> Json:
    data = bytes.fromhex(signature["signature"])
    return {**signature, "signature": base64.b64encode(data).decode()}


def _constituted(bench: Bench, keys: Callable[[Run], list[Ed25519PrivateKey]]) -> object:
    """A first constitution that these have signed, adopted."""
    run = _three(bench)
    texts, authority = constitution.shipped(), run.authority
    drafted = constitution.draft(texts, authority, time.time() + opening.YEAR)
    signed = [sign(key, constitution.PURPOSE, drafted.said) for key in keys(run)]
    constitution.demand_force(replace(drafted, signatures=tuple(signed)), time.time())
    return "in force"


def _named_twice(bench: Bench) -> object:
    key = bench.open().key
    return authority_of(key, key, threshold=2)


def _of_nobody(bench: Bench) -> object:
    return authority_of(bench.open().key, threshold=0)


def _of_more_than_there_are(bench: Bench) -> object:
    return authority_of(bench.open().key, threshold=2)


def _rotated(
    bench: Bench, signers: Callable[[Run, Ed25519PrivateKey], list[Ed25519PrivateKey]]
) -> object:
    """An amendment that names another authority."""
    run, new = _three(bench), Ed25519PrivateKey.generate()
    bench.serve(run, "pass")
    amended(run, signers(run, new), authority=authority_of(new).to_json())
    return _served_with_lease(bench, run, [new])


def _served_with_lease(bench: Bench, run: Run, keys: list[Ed25519PrivateKey]) -> object:
    granted = opening.draft_lease(run.folder)
    for key in keys:
        granted = opening.sign_lease(granted, key)
    opening.add_lease(run.folder, granted)
    return bench.serve(run).demand()


def _lowered(bench: Bench) -> object:
    """One of three makes the threshold one."""
    run = _three(bench)
    bench.serve(run, "pass")
    loose = authority_of(*run.keys, threshold=1).to_json()
    amended(run, [run.key], authority=loose)
    return _served_with_lease(bench, run, [run.key])


def _released(bench: Bench, sign_it: Callable[[Run], object]) -> object:
    run = braked(bench)
    sign_it(run)
    return bench.serve(run).demand()


def _of_other_run(run: Run) -> None:
    said = release_of("ab" * 32, read_latch(run.folder))
    release(run, run.key, said)


def _of_other_pull(run: Run) -> None:
    said = {**release_of(_name(run), read_latch(run.folder)), "pull": 0}
    release(run, run.key, said)


def _of_other_position(run: Run) -> None:
    """Signed while it was paused, shown now that it is stopped."""
    said = {**release_of(_name(run), read_latch(run.folder)), "position": "paused"}
    release(run, run.key, said)


def _of_lease(run: Run) -> None:
    latch = read_latch(run.folder)
    granted = lease_of(run)
    write_latch(run.folder, replace(latch, position="running", signatures=granted.signatures))


def _name(run: Run) -> str:
    return run.records()[0].body["exam_commitment"]


def _own_authority(bench: Bench) -> object:
    """A whole run under a key of the attacker's, shown to somebody who knows the real one."""
    run = bench.finished()
    real = Authority(keys=authority_of(Ed25519PrivateKey.generate()).keys, threshold=1)
    return demand_whole(check_run(run.folder, None, real))


def _real_authority(bench: Bench) -> object:
    run = bench.finished()
    return demand_whole(check_run(run.folder, None, run.authority))


def _lease(number: str, title: str, change: Callable[[Run, Lease], Lease]) -> Outside:
    return Outside(
        id=number,
        title=title,
        attempt=lambda bench: _leased(bench, change),
        benign=_TWO,
        article="11",
    )


def _release(number: str, title: str, sign_it: Callable[[Run], object]) -> Outside:
    return Outside(
        id=number,
        title=title,
        attempt=lambda bench: _released(bench, sign_it),
        benign=RELEASED,
        article="11",
    )


RELEASED = Benign(
    "release the brake by a signature on exactly this pull",
    lambda bench: _released(bench, lambda run: release(run, run.key)),
)
_TWO = Benign("serve a run that two of three have signed for", _in_order)
_ADOPTED = Benign(
    "adopt a constitution that two of three have signed",
    lambda bench: _constituted(bench, lambda run: list(run.keys[:2])),
)
_ROTATED = Benign(
    "hand over to another key, signed by the old ones and the new one",
    lambda bench: _rotated(bench, lambda run, new: [*run.keys[:2], new]),
)
_ONE = Benign("serve a run of one key", in_order)

ATTACKS: list[Outside] = [
    _lease("D1.1", "sign a lease twice with one key", _twice),
    _lease("D1.2", "sign a lease again with the same key in capitals", _in_capitals),
    _lease("D1.3", "sign a lease with a key of one's own besides", _with_stranger),
    Outside(
        id="D1.4",
        title="sign a constitution twice with one key",
        attempt=lambda bench: _constituted(bench, lambda run: [run.key, run.key]),
        benign=_ADOPTED,
        article="11",
    ),
    Outside(
        id="D1.5",
        title="have a constitution half signed",
        attempt=lambda bench: _constituted(bench, lambda run: [run.key]),
        benign=_ADOPTED,
        article="11",
    ),
    Outside(
        id="D1.6",
        title="name a key twice in an authority",
        attempt=_named_twice,
        benign=_ONE,
        article="11",
    ),
    Outside(
        id="D1.7",
        title="have an authority of which nobody must sign",
        attempt=_of_nobody,
        benign=_ONE,
        article="11",
    ),
    Outside(
        id="D1.8",
        title="have an authority of which more must sign than there are",
        attempt=_of_more_than_there_are,
        benign=_ONE,
        article="11",
    ),
    _lease("D2.1", "pass signatures on a constitution for those on a lease", _other_purpose),
    _release("D2.2", "release the brake by a signature for another run", _of_other_run),
    _release("D2.3", "release the brake by a signature on an earlier pull", _of_other_pull),
    _release("D2.4", "release a stop by a signature on a pause", _of_other_position),
    _release("D2.5", "release the brake by a signature on a lease", _of_lease),
    _release(
        "D2.6",
        "release the brake by a stranger's signature",
        lambda run: release(run, Ed25519PrivateKey.generate()),
    ),
    _release(
        "D2.7",
        "release the brake by a signature for another purpose",
        lambda run: release(run, run.key, purpose=f"{PURPOSE} "),
    ),
    _lease("D3.1", "have a small lease signed and show a large one", _shown_otherwise),
    Outside(
        id="D6.1",
        title="hand over to a key of one's own, signed by that alone",
        attempt=lambda bench: _rotated(bench, lambda run, new: [new]),
        benign=_ROTATED,
        article="11",
    ),
    Outside(
        id="D6.2",
        title="hand over with one of three",
        attempt=lambda bench: _rotated(bench, lambda run, new: [run.key, new]),
        benign=_ROTATED,
        article="11",
    ),
    Outside(
        id="D6.3",
        title="lower the threshold with one of three",
        attempt=_lowered,
        benign=_ROTATED,
        article="11",
    ),
    _lease(
        "D7.1", "cut a signature short", _written(lambda s: {**s, "signature": s["signature"][:-2]})
    ),
    _lease(
        "D7.2",
        "write a signature in capitals",
        _written(lambda s: {**s, "signature": s["signature"].upper()}),
    ),
    _lease("D7.3", "exchange the halves of a signature", _written(_swap)),
    _lease("D7.4", "write a signature in base64", _written(_base64)),
    _lease("D7.5", "sign the bare words, without a purpose", _without_purpose),
    _lease(
        "D7.6",
        "have a signature that is a list",
        _written(lambda s: {**s, "signature": list(bytes.fromhex(s["signature"]))}),
    ),
    _lease("D7.7", "have a signature of zeros", _written(lambda s: {**s, "signature": "0" * 128})),
    Outside(
        id="D8.2",
        title="show a run under an authority of one's own",
        attempt=_own_authority,
        benign=Benign("show it to who knows its authority", _real_authority),
        article="11",
    ),
]
