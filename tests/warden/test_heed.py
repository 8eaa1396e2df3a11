"""What humans signed or pulled is taken up, logged and obeyed, by a warden in this very process."""

import json
import math
import os
import shutil
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ouroboros_warden import constitution, law, opening
from ouroboros_warden.audit import read_objects
from ouroboros_warden.brake import (
    PULL,
    PURPOSE,
    Latch,
    pulled,
    read_latch,
    release_of,
    released,
    write_latch,
)
from ouroboros_warden.canonical import canonical
from ouroboros_warden.errors import Braked, LogDamaged, Refused, UsageError, WardenError
from ouroboros_warden.exam import commitment, exam_secret
from ouroboros_warden.folder import Folder, load_config
from ouroboros_warden.heed import LeaseOver
from ouroboros_warden.keys import Authority, public_key, sign
from ouroboros_warden.law import law_folder, read_constitutions
from ouroboros_warden.lease import Allowance, read_leases
from ouroboros_warden.server import serve
from ouroboros_warden.verify import check_run

from .harness import (
    KEY,
    ask,
    children_of,
    make_checkpoint,
    make_data,
    make_run,
    named,
    plan,
    records,
    wait_for,
)
from .harness import serve as serve_apart

OTHER = Ed25519PrivateKey.from_private_bytes(b"somebody who is no authority----")
# As much FLOP as a lease may give: a meter in this process counts the whole suite.
AMPLE = Allowance(generations=50, flop=1e16, seconds=600, joules=1e6, gain=3.0)
END = ask("finish", key="end", reason="enough")
SLEEP = ["sleep", 60]
LEAVE = ["leave", 1]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return make_run(tmp_path / "run", reproducible=False, allowance=AMPLE)


def attend(run: Path, *steps: Any) -> None:
    """Serve a run whose engine takes these steps, in this process."""
    plan(run, list(steps))
    serve(run, children_of(run))


def begin(run: Path) -> None:
    """Have a run begin, and its engine leave before it is over."""
    with pytest.raises(WardenError, match="exit code 1"):
        attend(run, ask("hello"), LEAVE)


def grant(run: Path, key: Ed25519PrivateKey = KEY, **change: Any) -> None:
    lease = replace(opening.draft_lease(Folder.at(run), AMPLE), **change)
    opening.add_lease(Folder.at(run), opening.sign_lease(lease, key))


def amend(run: Path, *keys: Ed25519PrivateKey, **change: Any) -> None:
    """Give a run another version, of the same texts and authority unless told otherwise."""
    before = read_constitutions(Folder.at(run))[-1]
    drafted = constitution.draft(
        {**before.texts, **change.get("texts", {})},
        change.get("authority", before.authority),
        time.time() + 1e6,
        before,
    )
    for key in keys or (KEY,):
        drafted = opening.signed(drafted, key)
    opening.adopt(Folder.at(run), drafted)


def kinds(run: Path) -> list[str]:
    return [record.kind for record in records(run)]


# --- leases


@pytest.mark.parametrize(("what", "amount"), [("flop", 1e9), ("joules", 0.06)])
def test_what_the_processors_use_up_ends_the_run_and_another_lease_lets_it_go_on(
    tmp_path, what, amount
):
    run = make_run(tmp_path / "run", allowance=replace(AMPLE, **{what: amount}))
    plan(run, [ask("hello"), SLEEP])
    code, error = serve_apart(run)  # this process has children of its own that count
    assert (code, f"used up ({what})" in error, error.count("\n")) == (3, True, 1)
    last = records(run)[-1]
    assert last.kind in {"confinement", "spent"}  # before the engine began, or after
    if last.kind == "confinement":
        assert (last.body["law"]["allowed"], last.body["law"]["by"]) == (False, ["5-lease"])
        assert not (run / "learners" / "answers.jsonl").exists()
    grant(run)
    attend(run, END)
    assert kinds(run)[-1] == "end"
    assert check_run(Folder.at(run))["problems"] == []


