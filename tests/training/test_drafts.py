"""Drafts: what stands before the mark is given; what is right in its place is taught."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.models.tokenizer import AGAIN, END, Tokenizer
from ouroboros.training.drafts import draft_rows, drafted, planted

KNOWN = "0123456789abc"
TOKENIZER = Tokenizer(alphabet=f"{KNOWN}+*=|{AGAIN}", families=("copy", "sum"))
relaxed = settings(deadline=None)
lines_of = st.lists(st.text(f"{KNOWN}+=|", min_size=1, max_size=8), min_size=1, max_size=5)
solutions = st.lists(lines_of, min_size=1, max_size=6)
seeds = st.integers(0, 2**32)


def texts_of(rows):
    """Per row what is given, what is taught and whether an end is taught behind it."""
    found = []
    for start, length, prompt in zip(rows.starts, rows.lengths, rows.prompts, strict=True):
        assert rows.tokens[start] == TOKENIZER.tag("sum")
        ids = rows.tokens[start : start + length]
        text = TOKENIZER.decode(ids[prompt:-1])
        found.append((TOKENIZER.decode(ids[1:prompt]), text, ids[-1] == END))
    return found


def rows_of(solved, slips=None, seed=0):
    prompts = [f"{i}=" for i in range(len(solved))]
    known = [()] * len(solved) if slips is None else slips
    return draft_rows(TOKENIZER, "sum", prompts, solved, known, np.random.default_rng(seed))


def test_a_draft_is_its_lines_and_the_mark():
    assert drafted(["43*2=86", "86"]) == f"43*2=86\n86{AGAIN}"


@relaxed
@given(solutions, seeds)
def test_what_is_taught_begins_behind_the_mark_and_is_the_right_line_and_the_rest(solved, seed):
    for i, (given_text, taught, ended) in enumerate(texts_of(rows_of(solved, seed=seed))):
        assert given_text.startswith(f"{i}=")
        assert given_text.index(AGAIN) == len(given_text) - 1
        draft = given_text[len(f"{i}=") : -1].split("\n")
        assert draft[:-1] == solved[i][: len(draft) - 1]
        assert taught == "\n".join(solved[i][len(draft) - 1 :])
        assert ended


@relaxed
@given(solutions, st.data(), seeds)
def test_a_mistake_that_was_made_is_looked_at_as_it_was_written(solved, data, seed):
    slips = []
    for lines in solved:
        known = data.draw(st.integers(0, len(lines) - 1))
        slips.append((*lines[:known], data.draw(st.text(f"{KNOWN}+=", max_size=9))))
    for i, (given_text, taught, _) in enumerate(texts_of(rows_of(solved, slips, seed))):
        assert given_text == f"{i}=" + "\n".join(slips[i]) + AGAIN
        assert taught == "\n".join(solved[i][len(slips[i]) - 1 :])


@relaxed
@given(lines_of, seeds)
def test_a_planted_line_keeps_its_length_and_the_class_of_every_character(lines, seed):
    found = planted(lines, KNOWN, np.random.default_rng(seed))
    *before, last = found
    right = lines[len(before)]
    assert before == lines[: len(before)]
    assert len(last) == len(right)
    changed = [i for i in range(len(last)) if last[i] != right[i]]
    assert len(changed) <= 1
    for i in changed:
        assert last[i] in KNOWN
        assert last[i].isdigit() == right[i].isdigit()
        assert right[i].isalnum()
        assert i > right.rfind("=")


def planted_often(lines, known=KNOWN, times=2000):
    rng = np.random.default_rng(5)
    return [planted(lines, known, rng) for _ in range(times)]


def test_half_of_the_drafts_are_right_and_are_to_be_upheld():
    lines = ["43*2=86", "43*01=043", "86+043=804", "408"]
    drafts = planted_often(lines)
    right = [found == lines[: len(found)] for found in drafts]
    assert 0.46 < np.mean(right) < 0.54
    for size in range(1, 5):
        here = [ok for ok, found in zip(right, drafts, strict=True) if len(found) == size]
        assert 0.2 < len(here) / len(drafts) < 0.3
        assert 0.4 < np.mean(here) < 0.6


def test_any_character_of_a_result_is_made_any_other_of_its_class():
    found = {line for (line,) in planted_often(["1a=2b"])}
    others = {f"1a={d}b" for d in "0123456789"} | {f"1a=2{c}" for c in "abc"}
    assert found == others


def test_a_line_that_has_no_other_character_is_left_alone():
    assert {line for (line,) in planted_often(["12=||"])} == {"12=||"}
    assert {line for (line,) in planted_often(["7=11"], known="1ab")} == {"7=11"}


def test_planted_characters_are_of_the_solutions_themselves():
    solved = [["0110", "0"]] * 300
    given_texts = [given_text for given_text, _, _ in texts_of(rows_of(solved))]
    drafts = [text.partition("=")[2][:-1] for text in given_texts]
    assert set("".join(drafts)) == set("01\n")
    assert sum(draft not in ("0110", "0110\n0") for draft in drafts) > 100


def test_drafts_hang_on_their_generator_alone():
    solved = [["126", "621"], ["43*2=86", "68"]] * 20
    one, same, other = (rows_of(solved, seed=seed).tokens for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
