"""What counts as part of a judge: found by reading, in made-up packages and in our own."""

import platform
from collections.abc import Callable
from pathlib import Path

import pytest

from ouroboros_warden import closure
from ouroboros_warden.closure import closure_of
from ouroboros_warden.constitution import JUDGES, pinned
from ouroboros_warden.errors import UsageError

TOP = "ouroboros_made_up"


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Make a package of ours of these files, `__` standing for a slash."""
    monkeypatch.setattr(closure, "OURS", ("ouroboros", TOP))
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(**files: str) -> Path:
        for name, text in {"init": "", **files}.items():
            parts = name.split("__")
            parts[-1] = parts[-1].replace("init", "__init__")
            path = tmp_path.joinpath(TOP, *parts).with_suffix(".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path / TOP

    return make


def modules(*names: str) -> list[str]:
    return [name.removeprefix(TOP).lstrip(".") for name in closure_of(*names).files]


@pytest.mark.parametrize(
    "text",
    [
        "import ouroboros_made_up.other",
        "import ouroboros_made_up.other as something",
        "import os, ouroboros_made_up.other",
        "from ouroboros_made_up import other",
        "from ouroboros_made_up import other as something",
        "from ouroboros_made_up.other import name",
        "from ouroboros_made_up.other import *",
        "from . import other",
        "from .other import name",
        "def f():\n  from .other import name",
        "def f():\n  def g():\n    import ouroboros_made_up.other",
        "class C:\n  from . import other",
        "try:\n  pass\nexcept ValueError:\n  from . import other",
        "if False:\n  from . import other",
        "lambda: __import__('x')\nfrom . import other",
        "FAMILY = 'ouroboros_made_up.other:Name'",
        "FAMILIES = {'a': ['ouroboros_made_up.other:Name']}",
        "def f(of='ouroboros_made_up.other:Name'): pass",
    ],
)
def test_an_import_is_followed_wherever_it_stands(make, text):
    make(begin=text, other="", unrelated="")
    assert modules(f"{TOP}.begin") == ["", "begin", "other"]


@pytest.mark.parametrize(
    "text",
    [
        "# import ouroboros_made_up.other",
        "'import ouroboros_made_up.other'",
        "'ouroboros_made_up.other'",
        "'see ouroboros_made_up.other:Name'",
        "'ouroboros_made_up.other:Name and more'",
        "b'ouroboros_made_up.other:Name'",
        "from os import path as other",
        "from .nothing import other",
    ],
)
def test_what_is_no_import_is_not_followed(make, text):
    make(begin=text, other="")
    assert modules(f"{TOP}.begin") == ["", "begin"]


def test_relative_imports_count_from_the_package_they_stand_in(make):
    make(
        deep__init="from . import near",
        deep__near="from .. import far\nfrom ..side import one",
        far="",
        side__init="",
        side__one="from ..deep.deeper import leaf",
        deep__deeper__init="from ... import top",
        deep__deeper__leaf="from .twig import x",
        deep__deeper__twig="",
        top="",
        near="this is no python, and is not read",
    )
    found = ["deep", "deep.deeper", "deep.deeper.leaf", "deep.deeper.twig", "deep.near", "far"]
    assert modules(f"{TOP}.deep") == ["", *found, "side", "side.one", "top"]


def test_every_package_above_counts_and_so_does_what_it_imports(make):
    make(init="from . import base", base="", deep__init="import json", deep__leaf="", other="")
    assert modules(f"{TOP}.deep.leaf") == ["", "base", "deep", "deep.leaf"]


def test_a_package_is_preferred_to_a_file_of_its_name_as_python_does(make):
    make(both="from . import wrong", both__init="from .. import right", right="", wrong="")
    assert modules(f"{TOP}.both") == ["", "both", "right"]


def test_modules_that_import_each_other_come_to_an_end(make):
    make(one="from . import two", two="from . import one, two")
    assert modules(f"{TOP}.one") == ["", "one", "two"]
    assert modules(f"{TOP}.one", f"{TOP}.two") == ["", "one", "two"]


def test_a_folder_without_an_init_is_followed_through(make):
    make(bare__leaf="from . import twig", bare__twig="")
    assert modules(f"{TOP}.bare.leaf") == ["", "bare.leaf", "bare.twig"]


def test_a_module_that_is_not_there_is_misuse(make):
    make(begin="")
    for name in (f"{TOP}.nothing", f"{TOP}.begin.attribute"):
        with pytest.raises(UsageError, match=f"no module {name}"):
            closure_of(f"{TOP}.begin", name)


def test_a_changed_byte_changes_the_digest_and_an_unrelated_file_does_not(make):
    folder = make(begin="from . import other", other="x = 1", unrelated="")
    found = closure_of(f"{TOP}.begin")
    before = found.digest()
    (folder / "unrelated.py").write_text("y = 2")
    assert (found.digest(), closure_of(f"{TOP}.begin").digest()) == (before, before)
    for name in ("begin", "other", "__init__"):
        path = folder / f"{name}.py"
        text = path.read_text()
        path.write_text(text + " ")
        assert found.digest() != before
        path.write_text(text)
    assert found.digest() == before
    (folder / "other.py").rename(folder / "moved.py")
    with pytest.raises(UsageError, match=r"other\.py cannot be read"):
        found.digest()


def test_the_same_bytes_under_another_name_are_another_closure(make):
    folder = make(begin="from . import other", other="x = 1")
    before = closure_of(f"{TOP}.begin").digest()
    (folder / "other.py").rename(folder / "moved.py")
    (folder / "begin.py").write_text("from . import moved")
    assert closure_of(f"{TOP}.begin").digest() != before


def test_another_python_is_another_closure(make, monkeypatch):
    make(begin="")
    before = closure_of(f"{TOP}.begin").digest()
    monkeypatch.setattr(platform, "python_version", lambda: "4.0.0")
    assert closure_of(f"{TOP}.begin").digest() != before


# --- the packages of others


def install(folder: Path, name: str, package: str, version: str = "1.0", **more: str) -> None:
    """A distribution of one package, as an installer leaves it."""
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    record = more.get("record", f"{package}/__init__.py,sha256=abc,3\n../../bin/x,sha256=z,1\n")
    (info / "RECORD").write_text(record)
    (info / "entry_points.txt").write_text(more.get("plugs", ""))


def test_foreign_packages_count_by_their_distribution_and_the_standard_library_does_not(
    make, tmp_path
):
    make(begin="import os, json.decoder\nimport foreign.deep\nfrom crypt_o import x, y\nimport no")
    install(tmp_path, "foreign", "foreign")
    install(tmp_path, "Crypt-O-Suite", "crypt_o")  # found by the files that it holds
    install(tmp_path, "unrelated", "unrelated")
    found = closure_of(f"{TOP}.begin")
    assert list(found.others) == ["Crypt-O-Suite", "foreign"]
    assert [name for name in found.files if name.startswith("foreign")] == []


def test_a_distribution_of_that_name_without_that_package_is_not_it(make, tmp_path):
    make(begin="import foreign")
    install(tmp_path, "foreign", "something")
    install(tmp_path, "holder", "foreign")
    assert list(closure_of(f"{TOP}.begin").others) == ["holder"]


def test_a_module_of_one_file_is_found_in_its_distribution(make, tmp_path):
    make(begin="import single")
    install(tmp_path, "holder", "", record="single.py,sha256=abc,3\n")
    assert list(closure_of(f"{TOP}.begin").others) == ["holder"]


@pytest.mark.parametrize("change", ["version", "record"])
def test_another_version_or_other_bytes_of_a_foreign_package_are_another_closure(
    make, tmp_path, change
):
    make(begin="import foreign")
    install(tmp_path, "foreign", "foreign")
    before = closure_of(f"{TOP}.begin").digest()
    if change == "version":
        metadata = tmp_path / "foreign-1.0.dist-info" / "METADATA"
        metadata.write_text(metadata.read_text().replace("1.0", "1.1"))
    else:
        install(tmp_path, "foreign", "foreign", record="foreign/__init__.py,sha256=abd,3\n")
    assert closure_of(f"{TOP}.begin").digest() != before


def test_where_scripts_were_put_makes_no_difference(make, tmp_path):
    make(begin="import foreign")
    install(tmp_path, "foreign", "foreign")
    before = closure_of(f"{TOP}.begin").digest()
    record = "foreign/__init__.py,sha256=abc,3\n../../../other/bin/x,sha256=y,2\n"
    install(tmp_path, "foreign", "foreign", record=record)
    assert closure_of(f"{TOP}.begin").digest() == before


@pytest.mark.parametrize("group", closure.PLUGINS)
def test_a_plugin_counts_though_nobody_imports_it(make, tmp_path, group):
    make(begin="")
    install(tmp_path, "plugin", "plugin", plugs=f"[{group}]\nmore = plugin:More\n")
    install(tmp_path, "other", "other", plugs="[console_scripts]\nmore = plugin:More\n")
    assert list(closure_of(f"{TOP}.begin").others) == ["plugin"]


def test_a_distribution_that_kept_no_record_holds_nothing(make, tmp_path):
    make(begin="import foreign")
    install(tmp_path, "foreign", "foreign")
    (tmp_path / "foreign-1.0.dist-info" / "RECORD").unlink()
    assert closure_of(f"{TOP}.begin").others == {}


# --- our own


def test_the_warden_needs_two_foreign_packages_and_nothing_of_ours_besides():
    found = pinned().warden
    assert set(found.others) == {"cedarpy", "cryptography"}
    assert {name.partition(".")[0] for name in found.files} == {"ouroboros_warden"}
    here = {path.stem for path in Path(closure.__file__).parent.glob("*.py")} - {"__init__"}
    names = {name.rpartition(".")[2] for name in found.files}
    assert names == here | {"ouroboros_warden"}


@pytest.mark.parametrize("judge", JUDGES)
def test_no_judge_is_made_of_anything_of_the_loop(judge):
    found = pinned().judges[judge]
    assert JUDGES[judge] in found.files
    beyond = ("loop", "cli", "training", "config", "lineage", "presets", "executors", "dashboard")
    parts = {name.split(".")[1] for name in found.files if name.startswith("ouroboros.")}
    assert parts & set(beyond) == set()
    assert not any(name.startswith("ouroboros_warden.gate") for name in found.files)


def test_the_judges_answers_are_in_their_closures_though_only_named():
    for judge in pinned().judges.values():
        assert "ouroboros_judges.answers.parity" in judge.files


def test_what_is_pinned_is_found_again():
    again = {name: closure_of(module) for name, module in JUDGES.items()}
    assert pinned().judges == again
