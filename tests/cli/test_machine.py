"""doctor and bench: the machine and its figures."""

import json

import pytest

import ouroboros
from ouroboros.cli.doctor import _confinement, verdict
from ouroboros_warden import probe, sandbox

GOOD = {
    "kernel": "Linux 6.1",
    "cores": 2,
    "memory_free_gb": 8.0,
    "disk_free_gb": 20.0,
    "gflops_per_core": 60.0,
    "tier": "T1",
}


@pytest.mark.parametrize(
    ("change", "tiny", "laptop"),
    [
        ({}, "fits", "fits"),
        ({"cores": 1}, "fits", "cores 1 of 2"),
        ({"memory_free_gb": 2.0}, "fits", "memory in GB 2.0 of 3.0"),
        ({"memory_free_gb": None}, "fits", "fits"),
        ({"disk_free_gb": 0.1}, "disk in GB 0.1", "disk in GB 0.1"),
        ({"tier": None}, "confinement", "confinement"),
        ({"gflops_per_core": 10.0}, "fits", "will take longer"),
    ],
)
def test_the_verdict_says_what_is_missing(change, tiny, laptop):
    found = {**GOOD, **change}
    assert tiny in verdict("tiny", found)
    assert laptop in verdict("laptop", found)
    assert verdict("laptop", found).startswith("fits") == ("fits" in laptop or "longer" in laptop)


def test_doctor_measures_this_machine(ouro):
    found = ouro("doctor", "--json").found
    assert found["gflops_per_core"] > 0.1
    assert found["cores"] >= 1
    assert found["memory_free_gb"] > 0
    assert set(found["presets"]) == {"tiny", "laptop"}
    assert found["tier"] in {"T1", "T2", "T3"}
    assert "attempts to escape, all stopped" in found["confinement"]


@pytest.mark.parametrize(
    ("tier", "group", "said"),
    [
        ("T1", False, "Landlock ABI 7; 36"),
        ("T2", False, "Landlock ABI 7, namespaces; 36"),
        ("T3", True, "Landlock ABI 7, namespaces, a control group; 36"),
    ],
)
def test_doctor_says_what_confines(monkeypatch, tier, group, said):
    found = {"landlock": 7, "own_user": False, "stopped": 36, "tier": tier, "group": group}
    monkeypatch.setattr(probe, "drill", lambda: found)
    assert _confinement() == (tier, f"{tier} ({said} attempts to escape, all stopped)")


def test_doctor_says_why_a_machine_cannot_confine(ouro, monkeypatch):
    monkeypatch.setattr(sandbox, "landlock_abi", lambda: 0)
    assert _confinement() == (
        None,
        "cannot confine: the kernel has no Landlock (Linux 5.13 or newer, enabled)",
    )


@pytest.fixture
def source_tree(tmp_path, monkeypatch):
    """A source tree with one bench, which says what it was called with."""
    for folder in ("src/ouroboros", "bench"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(ouroboros, "__file__", str(tmp_path / "src/ouroboros/__init__.py"))
    lines = "import json, sys; print(json.dumps(sys.argv[1:])); sys.exit(int(sys.argv[-1]))"
    (tmp_path / "bench" / "echo.py").write_text(lines)
    return tmp_path


@pytest.mark.parametrize(("ends", "code"), [(0, 0), (2, 2), (3, 3), (9, 1)])
def test_a_bench_is_run_with_all_its_options(ouro, source_tree, ends, code):
    (source_tree / "bench" / "echo.py").write_text(
        f"import json, sys; print(json.dumps(sys.argv[1:])); sys.exit({ends})"
    )
    done = ouro("bench", "echo", "--kills", 3, "--seeds", 2, "--json")
    assert done.code == code
    assert json.loads(done.out) == ["--kills", "3", "--seeds", "2", "--json"]


def test_an_unknown_bench_and_a_missing_tree_are_misuse(ouro, source_tree):
    assert "known: echo" in ouro("bench", "flight").complaint
    assert ouro("bench", "../bench/echo").code == 2
    (source_tree / "pyproject.toml").unlink()
    done = ouro("bench", "echo")
    assert done.code == 2
    assert "source tree" in done.complaint