def test_nothing_granted_starts_nothing(tmp_path):
    none = Allowance(generations=0, flop=0.0, seconds=0.0, joules=0.0, gain=0.0)
    run = make_run(tmp_path / "run", allowance=none)
    with pytest.raises(Refused, match=r"used up \(generations.*seconds"):
        attend(run, END)
    assert kinds(run) == ["run", "lease", "confinement"]
    assert not (run / "learners" / "answers.jsonl").exists()


def test_of_nothing_granted_nothing_is_left_however_the_clocks_were_rounded(run):
    folder = Folder.at(run)
    served = law.Law(folder, load_config(folder), name_of(folder))
    (lease,) = read_leases(folder.leases)
    served.meter._cpu, served.meter._read_at = 1.2351, math.inf
    served.take_up(replace(lease, allowance=replace(AMPLE, joules=0.0)), served.meter.clock())
    assert served.used_up() == ["joules"]


def name_of(folder: Folder) -> str:
    return commitment(exam_secret(folder, load_config(folder)))


@pytest.mark.parametrize("manner", [["deaf"], ["busy"], ["flee"]])
def test_an_engine_that_hangs_forks_or_flees_dies_with_its_lease(tmp_path, manner):
    allowance = replace(AMPLE, seconds=4.0)
    run = make_run(tmp_path / "run", allowance=allowance)
    with pytest.raises(LeaseOver, match=r"used up \(seconds") as over:
        attend(run, ask("hello"), manner, SLEEP)
    assert over.value.exit_code == 3
    assert str(over.value).count("\n") == 0
    wait_for(lambda: not named(run))
    assert records(run)[-1].kind == "spent"
    assert records(run)[-1].body == {"what": over.value.what}
    assert check_run(Folder.at(run))["problems"] == []


def test_a_lease_ends_at_its_time_though_nothing_of_it_is_used_up(tmp_path):
    run = make_run(tmp_path / "run")
    Folder.at(run).leases.unlink()
    grant(run, expires=time.time() + 1.0)
    with pytest.raises(LeaseOver, match=r"used up \(its time\)"):
        attend(run, ask("hello"), SLEEP)
    assert records(run)[-1].body == {"what": ["its time"]}


def test_the_last_generation_of_a_lease_may_still_be_concluded(tmp_path):
    run = make_run(tmp_path / "run", allowance=replace(AMPLE, generations=1))
    file, name = make_data(run, "d", 1, 0), make_checkpoint(run, copy=1, sum=1)
    examine = ask("examine", key="e", generation=0, checkpoint=name, parent=None)
    teach = ask("data", key="d", generation=0, file=file)
    attend(run, teach, examine, ["sleep", 1.2], ask("final", key="f"), END)
    assert kinds(run)[-4:] == ["exam", "decision", "final", "end"]


def test_no_generation_granted_is_none_decided(tmp_path):
    run = make_run(tmp_path / "run", allowance=replace(AMPLE, generations=0))
    plan(run, [END])
    with pytest.raises(Refused, match=r"used up \(generations\)"):
        serve(run, children_of(run))


def test_a_lease_taken_up_before_is_not_taken_up_again(run):
    begin(run)
    line = Folder.at(run).leases.read_bytes()
    Folder.at(run).leases.write_bytes(line * 2)
    with pytest.raises(Refused, match="lease 1 is not valid: article 11: What humans signed once"):
        attend(run, END)
    refused = records(run)[-1].body
    assert (refused["type"], refused["law"]["by"]) == ("lease", ["11-newer"])
    assert refused["law"]["context"]["newer"] is False
    assert kinds(run).count("lease") == 1


def test_a_lease_put_in_another_s_place_is_damage(run):
    begin(run)
    Folder.at(run).leases.unlink()
    with pytest.raises(LogDamaged, match="does not hold the lease that it names"):
        attend(run, END)
    grant(run, expires=time.time() + 60)
    with pytest.raises(LogDamaged, match="does not hold the lease that it names"):
        attend(run, END)


