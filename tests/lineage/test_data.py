import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.errors import UsageError
from ouroboros.lineage.data import read_columns, write_examples
from ouroboros.types import Example

EXAMPLES = st.lists(
    st.builds(
        Example,
        family=st.sampled_from(["copy", "reverse"]),
        level=st.integers(1, 10**6),
        prompt=st.text("0123=", max_size=9),
        lines=st.lists(st.text("0123", max_size=5), min_size=1, max_size=3).map(tuple),
        author=st.sampled_from(["oracle", "learner 0"]),
        generation=st.integers(0, 99),
        slip=st.lists(st.text("0123", max_size=5), max_size=3).map(tuple),
    ),
    max_size=6,
)


@settings(max_examples=30)
@given(EXAMPLES)
def test_examples_come_back_as_they_were_and_have_the_same_bytes_twice(tmp_path_factory, examples):
    folder = tmp_path_factory.mktemp("data")
    for name in ("one", "two"):
        write_examples(folder / name, examples)
    columns = read_columns(folder / "one")
    assert columns == {
        "family": [e.family for e in examples],
        "level": [e.level for e in examples],
        "prompt": [e.prompt for e in examples],
        "lines": [list(e.lines) for e in examples],
        "author": [e.author for e in examples],
        "generation": [e.generation for e in examples],
        "slip": [list(e.slip) for e in examples],
    }
    assert (folder / "one").read_bytes() == (folder / "two").read_bytes()


def test_what_is_no_data_file_is_named_in_one_line(tmp_path):
    file = tmp_path / "x.parquet"
    example = Example(
        family="copy", level=3, prompt="123=", lines=("123",), author="oracle", generation=0
    )
    write_examples(file, [example])
    whole = file.read_bytes()
    for spoil in (
        lambda: pq.write_table(pa.table({"family": ["copy"], "level": ["six"]}), file),
        lambda: file.write_bytes(whole[: len(whole) // 2]),
        lambda: file.write_bytes(b""),
        file.unlink,
    ):
        spoil()
        with pytest.raises(UsageError, match=r"x\.parquet cannot be read \(.+\); restore") as told:
            read_columns(file)
        assert "\n" not in str(told.value)
