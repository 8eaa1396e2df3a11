"""What a constitution may say, who must have signed it, and what comes after which."""

import json
import math
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ouroboros_warden import constitution
from ouroboros_warden.canonical import Json, canonical
from ouroboros_warden.closure import Closure
from ouroboros_warden.constitution import (
    FILES,
    TEXT_LIMIT,
    Constitution,
    Limits,
    Pins,
    demand_force,
    draft,
    pinned,
    read,
    read_texts,
    shipped,
    write,
)
from ouroboros_warden.errors import Refused, UsageError
from ouroboros_warden.keys import Authority, public_key, sign
from ouroboros_warden.opening import signed

ANN, BEN, CAY, EVE = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in range(1, 5))
EXPIRES = 2000.0
NOW = 1000.0


def authority(*keys: Ed25519PrivateKey, threshold: int = 1) -> Authority:
    return Authority(keys=tuple(map(public_key, keys)), threshold=threshold)


def made(
    *by: Ed25519PrivateKey,
    who: Authority | None = None,
    before: Constitution | None = None,
    expires: float = EXPIRES,
) -> Constitution:
    """A constitution of one key of Ann's, unless told otherwise, with these signatures."""
    found = draft(shipped(), who or authority(ANN), expires, before)
    for key in by:
        found = signed(found, key)
    return found


def changed(whole: Constitution, **said: Any) -> Constitution:
    return replace(whole, said={**whole.said, **said}, signatures=())


# --- in force


def test_a_draft_names_texts_judges_and_warden_and_is_not_in_force():
    drafted = made()
    assert drafted.changed_texts() == []
    assert pinned().changed(drafted) == []
    assert (drafted.version, drafted.said["previous"]) == (1, None)
    assert set(drafted.said["judges"]) == {"examiner", "oracle"}
    with pytest.raises(Refused, match="0 of the 1 keys"):
        demand_force(drafted, NOW)
    demand_force(signed(drafted, ANN), NOW)


@pytest.mark.parametrize(
    ("by", "count"),
    [((), 0), ((ANN,), 1), ((EVE, EVE), 0), ((ANN, EVE), 1), ((ANN, ANN), 1), ((EVE, CAY), 1)],
)
def test_too_few_keys_of_the_authority_put_nothing_in_force(by, count):
    two = authority(ANN, BEN, CAY, threshold=2)
    with pytest.raises(Refused, match=rf"not signed: {count} of the 2 keys"):
        demand_force(made(*by, who=two), NOW)
    demand_force(made(*by, ANN, BEN, who=two), NOW)


def test_one_signature_twice_is_one():
    once = made(ANN, who=authority(ANN, BEN, threshold=2))
    with pytest.raises(Refused, match="1 of the 2"):
        demand_force(replace(once, signatures=once.signatures * 3), NOW)


def test_signatures_on_other_words_or_for_another_purpose_do_not_count():
    drafted = made()
    other = sign(ANN, constitution.PURPOSE, {**drafted.said, "expires": EXPIRES + 1})
    for signature in (other, sign(ANN, "lease", drafted.said), {}, "x", None, 7):
        with pytest.raises(Refused, match="0 of the 1"):
            demand_force(replace(drafted, signatures=(signature,)), NOW)


def test_a_constitution_is_in_force_until_the_moment_at_which_it_expires():
    whole = made(ANN)
    demand_force(whole, EXPIRES - 1e-6)
    for now in (EXPIRES, EXPIRES + 1):
        with pytest.raises(Refused, match="version 1 of the constitution has expired"):
            demand_force(whole, now)


def test_an_amendment_takes_the_old_quorum_and_the_new_one():
    before = made(ANN, BEN, who=authority(ANN, BEN, threshold=2))
    new = authority(CAY, EVE, threshold=2)
    for by in ((ANN, BEN), (ANN, BEN, CAY), (CAY, EVE), (CAY, EVE, ANN)):
        with pytest.raises(Refused, match="of the 2 keys"):
            demand_force(made(*by, who=new, before=before), NOW, before)
    demand_force(made(ANN, BEN, CAY, EVE, who=new, before=before), NOW, before)


