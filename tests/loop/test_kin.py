import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ouroboros.envs import load_families
from ouroboros.lineage.data import write_examples
from ouroboros.lineage.mistakes import Slip
from ouroboros.loop.curate import Harvest
from ouroboros.loop.kin import SIDE, kin, like, recurring
from ouroboros.loop.propose import propose
from ouroboros.loop.state import Front
from ouroboros.types import Example

from .surroundings import DeafWarden, make_engine, make_state, truth

NAMES = (
    "reverse_addition", "forward_addition", "subtraction", "elastic_collision", "kinematics",
    "boolean_chain", "copy", "sorting", "gcd",
)  # fmt: skip
FAMILIES = load_families(list(NAMES))
SUMS = {"reverse_addition": 1, "forward_addition": -1}  # and how their numbers are read
levels, seeds, places = st.integers(1, 60), st.integers(0, 2**31 - 2), st.integers(0, 80)


def mistaken(name: str, prompt: str, place: int = 0, line: int = 0) -> Slip:
    """A mistake in one character of a line's result."""
    lines = tuple(truth(name, prompt).split("\n"))
    line %= len(lines)
    right = lines[line]
    at = len(right) - 1 - place % len(right.rpartition("=")[2])
    return Slip(
        family=name,
        level=FAMILIES[name].level_of(prompt),
        generation=1,
        prompt=prompt,
        lines=lines,
        line=line + 1,
        wrong=f"{right[:at]}{'1' if right[at] != '1' else '2'}{right[at + 1 :]}",
    )


def two(name: str, level: int, seed: int) -> tuple[str, str]:
    one, other = (FAMILIES[name].propose(level, seed + i, 1)[0].prompt for i in (0, 1))
    return one, other


def window(number: str, column: int) -> str:
    return number[max(0, column - SIDE) : column + SIDE + 1]


# one problem -------------------------------------------------------------------------------


@given(st.sampled_from(NAMES), levels, seeds, places, st.integers(0, 9))
def test_kin_is_a_problem_of_the_mistakes_level_and_never_the_same_one(
    name, level, seed, place, line
):
    old, fresh = two(name, level, seed)
    made = like(FAMILIES[name], mistaken(name, old, place, line), fresh)
    assert FAMILIES[name].level_of(made) == level
    assert made == fresh or made != old


@pytest.mark.parametrize("name", SUMS)
@given(level=st.integers(10, 60), seed=seeds, place=places)
def test_kin_of_a_sum_has_the_columns_around_the_wrong_one_and_is_fresh_elsewhere(
    name, level, seed, place
):
    old, fresh = two(name, level, seed)
    mistake = mistaken(name, old, place)
    made = like(FAMILIES[name], mistake, fresh)
    assume(mistake.mirrored == (SUMS[name] < 0))  # rarely nothing tells
    assume(made != fresh)
    column = mistake.column
    for was, new, is_now in zip(
        *([n[:: SUMS[name]] for n in p[:-1].split("+")] for p in (old, fresh, made)), strict=True
    ):
        assert len(is_now) == len(new)
        shared = min(len(was), len(new))
        assert window(is_now[:shared], column) == window(was[:shared], column)
        begin, end = max(0, column - SIDE), min(column + SIDE + 1, shared)
        if begin < end:
            assert (is_now[:begin], is_now[end:]) == (new[:begin], new[end:])
        else:
            assert is_now == new


def test_columns_are_counted_from_the_end_where_the_work_begins_there():
    mistake = mistaken("forward_addition", "1234567891+1111111111=", place=6)
    assert mistake.mirrored
    assert mistake.column == 3
    made = like(FAMILIES["forward_addition"], mistake, "9000000009+8000000008=")
    assert made == "9004567891+8001111111="  # columns 0 to 6, from the last


def test_most_sums_of_many_digits_have_kin():
    for name in SUMS:
        made = [two(name, 30, seed) for seed in range(100)]
        kept = [like(FAMILIES[name], mistaken(name, old, 15), new) != new for old, new in made]
        assert sum(kept) > 70


def test_where_the_words_differ_characters_are_shared_by_their_position():
    mistake = mistaken("copy", "abcdefghijabcdef=", place=7)  # the ninth character
    assert like(FAMILIES["copy"], mistake, "cccccccccccccccc=") == "cccccfghijabcccc="


def test_kin_that_would_be_the_old_problem_is_asked_fresh():
    mistake = mistaken("forward_addition", "1234+5678=", place=1)
    assert like(FAMILIES["forward_addition"], mistake, "4321+8765=") == "4321+8765="


def test_a_number_with_a_zero_in_front_is_asked_fresh():
    mistake = mistaken("forward_addition", "70001+11111=", place=2)
    assert like(FAMILIES["forward_addition"], mistake, "22+22222=") == "22+22222="


def test_kin_of_another_level_is_asked_fresh():
    class Moody:
        """Finds every problem harder than it was."""

        def level_of(self, prompt):
            return len(prompt)

    mistake = mistaken("copy", "abcdefghijabcdef=", place=7)
    assert like(Moody(), mistake, "cccccccccccccccc=") == "cccccccccccccccc="


