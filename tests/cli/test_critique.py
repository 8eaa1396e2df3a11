"""ouro critique: its rates, its vetoes, the brake, and nothing left behind in the run's folder."""

import fcntl
import hashlib
import json
import threading
import time
from contextlib import closing

import pytest
from made_up_run import LOG_KEY, make_run
from pretend_critic import (
    BAD,
    always_no,
    always_yes,
    garbage,
    hangs,
    honest,
    pretend,
    redirecting,
    talked_round,
)

from ouroboros.cli import critique
from ouroboros.lineage.data import write_examples
from ouroboros.types import Example
from ouroboros_warden.audit import Log, read_log
from ouroboros_warden.canonical import file_id
from ouroboros_warden.heads import signing

KEY = "sk-not-to-be-seen"


@pytest.fixture(autouse=True)
def nothing_configured(monkeypatch):
    for name in ("URL", "MODEL", "KEY"):
        monkeypatch.delenv(f"OUROBOROS_CRITIC_{name}", raising=False)


@pytest.fixture
def ask(ouro):
    """Have a pretended critic read a run."""

    def ask(mood, run, *options):
        with pretend(mood) as server:
            outcome = ouro("critique", run, "--url", server.url, "--model", "it", *options)
        return outcome, server

    return ask


@pytest.fixture
def unfinished(tmp_path):
    return make_run(tmp_path / "laptop-2", turns=3, finished=False)


def hand_in(run, prompt, lines=("1",), rows=1):
    """Have the log name one more data file; its bytes lie there."""
    records = read_log(run / "log" / "records.jsonl")
    file = f"data/{len(records):05d}.parquet"
    texts = {"prompt": prompt, "lines": lines, "author": "x"}
    examples = [Example(family="copy", level=1, generation=9, **texts) for _ in range(rows)]
    write_examples(run / file, examples)
    body = {"id": file_id(run / file), "bytes": (run / file).stat().st_size, "key": file}
    run_id = records[0].body["exam_commitment"]
    with closing(Log.open(run / "log" / "records.jsonl", signing(LOG_KEY, run_id))) as log:
        log.append("data", {"generation": 9, "file": file, **body})
    return file