def test_what_is_no_successor_is_refused():
    first = made(ANN)
    second, other = made(ANN, before=first), made(ANN, before=first, expires=EXPIRES + 1)
    third = made(ANN, before=second)
    demand_force(third, NOW, second)
    for later, before in (
        (first, second),  # brought back
        (first, first),
        (second, second),
        (third, first),  # one left out
        (third, other),  # of another second
        (signed(changed(third, version=9), ANN), second),
        (signed(changed(second, version=3), ANN), second),
        (signed(changed(third, previous=None), ANN), second),
    ):
        with pytest.raises(Refused, match=f"not the successor of version {before.version}"):
            demand_force(later, NOW, before)


def test_everybody_who_adopts_the_same_texts_has_the_same_in_public():
    mine, yours = made(ANN), made(BEN, who=authority(BEN))
    assert mine.id != yours.id
    assert mine.in_public() == yours.in_public()
    assert mine.authority_by_name() == {**authority(ANN).to_json(), "name": "local authority"}


def test_the_id_covers_all_that_is_said_and_not_who_signed():
    assert made().id == made(ANN, BEN).id
    assert made().id != changed(made(), name="others").id


# --- in a folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A constitution that is in force."""
    write(made(ANN), tmp_path / "law")
    return tmp_path / "law"


