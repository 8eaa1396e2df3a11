import pytest

from ouroboros.lineage.data import write_examples
from ouroboros.lineage.mistakes import classes, kind
from ouroboros.types import Example


def example(prompt: str, lines: tuple[str, ...], slip: tuple[str, ...] = ()) -> Example:
    return Example(
        family="forward_addition",
        level=3,
        prompt=prompt,
        lines=lines,
        author="learner 0",
        generation=1,
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