def test_readings_of_the_clocks_that_are_gone_are_damage(run):
    begin(run)
    Folder.at(run).times.unlink()
    with pytest.raises(LogDamaged, match="does not say when it was written"):
        attend(run, END)


def test_a_lease_faster_than_humans_can_review_is_refused(tmp_path):
    texts = dict(constitution.shipped())
    texts["limits.json"] = texts["limits.json"].replace(
        '"seconds_per_decision": 1', '"seconds_per_decision": 60'
    )
    run = tmp_path / "run"
    (run / "constitution").mkdir(parents=True)
    make_run(run, reproducible=False)
    (run / "constitution").rmdir()
    opening.open_run(Folder.at(run), KEY, texts, replace(AMPLE, generations=1))
    file, name = make_data(run, "d", 1, 0), make_checkpoint(run, copy=1, sum=1)
    examine = ask("examine", key="e", generation=0, checkpoint=name, parent=None)
    with pytest.raises(Refused, match="generations"):
        attend(run, ask("data", key="d", generation=0, file=file), examine, LEAVE)
    grant(run)
    with pytest.raises(Refused, match="faster than humans can review"):
        attend(run, END)
    assert records(run)[-1].body["law"]["by"] == ["11-bounded"]


def test_a_run_without_its_log_s_key_or_with_another_does_not_start(run):
    folder = Folder.at(run)
    key = folder.log_key.read_text()
    folder.log_key.write_text("11" * 32)
    with pytest.raises(Refused, match="no lease names the key of this run's log"):
        attend(run, END)
    folder.log_key.unlink()
    with pytest.raises(Refused, match="has no key for its log"):
        attend(run, END)
    folder.log_key.write_text(key)
    folder.log_key.chmod(0o640)
    with pytest.raises(UsageError, match="read by others"):
        attend(run, END)


def test_a_lease_used_up_says_what_of_it_in_one_line():
    line = law.lease_line(Path("/run"), ["flop", "its time"])
    assert line == (
        "the lease is used up (flop, its time); nothing runs until another is granted:"
        " ouro lease grant /run"
    )


# --- the constitution


def test_an_amendment_is_logged_by_the_articles_that_it_amends_before_any_lease(run):
    begin(run)
    wider = Authority(keys=(public_key(KEY), public_key(OTHER)), threshold=2)
    amend(run, KEY, OTHER, authority=wider)
    lease = opening.sign_lease(opening.draft_lease(Folder.at(run), AMPLE), KEY)
    opening.add_lease(Folder.at(run), opening.sign_lease(lease, OTHER))
    attend(run, END)
    assert kinds(run)[3:] == ["constitution", "lease", "end"]
    (record,) = records(run, "constitution")
    said = record.body["law"]
    assert (record.body["version"], said["allowed"], said["by"]) == (2, True, ["loosen"])
    assert said["context"] == {"signatures": 1, "threshold": 1, "newer": True, "bounded": True}
    assert record.body["id"] == read_constitutions(Folder.at(run))[1].id
    assert check_run(Folder.at(run))["problems"] == []


def test_two_amendments_are_taken_up_one_after_the_other(run):
    begin(run)
    for _ in range(2):
        amend(run)
    grant(run)
    attend(run, END)
    assert [record.body["version"] for record in records(run, "constitution")] == [2, 3]
    assert check_run(Folder.at(run))["problems"] == []


def test_a_lease_of_the_constitution_before_does_not_hold_any_more(run):
    begin(run)
    amend(run)
    with pytest.raises(Refused, match="the constitution was amended since"):
        attend(run, END)
    grant(run)
    attend(run, END)