def rewrite(folder: Path, change: Callable[[Json], Any]) -> None:
    """Change the manifest, written as it should be."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_bytes())
    change(manifest)
    path.write_bytes(canonical(manifest))


def test_what_was_written_is_read_back(folder):
    found = read(folder)
    assert found == made(ANN)
    assert found.texts == shipped()
    demand_force(found, NOW)
    assert sorted(os.listdir(folder)) == sorted([*FILES, "manifest.json"])


@pytest.mark.parametrize("name", FILES)
def test_a_text_that_is_not_the_signed_one_is_named(folder, name):
    (folder / name).write_bytes((folder / name).read_bytes() + b"\n")
    with pytest.raises(UsageError, match=f"{name} is not the text that was signed"):
        read(folder)
    (folder / name).unlink()
    with pytest.raises(UsageError, match=f"is no constitution: {name}"):
        read(folder)


def test_a_text_that_was_never_there_is_changed():
    texts = {name: text for name, text in shipped().items() if name != "preamble.md"}
    whole = replace(made(ANN), texts=texts)
    assert whole.changed_texts() == ["preamble.md is not the text that was signed"]


def test_a_linked_text_counts_by_what_it_links_to(folder, tmp_path):
    path = folder / "preamble.md"
    path.rename(tmp_path / "elsewhere.md")
    path.symlink_to(tmp_path / "elsewhere.md")
    assert read(folder) == made(ANN)
    (tmp_path / "elsewhere.md").write_text("another preamble")
    with pytest.raises(UsageError, match=r"preamble\.md is not"):
        read(folder)
    (tmp_path / "elsewhere.md").unlink()
    with pytest.raises(UsageError, match="no constitution"):
        read(folder)


def test_a_text_has_a_length_and_is_text(folder):
    path = folder / "preamble.md"
    path.write_text("x" * TEXT_LIMIT)
    assert len(read_texts(folder)["preamble.md"]) == TEXT_LIMIT
    path.write_text("x" * (TEXT_LIMIT + 1))
    with pytest.raises(UsageError, match="is longer than"):
        read_texts(folder)
    path.write_bytes(b"\xff")
    with pytest.raises(UsageError, match=r"no constitution: preamble\.md"):
        read_texts(folder)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw + b"\n",
        lambda raw: b" " + raw,
        lambda raw: raw.replace(b'"version":1', b'"version": 1'),
        lambda raw: raw.replace(b'"said":{', b'"said":{"version":2,'),  # a key twice
        lambda raw: raw.replace(b'{"said"', b'{"said":{},"said"'),
        lambda raw: raw.replace(b"local authority", b"local\\u0020authority"),
        lambda raw: canonical({**json.loads(raw), "also": 1}),
        lambda raw: json.dumps(dict(reversed(json.loads(raw).items()))).encode(),
    ],
)
def test_a_manifest_is_written_the_one_way(folder, spoil):
    path = folder / "manifest.json"
    spoiled = spoil(path.read_bytes())
    assert spoiled != path.read_bytes()
    path.write_bytes(spoiled)
    with pytest.raises(UsageError, match=r"not written as it was|comes twice"):
        read(folder)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"said":NaN}', b"\xff", b"{}", b'{"said":[]}'])
def test_what_is_no_manifest_is_misuse(folder, raw):
    (folder / "manifest.json").write_bytes(raw)
    with pytest.raises(UsageError):
        read(folder)


def test_a_folder_without_a_manifest_is_no_constitution(tmp_path, folder):
    (folder / "manifest.json").unlink()
    (folder / "manifest.json").mkdir()
    for path in (folder, tmp_path, tmp_path / "nothing"):
        with pytest.raises(UsageError, match="is no constitution"):
            read(path)


FIELDS = ("name", "version", "previous", "expires", "authority", "files", "judges", "warden")


@pytest.mark.parametrize("name", FIELDS)
def test_a_manifest_that_lacks_a_field_is_misuse(folder, name):
    rewrite(folder, lambda manifest: manifest["said"].pop(name))
    with pytest.raises(UsageError, match="says exactly name, version"):
        read(folder)


def test_a_manifest_says_nothing_else_and_who_signed_in_a_list(folder):
    rewrite(folder, lambda manifest: manifest["said"].update(also=1))
    with pytest.raises(UsageError, match="says exactly"):
        read(folder)
    rewrite(folder, lambda manifest: manifest["said"].pop("also"))
    for value in (None, {}, "x", 1):
        rewrite(folder, lambda manifest, value=value: manifest.update(signatures=value))
        with pytest.raises(UsageError, match="says exactly"):
            read(folder)


PUBLIC = public_key(ANN)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", None),
        ("name", 1),
        ("version", 0),
        ("version", -1),
        ("version", 1.0),
        ("version", True),
        ("version", "1"),
        ("previous", 1),
        ("previous", {}),
        ("expires", None),
        ("expires", "2000"),
        ("expires", True),
        ("authority", None),
        ("authority", []),
        ("files", []),
        ("files", {}),
        ("files", {name: "" for name in FILES[1:]}),
        ("files", {name: "" for name in (*FILES, "more.md")}),
        ("judges", None),
        ("judges", []),
        ("warden", None),
        ("warden", 3),
    ],
)
def test_a_field_of_a_wrong_type_or_range_is_named(folder, name, value):
    rewrite(folder, lambda manifest: manifest["said"].update({name: value}))
    with pytest.raises(UsageError, match=f"manifest's {name} has a wrong type"):
        read(folder)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"keys": [], "threshold": 1},
        {"keys": [PUBLIC], "threshold": 0},
        {"keys": [PUBLIC], "threshold": 2},
        {"keys": [PUBLIC, PUBLIC], "threshold": 1},
        {"keys": [PUBLIC.upper()], "threshold": 1},
        {"keys": [PUBLIC], "threshold": True},
        {"keys": "ab", "threshold": 1},
    ],
)
def test_an_authority_that_could_not_sign_is_misuse(folder, value):
    rewrite(folder, lambda manifest: manifest["said"].update(authority=value))
    with pytest.raises(UsageError, match=r"authority|key"):
        read(folder)


def test_a_folder_that_cannot_be_written_is_misuse(tmp_path):
    (tmp_path / "law").write_text("a file")
    with pytest.raises(UsageError, match="cannot write"):
        write(made(ANN), tmp_path / "law")


def test_a_constitution_written_over_another_replaces_it(folder):
    second = made(ANN, before=made(ANN))
    write(second, folder)
    assert read(folder) == second


# --- limits


def limits(**change: Any) -> Json:
    whole = json.loads(shipped()["limits.json"])
    for part in whole.values():
        for name in change.keys() & part.keys():
            part[name] = change[name]
    return whole


def test_the_shipped_limits_are_read():
    found = made().limits
    assert (found.generations, found.gain, found.days) == (200, 3.5, 30)
    assert Limits.from_json(limits()) == found


@pytest.mark.parametrize("name", list(Limits.__dataclass_fields__))
def test_a_limit_is_a_finite_number_from_zero_on(name):
    for value in (0, 1, 2.5, 1e300):
        whole = Limits.from_json(limits(**{name: value}))
        assert getattr(whole, name) == (int(value) if name == "generations" else value)
    for value in (-1, -1e-9, math.nan, math.inf, -math.inf, True, "1", None, [1]):
        with pytest.raises(UsageError, match=f"{name} is not a number >= 0"):
            Limits.from_json(limits(**{name: value}))
    lacking = {part: dict(numbers) for part, numbers in limits().items()}
    for numbers in lacking.values():
        numbers.pop(name, None)
    with pytest.raises(UsageError, match="exactly the numbers"):
        Limits.from_json(lacking)


@pytest.mark.parametrize("whole", [{}, {"lease": {}}, {**limits(), "more": {"else": 1}}])
def test_limits_are_exactly_those(whole):
    with pytest.raises(UsageError, match="exactly the numbers"):
        Limits.from_json(whole)


@pytest.mark.parametrize("part", [None, 1, [], "x"])
def test_limits_stand_in_tables(part):
    with pytest.raises(UsageError, match="an object is missing"):
        Limits.from_json({**limits(), "more": part})


@pytest.mark.parametrize("text", ["", "[]", "{", '{"lease":{"gain":NaN}}', '{"a":Infinity}'])
def test_limits_that_cannot_be_read_are_misuse(text):
    whole = replace(made(ANN), texts={**shipped(), "limits.json": text})
    with pytest.raises(UsageError):
        _ = whole.limits


@given(st.floats() | st.integers() | st.booleans() | st.none() | st.text(max_size=3))
def test_no_other_value_is_a_limit(value):
    fits = type(value) in {int, float} and value >= 0 and value != math.inf
    try:
        assert Limits.from_json(limits(gain=value)).gain == value
        assert fits
    except UsageError:
        assert not fits


def test_a_limit_named_twice_is_misuse():
    with pytest.raises(UsageError):
        Limits.from_json({**limits(), "more": {"gain": 99}})


# --- pins


def test_a_pin_is_changed_where_the_code_is_other_gone_or_new(tmp_path):
    judge, warden = tmp_path / "judge.py", tmp_path / "warden.py"
    for path in (judge, warden):
        path.write_text("pass")
    closures = [Closure(files={"m": path}, others={}) for path in (judge, warden)]
    pins = Pins(judges={"examiner": closures[0]}, warden=closures[1])
    said = {"judges": {"examiner": closures[0].digest()}, "warden": closures[1].digest()}
    whole = changed(made(), **said)
    assert pins.changed(whole) == []
    assert pins.changed(changed(whole, warden="0" * 64)) == ["warden"]
    assert pins.changed(changed(whole, judges={})) == ["examiner"]
    oracle = {**said["judges"], "oracle": "0" * 64}
    assert pins.changed(changed(whole, judges=oracle)) == ["oracle"]
    judge.write_text("changed")
    assert pins.changed(whole) == ["examiner"]
    warden.write_text("changed")
    assert pins.changed(whole) == ["examiner", "warden"]
    warden.unlink()
    with pytest.raises(UsageError, match="cannot be read"):
        pins.changed(whole)
