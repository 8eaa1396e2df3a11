"""The law from the terminal: keys, constitution, lease, amendment, verification by a stranger."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ouroboros_warden.keys import load_key, public_key

SHORT = [
    "training.steps=40", "training.segment=20", "training.examples=400", "loop.generations=2",
    "loop.steps=6", "loop.problems=8", "exam.items=8", "exam.final_items=60", "genome.width=16",
    "genome.heads=2",
]  # fmt: skip


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """Where an authority of this test's own is at home."""
    monkeypatch.setenv("OUROBOROS_AUTHORITY", str(tmp_path / "home" / "authority.key"))
    return tmp_path / "home"


@pytest.fixture
def three(ouro, home) -> list[str]:
    """Three people's keys, the first this machine's; their public halves."""
    files = (home / "authority.key", home / "second.key", home / "third.key")
    return [ouro("keys", "make", file, "--json").found["public"] for file in files]


def run(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    settings = [part for setting in SHORT for part in ("--set", setting)]
    command = [sys.executable, "-m", "ouroboros.cli", "run", "--run-dir", str(folder), "--json"]
    return subprocess.run(
        [*command, *(("tiny", *settings) if "--resume" not in more else ()), *more],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_key_is_private_and_shown_by_its_public_half(ouro, home):
    made = ouro("keys", "make")
    assert made.code == 0
    assert made.out.strip() == ouro("keys", "show").out.strip()
    assert (home / "authority.key").stat().st_mode & 0o777 == 0o600
    assert public_key(load_key(home / "authority.key")) == made.out.strip()
    again = ouro("keys", "make")
    assert (again.code, "cannot make a key" in again.complaint) == (2, True)
    (home / "authority.key").chmod(0o644)
    assert "chmod 600" in ouro("keys", "show").complaint


def test_the_shipped_constitution_reads_as_a_document(ouro):
    shown = ouro("constitution", "show").out
    for words in ("Preamble", "Advisory", "no truth past the wall", "seconds_per_decision"):
        assert words in shown
    told = ouro("constitution", "show", "--json").found["articles"]
    assert {each["article"] for each in told} == {str(number) for number in range(12)}
    assert all(each["sentence"] and "answers" in each for each in told)


def test_a_constitution_comes_into_force_with_the_second_signature(ouro, tmp_path, three):
    folder = tmp_path / "law"
    keys = [part for key in three for part in ("--authority", key)]
    assert ouro("constitution", "verify", folder).code == 2
    drafted = ouro("constitution", "draft", folder, *keys, "--threshold", 2, "--json").found
    assert (drafted["version"], drafted["signatures"], drafted["threshold"]) == (1, 0, 2)
    key = tmp_path / "home" / "second.key"
    for _ in range(2):  # twice the same key is one
        assert ouro("constitution", "sign", folder, "--key", key, "--json").found["signatures"] == 1
    refused = ouro("constitution", "verify", folder)
    assert (refused.code, "1 of the 2 keys" in refused.complaint) == (3, True)
    assert ouro("constitution", "sign", folder, "--json").found["signatures"] == 2
    assert ouro("constitution", "verify", folder).code == 0
    text = folder / "articles.cedar"
    text.write_text(text.read_text().replace("forbid", "permit", 1))
    assert "not the text that was signed" in ouro("constitution", "verify", folder).complaint


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("articles.cedar", ("context.level", "context.levle"), "does not fit the schema"),
        ("articles.cedar", ("forbid (", "forbid ["), "line"),
        ("limits.json", ('"gain": 3.5', '"gain": -1'), "gain"),
        ("limits.json", ('"gain": 3.5', '"again": 3'), "exactly the numbers"),
    ],
)
def test_texts_that_make_no_sense_are_found_before_anybody_signs(
    ouro, tmp_path, home, name, change, said
):
    folder = tmp_path / "law"
    assert ouro("constitution", "draft", folder).code == 0
    (folder / name).write_text((folder / name).read_text().replace(*change))
    done = ouro("constitution", "draft", folder)
    assert (done.code, said in done.complaint) == (2, True), done.complaint