def test_problems_of_other_words_and_another_length_share_nothing():
    class Easy:
        """Takes any text."""

        def level_of(self, prompt):
            del prompt
            return 16

    mistake = mistaken("copy", "abcdefghijabcdef=", place=7)
    assert like(Easy(), mistake, "c" * 17) == "cccccfghijabccccc"
    assert like(Easy(), mistake, "c" * 16) == "c" * 16


# papers ------------------------------------------------------------------------------------


def example(prompt: str, place: int | None, generation: int = 1, family: str = "copy") -> Example:
    """A copy, and the mistake at this place that it was mended from."""
    text = prompt[:-1]
    wrong = () if place is None else (f"{text[:place]}z{text[place + 1 :]}",)
    return Example(
        family=family,
        level=len(text),
        prompt=prompt,
        lines=(text,),
        author="learner 0",
        generation=generation,
        slip=wrong,
    )


def past(folder, *files: list[Example]) -> tuple[str, ...]:
    """The wall's file and these."""
    (folder / "data").mkdir(exist_ok=True)
    wall = [example("aaa=", 1, 0), example("aba=", 1, 0)]  # slips there would be nobody's
    for number, examples in enumerate([wall, *files]):
        write_examples(folder / f"data/{number:05d}.parquet", examples)
    return tuple(f"data/{number:05d}.parquet" for number in range(len(files) + 1))


OFTEN = [example(f"{'abcdefghij'[:n]}=", 2) for n in (6, 8, 10)]


def proposed(engine, turn=0, **changes):
    fronts = {name: Front(level=12, reach=2.0, agreement=1.0) for name in ("copy", "reverse")}
    state = make_state(fronts=fronts, **changes)
    harvest = Harvest(active=("copy", "reverse"), fronts=fronts, rates={})
    return propose(engine, state, harvest, turn)


def test_only_mistakes_whose_class_recurs_are_asked_about(tmp_path):
    files = past(tmp_path, [*OFTEN, example("abcdef=", None)], [example("fedcba=", 5, 2)])
    lone = Example(
        family="copy", level=3, prompt="abc=", lines=("abc",), author="x", generation=1,
        slip=("zzz",),
    )  # fmt: skip
    write_examples(tmp_path / "data/00009.parquet", [lone])
    pools = recurring(tmp_path / file for file in (*files[1:], "data/00009.parquet"))
    assert [slip.prompt for slip in pools["copy"]] == [
        "abcdef=", "abcdefgh=", "abcdefghij=", "fedcba=",
    ]  # fmt: skip
    assert list(pools) == ["copy"]


def test_kin_is_asked_besides_at_its_mistakes_levels_in_the_first_band_alone(tmp_path):
    data = past(tmp_path, OFTEN)
    engine = make_engine(tmp_path, "loop.revisit=0.5", warden=DeafWarden())
    papers = proposed(engine, data=data)
    usual = proposed(make_engine(tmp_path), data=data)
    assert papers[: len(usual)] == usual
    more = papers[len(usual) :]
    assert {p.family for p in more} == {"copy"}  # nothing recurred in the other
    assert all(p.kin for p in more)
    for author in (0, 1):
        asked = sum(len(p.prompts) for p in usual if (p.family, p.author) == ("copy", author))
        own = [p for p in more if p.author == author]
        assert sum(len(p.prompts) for p in own) == round(0.5 * asked)
        assert [p.level for p in own] == sorted({p.level for p in own})
        assert {p.level for p in own} <= {6, 8, 10}
    for paper in more:
        levels = {engine.families["copy"].level_of(prompt) for prompt in paper.prompts}
        assert levels == {paper.level}
    assert not any(p.kin for p in proposed(engine, turn=1, data=data))


def test_without_mistakes_or_without_the_setting_there_is_none(tmp_path):
    engine = make_engine(tmp_path, "loop.revisit=1")
    clean = past(tmp_path, [example("abcdef=", None)])
    assert kin(engine, make_state(data=clean), proposed(engine, data=clean)) == []
    assert kin(engine, make_state(data=clean[:1]), proposed(engine, data=clean)) == []
    data = past(tmp_path, OFTEN)
    off = make_engine(tmp_path)
    assert kin(off, make_state(data=data), proposed(off, data=data)) == []


def test_only_the_last_two_files_count_and_never_the_walls(tmp_path):
    engine = make_engine(tmp_path, "loop.revisit=1")
    nothing = [example("abcdef=", None)]
    old = past(tmp_path, OFTEN, nothing, nothing)
    assert not any(paper.kin for paper in proposed(engine, data=old))
    assert any(paper.kin for paper in proposed(engine, data=old[:3]))


def test_kin_repeats_and_depends_on_seed_and_generation(tmp_path):
    data = past(tmp_path, OFTEN)

    def asked(*settings, generation=2):
        engine = make_engine(tmp_path, "loop.revisit=1", *settings)
        return [p for p in proposed(engine, data=data, generation=generation) if p.kin]

    assert asked() == asked()
    assert asked() != asked("run.seed=1")
    assert asked() != asked(generation=3)
