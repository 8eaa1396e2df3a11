import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.errors import UsageError
from ouroboros.loop.state import Front, State, load_state, save_state

from .surroundings import make_state

NAMES = st.text("abc/_.0", min_size=1, max_size=9)
STATES = st.builds(
    State,
    generation=st.integers(0, 10**6),
    step=st.integers(0, 10**6),
    learners=st.lists(NAMES, max_size=2).map(tuple),
    fronts=st.dictionaries(
        NAMES,
        st.builds(
            Front,
            level=st.integers(1, 10**6),
            reach=st.floats(1, 4),
            agreement=st.floats(0, 1),
        ),
        max_size=5,
    ),
    data=st.lists(NAMES, max_size=3).map(tuple),
    champion=st.none() | NAMES,
    examined=st.floats(0.01, 1e6),
    setbacks=st.integers(0, 9),
    flop=st.integers(0, 10**18),
    over=st.booleans(),
)


@settings(max_examples=50)
@given(STATES)
def test_a_state_comes_back_as_it_was_with_its_families_in_their_order(tmp_path_factory, state):
    path = tmp_path_factory.mktemp("run") / "engine.json"
    save_state(path, state)
    again = load_state(path)
    assert again == state
    assert list(again.fronts) == list(state.fronts)


def test_a_run_that_has_not_begun_has_no_state(tmp_path):
    assert load_state(tmp_path / "engine.json") is None


def written(tmp_path, content: bytes):
    path = tmp_path / "engine.json"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"7",
        b'"state"',
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'{"fronts": [], "learners": [], "data": []}',
        b'{"fronts": {"copy": 3}, "learners": [], "data": []}',
    ],
)
def test_a_damaged_file_is_named_in_one_line(tmp_path, content):
    path = written(tmp_path, content)
    with pytest.raises(UsageError, match="is damaged") as caught:
        load_state(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"generation": "one"},
        {"step": None},
        {"flop": "much"},
        {"over": 1},
        {"champion": 7},
        {"learners": "ab"},
        {"data": [1]},
        {"examined": None},
        {"fronts": {"copy": {"level": "high", "reach": 2.0, "agreement": 1.0}}},
        {"fronts": {"copy": {"level": 3, "reach": 2.0}}},
    ],
)
def test_a_field_of_another_kind_is_damage(tmp_path, changes):
    path = tmp_path / "engine.json"
    save_state(path, make_state())
    whole = json.loads(path.read_text())
    path.write_text(json.dumps({**whole, **changes}))
    with pytest.raises(UsageError, match="is damaged"):
        load_state(path)


def test_a_cut_anywhere_is_damage(tmp_path):
    path = tmp_path / "engine.json"
    save_state(path, make_state())
    whole = path.read_bytes()
    for size in range(0, len(whole), 7):
        path.write_bytes(whole[:size])
        with pytest.raises(UsageError, match="is damaged"):
            load_state(path)


@pytest.mark.parametrize("name", ["generation", "learners", "fronts", "data", "champion", "flop"])
def test_a_missing_field_is_damage(tmp_path, name):
    path = tmp_path / "engine.json"
    save_state(path, make_state())
    whole = json.loads(path.read_text())
    del whole[name]
    path.write_text(json.dumps(whole))
    with pytest.raises(UsageError, match=f"is damaged .{name}"):
        load_state(path)
