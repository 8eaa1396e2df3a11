"""What `ouro why` says of mistakes."""

import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rich.console import Console

from ouroboros.cli import why
from ouroboros.lineage.data import write_examples
from ouroboros.lineage.history import champion, history
from ouroboros.lineage.index import open_index
from ouroboros.lineage.mistakes import Mistakes
from ouroboros.types import Example


def decisions_of(run):
    with open_index(run) as index:
        return history(index), champion(index)


def mended(prompt: str, column: int, mirrored: bool, **changes: object) -> Mistakes:
    fields = {
        "family": "x", "line": 1, "kind": "", "operation": "", "run": "1", "count": 1,
        "before": None, "after": None, "conquered": False, "wrong": "", "right": "",
        "prompt": prompt, "column": column, "mirrored": mirrored,
    }  # fmt: skip
    return Mistakes(**{**fields, **changes})


def write_mistakes(run: Path) -> str:
    """Put mistakes into the first file that the champion rests on, and no other; its name."""
    decisions, holder = decisions_of(run)
    (evidence,) = (e for e in decisions if e.exam.checkpoint == holder.checkpoint)
    first, *later = evidence.data
    assert later
    long = f"{'5' * 40}1234567{'5' * 3}+{'2' * 50}="
    right = f"{'7' * 3}{'3' * 7}{'7' * 40}"
    wrong = f"{right[:5]}4{right[6:]}"
    for file in evidence.data:
        count = 5 * (file == first)
        examples = [
            Example(
                family="forward_addition",
                level=50,
                prompt=long,
                lines=(right, right[::-1]),
                author="x",
                generation=file.generation,
                slip=(wrong,) if row < count else (),
            )
            for row in range(20)
        ]
        write_examples(run / file.file, examples)
    return holder.checkpoint


def test_why_says_which_kinds_of_mistakes_were_conquered_and_shows_where_they_are(ouro, spare):
    run = spare()
    name = write_mistakes(run)
    (decision,) = ouro("why", name, "--run-dir", run, "--json").found["decisions"]
    (mistakes,) = decision["mistakes"]
    assert (mistakes["kind"], mistakes["operation"]) == ("one digit off by one", "result")
    assert (mistakes["run"], mistakes["count"], mistakes["after"]) == ("1", 5, 0)
    assert mistakes["before"] > 0
    assert mistakes["conquered"] is True
    shown = " ".join(ouro("why", name, "--run-dir", run).out.split())
    assert "1 of 1 kinds conquered" in shown


def test_why_of_data_that_is_damaged_tells_the_rest(ouro, spare):
    run = spare()
    name = write_mistakes(run)
    decisions, _ = decisions_of(run)
    (evidence,) = (e for e in decisions if e.exam.checkpoint == name)
    (run / evidence.data[0].file).write_bytes(b"PAR1 no more")
    done = ouro("why", name, "--run-dir", run)
    assert done.code == 0
    assert "was promoted" in done.out
    assert "conquered" not in done.out


@given(st.text("0123456789", max_size=60), st.integers(0, 59), st.integers(8, 30))
def test_a_cut_text_shows_its_place_and_says_where_it_is_cut(text, place, wide):
    assume(place < len(text))
    shown = why._window(text, place, wide)
    assert len(shown) == min(wide, len(text))
    inner = shown.strip(".")
    begins = [i for i in range(len(text)) if text.startswith(inner, i)]
    assert any(begin <= place < begin + len(inner) for begin in begins)
    assert shown.startswith("...") != text.startswith(shown[:3])
    assert shown.endswith("...") != text.endswith(shown[-3:])


@pytest.mark.parametrize("column", [0, 5, 30, 49])
def test_a_long_problem_shows_the_wrong_column_of_each_number(column):
    digits = str(7**60)[:50]  # no part of it comes twice
    for mirrored in (False, True):
        prompt = f"{digits[:: -1 if mirrored else 1]}+7="
        shown = why._problem(mended(prompt, column, mirrored))
        cut = re.findall("[0-9]+", shown)[0][:: -1 if mirrored else 1]
        assert digits[max(0, column - 2) : column + 3] in cut
        assert shown.endswith("+7=")
        assert len(shown) <= 16


def test_a_short_problem_is_shown_whole_and_a_long_one_of_letters_around_its_place():
    assert why._problem(mended("543+78=", 1, True)) == "543+78="
    letters = "a" * 40 + "bcd" + "a" * 40 + "="
    assert "bcd" in why._problem(mended(letters, 41, False))
    assert len(why._problem(mended(letters, 41, False))) == 28


def test_conquered_kinds_are_shown_however_rare_they_are():
    usual = [mended(f"{i}=", 0, False, kind=f"kind {i}") for i in range(20)]
    rare = mended("1=", 0, False, kind="rare", conquered=True, before=40.0, after=1.0)
    with (console := Console(width=200)).capture() as capture:
        why._print_mistakes(console, [*usual, rare])
    shown = capture.get()
    assert "40.0 to 1.0, conquered" in shown
    assert "1 of 21 kinds conquered" in shown
    assert "kind 11" in shown
    assert "kind 12" not in shown
