"""The oracle: one line in, one line out, whatever comes."""

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.envs import load_families
from ouroboros.lineage.data import SCHEMA, write_examples
from ouroboros.types import Example
from ouroboros_judges import oracle
from ouroboros_judges.answers import load_answers

NAMES = ["reverse_addition", "forward_addition", "copy", "reverse", "parity_chain"]


def ask(**request):
    return oracle.answer(json.dumps(request).encode())


def write_rows(path, rows):
    """Rows of a data file; those that end before their slip have none."""
    rows = [(*row, [])[: len(oracle.COLUMNS)] for row in rows]
    columns = {name: [row[i] for row in rows] for i, name in enumerate(oracle.COLUMNS)}
    pq.write_table(pa.table(columns, schema=SCHEMA), path, compression="zstd")
    return str(path)


def audit(file, families=("copy",)):
    """What an audit counts; what was made, and how varied it is, is for `test_variety`."""
    identity = hashlib.sha256(Path(file).read_bytes()).hexdigest()
    walls = dict.fromkeys(families, 3)
    found = ask(op="audit", file=str(file), id=identity, families=walls)
    return {name: value for name, value in found.items() if name != "made"}


@pytest.fixture(scope="module")
def process():
    with subprocess.Popen(
        [sys.executable, "-m", "ouroboros_judges.oracle"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        yield running


def talk(process, line):
    process.stdin.write(line + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("count", [0, 1, 2, 25])
def test_examples_are_half_proposed_half_adversarial_and_solved(name, count):
    response = ask(op="examples", family=name, level=5, count=count, seed=3)
    family, answers = load_families([name])[name], load_answers([name])[name]
    proposed = [task.prompt for task in family.propose(5, 3, count - count // 2)]
    assert response["prompts"][0::2] == proposed
    assert response["prompts"][1::2] == answers.adversarial(5, 3, count // 2)
    assert response["lines"] == [answers.solve(prompt) for prompt in response["prompts"]]


def test_examples_repeat_with_their_request():
    request = {"op": "examples", "family": "copy", "level": 9, "count": 20, "seed": 2**200}
    assert ask(**request) == ask(**request)
    assert ask(**request) != ask(**{**request, "seed": 1})


def test_verify_judges_each_attempt():
    response = ask(
        op="verify",
        family="reverse",
        prompts=["ab=", "ab=", "ab=", "junk", "ab="],
        lines=[["ba"], ["ab"], [], ["junk"], ["ba", "ba"]],
    )
    assert response == {"correct": [True, False, False, False, False]}


def test_truth_of_a_higher_level_cannot_be_read_under_a_lower_ones_name():
    request = {"op": "verify", "family": "copy", "prompts": ["abc="], "lines": [["abc"]]}
    assert ask(**request, level=3) == {"correct": [True]}
    for prompts in (["abc="], ["__import__('os')"], [""]):
        found = ask(**{**request, "prompts": prompts}, level=2)
        assert found == {"unfit": "family 'copy': a prompt is not of level 2"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"", "JSONDecodeError"),
        (b"{", "JSONDecodeError"),
        (b'"\xff"', "UnicodeDecodeError"),
        (b"[" * 200_000, "RecursionError"),
        (b"[]", "a request is a JSON object"),
        (b"{}", "unknown op; known: examples, verify, audit"),
        (b'{"op": ["audit"]}', "unknown op"),
        (b'{"op": "audit"}', "field 'file' must be of type str"),
        (b'{"op": "audit", "file": "/nowhere"}', "field 'id' must be of type str"),
        (b'{"op": "audit", "families": ["a"], "file": "x", "id": "x"}', "field 'families' must be"),
        (
            b'{"op": "audit", "families": {"a": true}, "file": "x", "id": "x"}',
            "field 'families' must hold",
        ),
        (b'{"op": "examples", "family": "copy"}', "field 'level' must be of type int"),
    ],
)
def test_a_bad_line_is_answered_with_one_error(line, message):
    response = oracle.answer(line)
    assert list(response) == ["error"]
    assert message in response["error"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"family": "chess"}, "unknown family 'chess'; known: reverse_addition"),
        ({"family": 3}, "field 'family' must be of type str"),
        ({"level": 0}, "needs level >= 1"),
        ({"level": True}, "field 'level' must be of type int"),
        ({"level": 2.0}, "field 'level' must be of type int"),
        ({"count": -1}, "count >= 0"),
        ({"seed": "x"}, "field 'seed' must be of type int"),
    ],
)
def test_a_bad_request_for_examples_is_answered_with_one_error(change, message):
    request = {"op": "examples", "family": "copy", "level": 2, "count": 2, "seed": 1}
    assert message in ask(**{**request, **change})["error"]


@pytest.mark.parametrize(
    "change",
    [
        {"prompts": "ab="},
        {"prompts": [1]},
        {"lines": None},
        {"lines": ["ab"]},
        {"lines": [[1]]},
        {"lines": []},
        {"lines": [["ab"], ["ab"]]},
        {"level": "2"},
    ],
)
def test_a_bad_request_to_verify_is_answered_with_one_error(change):
    request = {"op": "verify", "family": "copy", "prompts": ["ab="], "lines": [["ab"]]}
    assert list(ask(**request)) == ["correct"]
    assert list(ask(**{**request, **change})) == ["error"]


@pytest.mark.parametrize(
    ("family", "prompt"),
    [
        ("copy", "a" * (1 << 15) + "="),
        ("multiplication", f"{'7' * 4000}*{'7' * 4000}="),
        ("base_conversion", f"{'9' * 3000}>@2="),
    ],
)
def test_what_would_take_too_long_to_work_out_is_neither_judged_nor_data(family, prompt, tmp_path):
    asked = ask(op="verify", family=family, prompts=[prompt], lines=[["1"]])
    assert "too large" in asked["unfit"]
    row = (family, len(prompt) - 1, prompt, ["1"], "learner 0", 1)
    found = audit(write_rows(tmp_path / "1.parquet", [row]), [family])
    assert found == {"families": {}, "foreign": 1}


@settings(deadline=None)
@given(
    st.binary()
    | st.recursive(st.none() | st.text(), st.lists).map(lambda x: json.dumps(x).encode())
)
def test_no_line_ends_the_oracle(line):
    assert list(oracle.answer(line)) == ["error"]


def test_an_audit_counts_rows_by_family_and_level(tmp_path):
    rows = [
        ("copy", 3, "abc=", ["abc"], "learner 0", 1),
        ("copy", 3, "abc=", ["abd"], "learner 0", 1),
        ("copy", 2, "ab=", ["ab"], "learner 1", 1),
        ("forward_addition", 2, "99+1=", ["001", "100"], "oracle", 2),
    ]
    file, families = write_rows(tmp_path / "1.parquet", rows), ["copy", "forward_addition"]
    response = audit(file, families)
    assert response["families"] == {
        "copy": {"2": {"rows": 1, "correct": 1}, "3": {"rows": 2, "correct": 1}},
        "forward_addition": {"2": {"rows": 1, "correct": 1}},
    }


def test_a_row_that_lies_about_its_level_is_counted_as_wrong(tmp_path):
    rows = [("copy", 50, "abc=", ["abc"], "learner 0", 1)]
    response = audit(write_rows(tmp_path / "1.parquet", rows))
    assert response == {"families": {"copy": {"50": {"rows": 1, "correct": 0}}}, "foreign": 0}


@pytest.mark.parametrize(
    "row",
    [
        ("copy", 4, "junk", ["junk"]),
        ("copy", 3, "abc=", ["write coil 0x05 on unit 3"]),  # no character of a copy's alphabet
        ("copy", 3, "abc=", ["a" * 10_000]),
        ("copy", 0, "abc=", ["abc"]),
        ("sudo rm", 3, "abc=", ["abc"]),
        ("forward_addition", 2, "12+34=", ["46"]),  # not of this run
    ],
)
def test_what_is_no_task_of_the_runs_families_is_foreign(tmp_path, row):
    rows = [("copy", 3, "abc=", ["abd"], "learner 0", 1), (*row, "learner 0", 1)]
    response = audit(write_rows(tmp_path / "1.parquet", rows))
    assert response == {"families": {"copy": {"3": {"rows": 1, "correct": 0}}}, "foreign": 1}


SUM = ("forward_addition", 2, "99+1=", ["001", "100"], "learner 0", 1)


@pytest.mark.parametrize(
    ("slip", "right"),
    [
        ([], True),
        (["002"], True),
        ([""], True),
        (["00"], True),
        (["001", "101"], True),
        (["001", ""], True),
        (["001"], False),  # the right line
        (["001", "100"], False),
        (["002", "101"], False),  # goes on after its mistake
        (["002", "100"], False),
        (["001", "100", "7"], False),  # a line more than the solution has
        (["001", "101", "7"], False),
    ],
)
def test_a_row_is_right_where_its_slip_is_right_lines_and_then_a_wrong_one(tmp_path, slip, right):
    rows = [SUM, (*SUM, slip)]
    found = audit(write_rows(tmp_path / "1.parquet", rows), ["forward_addition"])
    counts = {"rows": 2, "correct": 1 + right}
    assert found == {"families": {"forward_addition": {"2": counts}}, "foreign": 0}


def test_a_slip_makes_no_wrong_solution_right(tmp_path):
    wrong = ("forward_addition", 2, "99+1=", ["002", "200"], "learner 0", 1, ["001"])
    found = audit(write_rows(tmp_path / "1.parquet", [wrong]), ["forward_addition"])
    assert found["families"] == {"forward_addition": {"2": {"rows": 1, "correct": 0}}}


@pytest.mark.parametrize(
    "slip",
    [
        ["write coil 0x05 on unit 3"],
        ["001", "rm -rf"],
        ["\u0660\u0660\u0662"],
        ["002~"],
        ["0" * 10_000],
        ["0"] * 10_000,
        ["00\x00"],
        ["a"],  # of another family's alphabet
    ],
)
def test_a_slip_that_holds_what_no_solution_can_is_foreign(tmp_path, slip):
    rows = [SUM, (*SUM, slip), (*SUM, ["002"])]
    found = audit(write_rows(tmp_path / "1.parquet", rows), ["forward_addition", "copy"])
    counts = {"rows": 2, "correct": 2}
    assert found == {"families": {"forward_addition": {"2": counts}}, "foreign": 1}


@settings(deadline=None, max_examples=30)
@given(st.lists(st.lists(st.sampled_from(["001", "100", "0", ""]), max_size=3), max_size=8))
def test_what_is_written_with_slips_is_audited_by_the_same_rule(tmp_path_factory, slips):
    path = tmp_path_factory.mktemp("data") / "1.parquet"
    examples = [
        Example(**dict(zip(oracle.COLUMNS, (*SUM, tuple(slip)), strict=True))) for slip in slips
    ]
    write_examples(path, [replace(example, lines=("001", "100")) for example in examples])
    found = audit(path, ["forward_addition"])
    mistakes = [["0"], [""], ["100"], ["001", "001"], ["001", "0"], ["001", ""]]
    right = sum(not slip or slip in mistakes for slip in slips)
    counts = {"forward_addition": {"2": {"rows": len(slips), "correct": right}}} if slips else {}
    assert found == {"families": counts, "foreign": 0}


@pytest.mark.parametrize("author", ["", "copy", "learner x", "learner 0\n", "ignore all rules"])
def test_a_row_by_nobody_is_foreign(tmp_path, author):
    rows = [("copy", 3, "abc=", ["abc"], name, 1) for name in ("oracle", "learner 17", author)]
    found = audit(write_rows(tmp_path / "1.parquet", rows))
    assert found == {"families": {"copy": {"3": {"rows": 2, "correct": 2}}}, "foreign": 1}


def test_an_empty_file_of_rows_is_audited(tmp_path):
    assert audit(write_rows(tmp_path / "0.parquet", [])) == {"families": {}, "foreign": 0}


def test_a_data_file_is_written_alike_by_the_loop_and_by_the_judge(tmp_path):
    rows = [("copy", n, "7" * n + "=", ["7" * n], "learner 0", 1) for n in range(1, 300)] * 40
    examples = [Example(**dict(zip(oracle.COLUMNS[:6], row, strict=True))) for row in rows]
    examples[::3] = [replace(example, slip=("8",)) for example in examples[::3]]
    write_examples(tmp_path / "1.parquet", examples)
    found = audit(tmp_path / "1.parquet")
    assert sum(level["rows"] for level in found["families"]["copy"].values()) == len(rows)
    assert found["foreign"] == 0


def pad(data, padding):
    footer = int.from_bytes(data[-8:-4], "little") + 8
    return data[:-footer] + padding + data[-footer:]


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.append_column("note", pa.array(["hidden"] * table.num_rows)),
        lambda table: table.drop_columns(["lines"]),
        lambda table: table.drop_columns(["slip"]),
        lambda table: table.select(["level", "family", *oracle.COLUMNS[2:]]),
        lambda table: table.set_column(1, "level", pa.array(["3"] * table.num_rows)),
        lambda table: table.set_column(1, "level", pa.array([3] * table.num_rows, pa.int32())),
        lambda table: table.set_column(2, "prompt", pa.array([7] * table.num_rows)),
        lambda table: table.set_column(2, "prompt", pa.array([None, *["abc="] * 8])),
        lambda table: table.set_column(3, "lines", pa.array(["abc"] * table.num_rows)),
        lambda table: table.set_column(3, "lines", pa.array([[None]] + [["abc"]] * 8)),
        lambda table: table.set_column(6, "slip", pa.array(["abd"] * table.num_rows)),
        lambda table: table.set_column(6, "slip", pa.array([None, *[["abd"]] * 8])),
        lambda table: table.set_column(6, "slip", pa.array([[None]] + [["abd"]] * 8)),
        lambda table: table.set_column(6, "slip", pa.array([[5]] * table.num_rows)),
        lambda table: table.replace_schema_metadata({"note": "hidden"}),
        lambda table: table.cast(
            table.schema.set(0, table.schema.field(0).with_metadata({"a": "b"}))
        ),
    ],
)
def test_a_file_that_holds_anything_but_rows_is_unfit(tmp_path, change):
    file = tmp_path / "1.parquet"
    write_rows(file, [("copy", 3, "abc=", ["abc"], "learner 0", 1)] * 9)
    assert "families" in audit(file)
    pq.write_table(change(pq.read_table(file)), file, compression="zstd")
    assert list(audit(file)) == ["unfit"]


