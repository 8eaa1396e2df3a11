"""The poison of `ouro bench stability`: as much as is said, wrong in a form that nobody sees."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros.envs import load_families
from ouroboros.loop.attempts import Answered, Paper, lines_of
from ouroboros_judges.answers import load_answers

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
from _poison import NOISES, poisoned

NAMES = ["reverse_addition", "boolean_chain"]
FAMILIES, ANSWERS = load_families(NAMES), load_answers(NAMES)


def solved(name: str, level: int, seed: int, count: int) -> Answered:
    prompts = tuple(task.prompt for task in FAMILIES[name].propose(level, seed, count))
    texts = tuple("\n".join(ANSWERS[name].solve(prompt)) for prompt in prompts)
    paper = Paper(family=name, level=level, author=0, prompts=prompts)
    return Answered(paper=paper, completions=texts, sure=(True,) * count)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("noise", list(NOISES))
@given(level=st.integers(1, 30), seed=st.integers(0, 2**31))
def test_what_is_poisoned_keeps_its_form_and_is_wrong(name, noise, level, seed):
    paper = solved(name, level, seed, 8)
    (found,) = poisoned(FAMILIES, [paper], noise, 1.0, np.random.default_rng(seed))
    for prompt, before, after in zip(
        paper.paper.prompts, paper.completions, found.completions, strict=True
    ):
        assert FAMILIES[name].check(prompt, lines_of(after))
        right = ANSWERS[name].verify(prompt, lines_of(after)).correct
        assert right == (before == after)


@pytest.mark.parametrize("noise", list(NOISES))
@pytest.mark.parametrize("share", [0.0, 0.05, 0.5])
def test_about_the_share_that_is_asked_for_is_poisoned(noise, share):
    paper = solved("boolean_chain", 12, 5, 2000)
    (found,) = poisoned(FAMILIES, [paper], noise, share, np.random.default_rng(1))
    wrong = np.mean([a != b for a, b in zip(paper.completions, found.completions, strict=True)])
    assert abs(wrong - share) <= 4 * np.sqrt(share * (1 - share) / 2000)


def test_a_structured_mistake_is_a_carry_that_is_forgotten_wherever_there_is_one():
    rng = np.random.default_rng(0)
    family = FAMILIES["reverse_addition"]
    assert NOISES["structured"](family, "345+87=", "126", rng) == "116"  # 543 + 78 = 611
    assert NOISES["structured"](family, "21+34=", "55", rng) == "55"  # nothing is carried


@pytest.mark.parametrize("noise", list(NOISES))
def test_what_is_no_answer_stays_as_it_is(noise):
    rng = np.random.default_rng(0)
    for text in ("", "?", "ab", "1\n2\n3"):
        assert NOISES[noise](FAMILIES["reverse_addition"], "345+87=", text, rng) == text