def test_a_constitution_changed_while_the_run_is_served_stops_everything(run, monkeypatch):
    monkeypatch.setattr(law, "LOOK_AGAIN", 0.0)
    path = law_folder(Folder.at(run), 1) / "preamble.md"
    text = path.read_text()
    with (
        changing(run, 1, lambda: path.write_text(text + "\n")),
        pytest.raises(Refused, match="not the engine's to change"),
    ):
        attend(run, ask("hello"), *[["sleep", 0.1]] * 8, claim("c"), LEAVE)
    (refused,) = records(run, "refused")
    assert refused.body["law"]["by"] == ["1-law"]
    assert refused.body["law"]["context"]["state"]["law_intact"] is False
    path.write_text(text)
    attend(run, END)


def test_a_version_added_while_the_run_is_served_stops_it_too(run, monkeypatch):
    monkeypatch.setattr(law, "LOOK_AGAIN", 0.0)
    with (
        changing(run, 1, lambda: amend(run)),
        pytest.raises(Refused, match="not the engine's to change"),
    ):
        attend(run, ask("hello"), *[["sleep", 0.1]] * 8, claim("c"), LEAVE)


def claim(key: str) -> Any:
    return ask("claim", key=key, kind="note", body={})


@contextmanager
def changing(run: Path, answers: int, change: Callable[[], Any]) -> Generator[None]:
    """Change something once the engine has so many answers."""
    path = run / "learners" / "answers.jsonl"

    def act() -> None:
        wait_for(lambda: path.exists() and path.read_text().count("\n") >= answers)
        change()

    thread = threading.Thread(target=act)
    thread.start()
    try:
        yield
    finally:
        thread.join()


@pytest.mark.parametrize("name", ["examiner", "oracle", "warden"])
def test_code_that_is_not_what_was_signed_starts_nothing(run, monkeypatch, name):
    real = constitution.pinned()
    before = read_constitutions(Folder.at(run))[0].said
    other = constitution.Closure(files={}, others={"x": "1"})
    judges = {**real.judges, **({name: other} if name != "warden" else {})}
    warden = other if name == "warden" else real.warden
    pins = constitution.Pins(judges=judges, warden=warden)
    assert before["warden"] == real.warden.digest()
    monkeypatch.setattr(law, "pinned", lambda: pins)
    plan(run, [END])
    with pytest.raises(Refused, match="where one is not what the authority signed"):
        serve(run, children_of(run))
    state = records(run)[-1].body["law"]["context"]["state"]
    assert (state["law_intact"], state["judges_intact"]) == (name != "warden", name == "warden")


def test_a_run_without_a_constitution_is_refused(run):
    shutil.rmtree(run / "constitution")
    with pytest.raises(Refused, match="has no constitution"):
        attend(run, END)


def test_a_constitution_that_expired_starts_nothing_and_stays_readable(run, monkeypatch):
    begin(run)
    monkeypatch.setattr(law.time, "time", lambda: 4e9)
    with pytest.raises(Refused, match="has expired"):
        attend(run, END)
    assert len(read_constitutions(Folder.at(run))) == 1


def test_a_constitution_taken_back_is_refused(run):
    begin(run)
    amend(run)
    with pytest.raises(Refused):
        attend(run, END)
    shutil.rmtree(law_folder(Folder.at(run), 2))
    with pytest.raises((Refused, LogDamaged)):
        attend(run, END)


def test_another_amendment_than_the_one_taken_up_is_refused(run):
    begin(run)
    amend(run)
    with pytest.raises(Refused, match="amended"):
        attend(run, END)
    shutil.rmtree(law_folder(Folder.at(run), 2))
    amend(run, texts={"preamble.md": "Another.\n"})
    grant(run)
    with pytest.raises((Refused, LogDamaged)):
        attend(run, END)


TWO = (
    '@id("two") @article("11") @sentence("Two.") @answers("")'
    ' forbid (principal, action in [Action::"amend", Action::"release"], resource)'
    " unless { context.signatures >= 2 };"
)


