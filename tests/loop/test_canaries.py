import io
import pickle
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ouroboros.config import SIGNALS
from ouroboros.errors import UsageError
from ouroboros.lineage.data import write_examples
from ouroboros.loop import believe
from ouroboros.loop.believe import belief, belief_path, judged
from ouroboros.loop.canaries import (
    COLUMNS,
    FILES,
    NUMBERS,
    asked,
    forget_since,
    known,
    known_path,
    young,
)
from ouroboros.loop.learner import learner_files
from ouroboros.loop.solve import solve
from ouroboros.types import Example

from .surroundings import DeafWarden, MemoryWarden, Scripted, make_engine, make_state, truth

SMALL = "loop.acceptance=calibrated", "loop.calibration=6", "loop.canaries=4"
LEARNERS = "learners/a", "learners/b"
STEPS = 8, 40, 100  # after which the base's training left states behind


def says(who: str, family: str, prompt: str) -> str:
    """The truth, but that the base's states write every string with a 3 in it backwards."""
    right = truth(family, prompt)
    return right[::-1] if who.startswith("base") and "3" in prompt else right


def grown(folder: Path, *more: str, says=says, steps=STEPS, warden=None):
    """An engine whose learners follow a script, and whose base left states behind."""
    engine = make_engine(folder, *SMALL, *more, warden=warden)
    (folder / "learners").mkdir(parents=True, exist_ok=True)
    for step in steps:
        for file in learner_files(step):
            (folder / file).touch()
    return replace(engine, executor=Scripted(says))


def at(generation: int, *data: str):
    """The state of a generation whose learners were once those of the base."""
    return make_state(
        LEARNERS, earlier=learner_files(STEPS[-1]), generation=generation, data=("wall", *data)
    )


def bank(engine, *rows: tuple[str, str, str], file: str = "data/00001.parquet") -> str:
    """Write these (family, prompt, completion) as a generation's data."""
    examples = [
        Example(
            family=family,
            level=4,
            prompt=prompt,
            lines=tuple(text.split("\n")),
            author="0",
            generation=1,
        )
        for family, prompt, text in rows
    ]
    write_examples(engine.folder / file, examples)
    return file


def same(one, other) -> bool:
    """Whether two records say the same, to the last bit."""
    columns = all(
        getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in COLUMNS
    )
    return columns and (one.last, one.flop) == (other.last, other.flop)


def count_of(found) -> dict[int, int]:
    """How many answers are known, by generation."""
    return dict(Counter(found.generation.tolist()))


# what is asked -----------------------------------------------------------------------------


def test_the_base_is_asked_state_by_state_and_the_first_is_only_compared_with(tmp_path):
    engine = grown(tmp_path)
    young(engine, make_state(()))  # who answers now has no part in it
    expected = [Path(file).stem for step in STEPS[1:] for file in learner_files(step)]
    assert list(dict.fromkeys(who for who, _ in engine.executor.solved)) == expected
    readers = {who for who, _ in engine.executor.read}
    assert {Path(file).stem for step in STEPS for file in learner_files(step)} == readers


@pytest.mark.parametrize("steps", [(), (100,)])
def test_a_base_that_left_one_state_behind_is_a_mistake_that_one_line_tells(tmp_path, steps):
    engine = grown(tmp_path, steps=steps)
    with pytest.raises(UsageError, match=r"choose a training\.segment below") as caught:
        known(engine, at(1))
    assert "\n" not in str(caught.value)
    assert not known_path(engine).exists()


def test_nothing_past_the_wall_is_asked_for_and_no_verdict_at_all(tmp_path):
    engine = grown(tmp_path)
    file = bank(engine, ("copy", "12345=", "12345"), ("reverse", "123456=", "654321"))
    for generation in (1, 2):
        known(engine, at(generation, file))
    assert {each[0] for each in engine.warden.asked} == {"examples"}
    questions = engine.warden.of("examples")
    assert {(family, level) for _, _, family, level, _, _ in questions} == {
        (family, level) for family in ("copy", "reverse") for level in (1, 2, 3)
    }
    assert len({key for _, key, *_ in questions}) == len(questions)
    assert len({seed for *_, seed in questions}) == len(questions)  # nobody answers another's