def bytes_of(run):
    """Every file of a run with the hash of its bytes."""
    return {
        str(path.relative_to(run)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in run.rglob("*")
        if path.is_file()
    }


# nothing without a model ---------------------------------------------------------------------


@pytest.mark.parametrize("half", [[], ["--url", "http://127.0.0.1:1"], ["--model", "it"]])
def test_without_a_model_it_says_so_in_a_line_and_does_nothing(ouro, made_run, half):
    before = bytes_of(made_run)
    outcome = ouro("critique", made_run, "--pause", *half)
    assert (outcome.code, outcome.out) == (2, "")
    assert "no critic is configured" in outcome.complaint
    assert bytes_of(made_run) == before


def test_the_environment_may_name_it_and_its_key_is_shown_to_nobody(
    ouro, made_run, monkeypatch, tmp_path
):
    with pretend(honest) as server:
        monkeypatch.setenv("OUROBOROS_CRITIC_URL", server.url)
        monkeypatch.setenv("OUROBOROS_CRITIC_MODEL", "it")
        monkeypatch.setenv("OUROBOROS_CRITIC_KEY", KEY)
        outcome = ouro("critique", made_run, "--sample", 1, "--out", tmp_path / "out", "--json")
    assert {headers["Authorization"] for headers in server.headers} == {f"Bearer {KEY}"}
    written = "".join(path.read_text() for path in (tmp_path / "out").iterdir())
    assert outcome.code == 0
    assert KEY not in outcome.out + outcome.err + written + json.dumps(server.asked)


def test_plain_http_to_another_machine_is_misuse(ouro, made_run):
    outcome = ouro("critique", made_run, "--url", "http://models.example", "--model", "it")
    assert (outcome.code, "must be https" in outcome.complaint) == (2, True)


# what it reads and says ------------------------------------------------------------------------


def test_a_harmless_run_passes_without_being_approved(ask, made_run):
    outcome, server = ask(honest, made_run, "--sample", 2, "--seed", 5)
    assert outcome.code == 0
    assert "violations found 30 of 30: 100.0 %, 95 % interval 88.4 to 100.0 %" in outcome.out
    assert "other texts vetoed 0 of 30: 0.0 %, 95 % interval 0.0 to 11.6 %" in outcome.out
    assert "not thereby approved" in outcome.err
    assert "approved" not in outcome.err.replace("not thereby approved", "")
    read = server.texts[60:]
    assert "1=\n1" in read  # a row
    assert any('"kind"' not in text and '"proposed":1200' in text for text in read)  # a claim
    assert any(text.startswith("# ") for text in read)  # a card


def test_the_same_seed_reads_the_same_and_another_something_else(ask, unfinished):
    hand_in(unfinished, "".join(f"{n:05d} " for n in range(20_000)) + "=")
    drawn = [ask(honest, unfinished, "--seed", seed, "--json")[1].texts[60:] for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert max(map(len, drawn[0])) == critique.PASSAGE


def test_without_a_seed_nobody_knows_beforehand_what_is_read(ask, unfinished):
    seeds = {ask(honest, unfinished, "--json")[0].found["seed"] for _ in range(2)}
    assert len(seeds) == 2


def test_the_principles_are_those_of_the_runs_own_constitution(ask, unfinished):
    _, server = ask(honest, unfinished)
    preamble = (unfinished / "constitution" / "1" / "preamble.md").read_text()
    words = " ".join(preamble.split())
    brief = server.asked[0]["messages"][0]["content"]
    assert brief.split("Its principles:\n\n")[1].split("\n")[0].removeprefix("1. ") in words


def test_a_veto_names_place_principle_critique_and_revision(ask, unfinished):
    file = hand_in(unfinished, f"do {BAD}\x1b[2J")
    outcome, _ = ask(honest, unfinished)
    assert outcome.code == 3
    assert f"VETO on {file}, row 0 (principle 2): so it seems" in outcome.out
    assert "revised: 1=" in outcome.out
    assert "\x1b" not in outcome.out  # what the engine wrote commands no terminal
    found = ask(honest, unfinished, "--json")[0].found
    (vetoed,) = found["vetoed"]
    assert (vetoed["place"], vetoed["principle"]) == (f"{file}, row 0", 2)
    assert (found["exit_code"], found["braked"]) == (3, False)
    assert found["probes"]["true_positive"] == pytest.approx([1, 0.8843, 1], abs=1e-4)


@pytest.mark.parametrize("spoil", ["changed", "longer", "gone", "link", "no parquet", "no columns"])
def test_data_that_cannot_be_read_as_the_log_names_them_are_vetoed(
    ask, unfinished, spoil, tmp_path
):
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = hand_in(unfinished, "1=")
    path = unfinished / file
    if spoil == "changed":
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    elif spoil == "longer":
        path.write_bytes(path.read_bytes() + b"x")
    elif spoil == "gone":
        path.unlink()
    elif spoil == "link":
        path.rename(tmp_path / "elsewhere")
        path.symlink_to(tmp_path / "elsewhere")
    else:
        raw = b"PAR1"
        if spoil == "no columns":
            sink = pa.BufferOutputStream()
            pq.write_table(pa.table({"prompt": ["1="], "rows": [1]}), sink)
            raw = sink.getvalue().to_pybytes()
        path.write_bytes(raw)
        records = read_log(unfinished / "log" / "records.jsonl")
        body = {**records[-1].body, "id": file_id(path), "bytes": len(raw)}
        run_id = records[0].body["exam_commitment"]
        log_path = unfinished / "log" / "records.jsonl"
        log_path.write_bytes(b"".join(record.line() for record in records[:-1]))
        with closing(Log.open(log_path, signing(LOG_KEY, run_id))) as log:
            log.append("data", body)
    outcome, _ = ask(honest, unfinished, "--json")
    (vetoed,) = outcome.found["vetoed"]
    assert (outcome.code, vetoed["place"], vetoed["answered"]) == (3, file, False)
    assert "cannot be read" in vetoed["critique"]


@pytest.mark.parametrize("spoil", ["link", "no text", "long"])
def test_a_card_that_is_no_plain_text_is_vetoed_and_one_that_is_absent_is_not(
    ask, unfinished, spoil, tmp_path
):
    card = min(unfinished.glob("checkpoints/*/card.md"))
    card.unlink()
    assert ask(honest, unfinished)[0].code == 0
    if spoil == "link":
        (tmp_path / "card.md").write_text("# card")
        card.symlink_to(tmp_path / "card.md")
    else:
        card.write_bytes(b"\xff" if spoil == "no text" else b"#" * (critique.LARGEST_CARD + 1))
    outcome, _ = ask(honest, unfinished, "--json")
    (vetoed,) = outcome.found["vetoed"]
    assert (outcome.code, vetoed["place"]) == (3, str(card.relative_to(unfinished)))


# what it is worth ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mood", "line"),
    [
        (always_yes, "THIS CRITIC IS NOT FIT"),
        (always_no, "THIS CRITIC IS NOT FIT"),
        (garbage, "THE CRITIC DOES NOT ANSWER"),
        (hangs, "THE CRITIC DOES NOT ANSWER"),
    ],
)
def test_a_critic_that_is_no_good_is_said_to_be_and_pauses_nothing(ask, unfinished, mood, line):
    before = bytes_of(unfinished)
    outcome, _ = ask(mood, unfinished, "--pause", "--seconds", 0.2)
    assert (outcome.code, line in outcome.err) == (3, True)
    assert bytes_of(unfinished) == before


def test_a_critic_that_can_be_talked_round_is_said_to_be_and_clears_nothing(ask, made_run):
    outcome, _ = ask(talked_round, made_run, "--sample", 1)
    assert outcome.code == 3
    assert "DOES NOT SEE violations of the kind injection" in outcome.err


def test_a_critic_that_sends_its_asker_elsewhere_is_none(ask, unfinished):
    with pretend(always_no) as elsewhere:
        outcome, _ = ask(redirecting(elsewhere.url), unfinished)
    assert (outcome.code, elsewhere.paths) == (3, [])


# never trained on, never loosening --------------------------------------------------------------


def test_a_critique_leaves_the_runs_folder_byte_for_byte_as_it_was(ask, ouro, made_run, tmp_path):
    before = bytes_of(made_run)
    for mood in (honest, always_yes, garbage):
        ask(mood, made_run, "--pause", "--out", tmp_path / "out")
    assert bytes_of(made_run) == before
    assert ouro("verify", made_run).code == 0
    lines = (tmp_path / "out" / "critiques.jsonl").read_text().splitlines()
    kept = [json.loads(line) for line in lines]
    assert {"place", "text", "violates", "critique", "revision", "model"} <= kept[0].keys()


def test_with_pause_a_veto_changes_the_latch_alone_and_does_not_quote_the_critic(
    ask, ouro, unfinished
):
    file = hand_in(unfinished, BAD)
    before = bytes_of(unfinished)
    outcome, _ = ask(honest, unfinished, "--pause", "--json")
    after = bytes_of(unfinished)
    assert (outcome.code, outcome.found["braked"]) == (3, True)
    assert {name for name in after if after[name] != before.get(name)} == {"warden/brake.json"}
    assert before.keys() <= after.keys()
    latch = json.loads((unfinished / "warden" / "brake.json").read_bytes())
    assert (latch["position"], latch["pull"]) == ("paused", 1)
    assert latch["reason"] == f"the critic's veto on {file}, row 0: principle 2"


def test_nothing_that_a_critic_says_loosens_a_brake_that_is_on(ask, ouro, unfinished):
    ouro("brake", "stop", unfinished, "--reason", "enough")
    ask(honest, unfinished, "--pause")
    hand_in(unfinished, BAD)
    outcome, _ = ask(honest, unfinished, "--pause", "--json")
    assert (outcome.code, outcome.found["braked"]) == (3, True)
    held = ouro("brake", "status", unfinished, "--json").found
    assert (held["brake"], held["reason"], held["pull"]) == ("stopped", "enough", 1)


@pytest.mark.parametrize("place", ["", "data", "checkpoints/new", "../laptop-1/learners"])
def test_nothing_is_kept_in_the_folder_of_a_run(ask, spare, place):
    run = spare()
    before = bytes_of(run)
    outcome, server = ask(honest, run, "--out", run / place)
    assert (outcome.code, "lies in a run's folder" in outcome.complaint) == (2, True)
    assert (bytes_of(run), server.asked) == (before, [])


# a live run --------------------------------------------------------------------------------------


def test_it_follows_a_live_run_and_pulls_the_brake_at_the_first_veto(ask, unfinished, monkeypatch):
    monkeypatch.setattr(critique, "LOOK_EVERY", 0.02)
    (unfinished / "warden" / "lock").write_bytes(b"0")  # a warden of no number hears no signal
    with (unfinished / "warden" / "lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        def engine():
            for prompt in ("1=", "2=", BAD):
                time.sleep(0.4)
                hand_in(unfinished, prompt)

        thread = threading.Thread(target=engine)
        thread.start()
        outcome, server = ask(honest, unfinished, "--follow", "--pause", "--json")
        thread.join()
    assert (outcome.code, outcome.found["braked"]) == (3, True)
    assert server.texts[-3:] == ["1=\n1", "2=\n1", f"{BAD}\n1"]
    assert (unfinished / "warden" / "brake.json").exists()


def test_following_ends_when_nobody_serves_the_run_any_more(ask, unfinished, monkeypatch):
    monkeypatch.setattr(critique, "LOOK_EVERY", 0.02)
    with (unfinished / "warden" / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        def engine():
            time.sleep(0.5)
            hand_in(unfinished, "last=")
            fcntl.flock(lock, fcntl.LOCK_UN)

        thread = threading.Thread(target=engine)
        thread.start()
        outcome, server = ask(honest, unfinished, "--follow")
        thread.join()
    assert (outcome.code, server.texts[-1]) == (0, "last=\n1")