@pytest.fixture
def strict(tmp_path) -> Path:
    """A run whose articles ask for more signatures than its authority's threshold."""
    texts = dict(constitution.shipped())
    texts["articles.cedar"] += TWO
    run = tmp_path / "run"
    (run / "constitution").mkdir(parents=True)
    make_run(run, reproducible=False)
    (run / "constitution").rmdir()
    opening.open_run(Folder.at(run), KEY, texts, AMPLE)
    return run


def test_an_amendment_that_the_articles_forbid_is_refused(strict):
    begin(strict)
    with pytest.raises(Refused, match=r"may not be adopted: article 11: Two\."):
        amend(strict)
    assert not law_folder(Folder.at(strict), 2).exists()


def test_an_amendment_that_was_put_there_by_hand_is_refused_and_logged(strict, monkeypatch):
    begin(strict)
    real = opening.weigh_amendment
    monkeypatch.setattr(opening, "weigh_amendment", lambda *_: {"allowed": True})
    amend(strict)
    monkeypatch.setattr(opening, "weigh_amendment", real)
    for _ in range(2):
        with pytest.raises(Refused, match=r"version 2 of the constitution is not valid: .*Two\."):
            attend(strict, END)
    record = records(strict)[-1]
    assert (record.kind, record.body["type"]) == ("refused", "constitution")
    assert record.body["law"]["by"] == ["two"]
    assert check_run(Folder.at(strict))["problems"] == []
    shutil.rmtree(law_folder(Folder.at(strict), 2))
    attend(strict, END)
    assert check_run(Folder.at(strict))["problems"] == []


def test_a_release_that_the_articles_forbid_is_refused(strict):
    begin(strict)
    folder = Folder.at(strict)
    write_latch(folder, pulled(read_latch(folder), "stopped", "a test"))
    with pytest.raises(Braked):
        attend(strict, END)
    write_latch(folder, release(strict))
    with pytest.raises((Braked, Refused)):
        attend(strict, END)


def test_after_a_lease_that_was_refused_another_can_be_granted(run):
    begin(run)
    grant(run, allowance=replace(AMPLE, gain=99.0))
    with pytest.raises(Refused):
        attend(run, END)
    opening.offer_lease(
        Folder.at(run), opening.sign_lease(opening.draft_lease(Folder.at(run), AMPLE), KEY)
    )
    attend(run, END)


def test_a_clock_set_back_stays_set_back_however_often_the_run_is_served(run):
    begin(run)
    times = Folder.at(run).times
    *lines, last = read_objects(times)
    last["time"] += 86400
    times.write_bytes(b"".join(canonical(line) + b"\n" for line in (*lines, last)))
    for _ in range(2):
        with pytest.raises(Refused, match="the clock was set back"):
            attend(run, END)


