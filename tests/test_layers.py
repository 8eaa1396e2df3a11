"""The house's rules about itself: sizes, who imports whom, and what may not be imported at all."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
LONGEST_FILE = 400  # lines
LONGEST_CYCLE = 60  # lines of the one file that tells the whole story


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT / "src"))


def below(*folders: str) -> list[Path]:
    """Source files in these folders or files of src."""
    roots = [ROOT / "src" / folder for folder in folders]
    found = [path for path in SOURCES if any(path.is_relative_to(root) for root in roots)]
    assert found, folders
    return found


# The design lets the terminal, the mill and the conformance suite, no part of the engine, know more
FREE = [ROOT / "src/ouroboros" / name for name in ("cli", "mill", "testing")]
ENGINE = [path for path in below("ouroboros") if not any(map(path.is_relative_to, FREE))]


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that a file imports, anywhere in it, by statement or by a call with a name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith((
            "import_module",
            "__import__",
            "run_module",
            "find_spec",
        )):
            yield from (a.value for a in node.args if isinstance(a, ast.Constant))


def strings(tree: ast.AST) -> Iterator[str]:
    """Every string that is not a docstring or another bare statement."""
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare:
            yield node.value


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_file_is_longer_than_a_sitting(path):
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


def test_the_story_of_a_generation_fits_a_page():
    story = ROOT / "src/ouroboros/loop/cycle.py"
    assert len(story.read_text().splitlines()) < LONGEST_CYCLE


@pytest.mark.parametrize("path", ENGINE, ids=name_of)
def test_the_engine_knows_no_judge(path):
    tree = parse(path)
    assert not [name for name in imported(tree) if name.startswith("ouroboros_judges")]
    assert not [text for text in strings(tree) if "ouroboros_judges" in text]


@pytest.mark.parametrize("path", below("ouroboros_judges", "ouroboros_warden"), ids=name_of)
def test_law_and_truth_unpickle_nothing(path):
    tree = parse(path)
    forbidden = ("pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal")
    assert not [name for name in imported(tree) if name.split(".")[0] in forbidden]
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert not {"torch.load", "eval", "exec"} & set(calls)
    assert not [name for name in imported(tree) if name == "torch.load"]
    unsafe = [
        keyword.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "allow_pickle"
    ]
    assert not [value for value in unsafe if not isinstance(value, ast.Constant) or value.value]


@pytest.mark.parametrize("path", below("ouroboros"), ids=name_of)
def test_no_checkpoint_or_state_of_a_learner_is_a_pickle(path):
    tree = parse(path)
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert not {"torch.load", "torch.save", "pickle.load", "pickle.loads"} & set(calls)
    assert "pickle" not in list(imported(tree))


@pytest.mark.parametrize("path", below("ouroboros_warden"), ids=name_of)
def test_the_warden_needs_the_standard_library_for_keys_cryptography_for_articles_cedarpy(path):
    known = {*sys.stdlib_module_names, "ouroboros_warden"}
    if path.name in {"keys.py", "heads.py", "opening.py"}:
        known.add("cryptography")
    if path.name == "policy.py":
        known.add("cedarpy")
    assert not [name for name in imported(parse(path)) if name.split(".")[0] not in known]


def test_the_contracts_on_who_imports_whom_are_kept():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_scans_above_see_what_they_look_for():
    hidden = ast.parse(
        "def f():\n"
        "    '''ouroboros_judges may be talked about.'''\n"
        "    from pickle import loads\n"
        "    importlib.import_module('ouroboros_judges.oracle')\n"
        "    command = ['-m', 'ouroboros_judges.examiner']\n"
    )
    assert {"pickle", "pickle.loads", "ouroboros_judges.oracle"} <= set(imported(hidden))
    assert [text for text in strings(hidden) if "judges" in text] == [
        "ouroboros_judges.oracle",
        "ouroboros_judges.examiner",
    ]
