"""Families by name, and plugins: found, refused and blamed."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from ouroboros.envs import BUILT_IN, Family, load_families
from ouroboros.errors import OuroborosError, PluginError, UsageError
from ouroboros.plugins import blame
from ouroboros_judges import answers

ROOT = Path(__file__).resolve().parents[2]

MINE = """
from ouroboros.envs.strings import Copy

class Mine(Copy):
    name = "{name}"

class Half:
    name = "{name}"

def broken():
    raise RuntimeError("no luck today")
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Put a plugin's metadata and module on the path, as an installer would."""

    def put(entry, module, name, attribute="Mine"):
        (tmp_path / f"{module}.py").write_text(MINE.format(name=name))
        metadata = tmp_path / f"{module}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        lines = f"[ouroboros.families]\n{entry} = {module}:{attribute}\n"
        (metadata / "entry_points.txt").write_text(lines)

    monkeypatch.syspath_prepend(str(tmp_path))
    return put


def test_all_families_load_from_a_bare_source_tree():
    families = load_families()
    assert set(BUILT_IN) <= set(families)
    assert all(isinstance(family, Family) for family in families.values())
    assert all(family.name == name for name, family in families.items())


def test_families_come_in_the_order_asked_for():
    assert list(load_families(["reverse", "copy"])) == ["reverse", "copy"]


def test_an_unknown_family_is_the_users_mistake_and_the_known_ones_are_listed():
    with pytest.raises(UsageError, match=r"unknown family 'chess'; known: .*parity_chain"):
        load_families(["copy", "chess"])


def test_the_package_declares_the_built_ins_it_has():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    assert declared["ouroboros.families"] == BUILT_IN
    assert declared["ouroboros_judges.answers"] == answers.BUILT_IN


def test_the_asking_half_loads_neither_torch_nor_any_answer():
    code = (
        "import sys, ouroboros.envs; ouroboros.envs.load_families();"
        "sys.exit('torch' in sys.modules or 'ouroboros_judges' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_plugin_is_found_by_its_entry_point(install):
    install("anagram_one", "anagram_plugin_one", "anagram_one")
    assert load_families(["anagram_one"])["anagram_one"].level_of("abc=") == 3
    assert "anagram_one" in load_families()


def test_a_plugin_that_raises_is_named(install):
    install("unlucky", "unlucky_plugin", "unlucky", attribute="broken")
    with pytest.raises(PluginError, match=r"unlucky.*unlucky_plugin:broken.*no luck today"):
        load_families(["unlucky"])


def test_a_plugin_that_is_not_there_is_named(install):
    install("absent", "absent_plugin", "absent", attribute="Missing")
    with pytest.raises(PluginError, match=r"absent_plugin:Missing.*AttributeError"):
        load_families(["absent"])


def test_a_broken_plugin_harms_nobody_who_does_not_ask_for_it(install):
    install("unlucky", "unlucky_plugin_two", "unlucky", attribute="broken")
    assert list(load_families(["copy"])) == ["copy"]


def test_a_plugin_without_the_protocols_members_is_refused(install):
    install("half", "half_plugin", "half", attribute="Half")
    with pytest.raises(PluginError, match=r"half_plugin:Half.*protocol Family"):
        load_families(["half"])


def test_a_plugin_under_a_false_name_is_refused(install):
    install("alias", "alias_plugin", "another")
    with pytest.raises(PluginError, match="calls itself 'another'"):
        load_families(["alias"])


def test_a_plugin_cannot_take_the_place_of_a_built_in(install):
    install("copy", "usurper_plugin", "copy")
    with pytest.raises(PluginError, match=r"'copy' is claimed by .*usurper_plugin:Mine"):
        load_families(["copy"])


def test_blame_names_the_plugin_and_keeps_the_cause():
    with (
        pytest.raises(PluginError, match="family 'x' raised KeyError") as caught,
        blame("family 'x'"),
    ):
        raise KeyError("gone")
    assert isinstance(caught.value.__cause__, KeyError)


def test_blame_lets_the_users_own_mistake_pass():
    with pytest.raises(UsageError, match="yours") as caught, blame("family 'x'"):
        raise UsageError("yours")
    assert isinstance(caught.value, OuroborosError)
