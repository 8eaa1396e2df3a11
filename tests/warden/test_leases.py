"""Leases, through a real warden: none, used up, outgrown, forged, oversized; and amendments."""

import json
import time
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ouroboros_warden import constitution, opening
from ouroboros_warden.folder import Folder
from ouroboros_warden.law import read_constitutions
from ouroboros_warden.lease import Allowance, Spent, millinats, nats
from ouroboros_warden.verify import check_run

from .harness import KEY, ask, make_checkpoint, make_data, make_run, plan, records, serve

OTHER = Ed25519PrivateKey.from_private_bytes(b"somebody who is no authority----")
AMPLE = Allowance(generations=50, flop=1e15, seconds=600, joules=1e5, gain=3.0)
END = ask("finish", key="end", reason="enough")


def generations(run, *levels: int) -> list:
    steps = []
    for n, level in enumerate(levels):
        name = make_checkpoint(run, copy=level, sum=level, weights=b"%d" % n)
        file = make_data(run, f"{n}.parquet", 4, 0)
        steps += [
            ask("data", key=f"d{n}", generation=n, file=file),
            ask("examine", key=f"e{n}", generation=n, checkpoint=name, parent=None),
        ]
    return steps


def grant(folder: Folder, key=KEY, **changes) -> None:
    lease = replace(opening.draft_lease(folder, AMPLE), **changes)
    opening.add_lease(folder, opening.sign_lease(lease, key))


def test_a_run_without_a_lease_does_not_start(tmp_path):
    run = make_run(tmp_path / "run")
    Folder.at(run).leases.unlink()
    plan(run, [END])
    code, error = serve(run)
    assert (code, "ouro lease grant" in error) == (3, True)
    assert not (run / "learners" / "answers.jsonl").exists()


def test_used_up_generations_end_the_run_until_another_lease(tmp_path):
    run = make_run(tmp_path / "run", allowance=replace(AMPLE, generations=2))
    steps = generations(run, 1, 2, 4)
    plan(run, [*steps, ["leave", 3]])
    code, error = serve(run)
    assert (code, "used up (generations)" in error, "ouro lease grant" in error) == (3, True, True)
    assert len(records(run, "decision")) == 2
    assert records(run, "refused")[-1].body["law"]["by"] == ["5-lease"]
    assert serve(run)[0] == 3  # and stays so
    time.sleep(2.1)  # the decisions want to be reviewed
    grant(Folder.at(run))
    plan(run, [*steps, END])
    assert serve(run) == (0, "")
    assert len(records(run, "decision")) == 3
    assert check_run(Folder.at(run))["problems"] == []


@pytest.mark.parametrize("manner", [["sleep", 60], ["flee"], ["deaf"]])
def test_used_up_seconds_kill_an_engine_that_hangs_or_flees(tmp_path, manner):
    run = make_run(tmp_path / "run", allowance=replace(AMPLE, seconds=5.0))
    plan(run, [ask("hello"), manner, ["sleep", 60]])
    began = time.monotonic()
    code, error = serve(run)
    assert (code, "used up (seconds)" in error) == (3, True)
    assert time.monotonic() - began < 20
    assert records(run)[-1].kind == "spent"
    assert check_run(Folder.at(run))["problems"] == []


def test_growth_beyond_the_lease_is_not_promoted_and_ends_it(tmp_path):
    run = make_run(tmp_path / "run", allowance=replace(AMPLE, gain=0.2))
    steps = generations(run, 1, 6)
    plan(run, [*steps, ["leave", 3]])
    code, error = serve(run)
    assert (code, "gain" in error) == (3, True)
    first, second = records(run, "decision")
    assert first.body["promoted"] is True
    assert (second.body["promoted"], second.body["reason"]) == (False, "10-growth")
    assert second.body["growth"]["gain"] > second.body["growth"]["granted"] == 200
    time.sleep(2.1)
    grant(Folder.at(run))
    plan(run, [*steps, END])
    assert serve(run) == (0, "")


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({}, OTHER),
        ({"number": 5}, KEY),
        ({"run": "ab" * 32}, KEY),
        ({"constitution": "ab" * 32}, KEY),
        ({"size": 2, "root": "ab" * 32}, KEY),
        ({"allowance": replace(AMPLE, gain=99.0)}, KEY),
        ({"allowance": replace(AMPLE, generations=10**6)}, KEY),
        ({"expires": 9e12}, KEY),
    ],
)
def test_a_lease_that_is_not_signed_new_and_bounded_is_refused_and_logged(tmp_path, changes, key):
    run = make_run(tmp_path / "run")
    Folder.at(run).leases.unlink()
    grant(Folder.at(run), key=key, **changes)
    plan(run, [END])
    code, error = serve(run)
    assert (code, "article 11" in error) == (3, True), error
    refused = records(run)[-1]
    assert (refused.kind, refused.body["type"]) == ("refused", "lease")
    assert serve(run)[0] == 3


