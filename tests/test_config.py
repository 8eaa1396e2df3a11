import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros.config import Config, FamilyWall, override, parse_config
from ouroboros.errors import UsageError

CONFIG = Config(families={"copy": FamilyWall(wall=6)})


def test_a_config_comes_back_from_json_as_it_was():
    config = override(CONFIG, ["genome.width=32", "loop.bands=2", "training.shares.copy=0.5"])
    assert parse_config(json.loads(json.dumps(config.model_dump(mode="json")))) == config


@pytest.mark.parametrize(
    ("assignment", "path", "value"),
    [
        ("loop.generations=3", ("loop", "generations"), 3),
        ("loop.seconds=1.5", ("loop", "seconds"), 1.5),
        ("run.name=my run", ("run", "name"), "my run"),
        ("run.name=a=b", ("run", "name"), "a=b"),
        ("run.reproducible=true", ("run", "reproducible"), True),
        ("run.verification=formal", ("run", "verification"), "formal"),
        ("families.copy.wall=9", ("families", "copy", "wall"), 9),
        ('families.reverse={"wall": 4}', ("families", "reverse", "wall"), 4),
        ("training.shares.copy=2", ("training", "shares", "copy"), 2),
        ("genome.position=rope", ("genome", "position"), "rope"),
    ],
)
def test_a_setting_changes_one_leaf(assignment, path, value):
    changed = override(CONFIG, [assignment]).model_dump(mode="json")
    node = changed
    for key in path:
        node = node[key]
    assert node == value
    assert Config(families={"copy": FamilyWall(wall=6)}) == CONFIG


def test_later_settings_win():
    assert override(CONFIG, ["loop.bands=2", "loop.bands=5"]).loop.bands == 5


@pytest.mark.parametrize(
    ("assignment", "named"),
    [
        ("loop.generations", "KEY=VALUE"),
        ("=3", "KEY=VALUE"),
        ("loop.speed=3", "loop.speed"),
        ("lop.generations=3", "lop.generations"),
        ("loop.generations.x=3", "loop.generations.x"),
        ("loop.generations=-1", "loop.generations"),
        ("loop.generations=many", "loop.generations"),
        ("loop.generations=2.5", "loop.generations"),
        ("loop.accept=1.5", "loop.accept"),
        ("loop.growth=1", "loop.growth"),
        ("exam.alpha=0", "exam.alpha"),
        ("run.verification=trust", "run.verification"),
        ("families.copy.wall=0", "families.copy.wall"),
        ("families.copy.top=9", "families.copy.top"),
        ("families.reverse.wall=9", "families.reverse.wall"),
        ("loop=3", "loop"),
        ("loop.peak=NaN", "loop.peak"),
        ("loop.peak=Infinity", "loop.peak"),
        ("training.shares.copy=NaN", "training.shares.copy"),
        ("training.shares.copy=-1", "training.shares.copy"),
    ],
)
def test_a_setting_that_does_not_fit_is_named_in_one_line(assignment, named):
    with pytest.raises(UsageError) as caught:
        override(CONFIG, [assignment])
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=12), st.text(max_size=6))
def test_no_setting_whatever_ends_in_another_error(key, value):
    with suppress(UsageError):
        override(CONFIG, [f"{key}={value}"])
