import pytest

from ouroboros.errors import UsageError
from ouroboros.lineage.data import write_examples
from ouroboros.lineage.mistakes import Slip, classes, first_difference, kind, operation, run
from ouroboros.types import Example


def example(
    prompt: str,
    lines: tuple[str, ...],
    slip: tuple[str, ...] = (),
    generation: int = 1,
    family: str = "forward_addition",
) -> Example:
    return Example(
        family=family,
        level=3,
        prompt=prompt,
        lines=lines,
        author="learner 0",
        generation=generation,
        slip=slip,
    )


@pytest.mark.parametrize(
    ("wrong", "right", "found"),
    [
        ("126", "136", "one digit off by one"),
        ("109", "100", "one digit off by one"),
        ("126", "176", "one other character"),
        ("1a6", "126", "one other character"),
        ("1992", "1002", "some characters in a row"),
        ("2122", "1121", "several places"),
        ("12", "121", "another length"),
    ],
)
def test_a_mistake_is_told_by_where_the_lines_differ(wrong, right, found):
    assert kind(wrong, right) == found


def test_mistakes_are_counted_by_family_line_and_kind_the_most_frequent_first(tmp_path):
    write_examples(
        tmp_path / "1.parquet",
        [
            example("543+78=", ("126", "621"), ("136",)),
            example("544+78=", ("226", "622"), ("216",)),
            example("545+78=", ("326", "623"), ("326", "632")),
            example("546+78=", ("426", "624")),
        ],
    )
    first, second = classes([tmp_path / "1.parquet"])
    assert (first.line, first.kind, first.count) == (1, "one digit off by one", 2)
    assert (first.prompt, first.wrong, first.right) == ("543+78=", "136", "126")
    assert (second.line, second.kind, second.count) == (2, "some characters in a row", 1)


def test_data_without_mistakes_has_no_classes(tmp_path):
    write_examples(tmp_path / "1.parquet", [example("543+78=", ("126", "621"))])
    assert classes([tmp_path / "1.parquet"]) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("126", "result"),
        ("055*2=0011", "*"),
        ("237488+0011=238588", "+"),
        ("12+34+56-7=1", "+-"),
        ("a:!b&c=v", "!&"),
        ("=5", "result"),
        ("x=1+1=2", "+"),
        ("", "result"),
    ],
)
def test_an_operation_is_the_signs_before_the_last_equals_sign(line, found):
    assert operation(line) == found


@pytest.mark.parametrize(
    ("wrong", "right", "found"),
    [
        ("126", "136", "1"),
        ("145", "126", "2 to 3"),
        ("9126", "1012", "4 or more"),
        ("10101", "20202", "1"),  # what follows a right one is another run
        ("999", "9991", "1"),
        ("9", "99999", "4 or more"),
        ("0009", "1119", "2 to 3"),
    ],
)
def test_a_run_is_of_wrong_characters_from_the_first_on(wrong, right, found):
    assert run(wrong, right) == found


def test_classes_differ_by_operation_and_by_run(tmp_path):
    pairs = [("1+1=3", "1+1=2"), ("1*2=3", "1*2=2"), ("1+1=4", "1+1=2"), ("1+9=99", "1+9=10")]
    rows = [example(f"{i}=", (good, "1"), (bad,)) for i, (bad, good) in enumerate(pairs)]
    write_examples(tmp_path / "1.parquet", rows)
    found = {(m.kind, m.operation, m.run): m.count for m in classes([tmp_path / "1.parquet"])}
    assert found == {
        ("one digit off by one", "+", "1"): 1,
        ("one digit off by one", "*", "1"): 1,
        ("one other character", "+", "1"): 1,
        ("some characters in a row", "+", "2 to 3"): 1,
    }


def rates(folder, *counts: tuple[int, int], family: str = "forward_addition"):
    """The class of a run whose generations had so many rows, and mistakes among them."""
    files = [folder / f"{turn}.parquet" for turn in range(len(counts))]
    for turn, (rows, wrong) in enumerate(counts):
        good = [example(f"{i}=", ("126",), generation=turn) for i in range(rows - wrong)]
        bad = [example(f"{i}+1=", ("126",), ("136",), turn) for i in range(wrong)]
        others = [example("1=", ("1",), generation=turn, family="copy")] * 50
        write_examples(files[turn], [*good, *bad, *others])
    (found,) = classes(files)
    return found.before, found.after, found.conquered


@pytest.mark.parametrize(
    ("late", "conquered"), [((100, 0), True), ((200, 2), True), ((100, 2), False), ((400, 3), True)]
)
def test_a_class_that_fell_to_a_tenth_is_conquered(tmp_path, late, conquered):
    before, after, found = rates(tmp_path, (500, 0), (80, 10), (20, 0), late, late)  # wall first
    assert before == pytest.approx(100)  # of its family's own rows, the wall's left out
    assert after == pytest.approx(1000 * late[1] / late[0])
    assert found == conquered


def test_what_may_have_stayed_away_by_chance_is_not_conquered(tmp_path):
    assert rates(tmp_path, (0, 0), (100, 2), (1000, 0)) == (20.0, 0.0, False)  # seen twice
    assert rates(tmp_path, (0, 0), (100, 20), (10, 0)) == (200.0, 0.0, False)  # two were due
    assert rates(tmp_path, (0, 0), (100, 20), (15, 0)) == (200.0, 0.0, True)


def test_one_generation_has_nothing_to_be_compared_with(tmp_path):
    assert rates(tmp_path, (0, 0), (100, 20)) == (200.0, None, False)


def test_a_damaged_file_is_an_error(tmp_path):
    (tmp_path / "1.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(UsageError, match="cannot be read"):
        classes([tmp_path / "1.parquet"])


def slip(prompt: str, lines: tuple[str, ...], line: int, wrong: str) -> Slip:
    return Slip(
        family="any", level=3, generation=1, prompt=prompt, lines=lines, line=line, wrong=wrong
    )


@pytest.mark.parametrize(
    ("mistake", "mirrored", "column"),
    [
        (slip("345+87=", ("126",), 1, "136"), False, 1),
        (slip("543+78=", ("126", "621"), 1, "136"), True, 1),
        (slip("543+78=", ("126", "621"), 2, "631"), True, 1),
        (slip("543+78=", ("126", "621"), 2, "622"), True, 0),
        (slip("952125-34=", ("521259-43=190259", "952091"), 1, "521259-43=191259"), True, 2),
        (slip("952125-34=", ("521259-43=190259", "952091"), 1, "521359-43=190259"), True, 0),
        (slip("dhd=", ("dhd",), 1, "dhh"), False, 2),
        (slip("765+234=", ("999", "999"), 1, "989"), False, 1),  # a palindrome tells nothing
    ],
)
def test_a_column_is_counted_in_the_direction_of_the_work(mistake, mirrored, column):
    assert (mistake.mirrored, mistake.column) == (mirrored, column)


def test_the_first_difference_of_equal_texts_is_their_end():
    assert first_difference("abc", "abc") == 3
    assert first_difference("abc", "abd") == first_difference("ab", "abd") == 2
