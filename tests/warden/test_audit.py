import json
import os
import resource
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros_warden.audit import GENESIS, Log, Record, read_log, verify_log
from ouroboros_warden.errors import DiskFull, LogDamaged, UsageError

BODIES = st.lists(
    st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), st.integers(), max_size=3),
    min_size=1,
    max_size=5,
)


def write(path: Path, bodies) -> list[Record]:
    path.unlink(missing_ok=True)
    with closing(Log.open(path)) as log:
        return [log.append("claim", body) for body in bodies]


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("audit") / "log" / "records.jsonl"


@settings(max_examples=25, deadline=None)
@given(BODIES)
def test_what_was_appended_is_read_back(path, bodies):
    written = write(path, bodies)
    assert read_log(path) == written
    assert [record.body for record in written] == bodies
    assert verify_log(path) == written[-1].hash
    with closing(Log.open(path)) as log:
        assert log.head == written[-1].hash
        assert log.append("claim", {}).index == len(bodies)


@settings(max_examples=30, deadline=None)
@given(BODIES, st.data())
def test_a_flipped_bit_is_found_and_its_record_named(path, bodies, data):
    write(path, bodies)
    intact = path.read_bytes()
    bit = data.draw(st.integers(0, 8 * len(intact) - 1))
    place = bit // 8
    flipped = bytearray(intact)
    flipped[place] ^= 1 << bit % 8
    path.write_bytes(flipped)
    with pytest.raises(LogDamaged) as damage:
        read_log(path)
    assert damage.value.index == intact[:place].count(b"\n")
    assert f"record {damage.value.index}" in str(damage.value)


def test_no_single_bit_of_a_log_can_be_flipped_unseen(path):
    write(path, [{"text": "é"}, {"n": -1.5}])
    intact = path.read_bytes()
    with path.open("r+b", buffering=0) as file:
        for place, byte in enumerate(intact):
            for bit in range(8):
                os.pwrite(file.fileno(), bytes([byte ^ 1 << bit]), place)
                with pytest.raises(LogDamaged) as damage:
                    read_log(path)
                assert damage.value.index == intact[:place].count(b"\n")
            os.pwrite(file.fileno(), bytes([byte]), place)
    assert len(read_log(path)) == 2


@settings(max_examples=25, deadline=None)
@given(BODIES, st.data())
def test_a_dropped_tail_is_found_by_a_head_noted_before(path, bodies, data):
    written = write(path, bodies)
    lines = path.read_bytes().splitlines(keepends=True)
    kept = data.draw(st.integers(0, len(lines) - 1))
    path.write_bytes(b"".join(lines[:kept]))
    assert len(read_log(path)) == kept
    with pytest.raises(LogDamaged) as damage:
        verify_log(path, written[-1].hash)
    assert damage.value.index == kept


def test_a_head_noted_before_holds_while_the_log_grows(path):
    written = write(path, [{"a": n} for n in range(4)])
    for record in written:
        assert verify_log(path, record.hash) == written[-1].hash
    assert verify_log(path, GENESIS) == written[-1].hash


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(5)))
def test_records_in_another_order_are_found(path, order):
    write(path, [{"n": n} for n in range(5)])
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[n] for n in order))
    if order == sorted(order):
        assert len(read_log(path)) == 5
        return
    with pytest.raises(LogDamaged) as damage:
        read_log(path)
    assert damage.value.index == next(i for i, n in enumerate(order) if i != n)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_record_of_another_log_does_not_fit_in(path, tmp_path, place):
    other = tmp_path / "records.jsonl"
    write(other, [{"n": 10 + n} for n in range(3)])
    write(path, [{"n": n} for n in range(3)])
    mine = path.read_bytes().splitlines(keepends=True)
    theirs = other.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*mine[:place], theirs[place], *mine[place + 1 :]]))
    with pytest.raises(LogDamaged) as damage:
        read_log(path)
    # Another first record is a good beginning; it is the second that does not follow from it.
    assert damage.value.index == max(place, 1)


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace(b'"kind"', b' "kind"'),
        lambda line: line.replace(b"{", b'{"more":1,', 1),
        lambda line: line + b"\n",
        lambda _: b"null\n",
        lambda _: b'{"kind":"claim"}\n',
        lambda _: b'{"body":{},"kind":[]}\n',
    ],
)
def test_the_same_meaning_in_other_bytes_is_damage(path, change):
    write(path, [{"n": 0}, {"n": 1}, {"n": 2}])
    first, second, third = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + change(second) + third)
    with pytest.raises(LogDamaged) as damage:
        read_log(path)
    assert damage.value.index in {1, 2}


@settings(max_examples=30, deadline=None)
@given(BODIES, st.data())
def test_a_torn_last_line_is_left_out_and_cut_off(path, bodies, data):
    written = write(path, bodies)
    intact = path.read_bytes()
    begin = intact[:-1].rfind(b"\n") + 1
    path.write_bytes(intact[: data.draw(st.integers(begin, len(intact) - 1))])
    assert read_log(path) == written[:-1]
    with closing(Log.open(path)) as log:
        assert log.append("claim", bodies[-1]) == written[-1]
    assert path.read_bytes() == intact


def test_zeros_left_by_a_power_cut_are_a_torn_line(path):
    written = write(path, [{"n": 0}])
    with path.open("ab") as file:
        file.write(bytes(4096))
    assert read_log(path) == written
    Log.open(path).close()
    assert path.read_bytes() == written[0].line()


def test_no_log_is_a_users_mistake(tmp_path):
    with pytest.raises(UsageError):
        read_log(tmp_path / "records.jsonl")


def test_times_stand_beside_the_chain(tmp_path):
    path = tmp_path / "log" / "records.jsonl"
    write(path, [{"n": 0}, {"n": 1}])
    times = [json.loads(t) for t in path.with_name("times.jsonl").read_text().splitlines()]
    assert [each["index"] for each in times] == [0, 1]
    assert all(each["time"] > 0 for each in times)
    assert b"time" not in path.read_bytes()


def test_a_full_disk_acknowledges_nothing_and_leaves_no_trace(tmp_path):
    path = tmp_path / "log" / "records.jsonl"
    written = write(path, [{"n": 0}])
    intact = path.read_bytes()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with closing(Log.open(path)) as log:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(intact) + 10, before[1]))
        try:
            with pytest.raises(DiskFull):
                log.append("claim", {"n": 1})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert path.read_bytes() == intact
        assert list(log.records) == written
        with pytest.raises(DiskFull):  # what failed once is not trusted until it is opened anew
            log.append("claim", {"n": 1})
    assert read_log(path) == written
    with closing(Log.open(path)) as log:
        assert log.append("claim", {"n": 1}).index == 1


def test_what_cannot_be_written_is_refused_before_it_touches_the_log(tmp_path):
    path = tmp_path / "log" / "records.jsonl"
    with closing(Log.open(path)) as log:
        with pytest.raises(UsageError):
            log.append("claim", {"n": float("nan")})
        assert log.append("claim", {"line": "a\nb"}).index == 0
    assert path.read_bytes().count(b"\n") == 1