def test_an_authority_of_three_runs_a_loop_and_a_stranger_checks_it(ouro, tmp_path, home, three):
    keys = [part for key in three for part in ("--authority", key)]
    own = home / "constitution"
    ouro("constitution", "draft", own, *keys, "--threshold", 2, "--name", "the three of us")
    unsigned = run(tmp_path / "run-0")
    assert (unsigned.returncode, "0 of the 2 keys" in unsigned.stdout) == (3, True)
    ouro("constitution", "sign", own)
    ouro("constitution", "sign", own, "--key", home / "second.key")

    folder = tmp_path / "run"
    waits = run(folder)
    assert (waits.returncode, "waits for a lease" in waits.stdout) == (2, True)
    assert ouro("lease", "sign", folder, "--json").found["granted"] is False  # once more the same
    refused = run(folder, "--resume")
    assert (refused.returncode, "no lease" in refused.stdout) == (3, True)
    assert ouro("lease", "sign", folder, "--key", home / "third.key", "--json").found["granted"]
    assert "lease 1 until" in ouro("lease", "show", folder).out
    done = run(folder, "--resume")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["authority"] == "the three of us, 2 of 3"
    assert "the three of us, 2 of 3" in (folder / "report.md").read_text()

    proofs = tmp_path / "proofs"
    checked = ouro("verify", folder, *keys, "--threshold", 2, "--bundles", proofs, "--json").found
    assert (checked["ok"], checked["over"], checked["sealed"]) == (True, True, True)
    assert checked["authority"]["keys"] == sorted(three)
    for proof in proofs.iterdir():
        assert ouro("verify", proof, *keys, "--threshold", 2).code == 0
        assert ouro("verify", proof, "--authority", three[0]).code == 2
    alone = ouro("verify", folder, "--authority", three[0])
    assert (alone.code, "another authority" in alone.complaint) == (2, True)

    replayed = ouro("replay", folder, "--json").found
    assert (replayed["decisions"], replayed["differ"]) == (checked["decisions"], [])
    assert replayed["promotions"][0]["by"] == ["engine"]
    exam = ouro("exam", 1, "--run-dir", folder, "--json")
    assert exam.found["agrees"] is True
    assert len(exam.out.splitlines()) == exam.found["items"] + 1
    for command in (("status",), ("report",), ("why", replayed["promotions"][0]["checkpoint"])):
        option = ("--run-dir", folder) if command[0] == "why" else (folder,)
        assert ouro(*command, *option).code == 0
        assert ouro("verify", folder).code == 0  # reading, and writing the report, break no seal
    (folder / "report.md").write_text("all is well")
    assert "report.md is not what was sealed" in ouro("verify", folder).complaint

    grown = ouro(
        "constitution", "draft", tmp_path / "next", *keys, "--threshold", 3, "--after", folder
    )
    assert grown.code == 0
    for key in ("authority", "second", "third"):
        ouro("constitution", "sign", tmp_path / "next", "--key", home / f"{key}.key")
    assert ouro("constitution", "amend", folder, tmp_path / "next", "--json").found["version"] == 2
    assert ouro("constitution", "amend", folder, tmp_path / "next").code == 3  # it is in force


def test_an_older_constitution_than_the_last_one_is_not_adopted(ouro, tmp_path, home):
    own = home / "constitution"
    ouro("constitution", "draft", own)
    ouro("constitution", "sign", own)
    first = {path.name: path.read_bytes() for path in own.iterdir()}
    ouro("constitution", "draft", tmp_path / "next", "--after", own)
    ouro("constitution", "sign", tmp_path / "next")
    for path in (tmp_path / "next").iterdir():
        (own / path.name).write_bytes(path.read_bytes())
    from ouroboros.cli.authority import _newest_seen
    from ouroboros_warden.errors import Refused

    assert _newest_seen().version == 2
    for name, data in first.items():
        (own / name).write_bytes(data)
    with pytest.raises(Refused, match="is version 1; 2 was in force"):
        _newest_seen()


def test_a_smaller_lease_can_be_granted_and_a_larger_one_is_not_taken_up(ouro, tmp_path, home):
    folder = tmp_path / "run"
    done = run(folder, "--set", "loop.generations=1")
    assert done.returncode == 0, done.stderr
    small = ouro("lease", "grant", folder, "--generations", 1, "--gain", 0.5, "--json").found
    assert small["granted"] is True
    assert small["said"]["allowance"]["generations"] == 1
    assert small["said"]["size"] == len((folder / "log/records.jsonl").read_text().splitlines())
    shown = ouro("lease", "show", folder, "--json").found
    assert len(shown["leases"]) == 2
    assert shown["used"]["generations"] >= 1
    assert 0 < shown["used"]["seconds"] < 600
    assert shown["used"]["flop"] > shown["used"]["joules"] > 0
    assert "used: " in ouro("lease", "show", folder).out


def test_a_witness_is_shown_every_decision(ouro, tmp_path, home):
    heads = tmp_path / "elsewhere" / "heads.jsonl"
    heads.parent.mkdir()
    folder = tmp_path / "run"
    done = run(folder, "--witness", str(heads), "--set", "loop.generations=1")
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in heads.read_text().splitlines()]
    assert told[-1]["size"] == len((folder / "log/records.jsonl").read_text().splitlines())
    assert ouro("verify", folder, "--json").found["witness"] == str(heads)
    assert "name the command" in ouro("run", "tiny", "--witness-key", "ab").complaint


def test_the_brake_can_be_fired_as_a_drill(ouro):
    found = ouro("brake", "drill", "--json").found
    assert found["drills"] == 1
    assert 0 < found["max_seconds"] < 10


def test_what_is_no_run_or_constitution_is_misuse(ouro, tmp_path):
    for command in (
        ["lease", "grant", tmp_path],
        ["lease", "sign", tmp_path],
        ["constitution", "sign", tmp_path],
        ["constitution", "amend", tmp_path],
        ["replay", tmp_path],
        ["exam", 1, "--run-dir", tmp_path],
        ["verify", tmp_path / "nothing"],
    ):
        done = ouro(*command)
        assert (done.code, done.err.count("\n")) == (2, 1), done.err
    assert os.listdir(tmp_path) == []
