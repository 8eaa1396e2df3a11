"""The examiner: runs weights on sealed items and returns counts, nothing else.

    python -m ouroboros_judges.examiner      # JSON lines in, JSON lines out, started by the warden

`sit` draws the items of one examination from a secret seed, half from the family's own problem
maker and half from the judges' adversarial one, has both models answer the same items and counts.
`weigh` turns merged counts into an e-value, frontiers and bounds. Weights are read as safetensors
into the reference model of their genome; nothing is unpickled and no code of the loop is run.
`marks` draws a sitting's items again and hashes them: enough to compare, not to read.

Every level hides a task that cannot be solved: it asks for the solution of another problem. Who
passes it has cheated, or the grading is broken; how the judges graded these, and what their two
routes to the truth made of right and of wrong answers, goes back as `probes`.

Examined are all levels to twice the wall, then a geometric grid and as many random levels, up to
`TOP` walls; an answer is right only where every line of it is. A paired examination sits on a
coarser grid, and what it calls a frontier is a point estimate.
"""

import hashlib
import hmac
import json
import math
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load

from ouroboros.envs import Family, load_families
from ouroboros.errors import OuroborosError, UsageError
from ouroboros.models.flop import forward_flop
from ouroboros.models.genome import Genome
from ouroboros.models.rows import encode_rows
from ouroboros.models.score import first_difference
from ouroboros.models.transformer import Transformer
from ouroboros_judges.answers import Answers, load_answers
from ouroboros_judges.errors import SHOWN, Unfit
from ouroboros_judges.trials import (
    Tally,
    estimate,
    evidence,
    frontier,
    is_inferior,
    lower_bound,
)
from ouroboros_warden.canonical import checkpoint_name
from ouroboros_warden.errors import WardenError

TOP = 32  # walls; no level beyond is examined
RATIO = 1.25  # of the final examination's grid
COARSE = 1.5  # of a paired examination's grid
CHEAP = 8  # walls up to which a paired examination doubles its items: they cost little there
AHEAD = 4  # a paired examination goes this far beyond the champion's frontier
HOPELESS = 2  # levels in a row below this accuracy, after which a family's examination ends:
FULL_HOPE, PAIRED_HOPE = 0.9, 0.5
ALL = (0, 1)  # the one part of an examination that is not shared
_NO_BODY = (
    KeyError,
    OuroborosError,
    RuntimeError,
    SafetensorError,
    TypeError,
    ValueError,
    WardenError,
)  # what genomes and weights raise that do not fit each other
PROBES = ("right", "refused", "wrong", "accepted")


def load_candidate(folder: Path) -> Transformer:
    """Read a checkpoint folder's genome and weights as data; Unfit where they are no body.

    The bytes that are loaded are those that the folder's name names. Weights that are no numbers
    fit: what they answer is wrong, and the successor is rejected.
    """
    written = (folder / "genome.json").read_bytes()
    weights = (folder / "weights.safetensors").read_bytes()
    try:
        name = checkpoint_name(written, hashlib.sha256(weights).hexdigest())
        model = Transformer(Genome.from_json(json.loads(written)))
        model.load_state_dict(load(weights))
    except _NO_BODY as error:
        raise Unfit(f"checkpoint {folder.name} is no body: {error}") from error
    if name != folder.name:
        raise Unfit(f"checkpoint {folder.name} is not what was handed in")
    return model.requires_grad_(False).eval()


def derive(seed: str, *names: object) -> int:
    """A 32-bit seed for one purpose from an examination's hex seed."""
    text = "/".join(map(str, names)).encode()
    return int.from_bytes(hmac.digest(bytes.fromhex(seed), text, hashlib.sha256)[:4], "big")


def full_levels(wall: int, seed: str, family: str) -> list[int]:
    """All levels to twice the wall, a geometric grid beyond and as many random levels."""
    grid = _grid(2 * wall, TOP * wall, RATIO)
    rng = random.Random(derive(seed, "levels", family))
    drawn = [rng.randint(2 * wall + 1, TOP * wall) for _ in range(2)]
    drawn += [round(math.exp(rng.uniform(math.log(2 * wall), math.log(TOP * wall)))) for _ in grid]
    return sorted({*range(1, 2 * wall + 1), *grid, *drawn[: len(grid)]})