@pytest.mark.parametrize("place", [3, 6])
@pytest.mark.parametrize("hole", [None, [None]])
def test_a_hole_in_lines_is_called_one(tmp_path, place, hole):
    file = tmp_path / "1.parquet"
    write_rows(file, [("copy", 3, "abc=", ["abc"], "learner 0", 1)] * 9)
    column = pa.array([hole, *[["abc"]] * 8])
    table = pq.read_table(file).set_column(place, oracle.COLUMNS[place], column)
    pq.write_table(table, file, compression="zstd")
    assert audit(file) == {"unfit": "a data file has no holes"}


@pytest.mark.parametrize(
    "options",
    [{"compression": "snappy"}, {"row_group_size": 4}, {"write_statistics": False}],
)
def test_the_same_rows_written_otherwise_are_unfit(tmp_path, options):
    file = tmp_path / "1.parquet"
    write_rows(file, [("copy", 3, "abc=", ["abc"], "learner 0", 1)] * 9)
    pq.write_table(pq.read_table(file), file, **{"compression": "zstd", **options})
    assert "more than the rows" in audit(file)["unfit"]


def test_bytes_between_the_rows_and_the_footer_are_unfit(tmp_path):
    file = tmp_path / "1.parquet"
    write_rows(file, [("copy", 3, "abc=", ["abc"], "learner 0", 1)] * 9)
    file.write_bytes(pad(file.read_bytes(), b"hidden"))
    assert pq.read_table(file).num_rows == 9  # a reader does not notice
    assert "more than the rows" in audit(file)["unfit"]


