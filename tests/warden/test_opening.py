"""What humans do before a run and between: adopt a constitution, grant leases, wait for others."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ouroboros_warden import constitution, opening
from ouroboros_warden.canonical import canonical
from ouroboros_warden.constitution import DAY
from ouroboros_warden.errors import Refused, UsageError
from ouroboros_warden.folder import Folder
from ouroboros_warden.keys import Authority, load_key, public_key
from ouroboros_warden.law import law_folder, read_constitutions, version_of
from ouroboros_warden.lease import Allowance, read_leases

from .harness import make_run

ANN, BEN, EVE = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in range(1, 4))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A run under the law of two of two, without a lease."""
    run = tmp_path / "run"
    (run / "constitution").mkdir(parents=True)
    found = Folder.at(make_run(run))
    (run / "constitution").rmdir()
    opening.adopt(found, drafted(ANN, BEN, threshold=2))
    return found


def drafted(*keys: Ed25519PrivateKey, threshold: int = 1, before=None, days: float = 1.0):
    """Signed by all of its keys."""
    authority = Authority(keys=tuple(map(public_key, keys)), threshold=threshold)
    found = constitution.draft(constitution.shipped(), authority, time.time() + days * DAY, before)
    for key in keys:
        found = opening.signed(found, key)
    return found


def test_a_run_is_opened_under_one_key_with_all_that_the_limits_grant(tmp_path):
    folder = Folder.at(make_run(tmp_path / "run", key=ANN))
    (law,) = read_constitutions(folder)
    assert law.authority == Authority(keys=(public_key(ANN),), threshold=1)
    assert law.texts == constitution.shipped()
    assert 364 * DAY < law.said["expires"] - time.time() <= 365 * DAY
    (lease,) = read_leases(folder.leases)
    assert lease.allowance == Allowance.up_to(law.limits)
    assert (lease.number, lease.size, lease.constitution) == (1, 0, law.id)
    assert lease.key == public_key(load_key(folder.log_key))
    assert lease.expires - lease.granted == law.limits.days * DAY
    assert abs(lease.granted - time.time()) < 60


def test_a_lease_waits_until_enough_have_signed_it(folder):
    lease = opening.sign_lease(opening.draft_lease(folder), ANN)
    with pytest.raises(UsageError, match="no lease waits for signatures; ouro lease grant"):
        opening.waiting(folder)
    for _ in range(2):  # twice the same is once
        assert opening.offer_lease(folder, lease) is False
        assert opening.waiting(folder) == lease
        lease = opening.sign_lease(opening.waiting(folder), ANN)
        assert len(lease.signatures) == 1
    assert read_leases(folder.leases) == []
    both = opening.sign_lease(opening.waiting(folder), BEN)
    assert opening.offer_lease(folder, both) is True
    assert read_leases(folder.leases) == [both]
    with pytest.raises(UsageError, match="no lease waits"):
        opening.waiting(folder)
    assert opening.draft_lease(folder).number == 2


def test_a_stranger_s_signature_grants_nothing_and_is_not_kept(folder):
    lease = opening.draft_lease(folder)
    for offered in (lease, opening.sign_lease(lease, EVE)):
        with pytest.raises(Refused, match="none of this run's authority"):
            opening.offer_lease(folder, offered)
    both = opening.sign_lease(opening.sign_lease(lease, ANN), EVE)
    with pytest.raises(Refused, match="none of this run's authority"):
        opening.offer_lease(folder, both)
    assert not (folder.warden / "lease.json").exists()


def test_a_waiting_lease_that_was_spoilt_is_misuse(folder):
    folder.warden.mkdir()
    for data in (b"{}", b"{", canonical({"said": {}, "signatures": []})):
        (folder.warden / "lease.json").write_bytes(data)
        with pytest.raises(UsageError):
            opening.waiting(folder)


def test_a_lease_may_grant_less(folder):
    less = Allowance(generations=1, flop=2.0, seconds=3.0, joules=4.0, gain=5.0)
    assert opening.draft_lease(folder, less).allowance == less
    key = load_key(folder.log_key)
    assert opening.draft_lease(folder).key == public_key(key)  # made once


def test_only_what_is_in_force_is_adopted(folder):
    (first,) = read_constitutions(folder)
    with pytest.raises(Refused, match="1 of the 2"):
        opening.adopt(folder, drafted(ANN, before=first))
    with pytest.raises(Refused, match="not the successor"):
        opening.adopt(folder, drafted(ANN, BEN, threshold=2))
    with pytest.raises(Refused, match="has expired"):
        opening.adopt(folder, drafted(ANN, BEN, before=first, days=-1))
    assert read_constitutions(folder) == [first]
    second = drafted(ANN, BEN, threshold=1, before=first)
    opening.adopt(folder, second)
    assert read_constitutions(folder) == [first, second]
    with pytest.raises(Refused, match="not the successor of version 2"):
        opening.adopt(folder, second)


def test_a_history_with_a_gap_or_a_stranger_s_version_is_none(folder):
    (first,) = read_constitutions(folder)
    constitution.write(drafted(ANN, BEN, before=first), law_folder(folder, 3))
    assert read_constitutions(folder) == [first]  # what lies beyond a gap is nothing
    constitution.write(drafted(EVE, before=first), law_folder(folder, 2))
    with pytest.raises(Refused, match="not signed"):
        read_constitutions(folder)
    constitution.write(replace(first, signatures=()), law_folder(folder, 1))
    with pytest.raises(Refused, match="not signed"):
        read_constitutions(folder)


def test_the_version_in_force_is_the_one_last_logged():
    assert version_of([]) == 1
