"""A witness sees every head that matters, signs none that rewrites history, and is waited for."""

import io
import json
import shlex
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ouroboros_warden import witness
from ouroboros_warden.__main__ import main
from ouroboros_warden.audit import Log, read_objects
from ouroboros_warden.canonical import Json, canonical
from ouroboros_warden.errors import Refused, UsageError, WardenError
from ouroboros_warden.folder import Folder
from ouroboros_warden.heads import WITNESSED, is_signed, signing
from ouroboros_warden.keys import load_key, make_key, public_key
from ouroboros_warden.merkle import consistency_proof
from ouroboros_warden.server import serve
from ouroboros_warden.verify import check_run
from ouroboros_warden.witness import Witness, cosign, read_witness

from .harness import ask, children_of, make_checkpoint, make_data, make_run, plan, records

OWN, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
RUN = "ab" * 32
END = ask("finish", key="end", reason="enough")


def story(run: Path) -> list[Any]:
    file, name = make_data(run, "d", 1, 0), make_checkpoint(run, copy=1, sum=1)
    return [
        ask("data", key="d", generation=1, file=file),
        ask("examine", key="e", generation=1, checkpoint=name, parent=None),
        ask("claim", key="c", kind="note", body={}),
        ask("hello"),
    ]


# --- a log of its own, without a run


class Book:
    """A log whose heads somebody signs, and what a witness is shown of it."""

    def __init__(self, path: Path, key: Ed25519PrivateKey = OWN) -> None:
        self.log = Log.open(path / "records.jsonl", signing(key, RUN))
        self.heads = path / "heads.jsonl"

    def grow(self, by: int = 1, word: str = "same") -> None:
        for _ in range(by):
            self.log.append("note", {"word": word})

    def shown(self, before: int, **change: Any) -> Json:
        head = {**read_objects(self.heads)[-1], **change}
        leaves = [record.leaf() for record in self.log.records[: head["size"]]]
        proof = [each.hex() for each in consistency_proof(leaves, before)]
        return {"head": head, "run": RUN, "before": before, "proof": proof}


@pytest.fixture
def book(tmp_path):
    found = Book(tmp_path / "book")
    yield found
    found.log.close()


@pytest.fixture
def key(tmp_path) -> Path:
    make_key(tmp_path / "witness.key")
    return tmp_path / "witness.key"


@pytest.fixture
def sign(tmp_path, key):
    """Show a head to the witness."""
    return lambda shown: cosign(key, tmp_path / "state", shown)


def test_heads_that_continue_each_other_are_signed(book, sign, key):
    before = 0
    for size in (1, 2, 5, 8):
        book.grow(size - before)
        shown = book.shown(before)
        signature = sign(shown)
        signed = {**shown["head"], **signature}
        assert is_signed(signed, RUN, public_key(load_key(key)), WITNESSED)
        assert not is_signed(signed, RUN, public_key(load_key(key)))
        before = size
    assert sign(book.shown(before))  # the same once more


def test_a_head_that_forks_shrinks_or_shows_nothing_is_refused(book, sign, tmp_path):
    book.grow(3)
    sign(book.shown(0))
    fork = Book(tmp_path / "fork")
    fork.grow(5, word="other")
    for before in (0, 2, 3):
        with pytest.raises(Refused, match="does not continue the one of size 3"):
            sign(fork.shown(before))
    same = Book(tmp_path / "as long")
    same.grow(3, word="other")
    with pytest.raises(Refused, match="does not continue"):
        sign(same.shown(3))
    shorter = Book(tmp_path / "shorter")
    shorter.grow(2)  # a beginning of what was signed
    for before in (0, 2):
        with pytest.raises(Refused, match="does not continue"):
            sign(shorter.shown(before))
    book.grow(2)
    for proof in ([], ["00" * 32], book.shown(2)["proof"]):
        with pytest.raises(Refused, match="does not continue"):
            sign({**book.shown(3), "proof": proof})
    assert sign(book.shown(3))
    for each in (fork, same, shorter):
        each.log.close()


def test_a_head_of_another_writer_is_refused(book, sign, tmp_path):
    book.grow(2)
    sign(book.shown(0))
    other = Book(tmp_path / "other", OTHER)
    other.grow(3)
    with pytest.raises(Refused, match="another writer"):
        sign(other.shown(2))
    other.log.close()


@pytest.mark.parametrize(
    "change",
    [{"size": 3}, {"root": "00" * 32}, {"key": public_key(OTHER)}, {"signature": "00" * 64}],
)
def test_a_head_that_its_writer_did_not_sign_is_refused(book, sign, change):
    book.grow(2)
    shown = book.shown(0)
    with pytest.raises(Refused, match="not signed by its own writer"):
        sign({**shown, "head": {**shown["head"], **change}})


