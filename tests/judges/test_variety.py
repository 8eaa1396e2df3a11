"""What the oracle says of the variety of what the loop made: narrow rows show, honest ones pass."""

import hashlib
import json
from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.envs import load_families
from ouroboros.lineage.data import write_examples
from ouroboros.types import Example
from ouroboros_judges import oracle
from ouroboros_judges.answers import load_answers
from ouroboros_judges.variety import MOST, Sample, effective, varied

WALL = 4
FAMILIES = ["reverse_addition", "forward_addition", "elastic_collision", "boolean_chain"]
BOUND = 300  # of the articles; honest data were never below 700


def propose(family, level, count, seed=1):
    return [task.prompt for task in load_families([family])[family].propose(level, seed, count)]


def solved(family, prompts):
    answers = load_answers([family])[family]
    return [(prompt, tuple(answers.solve(prompt))) for prompt in prompts]


def made(tmp_path, rows, walls=None):
    """What an audit says was made in (family, level, prompt, lines, author) rows."""
    examples = [
        Example(family=f, level=level, prompt=p, lines=tuple(lines), author=author, generation=1)
        for f, level, p, lines, author in rows
    ]
    file = tmp_path / "1.parquet"
    write_examples(file, examples)
    identity = hashlib.sha256(file.read_bytes()).hexdigest()
    walls = walls or {f: WALL for f, *_ in rows}
    request = {"op": "audit", "file": str(file), "id": identity, "families": walls}
    return oracle.answer(json.dumps(request).encode())["made"]


def told(tmp_path, family, level, prompts, author="learner 0"):
    rows = [(family, level, p, lines, author) for p, lines in solved(family, prompts)]
    return made(tmp_path, rows)[family]["variety"]


def sums(digits, level, count, seed=1):
    """Sums of numbers of these digits, none with a zero at its top."""
    rng = Random(seed)

    def number():
        top = rng.choice(digits.replace("0", ""))
        return "".join(rng.choice(digits) for _ in range(level - 1)) + top

    return [f"{number()}+{number()}=" for _ in range(count)]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("level", "count"), [(6, 100), (8, 400), (40, 150)])
def test_what_the_family_itself_proposes_is_varied(tmp_path, family, level, count):
    assert told(tmp_path, family, level, propose(family, level, count, seed=5)) > 850


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("kept", [1, 8, 50])
def test_the_same_prompts_again_and_again_are_narrow(tmp_path, family, kept):
    few = propose(family, 8, kept, seed=5)
    assert told(tmp_path, family, 8, (few * 300)[:300]) < BOUND


NARROW = {
    "numbers of ones and twos": sums("12", 12, 300),
    "one digit all along": [p for d in "123456789" for p in sums(d, 12, 34)],
    "zeros up to the top": [f"{'0' * 11}{a}+{'0' * n}{b}=" for a in "123456789"
                            for b in "123456789" for n in range(4)],
    "nines that a carry runs through": [f"{'9' * 12}+{n}=" for n in range(1, 301) if n % 10],
}  # fmt: skip


@pytest.mark.parametrize("what", NARROW)
def test_prompts_that_are_all_of_an_easy_kind_are_narrow(tmp_path, what):
    assert told(tmp_path, "reverse_addition", 12, NARROW[what]) < BOUND


def test_answers_that_are_nearly_all_the_same_are_narrow_however_the_prompts_differ():
    rng = Random(1)
    texts = ["".join(rng.choice("01") for _ in range(12)) for _ in range(400)]
    rows = [(text, (text, str(text.count("1") % 2))) for text in texts]
    even = [row for row in rows[:200] if row[1][1] == "0"]
    assert varied(even, rows[200 : 200 + len(even)]) == 0
    nearly = [*even[:76], *[row for row in rows[:200] if row[1][1] == "1"][:4]]
    assert varied(nearly, rows[200:280]) < BOUND
    assert varied(rows[:200], rows[200:]) > 900


def test_plain_problems_alone_and_hard_ones_at_one_level_are_no_cause_for_alarm(tmp_path):
    plain = sums("0123456789", 12, 300)
    assert told(tmp_path, "reverse_addition", 12, plain) > 850
    hard = [p for p in propose("reverse_addition", 12, 900, seed=3) if "999" in p or "000" in p]
    assert told(tmp_path, "reverse_addition", 12, hard) > BOUND