def test_a_lease_that_expired_lets_nothing_start(tmp_path):
    run = make_run(tmp_path / "run")
    Folder.at(run).leases.unlink()
    now = time.time()
    grant(Folder.at(run), granted=now - 100, expires=now - 50)
    plan(run, [END])
    code, error = serve(run)
    assert (code, "its time" in error) == (3, True)


def test_a_clock_that_was_set_back_is_noticed(tmp_path):
    run = make_run(tmp_path / "run")
    plan(run, [ask("hello"), ["leave", 3]])
    assert serve(run)[0] == 1
    times = run / "log" / "times.jsonl"
    lines = [json.loads(line) for line in times.read_text().splitlines()]
    lines[-1]["time"] += 3600
    text = "".join(json.dumps(line, sort_keys=True, separators=(",", ":")) + "\n" for line in lines)
    times.write_text(text)
    code, error = serve(run)
    assert (code, "the clock was set back" in error) == (3, True)


def test_an_amendment_is_taken_up_and_going_back_is_refused(tmp_path):
    run = make_run(tmp_path / "run", reproducible=False)
    folder = Folder.at(run)
    plan(run, [ask("hello"), ["leave", 3]])
    assert serve(run)[0] == 1
    (before,) = read_constitutions(folder)
    texts = {**before.texts, "preamble.md": "Another preamble.\n"}
    drafted = constitution.draft(texts, before.authority, time.time() + 1e6, before)
    opening.adopt(folder, opening.signed(drafted, KEY))
    assert serve(run)[0] == 3  # the old lease is of the old constitution
    time.sleep(0.1)
    grant(Folder.at(run))
    plan(run, [ask("hello"), END])
    assert serve(run) == (0, "")
    (amended,) = records(run, "constitution")
    assert (amended.body["version"], amended.body["law"]["by"]) == (2, ["loosen"])
    assert check_run(folder)["problems"] == []
    for path in (run / "constitution" / "2").iterdir():
        path.unlink()
    (run / "constitution" / "2").rmdir()
    assert any("version 2 is not there" in problem for problem in check_run(folder)["problems"])


@pytest.mark.parametrize("name", ["articles.cedar", "limits.json", "preamble.md"])
def test_a_text_that_was_changed_starts_nothing(tmp_path, name):
    run = make_run(tmp_path / "run")
    path = run / "constitution" / "1" / name
    path.write_text(path.read_text() + " ")
    plan(run, [END])
    code, error = serve(run)
    assert (code, "not the text that was signed" in error) == (2, True)


def test_what_is_used_up_is_named_at_its_limit():
    some = Allowance(generations=2, flop=10.0, seconds=5.0, joules=1.0, gain=1.0)
    assert Spent(generations=1, flop=9.9, seconds=4.9, joules=0.9).beyond(some) == []
    assert Spent(generations=2, flop=10.0, seconds=5.0, joules=1.0).beyond(some) == [
        "generations",
        "flop",
        "seconds",
        "joules",
    ]


def test_capability_is_counted_in_nats_and_never_rounded_down():
    walls = {"a": 4, "b": 6}
    assert nats(walls, walls) == 0
    assert nats({"a": 8, "b": 12}, walls) == pytest.approx(0.6931, abs=1e-4)
    assert nats({"a": 0, "b": 6}, walls) < 0
    assert [millinats(x) for x in (0.0, 0.0001, 0.5, -0.0005)] == [0, 1, 500, 0]