@pytest.mark.parametrize("run", ["../../etc", "a/b", "", ".", "cd" * 32])
def test_a_run_s_name_leads_nowhere_else(book, sign, run):
    book.grow()
    with pytest.raises(Refused):
        sign({**book.shown(0), "run": run})


def test_a_witness_of_two_runs_keeps_them_apart(book, key, tmp_path):
    book.grow(3)
    cosign(key, tmp_path / "state", book.shown(0))
    head = signing(OTHER, "cd" * 32)(1, b"\1" * 32)
    shown = {"head": head, "run": "cd" * 32, "before": 0, "proof": []}
    assert cosign(key, tmp_path / "state", shown)
    assert len(list((tmp_path / "state").iterdir())) == 2


# --- who it is


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return make_run(tmp_path / "run", reproducible=False)


def appoint(run: Path, settings: Json) -> None:
    (run / "witness.json").write_bytes(canonical(settings))


def test_nobody_is_a_witness_unless_appointed(run):
    assert read_witness(Folder.at(run)) == {}
    Witness(Folder.at(run), RUN).see([SimpleNamespace(kind="end")])
    assert not Folder.at(run).witnessed.exists()


@pytest.mark.parametrize(
    "settings",
    [{"files": "x"}, {"command": ["x"]}, {"key": "x"}, {"file": "x", "key": "y"}, {"a": 1}],
)
def test_a_witness_that_is_not_named_clearly_is_misuse(run, settings):
    appoint(run, settings)
    with pytest.raises(UsageError, match="names neither"):
        read_witness(Folder.at(run))
    (run / "witness.json").write_text("{")
    with pytest.raises(UsageError):
        read_witness(Folder.at(run))


def test_a_run_goes_on_only_with_the_witness_it_began_with(run, tmp_path):
    appoint(run, {"file": str(tmp_path / "heads.jsonl")})
    plan(run, [ask("hello"), ["leave", 1]])
    with pytest.raises(WardenError, match="exit code 1"):
        serve(run, children_of(run))
    appoint(run, {"file": str(tmp_path / "others.jsonl")})
    with pytest.raises(Refused, match="witness is not the one"):
        serve(run, children_of(run))


# --- through a run


def test_a_file_elsewhere_gets_every_head_that_matters(run, tmp_path):
    elsewhere = tmp_path / "elsewhere.jsonl"
    appoint(run, {"file": str(elsewhere)})
    plan(run, [*story(run), END])
    serve(run, children_of(run))
    folder = Folder.at(run)
    heads = read_objects(elsewhere)
    kinds = [record.kind for record in records(run)]
    sizes = [head["size"] for head in heads]
    assert sizes[-1] == len(kinds)
    assert kinds[sizes[-2] - 1] in {"decision", "claim"}
    # whatever matters was witnessed before the next answer was given
    for place, kind in enumerate(kinds):
        if kind in {"lease", "decision", "end"}:
            assert min(size for size in sizes if size > place) <= place + 3
    assert all(head.pop("run") == records(run)[0].body["exam_commitment"] for head in heads)
    assert heads == read_objects(folder.witnessed)
    report = check_run(folder)
    assert (report["problems"], report["witness"]) == ([], str(elsewhere))


def command(key: Path, state: Path, unless: Path) -> list[str]:
    """A witness that fails as long as a file is there."""
    cosigning = [sys.executable, "-m", "ouroboros_warden", "cosign", str(key), str(state)]
    return ["sh", "-c", f"test ! -e {shlex.quote(str(unless))} && exec {shlex.join(cosigning)}"]


def test_a_run_stops_where_its_witness_fails_and_goes_on_later(run, tmp_path, key):
    broken = tmp_path / "broken"
    public = public_key(load_key(key))
    appoint(run, {"command": command(key, tmp_path / "state", broken), "key": public})
    broken.touch()
    plan(run, [*story(run), END])
    with pytest.raises(WardenError, match="the witness did not answer"):
        serve(run, children_of(run))
    assert [record.kind for record in records(run)] == ["run", "lease", "confinement"]
    broken.unlink()
    serve(run, children_of(run))
    folder = Folder.at(run)
    report = check_run(folder)
    assert (report["problems"], report["witness"]) == ([], public)
    signed = read_objects(folder.witnessed)
    assert signed[-1]["size"] == len(records(run))
    assert {head["key"] for head in signed} == {public}


