import fcntl

import pytest

from ouroboros_warden import rollback as rollbacks
from ouroboros_warden.errors import Locked, Refused, UsageError
from ouroboros_warden.folder import Folder
from ouroboros_warden.rollback import rollback
from ouroboros_warden.verify import check_run

from .harness import make_checkpoint, records


@pytest.fixture
def climbed(open_desk):
    """A run with two champions behind it, and nobody serving it."""

    def climb():
        desk = open_desk()
        run = desk.run
        names = [make_checkpoint(run, level, level, bytes([level])) for level in (2, 9)]
        for i, name in enumerate(names):
            told = desk.ask("examine", key=f"g{i}", generation=i, checkpoint=name, parent=None)
            assert told["promoted"]
        return desk, run, names

    return climb


def test_a_former_champion_is_the_one_the_next_successor_meets(climbed, open_desk):
    desk, run, (first, second) = climbed()
    before = desk.records("decision")[0].body["families"]
    record = rollback(run, first)
    assert record.kind == "rollback"
    assert record.body == {
        "checkpoint": first,
        "frontiers": {name: family["frontier"] for name, family in before.items()},
    }
    desk = open_desk()
    third = make_checkpoint(run, 9, 8, b"third")
    desk.ask("examine", key="g2", generation=2, checkpoint=third, parent=second)
    exam = desk.records("exam")[-1].body
    assert exam["champion"] == first
    assert check_run(Folder.at(run))["ok"]


@pytest.mark.parametrize("name", ["0" * 16, "../../etc", ""])
def test_only_who_was_promoted_can_come_back(climbed, name):
    _, run, _ = climbed()
    with pytest.raises(UsageError, match="never champion"):
        rollback(run, name)


def test_the_champion_needs_no_rollback_and_one_can_be_undone(climbed):
    _, run, (first, second) = climbed()
    with pytest.raises(UsageError, match="already"):
        rollback(run, second)
    rollback(run, first)
    rollback(run, second)
    assert [record.body["checkpoint"] for record in records(run, "rollback")] == [first, second]


def test_a_damaged_champion_cannot_come_back(climbed):
    _, run, (first, _) = climbed()
    (run / "checkpoints" / first / "weights.safetensors").write_bytes(b"other")
    with pytest.raises(Refused, match="does not match"):
        rollback(run, first)
    assert records(run, "rollback") == []


def test_a_step_cut_short_is_completed_before(climbed):
    desk, run, (first, _) = climbed()
    third = make_checkpoint(run, 12, 12, b"third")
    desk.ask("examine", key="g2", generation=2, checkpoint=third, parent=None)
    path = run / "log" / "records.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    assert records(run)[-1].kind == "exam"
    with pytest.raises(UsageError, match="resume it first"):
        rollback(run, first)
    assert records(run, "rollback") == []


def test_a_live_run_is_left_alone(climbed, monkeypatch):
    _, run, (first, _) = climbed()
    monkeypatch.setattr(rollbacks, "LOCK_PATIENCE", 0.1)
    with (run / "warden" / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Locked):
            rollback(run, first)