def cut_last(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


@pytest.mark.parametrize("kind", ["lease", "confinement"])
def test_a_kill_between_a_record_and_its_reading_loses_nothing(run, kind):
    begin(run)
    folder = Folder.at(run)
    while records(run)[-1].kind != kind:
        for path in (folder.records, folder.times, folder.heads):
            cut_last(path)
    for path in (folder.times, folder.heads):
        cut_last(path)
    attend(run, END)
    assert check_run(folder)["problems"] == []


def test_an_amendment_with_limits_that_cannot_be_read_is_not_adopted(run):
    begin(run)
    with pytest.raises((UsageError, Refused)):
        amend(run, texts={"limits.json": "{}"})


def test_a_lease_dated_ahead_is_refused(run):
    begin(run)
    later = time.time() + 10 * opening.YEAR
    grant(run, granted=later, expires=later + 60)  # a minute long, and good for ten years
    with pytest.raises(Refused):
        attend(run, END)


def test_a_constitution_that_expires_while_the_run_is_served_stops_it(tmp_path):
    run = tmp_path / "run"
    (run / "constitution").mkdir(parents=True)
    make_run(run, reproducible=False)
    (run / "constitution").rmdir()
    sole = Authority(keys=(public_key(KEY),), threshold=1)
    drafted = constitution.draft(constitution.shipped(), sole, time.time() + 2.0)
    opening.adopt(Folder.at(run), opening.signed(drafted, KEY))
    grant(run)
    with pytest.raises(Refused):
        attend(run, ask("hello"), ["sleep", 3], claim("c"), LEAVE)


# --- the brake


def release(run: Path, key: Ed25519PrivateKey = KEY) -> Latch:
    latch = read_latch(Folder.at(run))
    name = records(run)[0].body["exam_commitment"]
    authority = Authority(keys=(public_key(key),), threshold=1)
    return released(latch, name, authority, [sign(key, PURPOSE, release_of(name, latch))])


def put(run: Path, latch: Latch) -> None:
    write_latch(Folder.at(run), latch)
    os.kill(os.getpid(), PULL)


def pull(run: Path, position: Any) -> None:
    put(run, pulled(read_latch(Folder.at(run)), position, "a test"))


def test_a_stop_kills_all_below_and_is_logged_with_its_article(run):
    with (
        changing(run, 1, lambda: pull(run, "stopped")),
        pytest.raises(Braked, match=r"stopped \(a test\).*ouro brake release"),
    ):
        attend(run, ask("hello"), ["deaf"], SLEEP)
    wait_for(lambda: not named(run))
    (record,) = records(run, "brake")
    said = record.body["law"]
    assert (record.body["position"], record.body["pull"]) == ("stopped", 1)
    assert (said["action"], said["by"], said["context"]) == (
        "pull",
        ["tighten"],
        {"tightens": True},
    )
    with pytest.raises(Braked):
        attend(run, END)
    write_latch(Folder.at(run), release(run, OTHER))
    with pytest.raises(Braked):
        attend(run, END)
    write_latch(Folder.at(run), replace(read_latch(Folder.at(run)), position="stopped"))
    write_latch(Folder.at(run), release(run))
    attend(run, END)
    said = records(run, "brake")[-1].body["law"]
    context = {"signatures": 1, "threshold": 1, "newer": True, "bounded": True}
    assert (said["action"], said["by"], said["context"]) == ("release", ["loosen"], context)
    assert check_run(Folder.at(run))["problems"] == []


def test_a_pause_lasts_until_it_is_released(run):
    path = run / "learners" / "answers.jsonl"
    seen: list[str] = []

    def pause() -> None:
        pull(run, "paused")
        time.sleep(0.4)
        seen.append(path.read_text())
        put(run, Latch(pull=1, reason="nobody signed this"))
        time.sleep(0.4)
        seen.append(path.read_text())
        write_latch(Folder.at(run), Latch(position="paused", pull=1, reason="a test"))
        put(run, release(run))

    with changing(run, 2, pause):
        attend(run, ask("hello"), *[["sleep", 0.05]] * 20, claim("c"), END)
    assert seen[0] == seen[1]
    assert json.loads(path.read_text().splitlines()[-1])[0] == 22
    assert [r.body["position"] for r in records(run, "brake")] == ["paused", "running"]
    assert check_run(Folder.at(run))["problems"] == []


def test_a_pause_may_become_a_stop(run):
    def act() -> None:
        pull(run, "paused")
        time.sleep(0.3)
        write_latch(Folder.at(run), pulled(read_latch(Folder.at(run)), "stopped", "now"))

    with changing(run, 1, act), pytest.raises(Braked, match=r"stopped \(now\)"):
        attend(run, ask("hello"), SLEEP)
    assert [r.body["position"] for r in records(run, "brake")] == ["paused", "stopped"]


def test_leases_are_read_as_they_were_granted(run):
    begin(run)
    grant(run)
    first, second = read_leases(Folder.at(run).leases)
    assert (first.number, second.number) == (1, 2)
    assert (first.size, second.size) == (0, len(records(run)))
    assert first.key == second.key
