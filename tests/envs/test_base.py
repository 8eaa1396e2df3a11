"""What all families share: one source of randomness, texts from arrays."""

import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.envs import load_families
from ouroboros.envs.base import generator, texts
from ouroboros.errors import UsageError

SHIPPED = ("reverse_addition", "forward_addition", "kinematics", "parity_chain")  # in a preset
DIGEST = """
import hashlib, ouroboros.envs
prompts = [t.prompt for f in ouroboros.envs.load_families().values() for t in f.propose(9, 4, 50)]
print(hashlib.sha256("".join(prompts).encode()).hexdigest())
"""


def test_every_process_proposes_the_same_tasks():
    def run(hash_seed):
        return subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout

    assert run("1") == run("2")


def test_each_part_of_the_request_changes_the_draw():
    requests = [("copy", 3, 1, 5), ("reverse", 3, 1, 5), ("copy", 4, 1, 5), ("copy", 3, 2, 5)]
    draws = [generator(*request).integers(0, 2**60) for request in [*requests, ("copy", 3, 1, 6)]]
    assert len(set(draws)) == 5


def test_a_numpy_level_draws_what_a_plain_one_does():
    plain = generator("copy", 3, 1, 5).integers(0, 2**60)
    assert generator("copy", np.int64(3), np.int64(1), np.int64(5)).integers(0, 2**60) == plain


@pytest.mark.parametrize(("level", "count"), [(0, 1), (-3, 1), (1, -1)])
def test_an_impossible_level_or_count_is_the_users_mistake(level, count):
    for family in load_families().values():
        with pytest.raises(UsageError, match="needs level >= 1"):
            family.propose(level, 0, count)


@settings(deadline=None)
@given(st.lists(st.text("abc", max_size=6), max_size=6))
def test_texts_keeps_the_marked_columns_of_each_row(wanted):
    rows = np.array([list(t.ljust(6, "-").encode()) for t in wanted], dtype=np.uint8).reshape(-1, 6)
    kept = np.array([[i < len(t) for i in range(6)] for t in wanted], dtype=bool).reshape(-1, 6)
    assert texts(rows, kept) == wanted


def test_proposing_is_quick_enough_for_a_round():
    for family in load_families(SHIPPED).values():
        start = time.perf_counter()
        family.propose(4, 1, 50_000)
        family.propose(150, 1, 1000)
        assert time.perf_counter() - start < 3, family.name  # 0.2 s where nothing else runs
