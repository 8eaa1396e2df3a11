"""`ouro critique`: a language model of yours reads what a run wrote; it may veto, nothing else.

Nothing of it is written into the run's folder, where a later engine could learn from it; a pull of
the brake (`--pause`) names the place and the principle alone.
"""

# The libraries below ship no types:
# pyright: standard

import hashlib
import json
import os
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ouroboros.cli.options import AsJson, RunArgument

if TYPE_CHECKING:
    from ouroboros_judges.critic import Endpoint, Measured, Verdict
    from ouroboros_warden.audit import Record
    from ouroboros_warden.folder import Folder

PASSAGE = 4000  # characters that are judged at once; of a longer text, as many from anywhere in it
LARGEST_CARD = 1 << 20  # bytes
SHOWN = 300  # characters of a vetoed passage
LOOK_EVERY = 1.0  # seconds
ROW = ["prompt", "lines"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of text and where it stands; None where it could not be read."""

    place: str
    text: str | None


def critique(
    run_dir: RunArgument = None,
    sample: Annotated[
        int, typer.Option(min=1, help="How many passages of each data file, card and claim.")
    ] = 3,
    seed: Annotated[
        int | None, typer.Option(help="Of the sample; by default drawn anew, and printed.")
    ] = None,
    pause: Annotated[bool, typer.Option("--pause", help="A veto pulls the run's brake.")] = False,
    follow: Annotated[
        bool, typer.Option("--follow", help="Read on as a live run hands in more.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Append every critique and revision there."),
    ] = None,
    url: Annotated[
        str, typer.Option(envvar="OUROBOROS_CRITIC_URL", help="https, or on this machine.")
    ] = "",
    model: Annotated[str, typer.Option(envvar="OUROBOROS_CRITIC_MODEL")] = "",
    seconds: Annotated[
        float, typer.Option(min=0.01, help="That an answer may take; a later one is a veto.")
    ] = 60,
    as_json: AsJson = False,
) -> int:
    """Have a language model of yours look for texts that break the constitution's principles.

    It takes an OpenAI-compatible endpoint, whose key stands in OUROBOROS_CRITIC_KEY. First come
    its rates on texts with known answers: one that is not fit may only advise. Exit code 3 if
    something was vetoed or the critic is no good; it approves nothing.
    """
    from ouroboros.cli.runs import find_run
    from ouroboros_judges.critic import measure, principles, probes
    from ouroboros_warden.folder import Folder
    from ouroboros_warden.law import read_constitutions

    critic = _configured(url, model, seconds)
    folder = Folder.at(find_run(run_dir))
    kept = _outside(folder, out) if out else None
    rules = principles(read_constitutions(folder)[-1].texts["preamble.md"])
    seed = random.SystemRandom().getrandbits(32) if seed is None else seed
    measured = measure(critic, rules, probes())
    _tell_rates(critic, measured, as_json=as_json)

    read, braked, vetoed = 0, False, list[dict[str, Any]]()
    passages = _passages(folder, sample, seed, follow=follow) if measured.answers else iter(())
    for passage in passages:
        read += 1
        verdict = _judged(critic, rules, passage)
        if kept:
            _keep(kept, passage, verdict, critic.model)
        if not verdict.vetoed:
            continue
        vetoed.append({"place": passage.place, **asdict(verdict)})
        _tell_veto(passage, verdict, as_json=as_json)
        if pause and measured.is_fit and not braked:
            braked = _pull(folder, passage.place, verdict, as_json=as_json)
            if braked and follow:
                break
    found = {"seed": seed, "read": read, "vetoed": vetoed, "braked": braked}
    code = 3 if vetoed or measured.blind or not measured.is_fit else 0
    told = {"model": critic.model, "probes": measured.to_json(), **found}
    _tell_end({**told, "exit_code": code, "run_dir": str(folder.root)}, as_json=as_json)
    return code


def _configured(url: str, model: str, seconds: float) -> "Endpoint":
    """The critic's endpoint; UsageError where none is named."""
    from ouroboros.errors import UsageError
    from ouroboros_judges.critic import endpoint

    if not url or not model:
        raise UsageError(
            "no critic is configured: name an OpenAI-compatible endpoint by --url and --model, or"
            " by OUROBOROS_CRITIC_URL and OUROBOROS_CRITIC_MODEL"
        )
    return endpoint(url, model, os.environ.get("OUROBOROS_CRITIC_KEY", ""), seconds)


def _passages(folder: "Folder", sample: int, seed: int, *, follow: bool) -> Iterator[Passage]:
    """What the log names, sampled record by record; with `follow` until nobody serves the run."""
    from ouroboros.cli.runs import is_live
    from ouroboros_warden.audit import read_log

    done, more = 0, True
    while more:
        more = follow and is_live(folder.root)  # asked first, so that the last records are read
        records = read_log(folder.records)
        for record in records[done:]:
            yield from _of_record(folder, record, sample, random.Random(f"{seed}/{record.index}"))
        done = len(records)
        if more:
            time.sleep(LOOK_EVERY)


def _of_record(
    folder: "Folder", record: "Record", sample: int, rng: random.Random
) -> Iterator[Passage]:
    """Passages of what the engine wrote for this record; one without text where that is spoilt."""
    import pyarrow as pa

    from ouroboros_warden.canonical import canonical
    from ouroboros_warden.errors import Refused

    body, pieces, where = record.body, sample, f"record {record.index}, a {record.kind}"
    try:
        if record.kind == "data":
            where, pieces = body["file"], 1
            texts = _rows(_read(folder, where, body["bytes"]), body, sample, rng)
        elif record.kind == "exam":
            where = f"checkpoints/{body['checkpoint']}/card.md"
            texts = {where: _read(folder, where, LARGEST_CARD).decode()}
        else:
            texts = {where: canonical(body["body"]).decode()} if record.kind == "claim" else {}
    except (OSError, pa.ArrowException, Refused, LookupError, TypeError, ValueError) as fault:
        if record.kind == "data" or not isinstance(fault, FileNotFoundError):
            yield Passage(
                place=where, text=None
            )  # a card is not named by the log: it may be absent
        return
    for place, text in texts.items():
        spare = len(text) - PASSAGE
        for start in [rng.randint(0, spare) for _ in range(pieces)] if spare > 0 else [0]:
            yield Passage(place=place, text=text[start : start + PASSAGE])


def _rows(raw: bytes, named: dict[str, Any], sample: int, rng: random.Random) -> dict[str, str]:
    """Rows of a data file, drawn from the very bytes that the log names."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if hashlib.sha256(raw).hexdigest() != named["id"]:
        raise ValueError("another file")
    found, first = dict[str, str](), 0
    with pq.ParquetFile(pa.BufferReader(raw)) as parquet:
        rows = parquet.metadata.num_rows
        drawn = set(rng.sample(range(rows), min(sample, rows)))
        for batch in parquet.iter_batches(columns=ROW, use_threads=False):
            for row in sorted(drawn & set(range(first, first + batch.num_rows))):
                prompt, lines = (batch[name][row - first].as_py() for name in ROW)
                found[f"{named['file']}, row {row}"] = "\n".join([prompt, *lines])
            first += batch.num_rows
    return found


def _read(folder: "Folder", file: str, most: int) -> bytes:
    """A regular file of the engine's; OSError or Refused for anything else, or a longer one."""
    part, _, relative = file.partition("/")
    path = folder.inside(part, relative)
    # Not to wait for whoever put a pipe there.
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as stream:
        raw = stream.read(most + 1) or b""
    if len(raw) > most:
        raise OSError("it is longer")
    return raw


def _judged(critic: "Endpoint", rules: dict[int, str], passage: Passage) -> "Verdict":
    from ouroboros_judges.critic import Verdict, criticize

    if passage.text is None:
        return Verdict(answered=False, critique="it cannot be read, or is not what the log names")
    return criticize(critic, rules, passage.text)


def _pull(folder: "Folder", place: str, verdict: "Verdict", *, as_json: bool) -> bool:
    """Pause the run, if there is anything left to pause; whether the brake is on."""
    from ouroboros.cli import brake
    from ouroboros.cli.output import note
    from ouroboros_warden.audit import read_log
    from ouroboros_warden.errors import Refused

    if any(record.kind == "end" for record in read_log(folder.records)):
        note("ouro: the run is over; there is nothing to pause")
        return False
    article = f"principle {verdict.principle}" if verdict.answered else "no answer"
    try:
        brake.pause(folder.root, f"the critic's veto on {place}: {article}", as_json)
    except Refused as refusal:  # it is stopped, which is more than paused
        note(f"ouro: {refusal}")
    return True


def _outside(folder: "Folder", out: Path) -> Path:
    """The file of critiques in a folder that belongs to no run; UsageError otherwise."""
    from ouroboros.errors import UsageError

    place = out.resolve()
    runs = [each for each in (place, *place.parents) if (each / "log" / "records.jsonl").exists()]
    if runs or place.is_relative_to(folder.root):
        raise UsageError(f"{out} lies in a run's folder, where an engine could read it")
    place.mkdir(parents=True, exist_ok=True)
    return place / "critiques.jsonl"


def _keep(file: Path, passage: Passage, verdict: "Verdict", model: str) -> None:
    line = json.dumps({**asdict(passage), **asdict(verdict), "model": model}, ensure_ascii=False)
    with file.open("a", encoding="utf-8") as sink:
        sink.write(line + "\n")


def _tell_rates(critic: "Endpoint", measured: "Measured", *, as_json: bool) -> None:
    """Say what the critic is worth, and loudly what it is not."""
    from ouroboros.cli.output import note, page

    lines = [f"{critic.model} at {critic.host}, on texts with known answers:"]
    for name, count, of, (share, low, high) in (
        ("violations found", measured.found, measured.planted, measured.true_positive),
        ("other texts vetoed", measured.wronged, measured.benign, measured.false_positive),
    ):
        interval = f"95 % interval {100 * low:.1f} to {100 * high:.1f} %"
        lines.append(f"  {name} {count} of {of}: {100 * share:.1f} %, {interval}")
    if not as_json:
        page().print("\n".join([*lines, f"  not answered {measured.unanswered}"]))
    if not measured.answers:
        note("ouro: THE CRITIC DOES NOT ANSWER: nothing was read, nothing is cleared")
        return
    if not measured.is_fit:
        note("ouro: THIS CRITIC IS NOT FIT for the task: its veto is advice and pulls no brake")
    if measured.blind:
        note(f"ouro: THIS CRITIC DOES NOT SEE violations of the kind {', '.join(measured.blind)}")


def _tell_end(found: dict[str, Any], *, as_json: bool) -> None:
    """What came of the reading: as an object, or for people."""
    from ouroboros.cli.output import emit, note

    if as_json:
        emit(found)
        return
    vetoed = found["vetoed"]
    silent = sum(not each["answered"] for each in vetoed)
    note(
        f"{found['read']} passages read, by seed {found['seed']}; {len(vetoed)} vetoed, {silent} of"
        " them for want of an answer. What was not vetoed is not thereby approved"
    )


def _tell_veto(passage: Passage, verdict: "Verdict", *, as_json: bool) -> None:
    """One veto: as an object, or for people, without characters that could command a terminal."""
    from ouroboros.cli.output import emit, page, plain

    if as_json:
        emit({"place": passage.place, **asdict(verdict)})
        return
    article = f"principle {verdict.principle}" if verdict.answered else "no valid answer"
    lines = [
        f"VETO on {passage.place} ({article}): {verdict.critique}",
        f"  {passage.text}"[:SHOWN],
    ]
    lines += [f"  revised: {verdict.revision}"] if verdict.revision else []
    page().print("\n".join(plain(line) for line in lines))
