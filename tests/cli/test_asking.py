"""solve, chat and envs: what anyone can ask."""

import io
import json
from types import SimpleNamespace

import pytest

from ouroboros import envs
from ouroboros.cli import champion as champions
from ouroboros.cli.champion import Problem, load_solver
from ouroboros.envs import load_families
from ouroboros.errors import UsageError
from ouroboros_judges.answers import load_answers

MIXED = [
    ("copy", "abc="),
    ("forward_addition", "12345+6="),
    ("copy", "a="),
    ("parity_chain", "1011="),
    ("reverse_addition", "1+1="),
    ("copy", "0123456789012345678901234567890="),
    ("forward_addition", "1+1="),
]


@pytest.fixture(scope="module")
def solver(made_run):
    return load_solver(made_run)


@pytest.fixture
def ask(ouro, made_run, monkeypatch):
    def ask(lines: bytes, *options):
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(lines)))
        done = ouro("solve", made_run, *options)
        assert done.code == 0
        return [json.loads(line) for line in done.out.splitlines()]

    return ask


def lines_of(problems) -> bytes:
    asked = [json.dumps({"family": family, "prompt": prompt}) for family, prompt in problems]
    return "\n".join(asked).encode()


# --- solve


def test_answers_come_in_the_order_of_the_lines_each_as_if_asked_alone(ask):
    together = ask(lines_of(MIXED))
    assert len(together) == len(MIXED)
    assert together == [ask(lines_of([problem]))[0] for problem in MIXED]
    for answer in together:
        assert answer["steps"][-1] == answer["answer"]


def test_whoever_waits_for_an_answer_before_asking_on_gets_it(ouro, made_run, monkeypatch, capfd):
    pieces = [b'{"family": "copy", "pro', b'mpt": "ab="}\n', b'{"family": "copy", "prompt": "b="}']
    answered = []

    def read1(_size):
        answered.append(len(capfd.readouterr().out.splitlines()))
        return pieces.pop(0) if pieces else b""

    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=SimpleNamespace(read1=read1)))
    assert ouro("solve", made_run).code == 0
    assert answered == [0, 0, 1, 0]


def test_a_bad_line_is_answered_with_its_error_and_the_others_stand(ask):
    bad = [
        b"junk",
        b"",
        b"[1]",
        b"\xff\xfe",
        b'{"family": "copy"}',
        b'{"family": "copy", "prompt": 3}',
        b'{"family": "copy", "prompt": "ab+="}',
        b'{"family": "copy", "prompt": "ab"}',
        '{"family": "copy", "prompt": "a\u00e9="}'.encode(),
        b'{"family": "flying", "prompt": "ab="}',
        b'{"family": "copy", "prompt": "' + b"a" * 9000 + b'="}',
        b"[" * 100_000,
    ]
    good = lines_of([("copy", "ab=")])
    found = ask(b"\n".join([good, *bad, good]), "--json")
    assert found[0] == found[len(bad) + 1]
    assert "answer" in found[0]
    for answer in found[1 : len(bad) + 1]:
        assert list(answer) == ["error"]
    assert (found[-1]["answered"], found[-1]["errors"]) == (2, len(bad))


def test_nothing_asked_is_nothing_answered(ask):
    assert ask(b"") == []


def test_batches_hold_everything_once_and_keep_their_bounds():
    rooms = {i: 3 + (i * 37) % 900 for i in range(0, 500, 2)}
    lengths = [2 * rooms.get(i, 0) for i in range(500)]
    batches = list(champions._batches(rooms, lengths))
    assert sorted(i for batch in batches for i in batch) == sorted(rooms)
    for batch in batches:
        longest = max(lengths[i] for i in batch) + max(rooms[i] for i in batch)
        assert len(batch) == 1 or len(batch) * longest <= champions.BATCH_TOKENS
        shortest = min(rooms[i] for i in batch)
        assert max(rooms[i] for i in batch) <= champions.SPREAD * shortest + 8
    assert len(batches) < 40