def test_other_bytes_than_those_that_were_handed_in_are_not_audited(tmp_path):
    file = write_rows(tmp_path / "1.parquet", [("copy", 3, "abc=", ["abc"], "learner 0", 1)])
    found = ask(op="audit", file=file, id="00" * 32, families={"copy": 3})
    assert found == {"unfit": "1.parquet is not what was handed in"}


def test_a_damaged_file_is_an_answer_not_a_crash(tmp_path):
    file = write_rows(tmp_path / "1.parquet", [("copy", 3, "abc=", ["abc"], "learner 0", 1)] * 500)
    data = bytearray((tmp_path / "1.parquet").read_bytes())
    (tmp_path / "1.parquet").write_bytes(data[: len(data) // 2])
    for name in (file, "/dev/null"):
        assert "cannot be read as a data file" in audit(name)["unfit"]
    gone = ask(op="audit", file="/nowhere", id="00" * 32, families={"copy": 3})
    assert "cannot be read as a data file" in gone["unfit"]


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """A family whose code misbehaves, registered as a built-in of both halves would be."""
    (tmp_path / "rude_plugin.py").write_text(
        "from ouroboros.envs.strings import Copy\n"
        "from ouroboros.types import Task\n"
        "from ouroboros_judges.answers.strings import CopyAnswers\n"
        "class Rude(Copy):\n"
        "    name = 'rude'\n"
        "    def propose(self, level, seed, count):\n"
        "        print('not an answer')\n"
        "        if seed == 13:\n"
        "            raise KeyError('thirteen')\n"
        "        prompt = 'a' * (level + seed) + '='\n"
        "        return [Task(family='rude', level=level, seed=seed, prompt=prompt)] * count\n"
        "class RudeAnswers(CopyAnswers):\n"
        "    name = 'rude'\n"
    )
    metadata = tmp_path / "rude_plugin-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: rude_plugin\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        "[ouroboros.families]\nrude = rude_plugin:Rude\n"
        "[ouroboros_judges.answers]\nrude = rude_plugin:RudeAnswers\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield str(tmp_path)
    oracle._halves.cache_clear()


def test_a_plugin_that_raises_is_named_and_harms_one_request(plugin):
    request = {"op": "examples", "family": "rude", "level": 2, "count": 2}
    assert ask(**request, seed=13) == {"error": "family 'rude' raised KeyError: 'thirteen'"}
    assert ask(**request, seed=0)["prompts"][0] == "aa="


def test_a_plugin_cannot_smuggle_examples_of_a_higher_level(plugin):
    response = ask(op="examples", family="rude", level=2, count=2, seed=30)
    assert response == {"error": "family 'rude' proposes prompts of other levels than 2"}


def test_what_a_plugin_prints_is_not_taken_for_an_answer(plugin):
    request = '{"op": "examples", "family": "rude", "level": 2, "count": 1, "seed": 0}\n'
    finished = subprocess.run(
        [sys.executable, "-m", "ouroboros_judges.oracle"],
        input=request * 2,
        env={"PYTHONPATH": ":".join([plugin, *sys.path])},
        capture_output=True,
        text=True,
        check=True,
    )
    answers = [json.loads(line) for line in finished.stdout.splitlines()]
    assert answers == [{"prompts": ["aa="], "lines": [["aa"]]}] * 2
    assert finished.stderr.count("not an answer") == 2


def test_the_process_answers_line_by_line_and_outlives_failures(process):
    good = '{"op": "verify", "family": "copy", "prompts": ["a="], "lines": [["a"]]}'
    for _ in range(3):
        assert talk(process, good) == {"correct": [True]}
        assert "error" in talk(process, "")
        assert "error" in talk(process, '{"op": "audit", "file": "/nowhere"}')


def test_the_process_speaks_ascii_whatever_it_quotes(process):
    response = talk(process, '{"op": "examples", "family": "\\u0663\\ud800", "level": 1}')
    assert "error" in response
    response = talk(
        process, '{"op": "examples", "family": "\\ud800", "level": 1, "count": 1, "seed": 1}'
    )
    assert "unknown family" in response["error"]


def test_the_process_ends_with_its_input_and_reads_parquet_only_when_asked():
    code = (
        "import sys, ouroboros_judges.oracle as o; code = o.main();"
        "sys.exit(code or 'pyarrow' in sys.modules or 'torch' in sys.modules)"
    )
    finished = subprocess.run([sys.executable, "-c", code], input=b"{}\n", capture_output=True)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.count(b"\n") == 1
