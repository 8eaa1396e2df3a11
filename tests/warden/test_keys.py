import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros_warden.errors import Refused, UsageError
from ouroboros_warden.keys import (
    Authority,
    demand_quorum,
    load_key,
    make_key,
    public_key,
    sign,
    signers,
)

SAID = {"run": "ab", "pull": 1}


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """Three private keys."""
    folder = tmp_path_factory.mktemp("keys")
    for name in "abc":
        make_key(folder / name)
    return [load_key(folder / name) for name in "abc"]


def authority(keys, threshold=2, count=3) -> Authority:
    return Authority(keys=tuple(map(public_key, keys[:count])), threshold=threshold)


def test_a_new_key_is_readable_by_its_owner_alone_and_never_replaces_another(tmp_path):
    path = tmp_path / "deep" / "authority.key"
    public = make_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert public_key(load_key(path)) == public
    with pytest.raises(UsageError, match="File exists"):
        make_key(path)
    assert public_key(load_key(path)) == public


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [("zz", 0o600, "is no key"), ("", 0o600, "is no key"), ("00" * 32, 0o640, "read by others")],
)
def test_what_is_no_private_key_or_not_private_is_named(tmp_path, content, mode, said):
    path = tmp_path / "key"
    path.write_text(content)
    path.chmod(mode)
    with pytest.raises(UsageError, match=said):
        load_key(path)
    with pytest.raises(UsageError, match="cannot read"):
        load_key(tmp_path / "none")


def test_a_quorum_is_so_many_distinct_keys_of_the_authority(keys):
    both = [sign(key, "p", SAID) for key in keys[:2]]
    assert demand_quorum(authority(keys), "p", SAID, both) == {public_key(k) for k in keys[:2]}
    assert demand_quorum(authority(keys, 1), "p", SAID, both[:1])


def test_signatures_of_one_key_count_once_however_many_they_are(keys):
    with pytest.raises(Refused, match="1 of the 2"):
        demand_quorum(authority(keys), "p", SAID, [sign(keys[0], "p", SAID)] * 5)


def test_a_stranger_another_purpose_and_other_words_do_not_count(keys):
    known = authority(keys, threshold=1, count=2)
    for signature in (
        sign(keys[2], "p", SAID),
        sign(keys[0], "q", SAID),
        sign(keys[0], "p", {**SAID, "pull": 2}),
        {**sign(keys[2], "p", SAID), "key": public_key(keys[0])},
    ):
        assert signers(known, "p", SAID, [signature]) == frozenset()


@given(
    st.one_of(
        st.none(),
        st.integers(),
        st.text(),
        st.dictionaries(st.sampled_from(["key", "signature"]), st.text(max_size=140)),
    )
)
def test_junk_is_no_signature_and_no_error(junk):
    known = Authority(keys=(public_key(load_key_once()),), threshold=1)
    assert signers(known, "p", SAID, [junk]) == frozenset()


@given(st.integers(0, 63), st.integers(1, 255))
def test_a_changed_signature_does_not_count(place, change):
    key = load_key_once()
    signature = sign(key, "p", SAID)
    raw = bytearray.fromhex(signature["signature"])
    raw[place] ^= change
    known = Authority(keys=(public_key(key),), threshold=1)
    assert not signers(known, "p", SAID, [{**signature, "signature": raw.hex()}])


def load_key_once():
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.mark.parametrize("threshold", [0, 4, -1])
def test_an_authority_that_could_never_be_met_is_misuse(keys, threshold):
    with pytest.raises(UsageError, match="asks for"):
        authority(keys, threshold)


def test_an_authority_that_names_a_key_twice_is_misuse(keys):
    with pytest.raises(UsageError, match="twice"):
        Authority(keys=(public_key(keys[0]),) * 2, threshold=2)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"keys": "ab", "threshold": 1},
        {"keys": [], "threshold": 1},
        {"keys": ["ab"], "threshold": 1},
        {"keys": ["AB" * 32], "threshold": 1},
        {"keys": ["ab" * 32], "threshold": True},
        {"keys": ["ab" * 32], "threshold": "1"},
    ],
)
def test_what_describes_no_authority_is_misuse(value):
    with pytest.raises(UsageError):
        Authority.from_json(value)


def test_an_authority_is_read_back_as_it_was_written(keys):
    known = authority(keys)
    again = Authority.from_json(json.loads(json.dumps(known.to_json())))
    assert (set(again.keys), again.threshold) == (set(known.keys), known.threshold)


def test_a_key_in_a_folder_that_cannot_be_made_is_misuse(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot make a key"):
        make_key(tmp_path / "file" / "key")
    assert os.listdir(tmp_path) == ["file"]