def test_what_is_known_of_an_answer_is_whether_it_is_right(tmp_path):
    engine = grown(tmp_path)
    found = known(engine, at(1))
    mistaken = sum(
        truth(paper.family, prompt) != says(who, paper.family, prompt)
        for who, paper in engine.executor.solved
        for prompt in paper.prompts
    )
    assert 0 < mistaken == int((~found.right).sum())
    assert found.right[found.generation == 1].all()
    assert found.values.shape == (len(found.right), len(SIGNALS))
    peer = found.values[:, SIGNALS.index("peer")]
    assert np.isfinite(peer).all()


def test_the_inverse_of_what_was_banked_is_asked_and_not_the_problem_itself(tmp_path):
    engine = grown(tmp_path)
    file = bank(engine, ("copy", "12345=", "12345"), ("reverse", "1213=", "3121"))
    known(engine, at(2, file))
    papers = [paper for who, paper in engine.executor.solved if who in "ab"]
    prompts = {(paper.family, prompt) for paper in papers for prompt in paper.prompts}
    assert {("copy", "54321="), ("reverse", "3121=")} <= prompts
    assert prompts.isdisjoint({("copy", "12345="), ("reverse", "1213=")})


def test_an_answer_other_than_the_banks_counts_as_wrong_whoever_is_right(tmp_path):
    engine = grown(tmp_path)
    file = bank(engine, ("copy", "1234=", "1234"), ("copy", "5678=", "5687"))
    papers = asked(engine, at(2, file))
    expected = {
        prompt: text
        for paper, texts in papers
        for prompt, text in zip(paper.prompts, texts, strict=True)
        if len(prompt) == 5
    }
    assert expected == {"4321=": "4321", "8765=": "7865"}
    without = known(grown(tmp_path / "without"), at(2))
    found = known(engine, at(2, file))
    assert len(found.right) == len(without.right) + 2
    assert int((~found.right).sum()) == int((~without.right).sum()) + 1


def test_without_a_bank_there_are_only_fresh_problems(tmp_path):
    engine = grown(tmp_path)
    papers = asked(engine, at(1))
    assert papers
    assert max(paper.level for paper, _ in papers) == 3
    for paper, texts in papers:
        assert texts == tuple(truth(paper.family, prompt) for prompt in paper.prompts)


def test_no_more_than_the_newest_files_are_read_and_so_many_problems_a_learner(tmp_path):
    engine = grown(tmp_path)
    files = [
        bank(
            engine,
            *[("copy", f"{10_000 + 97 * (g * 20 + i)}=", f"{10_000 + 97 * (g * 20 + i)}")
              for i in range(20)],
            file=f"data/{g:05d}.parquet",
        )
        for g in range(1, FILES + 3)
    ]  # fmt: skip
    (engine.folder / files[0]).write_bytes(b"nobody reads it")
    papers = [paper for paper, _ in asked(engine, at(9, *files)) if paper.level > 3]
    assert [(paper.author, len(paper.prompts)) for paper in papers] == [(0, 4), (1, 4)]
    assert len({prompt for paper in papers for prompt in paper.prompts}) == 8
    later = [paper for paper, _ in asked(engine, at(10, *files)) if paper.level > 3]
    assert {p for a in papers for p in a.prompts} != {p for a in later for p in a.prompts}


def test_a_family_without_an_inverse_is_asked_fresh_problems_only(tmp_path):
    engine = grown(tmp_path, 'families={"gcd": {"wall": 1}, "copy": {"wall": 1}}')
    (task,) = engine.families["gcd"].propose(3, seed=1, count=1)
    solution = truth("gcd", task.prompt)
    assert engine.families["gcd"].echo(task.prompt, solution.split("\n")) is None
    file = bank(engine, ("gcd", task.prompt, solution), ("copy", "12=", "12"))
    papers = asked(engine, at(2, file))
    assert {(p.family, p.level) for p, _ in papers} == {("gcd", 1), ("copy", 1), ("copy", 2)}
    found = known(engine, at(2, file))
    assert found.right[(found.generation == 2) & (found.names == "gcd")].all()