def test_a_run_without_champion_cannot_answer(ouro, spare):
    run = spare()
    path = run / "log" / "records.jsonl"
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    done = ouro("solve", run)
    assert done.code == 2
    assert "no champion yet" in done.complaint


# --- chat


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("copy abc=", Problem(family="copy", prompt="abc=")),
        ("  copy   abc ", Problem(family="copy", prompt="abc=")),
        ("parity_chain 01", Problem(family="parity_chain", prompt="01=")),
        ("reverse_addition 12+31", Problem(family="reverse_addition", prompt="12+31=")),
    ],
)
def test_chat_understands_a_problem_with_its_family_in_front(solver, said, meant):
    from ouroboros.cli.chat import understand

    assert understand(solver, said) == meant


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("12+31=", "could be (reverse|forward)_addition, (reverse|forward)_addition"),
        ("abc", "could be copy, reverse"),
        ("hello there", "no family 'hello'"),
        ("%", "no problem of"),
        ("copy 1+1", "no problem of copy"),
    ],
)
def test_chat_says_why_it_does_not_understand(solver, said, complaint):
    from ouroboros.cli.chat import understand

    with pytest.raises(UsageError, match=complaint):
        understand(solver, said)


def test_chat_detects_the_family_where_only_one_fits(solver):
    from ouroboros.cli.chat import understand

    few = {name: solver.families[name] for name in ("copy", "forward_addition")}
    one = champions.Solver(checkpoint="x", model=solver.model, families=few)
    assert understand(one, "1+1").family == "forward_addition"
    assert understand(one, "abc").family == "copy"


def test_one_problem_is_answered_with_the_judges_verdict(ouro, made_run, solver):
    done = ouro("chat", made_run, "--prompt", "copy ab", "--json")
    assert done.code == 0
    (answer,) = solver.answer([Problem(family="copy", prompt="ab=")])
    assert done.found["steps"] == list(answer.lines)
    assert done.found["correct"] == (answer.lines == ("ab",))


def test_a_talk_goes_on_after_a_mistake_and_ends_with_an_empty_line(ouro, made_run, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("copy ab\nnonsense\nreverse ab=\n\ncopy ab\n"))
    done = ouro("chat", made_run, "--json")
    assert done.code == 0
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert [line.get("family") for line in lines[:-1]] == ["copy", "reverse"]
    assert lines[-1]["answered"] == 2
    assert "no problem of" in done.err


# --- envs


@pytest.mark.parametrize("name", list(envs.BUILT_IN))
def test_a_family_is_shown_with_solved_examples_of_its_wall(ouro, name):
    found = ouro("envs", "show", name, "--json").found
    family, answers = load_families([name])[name], load_answers([name])[name]
    assert found["alphabet"] == family.alphabet
    for example in found["examples"]:
        assert family.level_of(example["prompt"]) == found["wall"]
        assert answers.verify(example["prompt"], example["steps"]).correct
        assert answers.accepts(example["prompt"], example["answer_in_words"])
        assert example["question"]
        assert example["facts"] == family.facts(example["prompt"])
    assert found["lines"]
    assert found["prompt_pattern"] in ouro("envs", "show", name).out


def test_the_list_names_every_family(ouro):
    found = ouro("envs", "list", "--json").found
    assert [each["name"] for each in found["families"]] == list(load_families())
    assert ouro("envs", "show", "flying").code == 2


def test_a_family_that_raises_is_blamed_in_one_line(ouro, tmp_path, monkeypatch):
    (tmp_path / "broken_family.py").write_text("def Broken():\n    raise RuntimeError('ouch')\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(envs.BUILT_IN, "broken", "broken_family:Broken")
    monkeypatch.chdir(tmp_path)
    for command in (["envs", "list"], ["run", "tiny", "--set", 'families={"broken":{"wall":2}}']):
        done = ouro(*command)
        assert done.code == 2
        assert "family 'broken' (broken_family:Broken) raised RuntimeError: ouch" in done.complaint
    assert not (tmp_path / "runs").exists()