def paired_levels(wall: int, reached: int, seed: str, family: str) -> list[int]:
    """A coarse grid from the wall to beyond the champion's frontier, and some random levels."""
    top = min(TOP * wall, AHEAD * max(wall, reached))
    grid = _grid(wall, top, COARSE)
    rng = random.Random(derive(seed, "levels", family))
    drawn = [rng.randint(1, wall), rng.randint(wall, top), rng.randint(max(wall, reached), top)]
    return sorted({max(1, wall // 2), wall, *grid, *drawn})


def _grid(low: int, high: int, ratio: float) -> list[int]:
    """Levels above `low` up to and including `high`, each about `ratio` times the one before."""
    steps = max(1, round(math.log(high / low) / math.log(ratio)))
    return sorted({round(low * (high / low) ** (i / steps)) for i in range(1, steps + 1)})


def paper(request: Mapping[str, Any], family: str) -> Iterator[tuple[int, int]]:
    """The levels of a family's examination and how many items each has, until there is no hope."""
    known, seed = request["families"][family], request["seed"]
    wall, items = known["wall"], request["items"]
    if request["full"]:
        yield from ((level, items) for level in full_levels(wall, seed, family))
        return
    for level in paired_levels(wall, known["frontier"], seed, family):
        yield level, items * 2 if level <= CHEAP * wall else items


def mint(
    family: Family, answers: Answers, level: int, items: int, seed: str, part: tuple[int, int]
) -> list[str]:
    """This part's prompts of an examination at a level: half proposed, half adversarial."""
    half = items // 2
    proposed = family.propose(level, derive(seed, "plain", family.name, level), items - half)
    hard = answers.adversarial(level, derive(seed, "hard", family.name, level), half)
    index, parts = part
    return ([task.prompt for task in proposed] + hard)[index::parts]


def solutions(answers: Answers, prompts: Sequence[str], probes: Counter[str]) -> list[str]:
    """The one right text for each prompt; `probes` counts where a judge's two routes disagree."""
    texts: list[str] = []
    for prompt in prompts:
        lines = answers.solve(prompt)
        probes["right"] += 1
        probes["refused"] += not answers.verify(prompt, lines).correct
        texts.append("\n".join(lines))
    return texts


def impossible(
    family: Family, answers: Answers, level: int, seed: str, right: str
) -> tuple[str, ...]:
    """The solution of a problem of the next level, other than `right`: nobody comes upon it."""
    drawn = family.propose(level + 1, derive(seed, "impossible", family.name, level), 8)
    solved = (answers.solve(task.prompt) for task in drawn)
    return next(lines for lines in solved if "\n".join(lines) != right)


def grade(
    model: Transformer, family: str, prompts: Sequence[str], texts: Sequence[str]
) -> tuple[NDArray[np.bool_], int]:
    """Which prompts the model, decoding greedily, answers with every line right; and the FLOP.

    A family has one right text a prompt, so one teacher-forced pass over it tells: the model writes
    it if and only if no argmax along it differs. That is many times cheaper than decoding.
    """
    try:
        rows = encode_rows(model.tokenizer, family, prompts, texts)
    except UsageError as error:  # it has no tokens for the family
        raise Unfit(str(error)) from error
    targets = int((rows.lengths - rows.prompts).sum())
    flop = forward_flop(model.genome, model.tokenizer.size, rows.lengths, targets)
    return first_difference(model, rows) < 0, flop


def sit(request: Mapping[str, Any]) -> dict[str, Any]:
    """One part of an examination: rows [family, level, n, champion, successor, wins, losses]."""
    successor = load_candidate(Path(request["successor"]))
    champion = load_candidate(Path(request["champion"])) if request["champion"] else None
    rows: list[list[Any]] = []
    probes: Counter[str] = Counter(dict.fromkeys(PROBES, 0))
    flop = 0
    for name, family in load_families(list(request["families"])).items():
        answers = load_answers([name])[name]
        for tally, spent in _examine(request, family, answers, champion, successor, probes):
            rows.append(list(asdict(tally).values()))
            flop += spent
    return {"rows": rows, "flop": flop, "probes": dict(probes)}


def _examine(
    request: Mapping[str, Any],
    family: Family,
    answers: Answers,
    champion: Transformer | None,
    successor: Transformer,
    probes: Counter[str],
) -> Iterator[tuple[Tally, int]]:
    """Tallies of one family, level by level, until the models are hopeless; counts the probes."""
    seed, hopeless = request["seed"], 0
    for level, items in paper(request, family.name):
        prompts = mint(family, answers, level, items, seed, tuple(request["part"]))
        texts = solutions(answers, prompts, probes)
        lines = impossible(family, answers, level, seed, texts[0])
        probes["wrong"] += 1
        probes["accepted"] += answers.verify(prompts[0], lines).correct
        asked, wanted = [*prompts, prompts[0]], [*texts, "\n".join(lines)]
        new, flop = grade(successor, family.name, asked, wanted)
        old, more = grade(champion, family.name, asked, wanted) if champion else (new & False, 0)
        probes["wrong"] += 1 + (champion is not None)
        probes["accepted"] += int(new[-1]) + int(old[-1])
        new, old = new[:-1], old[:-1]
        yield (
            Tally(
                family=family.name,
                level=level,
                items=len(prompts),
                champion=int(old.sum()),
                successor=int(new.sum()),
                wins=int((new & ~old).sum()),
                losses=int((old & ~new).sum()),
            ),
            flop + more,
        )
        hope = FULL_HOPE if request["full"] else PAIRED_HOPE
        hopeless = hopeless + 1 if max(new.mean(), old.mean()) < hope else 0
        if hopeless == HOPELESS:
            return


def weigh(request: Mapping[str, Any]) -> dict[str, Any]:
    """What merged rows come to, with the margin of non-inferiority that the warden states."""
    fields = ("family", "level", "items", "champion", "successor", "wins", "losses")
    tallies = [Tally(**dict(zip(fields, row, strict=True))) for row in request["rows"]]
    families = request["families"]
    report = {}
    for name, known in families.items():
        own = [t for t in tallies if t.family == name]
        below = [t for t in own if t.level <= known["frontier"]]
        reached = frontier(own) if request["full"] else estimate(own)
        mastered = [t for t in own if t.level <= reached]
        right, items = sum(t.successor for t in mastered), sum(t.items for t in mastered)
        report[name] = {
            "frontier": reached,
            "accuracy": right / items if items else 0.0,
            "lower95": min((lower_bound(t.successor, t.items) for t in mastered), default=0.0),
            "champion_frontier": known["frontier"],
            "inferior": is_inferior(below, request["margin"]),
        }
    return {"e_value": evidence(tallies), "families": report}


def draw(request: Mapping[str, Any]) -> Iterator[tuple[str, int, list[str]]]:
    """Family, level and prompts of a sitting drawn again, at the levels that it came to."""
    names = list(request["families"])
    answers = load_answers(names)
    for name, family in load_families(names).items():
        for level, items in paper(request, name):
            if level in request["levels"][name]:
                yield name, level, mint(family, answers[name], level, items, request["seed"], ALL)


def mark(family: str, prompt: str) -> str:
    """A hash of 64 bits that stands for an item, 16 hex digits."""
    text = f"{family}\n{prompt}".encode(errors="surrogatepass")
    return hashlib.blake2b(text, digest_size=8).hexdigest()


def marks(request: Mapping[str, Any]) -> dict[str, Any]:
    """The marks of a sitting's items: rows [family, level, [mark, ...]]."""
    return {
        "marks": [
            [name, level, [mark(name, prompt) for prompt in prompts]]
            for name, level, prompts in draw(request)
        ]
    }


OPERATIONS = {"sit": sit, "weigh": weigh, "marks": marks}


def answer(line: bytes) -> dict[str, Any]:
    """The response to one request line; what is unfit and an error are responses, too."""
    try:
        request = json.loads(line)
        return OPERATIONS[request["op"]](request)
    except Unfit as unfit:
        return {"unfit": str(unfit)[:SHOWN]}
    except Exception as error:  # noqa: BLE001 whatever fails, the warden must hear of it
        return {"error": f"{type(error).__name__}: {error}"}


def main() -> None:
    """Serve requests until standard input closes."""
    torch.set_num_threads(1)
    out, sys.stdout = sys.stdout, sys.stderr  # stray prints must not pass for answers
    for line in sys.stdin.buffer:  # bytes: what is no text is an error, not the end
        out.write(json.dumps(answer(line)) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