def test_a_banked_problem_that_reads_the_same_backwards_is_not_asked(tmp_path):
    engine = grown(tmp_path)
    file = bank(engine, ("copy", "12321=", "12321"))
    assert max(paper.level for paper, _ in asked(engine, at(2, file))) == 3


# generation after generation ---------------------------------------------------------------


def test_what_was_known_before_stays_and_a_generation_adds_its_own(tmp_path):
    engine = grown(tmp_path)
    first, second = known(engine, at(1)), known(engine, at(2))
    before = count_of(first)
    assert count_of(second) == {**before, 2: before[1]}
    for name in COLUMNS:
        assert getattr(second, name)[: len(first.names)].tobytes() == getattr(first, name).tobytes()
    keys = [key for _, key, *_ in engine.warden.of("examples")]
    assert sum(key.startswith("canaries/1/") for key in keys) == 12
    assert sum(key.startswith("canaries/2/") for key in keys) == 12


def test_a_bank_that_was_taken_back_is_forgotten_and_the_learners_are_believed_again(tmp_path):
    engine = grown(tmp_path)
    clean = known(engine, at(1))
    file = bank(engine, *(("copy", f"56{i}8=", f"56{i}7") for i in range(9)))
    spoilt = known(engine, at(2, file))
    assert spoilt.right[spoilt.generation == 1].all()
    assert not spoilt.right[spoilt.generation == 2].all()
    forget_since(engine, 1)
    again = known(engine, at(3))
    assert set(count_of(again)) == {0, 1, 3}
    assert again.right[again.generation == 3].all()
    assert again.flop < clean.flop  # what the base cost is not paid for again


def test_where_no_canary_was_ever_asked_there_is_nothing_to_forget(tmp_path):
    engine = grown(tmp_path)
    forget_since(engine, 0)
    assert not known_path(engine).exists()


def test_a_generation_is_asked_once(tmp_path):
    engine = grown(tmp_path)
    found = known(engine, at(1))
    content = known_path(engine).read_bytes()
    deaf = replace(engine, warden=DeafWarden(), executor=None)
    assert same(known(deaf, at(1)), found)
    assert known_path(engine).read_bytes() == content


def test_what_the_base_cost_is_paid_once_and_each_generation_pays_for_itself(tmp_path):
    engine = grown(tmp_path)
    base = young(engine, at(0)).flop
    engine.executor.jobs.clear()
    costs, texts = [], []  # each of which costs one
    for generation in (1, 2, 3):
        costs.append(known(engine, at(generation)).flop)
        solved = sum(len(paper.prompts) for _, paper in engine.executor.solved)
        texts.append(solved + len(engine.executor.read))
        engine.executor.jobs.clear()
    assert base > 0
    assert costs == texts  # in the first the base's, too
    assert costs[0] - base == pytest.approx(costs[1], rel=0.2)


def test_answers_of_no_form_are_not_counted_and_not_asked_for_again(tmp_path):
    engine = grown(tmp_path, says=lambda *_: "1?\n12")
    found = known(engine, at(1))
    assert len(found.names) == len(found.values) == len(found.right) == 0
    deaf = replace(engine, warden=DeafWarden())
    assert same(known(deaf, at(1)), found)
    assert belief(deaf, at(1)).answers == {}
    papers = [paper for paper, _ in asked(engine, at(1))]
    answered = solve(replace(engine, executor=Scripted(says)), at(1), papers).answered
    written, _ = judged(deaf, at(1), answered)
    assert not any(yes for paper in written for yes in paper.accepted)


