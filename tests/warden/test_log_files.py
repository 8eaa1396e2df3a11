"""What the writer of the log promises of files: whole or not at all, private, synced, strict."""

import hashlib
import json
import os
import stat
from contextlib import closing
from pathlib import Path

import pytest

from ouroboros_warden import audit
from ouroboros_warden.audit import (
    GENESIS,
    Log,
    open_lines,
    read_log,
    read_objects,
    sync_folder,
    verify_log,
    wall_clock,
    write_all,
    write_whole,
)
from ouroboros_warden.errors import DiskFull, LogDamaged, UsageError
from ouroboros_warden.merkle import root_of


def head(size: int, root: bytes) -> dict[str, object]:
    return {"size": size, "root": root.hex()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "log" / "records.jsonl"


@pytest.fixture
def synced(monkeypatch) -> list[str]:
    """The files that were synced, in order."""
    found: list[str] = []
    sync = os.fsync

    def fsync(descriptor: int) -> None:
        found.append(Path(os.readlink(f"/proc/self/fd/{descriptor}")).name)
        sync(descriptor)

    monkeypatch.setattr(audit.os, "fsync", fsync)
    return found


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# --- files that are written whole


def test_a_file_is_replaced_whole_private_and_synced_with_its_folder(path, synced):
    write_whole(path, b"a longer text")
    write_whole(path, b"short")
    assert path.read_bytes() == b"short"
    assert mode(path) == 0o600
    assert os.listdir(path.parent) == ["records.jsonl"]
    assert synced == ["records.jsonl.draft", "log"] * 2


def test_a_draft_left_by_a_kill_is_written_over(path):
    path.parent.mkdir(parents=True)
    path.with_name("records.jsonl.draft").write_bytes(b"x" * 100)
    write_whole(path, b"short")
    assert path.read_bytes() == b"short"


def test_what_fails_half_way_leaves_the_old_file_and_no_open_one(path, monkeypatch):
    write_whole(path, b"old")
    before = len(os.listdir("/proc/self/fd"))

    def fail(_descriptor: int, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(audit.os, "write", fail)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_folder_that_is_none_cannot_be_synced(tmp_path):
    before = len(os.listdir("/proc/self/fd"))
    sync_folder(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        sync_folder(tmp_path / "file")
    assert len(os.listdir("/proc/self/fd")) == before


def test_all_bytes_are_written_however_few_the_system_takes(tmp_path, monkeypatch):
    real, sizes = os.write, list[int]()

    def write(descriptor: int, data: bytes) -> int:
        sizes.append(len(data))
        return real(descriptor, data[:3])

    monkeypatch.setattr(audit.os, "write", write)
    with (tmp_path / "file").open("wb") as file:
        write_all(file.fileno(), b"0123456789")
        write_all(file.fileno(), b"")
    assert (tmp_path / "file").read_bytes() == b"0123456789"
    assert sizes == [10, 7, 4, 1]


# --- files of lines


def test_lines_are_only_added_and_a_torn_one_is_cut_off(path):
    for content in (b"", b"one\n", b"one\ntwo", b"torn"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        file = open_lines(path)
        os.lseek(file, 0, os.SEEK_SET)
        write_all(file, b"more\n")
        assert not os.get_inheritable(file)
        os.close(file)
        whole = content[: content.rfind(b"\n") + 1]
        assert path.read_bytes() == whole + b"more\n"


def test_a_new_file_of_lines_is_for_all_to_read_and_its_owner_to_write(path):
    before = os.umask(0o022)
    try:
        os.close(open_lines(path))
    finally:
        os.umask(before)
    assert mode(path) == 0o644
    assert path.read_bytes() == b""


def test_objects_are_read_strictly_and_the_bad_line_is_named(tmp_path):
    path = tmp_path / "lines.jsonl"
    assert read_objects(path) == []
    path.write_bytes(b"")
    assert read_objects(path) == []
    path.write_bytes(b'{"a":1}\n{"b":2}\n{"torn')
    assert read_objects(path) == [{"a": 1}, {"b": 2}]
    good = b'{"a":1}\n'
    for bad in (b'{"b": 2}', b'{"b":2.0e0}', b'{"b":2,"a":1}'):
        for number in range(4):
            path.write_bytes(good * number + bad + b"\n" + good)
            with pytest.raises(LogDamaged) as damage:
                read_objects(path)
            assert damage.value.index == number
            assert f"lines.jsonl, line {number + 1} is not written as it was" in str(damage.value)
    for bad in (b"", b"[]", b"{", b"\xff", b'{"b":NaN}', b"null", b'{"b":2,"b":2}'):
        for number in range(4):
            path.write_bytes(good * number + bad + b"\n" + good)
            with pytest.raises(LogDamaged) as damage:
                read_objects(path)
            assert damage.value.index == number
            assert f"lines.jsonl, line {number + 1}: not" in str(damage.value)


# --- the log


def test_a_record_is_on_the_disk_before_anybody_is_told_and_its_folder_too(path, synced):
    with closing(Log.open(path)) as log:
        assert synced == ["log"]
        log.append("note", {})
        log.append("note", {})
    assert synced == ["log", "records.jsonl", "records.jsonl"]


def test_the_clocks_stand_beside_each_record_and_each_root_is_signed(path):
    clock = iter(range(100))
    with closing(Log.open(path, head, lambda: {"time": next(clock), "also": "x"})) as log:
        records = [log.append("note", {"n": n}) for n in range(3)]
        assert log.records == tuple(records)
        assert log.head == records[-1].hash
    folder = path.parent
    assert read_objects(folder / "times.jsonl") == [
        {"index": n, "time": n, "also": "x"} for n in range(3)
    ]
    leaves = [record.leaf() for record in records]
    assert read_objects(folder / "heads.jsonl") == [
        head(n, root_of(leaves[:n])) for n in range(1, 4)
    ]
    with closing(Log.open(path, head)) as log:
        assert log.records == tuple(records)
        log.sign()
        log.append("note", {})
    assert [each["size"] for each in read_objects(folder / "heads.jsonl")] == [1, 2, 3, 3, 4]
    assert read_objects(folder / "times.jsonl")[-1]["time"] > 1e9


def test_an_empty_log_has_no_head_to_sign(path):
    with closing(Log.open(path, head)) as log:
        log.sign()
        assert (log.head, log.records) == (GENESIS, ())
    assert read_objects(path.with_name("heads.jsonl")) == []
    assert verify_log(path) == GENESIS == "0" * 64


def test_a_writer_that_cannot_sign_writes_no_heads(path):
    with closing(Log.open(path)) as log:
        log.append("note", {})
        log.sign()
    assert path.with_name("heads.jsonl").read_bytes() == b""


def test_a_record_stands_though_nobody_could_write_down_when(path):
    def broken() -> dict[str, object]:
        raise OSError(28, "No space left on device")

    with closing(Log.open(path, head, broken)) as log:
        assert log.append("note", {}).index == 0
    assert len(read_log(path)) == 1
    assert path.with_name("times.jsonl").read_bytes() == b""


def test_the_clock_of_the_wall_says_what_time_it_is():
    assert abs(wall_clock()["time"] - audit.time.time()) < 60


def test_a_log_lets_go_of_its_files(path):
    before = len(os.listdir("/proc/self/fd"))
    log = Log.open(path)
    assert len(os.listdir("/proc/self/fd")) == before + 3
    assert [os.get_inheritable(each) for each in (log._file, log._times, log._heads)] == [False] * 3
    log.close()
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_failed_write_is_cut_back_even_where_half_of_it_got_through(path, monkeypatch):
    with closing(Log.open(path)) as log:
        log.append("note", {"n": 0})
        intact = path.read_bytes()
        real = os.write

        def half(descriptor: int, data: bytes) -> int:
            if path.read_bytes() != intact:
                raise OSError(28, "No space left on device")
            return real(descriptor, data[: len(data) // 2])

        with monkeypatch.context() as patch:
            patch.setattr(audit.os, "write", half)
            with pytest.raises(DiskFull, match=r"\(No space left on device\); free space"):
                log.append("note", {"n": 1})
        assert path.read_bytes() == intact
        with pytest.raises(DiskFull, match="before; free space and resume"):
            log.append("note", {"n": 1})
    assert len(read_log(path)) == 1


def test_a_whole_record_with_another_line_end_is_damage_and_a_torn_one_is_not(path):
    with closing(Log.open(path)) as log:
        records = [log.append("note", {"n": n}) for n in range(2)]
    whole = b"".join(record.line() for record in records)
    for end in (b"\r", b" ", b"\x0b"):
        path.write_bytes(whole[:-1] + end)
        with pytest.raises(LogDamaged, match="record 1: its line end is not one"):
            read_log(path)
    path.write_bytes(whole[:-1])  # exactly the line end is torn off
    assert read_log(path) == records[:1]


def test_a_head_that_the_log_does_not_hold_is_beyond_its_end(path):
    with closing(Log.open(path)) as log:
        records = [log.append("note", {"n": n}) for n in range(3)]
    for seen in (None, GENESIS, *(record.hash for record in records)):
        assert len(read_log(path, seen)) == 3
    with pytest.raises(LogDamaged, match="record 3: the log ends before the head ff") as damage:
        read_log(path, "ff" * 32)
    assert damage.value.index == 3


@pytest.mark.parametrize(
    "raw",
    [b'{"kind":"x"}', b'{"body":{}}', b'{"body":[],"kind":"x"}', b'{"body":{},"kind":1}', b"{}"],
)
def test_what_is_no_record_is_named_so(path, raw):
    path.parent.mkdir(parents=True)
    path.write_bytes(raw + b"\n")
    with pytest.raises(LogDamaged, match="record 0: not a record"):
        read_log(path)


def test_a_log_that_is_not_there_is_misuse_and_one_that_cannot_be_read_too(path):
    with pytest.raises(UsageError, match=r"no log can be read at .*: No such file"):
        read_log(path)
    path.mkdir(parents=True)
    with pytest.raises(UsageError, match="Is a directory"):
        verify_log(path)


def test_a_record_is_what_any_other_program_would_make_of_it(tmp_path):
    path = tmp_path / "log" / "records.jsonl"
    previous, lines = "0" * 64, b""
    with closing(Log.open(path)) as log:
        for index, body in enumerate(({"b": [1, "é"], "a": None}, {})):
            hashed = {"body": body, "index": index, "kind": "claim", "previous": previous}
            text = json.dumps(hashed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            name = hashlib.sha256(text.encode()).hexdigest()
            text = json.dumps(
                {**hashed, "hash": name}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
            )
            record = log.append("claim", body)
            assert (record.index, record.previous, record.hash) == (index, previous, name)
            assert record.line() == text.encode() + b"\n"
            assert record.leaf() == hashlib.sha256(b"\0" + text.encode()).digest()
            lines, previous = lines + record.line(), name
    assert path.read_bytes() == lines


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{\n", "record 0: not JSON"),
        (b"[]\n", "record 0: not a JSON object"),
        (b'{"body":{}}\n', "record 0: "),
        (
            b'{"body":{},"hash":"","index":0,"kind":"x","previous":""}\n',
            "record 0: its bytes do not follow from the records before it",
        ),
    ],
)
def test_what_is_wrong_with_a_record_is_said(tmp_path, line, said):
    path = tmp_path / "records.jsonl"
    path.write_bytes(line)
    with pytest.raises(LogDamaged) as damage:
        read_log(path)
    assert str(damage.value).startswith(f"log damaged at {said}")
