"""The oracle: one line in, one line out, whatever comes."""

import json
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.envs import load_families
from ouroboros_judges import oracle
from ouroboros_judges.answers import load_answers

NAMES = ["reverse_addition", "forward_addition", "copy", "reverse", "parity_chain"]


def ask(**request):
    return oracle.answer(json.dumps(request).encode())


def write_rows(path, rows):
    names = ("family", "level", "prompt", "lines", "author", "generation")
    columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    pq.write_table(pa.table(columns), path)
    return str(path)


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
    assert ask(**request, level=2) == {"error": "family 'copy': a prompt is not of level 2"}


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
        (b'{"op": "audit", "families": [7], "file": "/nowhere"}', "field 'families' must hold"),
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


@settings(deadline=None)
@given(
    st.binary()
    | st.recursive(st.none() | st.text(), st.lists).map(lambda x: json.dumps(x).encode())
)
def test_no_line_ends_the_oracle(line):
    assert list(oracle.answer(line)) == ["error"]


def test_an_audit_counts_rows_by_family_and_level(tmp_path):
    rows = [
        ("copy", 3, "abc=", ["abc"], "a", 1),
        ("copy", 3, "abc=", ["abd"], "a", 1),
        ("copy", 2, "ab=", ["ab"], "b", 1),
        ("forward_addition", 2, "99+1=", ["001", "100"], "b", 2),
    ]
    file, families = write_rows(tmp_path / "1.parquet", rows), ["copy", "forward_addition"]
    response = ask(op="audit", file=file, families=families)
    assert response["families"] == {
        "copy": {"2": {"rows": 1, "correct": 1}, "3": {"rows": 2, "correct": 1}},
        "forward_addition": {"2": {"rows": 1, "correct": 1}},
    }


def test_a_row_that_lies_about_its_level_is_counted_as_wrong(tmp_path):
    rows = [("copy", 50, "abc=", ["abc"], "a", 1)]
    response = ask(op="audit", file=write_rows(tmp_path / "1.parquet", rows), families=["copy"])
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
    rows = [("copy", 3, "abc=", ["abd"], "a", 1), (*row, "a", 1)]
    response = ask(op="audit", file=write_rows(tmp_path / "1.parquet", rows), families=["copy"])
    assert response == {"families": {"copy": {"3": {"rows": 1, "correct": 0}}}, "foreign": 1}


def test_columns_of_other_types_are_foreign_rows(tmp_path):
    table = pa.table({"family": ["copy"], "level": ["3"], "prompt": [7], "lines": ["abc"]})
    pq.write_table(table, tmp_path / "1.parquet")
    response = ask(op="audit", file=str(tmp_path / "1.parquet"), families=["copy"])
    assert response == {"families": {}, "foreign": 1}


def test_an_empty_file_of_rows_is_audited(tmp_path):
    schema = pa.schema({
        "family": pa.string(),
        "level": pa.int64(),
        "prompt": pa.string(),
        "lines": pa.list_(pa.string()),
    })
    pq.write_table(schema.empty_table(), tmp_path / "0.parquet")
    assert ask(op="audit", file=str(tmp_path / "0.parquet"), families=[]) == {
        "families": {},
        "foreign": 0,
    }


def test_an_audit_refuses_a_file_without_its_columns_and_one_with_holes(tmp_path):
    pq.write_table(pa.table({"family": ["copy"], "level": [1]}), tmp_path / "short.parquet")
    holes = [("copy", 3, None, ["abc"], "a", 1), ("copy", 3, "abc=", ["abc"], "a", 1)]
    write_rows(tmp_path / "holes.parquet", holes)
    for name in ("short", "holes"):
        response = ask(op="audit", file=str(tmp_path / f"{name}.parquet"), families=["copy"])
        assert "needs the columns family, level, prompt, lines" in response["unreadable"]


def test_a_damaged_file_is_an_answer_not_a_crash(tmp_path):
    file = write_rows(tmp_path / "1.parquet", [("copy", 3, "abc=", ["abc"], "a", 1)] * 500)
    data = bytearray((tmp_path / "1.parquet").read_bytes())
    (tmp_path / "1.parquet").write_bytes(data[: len(data) // 2])
    for name in (file, "/nowhere", "/dev/null"):
        response = ask(op="audit", file=name, families=["copy"])
        assert "cannot be read as Parquet" in response["unreadable"]


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