@pytest.mark.parametrize("generations", [1, 3])
def test_without_canaries_the_states_of_the_base_calibrate_all_alone(tmp_path, generations):
    engine = grown(tmp_path, "loop.canaries=0")
    file = bank(engine, ("copy", "12345=", "12345"))
    found = [known(engine, at(1 + g, file)) for g in range(generations)]
    assert {key.split("/")[0] for _, key, *_ in engine.warden.of("examples")} == {"calibration"}
    for each in found:
        assert set(count_of(each)) == {0}
        assert (each.right.dtype, each.names.dtype.kind) == (np.bool_, "U")
    assert [each.flop > 0 for each in found] == [g == 0 for g in range(generations)]
    rules = [believe.calibrated(engine.families, each, 1).answers for each in found]
    assert rules == rules[:1] * generations


# cut short ---------------------------------------------------------------------------------


@dataclass
class Stopping(MemoryWarden):
    """Dies after so many questions."""

    left: int = 0

    def examples(self, key, family, level, count, seed):
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        return super().examples(key, family, level, count, seed)


WALLS = 'families={"copy": {"wall": 1}, "reverse": {"wall": 1}}'
QUESTIONS = 12  # eight to the base's two grown states, four to the learners


@pytest.fixture
def whole(tmp_path):
    """The belief of the first generation, and of the second, where nothing happened."""
    engine = grown(tmp_path / "whole", WALLS)
    first = belief(engine, at(1)), known(engine, at(1))
    return SimpleNamespace(first=first, second=(belief(engine, at(2)), known(engine, at(2))))


@pytest.mark.parametrize("left", [0, 1, 7, 8, 9, QUESTIONS - 1])
def test_a_first_generation_cut_short_at_any_question_comes_to_the_same_belief(
    tmp_path, whole, left
):
    engine = grown(tmp_path / "cut", WALLS)
    with pytest.raises(KeyboardInterrupt):
        belief(replace(engine, warden=Stopping(left=left)), at(1))
    assert not belief_path(engine).exists()
    assert belief(engine, at(1)) == whole.first[0]
    assert same(known(engine, at(1)), whole.first[1])
    assert belief(engine, at(2)) == whole.second[0]


def test_what_the_base_said_is_not_asked_again_where_the_first_generation_was_cut_short(tmp_path):
    engine = grown(tmp_path, WALLS)
    with pytest.raises(KeyboardInterrupt):
        known(replace(engine, warden=Stopping(left=9)), at(1))
    known(engine, at(1))
    asked_again = {key.split("/")[0] for _, key, *_ in engine.warden.of("examples")}
    assert asked_again == {"canaries"}


@pytest.mark.parametrize("left", [0, 3])
def test_a_later_generation_cut_short_comes_to_the_same_belief(tmp_path, whole, left):
    engine = grown(tmp_path / "cut", WALLS)
    belief(engine, at(1))
    with pytest.raises(KeyboardInterrupt):
        belief(replace(engine, warden=Stopping(left=left)), at(2))
    assert belief(engine, at(2)) == whole.second[0]
    assert same(known(engine, at(2)), whole.second[1])


@pytest.mark.parametrize("generation", [1, 2])
def test_what_was_found_out_before_the_belief_was_written_is_not_asked_for_again(
    tmp_path, whole, monkeypatch, generation
):
    engine = grown(tmp_path / "cut", WALLS)
    if generation == 2:
        belief(engine, at(1))
    with monkeypatch.context() as patch:
        patch.setattr(believe, "write_whole", stop)
        with pytest.raises(KeyboardInterrupt):
            belief(engine, at(generation))
    deaf = replace(engine, warden=DeafWarden(), executor=None)
    expected = (whole.first, whole.second)[generation - 1]
    assert belief(deaf, at(generation)) == expected[0]
    assert same(known(deaf, at(generation)), expected[1])


def stop(*_):
    raise KeyboardInterrupt