@settings(deadline=None, max_examples=25)
@given(st.integers(5, 30), st.integers(100, 300), st.integers(0, 2**32), st.data())
def test_repeating_rows_never_makes_them_more_varied(level, count, seed, data):
    rows = solved("reverse_addition", propose("reverse_addition", level, count, seed))
    drawn = solved("reverse_addition", propose("reverse_addition", level, count, seed + 1))
    kept = data.draw(st.integers(1, count))
    repeated = [rows[i % kept] for i in range(count)]
    assert varied(repeated, drawn) <= max(varied(rows, drawn), 1000 * kept // count + 10)
    assert 0 <= varied(repeated, drawn) <= 1000


@given(st.lists(st.integers(0, 9), min_size=1))
def test_kinds_count_by_how_often_they_come_up(things):
    counts = Counter(things).values()
    found = effective(things)
    assert 1 - 1e-9 <= found <= len(counts) + 1e-9
    assert effective([*things, *things]) == pytest.approx(found)
    assert effective(range(len(things))) == pytest.approx(len(things))
    assert len(counts) > 1 or found == pytest.approx(1)


def test_nothing_and_a_family_with_one_answer_are_not_narrow():
    assert effective([]) == 1
    assert varied([], []) == 1000
    alike = [("a=", ("b",))] * 3
    assert varied(alike, alike) == 1000


def test_the_same_file_is_always_found_as_varied(tmp_path):
    prompts = propose("forward_addition", 8, 900, seed=2)
    assert told(tmp_path, "forward_addition", 8, prompts) == told(
        tmp_path, "forward_addition", 8, prompts
    )


def test_a_sample_keeps_every_row_of_a_level_with_the_same_chance():
    chosen = Counter(
        row[0]
        for seed in range(60)
        for row in _sampled(seed, [(str(n), ()) for n in range(4 * MOST)])
    )
    assert all(len(_sampled(seed, [("a", ())] * n)) == n for seed, n in ((1, 0), (1, MOST)))
    early = sum(chosen[str(n)] for n in range(2 * MOST))
    assert early == pytest.approx(60 * MOST / 2, rel=0.05)


def _sampled(seed, rows):
    sample = Sample(seed)
    for row in rows:
        sample.add(7, row)
    return sample.levels.get(7, [])


def test_narrow_rows_do_not_hide_behind_many_of_another_level_or_in_the_middle(tmp_path):
    family = "reverse_addition"
    few = propose(family, 8, 4, seed=5) * 500
    rows = [(family, 8, p, lines, "learner 0") for p, lines in solved(family, few)]
    assert made(tmp_path, rows)[family]["variety"] < BOUND
    honest = solved(family, propose(family, 8, MOST, seed=6))
    front = [(family, 8, p, lines, "learner 0") for p, lines in honest]
    assert made(tmp_path, [*front, *rows])[family]["variety"] < BOUND


def test_long_rows_are_looked_at_in_small_numbers(tmp_path, monkeypatch):
    asked = []
    drawn = oracle._drawn
    monkeypatch.setattr(oracle, "_drawn", lambda *a: asked.append(a[2:]) or drawn(*a))
    told(tmp_path, "copy", 20_000, propose("copy", 20_000, 12))
    assert asked == [(20_000, 6)]
    assert told(tmp_path, "copy", 20_000, propose("copy", 20_000, 1) * 12) < BOUND


# what counts as made


ROW = ("copy", 3, "abc=", ("abc",))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ((*ROW, "oracle"), None),  # a worked example
        ((*ROW, "learner 0"), (1, 0)),
        (("copy", 5, "abcde=", ("abcde",), "oracle"), (1, 0)),  # past the wall
        (("copy", 4, "abcd=", ("abcd",), "oracle"), None),  # at it
        (("copy", 3, "abc=", ("abd",), "oracle"), (1, 1)),  # no oracle says so
        (("copy", 3, "abc=", ("abd",), "learner 1"), (1, 1)),
        (("copy", 2, "abc=", ("abc",), "oracle"), (1, 1)),  # it lies about its level
    ],
)
def test_what_is_no_worked_example_up_to_the_wall_counts_as_made(tmp_path, row, expected):
    found = made(tmp_path, [row]).get("copy")
    assert (found and (found["rows"], found["wrong"])) == expected


def test_worked_examples_do_not_water_down_what_was_made(tmp_path):
    family = "reverse_addition"
    below = solved(family, propose(family, WALL, 500))
    few = solved(family, propose(family, 8, 3) * 50)
    rows = [(family, WALL, p, lines, "oracle") for p, lines in below]
    rows += [(family, 8, p, lines, "learner 0") for p, lines in few]
    found = made(tmp_path, rows)[family]
    assert (found["rows"], found["wrong"]) == (150, 0)
    assert found["variety"] < BOUND


def test_wrong_rows_say_nothing_of_variety_and_cannot_ask_for_any_level(tmp_path):
    rows = [("copy", 10**9, "abc=", ("abc",), "learner 0")] * 3
    assert made(tmp_path, rows) == {"copy": {"rows": 3, "wrong": 3, "variety": 1000}}


def test_families_are_weighed_apart(tmp_path):
    good = solved("forward_addition", propose("forward_addition", 8, 120, seed=4))
    bad = solved("reverse_addition", propose("reverse_addition", 8, 2) * 60)
    rows = [("forward_addition", 8, p, lines, "learner 0") for p, lines in good]
    rows += [("reverse_addition", 8, p, lines, "learner 1") for p, lines in bad]
    found = made(tmp_path, rows)
    assert found["forward_addition"]["variety"] > 850
    assert found["reverse_addition"]["variety"] < 50
    assert found["reverse_addition"]["rows"] == 120