def test_a_witness_that_fails_at_the_very_end_sees_it_later(run, tmp_path, key):
    late, public = tmp_path / "late", public_key(load_key(key))
    end = f'grep -q \'"kind":"end"\' {shlex.quote(str(Folder.at(run).records))}'
    cosigning = command(key, tmp_path / "state", tmp_path / "no")
    cosigning[-1] = f"if {end}; then test -e {late} || exit 1; fi; {cosigning[-1]}"
    appoint(run, {"command": cosigning, "key": public})
    plan(run, [ask("hello"), ask("finish", key="last", reason="enough")])
    with pytest.raises(WardenError, match="the witness did not answer"):
        serve(run, children_of(run))
    assert records(run)[-1].kind == "end"
    assert len(read_objects(Folder.at(run).witnessed)) > 0
    late.touch()
    serve(run, children_of(run))
    assert check_run(Folder.at(run))["problems"] == []


HEAD = {"key": public_key(OWN), "root": "00" * 32, "signature": "00" * 64, "size": 1}


@pytest.fixture
def asked(run, monkeypatch):
    """A witness asked in a run whose log has an end, answering as told."""
    folder = Folder.at(run)
    folder.heads.write_bytes(canonical(HEAD) + b"\n")
    record = SimpleNamespace(kind="end", leaf=lambda: b"\0" * 32)

    def asked(settings: Json) -> None:
        appoint(run, settings)
        Witness(folder, RUN).see([record])

    return asked


@pytest.mark.parametrize(
    "code",
    [
        "exit 1",
        "true",
        "echo nonsense",
        "echo '{}'",
        'echo \'{"key":"x"}\'',
        "echo '[]'",
        "sleep 9",
    ],
)
def test_a_witness_that_does_not_answer_stops_the_run(asked, run, monkeypatch, code):
    monkeypatch.setattr(witness, "PATIENCE", 0.5)
    with pytest.raises(WardenError, match="did not answer"):
        asked({"command": ["sh", "-c", code], "key": "00"})
    assert not Folder.at(run).witnessed.exists()


def test_a_witness_that_is_not_there_stops_the_run(asked, tmp_path):
    with pytest.raises(WardenError, match="did not answer"):
        asked({"command": [str(tmp_path / "nothing")], "key": "00"})
    with pytest.raises(WardenError, match="file cannot be written"):
        asked({"file": "/proc/nothing/heads.jsonl"})


def test_a_witness_that_signs_with_another_key_or_another_head_is_none(asked, run):
    for signature in ("00" * 64, HEAD["signature"]):
        answer = json.dumps({"key": public_key(OTHER), "signature": signature})
        with pytest.raises(WardenError, match="did not sign the log's head"):
            asked({"command": ["echo", answer], "key": public_key(OTHER)})
    assert not Folder.at(run).witnessed.exists()


# --- what verify says of it


@pytest.fixture
def witnessed(run, tmp_path, key) -> Folder:
    public = public_key(load_key(key))
    appoint(run, {"command": command(key, tmp_path / "state", tmp_path / "no"), "key": public})
    plan(run, [*story(run), END])
    serve(run, children_of(run))
    return Folder.at(run)


def test_heads_that_no_witness_signed_are_found(witnessed):
    assert check_run(witnessed)["problems"] == []
    lines = witnessed.witnessed.read_bytes().splitlines(keepends=True)
    witnessed.witnessed.write_bytes(b"".join(lines[:-1]))
    assert check_run(witnessed)["problems"] == ["the witness has not seen the end of the log"]
    witnessed.witnessed.unlink()
    assert check_run(witnessed)["problems"] == ["the witness has not seen the end of the log"]
    own = witnessed.heads.read_bytes().splitlines(keepends=True)
    witnessed.witnessed.write_bytes(b"".join([*lines[:-1], own[-1]]))
    (problem,) = check_run(witnessed)["problems"]
    assert problem.startswith("witnessed.jsonl, line")


def test_a_witness_that_saw_another_log_is_found(witnessed, key):
    head = witness.sign(
        load_key(key),
        WITNESSED,
        {"run": records(witnessed.root)[0].body["exam_commitment"], "size": 2, "root": "00" * 32},
    )
    line = canonical({"size": 2, "root": "00" * 32, **head}) + b"\n"
    witnessed.witnessed.write_bytes(line + witnessed.witnessed.read_bytes())
    (problem,) = check_run(witnessed)["problems"]
    assert "signed for another log" in problem


# --- the command


def feed(monkeypatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))


def test_the_command_signs_what_it_is_given_and_says_what_is_wrong(
    book, key, tmp_path, monkeypatch, capsys
):
    book.grow(2)
    line = ["cosign", str(key), str(tmp_path / "state")]
    feed(monkeypatch, canonical(book.shown(0)))
    assert main(line) == 0
    assert json.loads(capsys.readouterr().out)["key"] == public_key(load_key(key))
    feed(monkeypatch, canonical({**book.shown(0), "run": "../x"}))
    assert main(line) == 3
    for junk in (b"", b"{}", b'{"head":[],"run":"ab"}', b'{"head":{},"run":"ab"}', b"[1]"):
        feed(monkeypatch, junk)
        assert main(line) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 6)