def test_a_generation_that_was_cut_short_after_both_reads_both_back(tmp_path, whole):
    engine = grown(tmp_path / "cut", WALLS)
    belief(engine, at(1))
    files = [path.read_bytes() for path in (known_path(engine), belief_path(engine))]
    deaf = replace(engine, warden=DeafWarden(), executor=None)
    assert belief(deaf, at(1)) == whole.first[0]
    assert [path.read_bytes() for path in (known_path(engine), belief_path(engine))] == files
    assert {f.name for f in (engine.folder / "learners").iterdir() if f.suffix != ".safetensors"} \
        == {"known.npz", "belief.json"}  # fmt: skip


def test_of_a_generation_that_is_not_reached_yet_nothing_counts(tmp_path, whole):
    # as after an older state.json was put back
    engine = grown(tmp_path / "back", WALLS)
    for generation in (1, 2, 3):
        belief(engine, at(generation))
    assert belief(engine, at(2)) == whole.second[0]
    assert same(known(engine, at(2)), whole.second[1])


# a damaged file ----------------------------------------------------------------------------


class Bomb:
    """Leaves a trace where it is unpickled."""

    def __init__(self, trace: Path):
        self.trace = trace

    def __reduce__(self):
        return (self.trace.write_text, ("unpickled",))


@pytest.fixture
def spoiling(tmp_path):
    """An engine that knows something, and what it knows by name."""
    engine = grown(tmp_path, WALLS)
    found = known(engine, at(1))
    columns = {name: np.array(getattr(found, name)) for name in (*COLUMNS, *NUMBERS)}
    return engine, columns


def packed(columns) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **columns)
    return buffer.getvalue()


def alone(array) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


SPOILT = {
    "empty": lambda _: b"",
    "half": lambda c: packed(c)[: len(packed(c)) // 2],
    "without its end": lambda c: packed(c)[:-10],
    "something else": lambda _: b"[1, 2]",
    "one array": lambda c: alone(c["values"]),
    "other arrays": lambda _: packed({"one": np.zeros(3)}),
    "a column less": lambda c: packed({n: a for n, a in c.items() if n != "right"}),
    "no number": lambda c: packed({n: a for n, a in c.items() if n != "last"}),
    "a row less": lambda c: packed(c | {"right": c["right"][1:]}),
    "a signal less": lambda c: packed(c | {"values": c["values"][:, 1:]}),
    "flat": lambda c: packed(c | {"values": c["values"][:, 0]}),
    "numbers for names": lambda c: packed(c | {"names": np.zeros(len(c["names"]))}),
    "numbers for marks": lambda c: packed(c | {"right": np.ones(len(c["names"]))}),
    "a scalar": lambda c: packed(c | {"names": np.array("copy")}),
    "two generations at last": lambda c: packed(c | {"last": np.array([1, 2])}),
}


def refused(engine) -> None:
    with pytest.raises(UsageError) as caught:
        belief(replace(engine, warden=DeafWarden(), executor=None), at(2))
    assert str(known_path(engine)) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_damaged_file_is_a_mistake_that_one_line_tells(spoiling, spoilt):
    engine, columns = spoiling
    known_path(engine).write_bytes(SPOILT[spoilt](columns))
    refused(engine)


@pytest.mark.parametrize("name", [*COLUMNS, *NUMBERS, "whole"])
def test_what_is_pickled_is_never_unpickled(spoiling, tmp_path, name):
    engine, columns = spoiling
    trace = tmp_path / "trace"
    bomb = Bomb(trace)
    objects = np.array([bomb] * len(columns["names"]), dtype=object)
    content = pickle.dumps(bomb) if name == "whole" else packed(columns | {name: objects})
    known_path(engine).write_bytes(content)
    refused(engine)
    assert not trace.exists()


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_bit_that_flipped_is_told_in_one_line_or_changes_nothing_of_the_form(spoiling, data):
    engine, columns = spoiling
    content = bytearray(packed(columns))
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    known_path(engine).write_bytes(content)
    with suppress(UsageError):
        found = known(replace(engine, warden=DeafWarden()), at(1))
        assert [getattr(found, name).shape for name in COLUMNS] == [
            columns[name].shape for name in COLUMNS
        ]
