"""The guide to a family of one's own does what it says."""

import re
import sys
from pathlib import Path

import pytest

from ouroboros.testing import check_family

GUIDE = Path(__file__).parents[2] / "docs/guide/add-a-family.md"


@pytest.fixture
def halves(tmp_path, monkeypatch):
    blocks = re.findall(r"```python\n(# (\w+\.py)\n.*?)```", GUIDE.read_text(), re.DOTALL)
    for code, name in blocks:
        (tmp_path / name).write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    yield [code for code, _ in blocks]
    for name in ("my_families", "my_answers"):
        sys.modules.pop(name, None)


def test_its_family_conforms_and_has_the_solution_it_shows(halves):
    import my_answers
    import my_families

    family, answers = my_families.Charge(), my_answers.ChargeAnswers()
    assert check_family(family, answers) == []
    assert answers.solve("q43i12t5c?") == ("21*5=06", "34+06=301", "103")
    assert "21*5=06 " in GUIDE.read_text()


def test_it_takes_thirty_lines(halves):
    def is_code(line):
        return bool(line.strip()) and not line.startswith("#")

    declared, answered = (sum(map(is_code, code.splitlines())) for code in halves)
    assert declared <= 30
    assert answered <= 15
