"""`ouro redteam` at the terminal."""

import pytest


def test_the_attacks_can_be_listed_without_playing_any(ouro):
    listed = ouro("redteam", "--list")
    assert listed.code == 0
    assert "A5.1" in listed.out
    assert "twin:" in listed.out
    found = ouro("redteam", "--class", "e", "--list", "--json").found["attacks"]
    assert {each["id"][0] for each in found} == {"E"}
    assert {*found[0]} == {"id", "title", "twin"}


def test_one_attack_is_played_and_counted(ouro):
    found = ouro("redteam", "--only", "D1.1", "--json")
    assert found.code == 0
    counts = {name: found.found[name] for name in ("attacks", "stopped", "benign", "benign_passed")}
    assert set(counts.values()) == {1}
    spoken = ouro("redteam", "--only", "D1.1")
    assert "1 of 1 attacks stopped, 1 of them logged" in " ".join(spoken.out.split())


@pytest.mark.parametrize("arguments", [("--class", "Z"), ("--only", "A5.999")])
def test_attacks_that_are_not_there_are_bad_input(ouro, arguments):
    outcome = ouro("redteam", *arguments)
    assert outcome.code == 2
    assert "no such attack" in outcome.complaint


def test_a_script_that_is_not_there_is_bad_input(ouro, tmp_path):
    outcome = ouro("redteam", "--script", tmp_path / "none.py")
    assert outcome.code == 2
    assert "there is no file" in outcome.complaint


def test_what_a_script_did_is_told(ouro, tmp_path):
    (tmp_path / "s.py").write_text("raise SystemExit(5)")
    outcome = ouro("redteam", "--script", tmp_path / "s.py", "--seconds", 20)
    assert outcome.code == 0
    assert "0 effects outside its workspace" in " ".join(outcome.out.split())
