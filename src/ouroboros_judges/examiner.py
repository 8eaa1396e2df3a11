"""The examiner: runs weights on sealed items and returns counts, nothing else.

    python -m ouroboros_judges.examiner      # JSON lines in, JSON lines out, started by the warden

`sit` draws the items of one examination from a secret seed, half from the family's own problem
maker and half from the judges' adversarial one, has both models answer the same items and counts.
`weigh` turns merged counts into an e-value, frontiers and bounds. Weights are read as safetensors
into the reference model of their genome; nothing is unpickled and no code of the loop is run.

Examined are all levels to twice the wall, then a geometric grid and as many random levels, up to
`TOP` walls; a level is right only where every line of the answer is.
"""

import hashlib
import hmac
import json
import math
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file

from ouroboros.envs import Family, load_families
from ouroboros.models.decode import decode
from ouroboros.models.flop import decode_flop
from ouroboros.models.genome import Genome
from ouroboros.models.rows import encode_rows
from ouroboros.models.transformer import Transformer
from ouroboros_judges.answers import Answers, load_answers
from ouroboros_judges.trials import Tally, evidence, frontier, is_inferior, lower_bound

TOP = 32  # walls; no level beyond is examined
RATIO = 1.25  # of the final examination's grid
COARSE = 1.5  # of a paired examination's grid
HOPELESS = 2  # levels below half right in a row after which a family's examination ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A model under examination and what it costs."""

    model: Transformer

    def answer(self, family: Family, prompts: Sequence[str]) -> tuple[list[list[str]], int]:
        """The model's lines for each prompt, and the FLOP."""
        tokenizer = self.model.tokenizer
        rows = encode_rows(tokenizer, family.name, prompts)
        budget = max(family.completion_length(prompt) for prompt in prompts) + 1
        decoded = decode(self.model, rows, budget)
        texts = [
            tokenizer.decode(ids[: size - 1]).split("\n") if ended else []
            for ids, size, ended in zip(decoded.tokens, decoded.lengths, decoded.ended, strict=True)
        ]
        genome = self.model.genome
        return texts, decode_flop(genome, tokenizer.size, rows.lengths, decoded.lengths)


def load_candidate(folder: Path) -> Candidate:
    """Read a checkpoint folder's genome and weights as data."""
    genome = Genome.from_json(json.loads((folder / "genome.json").read_bytes()))
    model = Transformer(genome)
    model.load_state_dict(load_file(folder / "weights.safetensors"))
    return Candidate(model=model.requires_grad_(False).eval())


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
    top = min(TOP * wall, max(3 * wall, 2 * reached))
    grid = _grid(wall, top, COARSE)
    rng = random.Random(derive(seed, "levels", family))
    drawn = [rng.randint(1, wall), rng.randint(wall, top), rng.randint(max(wall, reached), top)]
    return sorted({max(1, wall // 2), wall, *grid, *drawn})


def _grid(low: int, high: int, ratio: float) -> list[int]:
    """Levels above `low` up to and including `high`, each about `ratio` times the one before."""
    steps = max(1, round(math.log(high / low) / math.log(ratio)))
    return sorted({round(low * (high / low) ** (i / steps)) for i in range(1, steps + 1)})


def mint(
    family: Family, answers: Answers, level: int, items: int, seed: str, part: tuple[int, int]
) -> list[str]:
    """This part's prompts of an examination at a level: half proposed, half adversarial."""
    half = items // 2
    proposed = family.propose(level, derive(seed, "plain", family.name, level), items - half)
    hard = answers.adversarial(level, derive(seed, "hard", family.name, level), half)
    index, parts = part
    return ([task.prompt for task in proposed] + hard)[index::parts]


def grade(
    candidate: Candidate, family: Family, answers: Answers, prompts: Sequence[str]
) -> tuple[NDArray[np.bool_], int]:
    """Which prompts the candidate answers with every line right, and the FLOP."""
    texts, flop = candidate.answer(family, prompts)
    right = [answers.verify(p, lines).correct for p, lines in zip(prompts, texts, strict=True)]
    return np.array(right, dtype=np.bool_), flop


def sit(request: Mapping[str, Any]) -> dict[str, Any]:
    """One part of an examination: rows [family, level, n, champion, successor, wins, losses]."""
    successor = load_candidate(Path(request["successor"]))
    champion = load_candidate(Path(request["champion"])) if request["champion"] else None
    rows, flop = [], 0
    for name, family in load_families(list(request["families"])).items():
        answers = load_answers([name])[name]
        for tally, spent in _examine(request, family, answers, champion, successor):
            rows.append(list(asdict(tally).values()))
            flop += spent
    return {"rows": rows, "flop": flop}


def _examine(
    request: Mapping[str, Any],
    family: Family,
    answers: Answers,
    champion: Candidate | None,
    successor: Candidate,
) -> Iterator[tuple[Tally, int]]:
    """Tallies of one family, level by level, until both models are hopeless."""
    known, seed = request["families"][family.name], request["seed"]
    if request["full"]:
        levels = full_levels(known["wall"], seed, family.name)
    else:
        levels = paired_levels(known["wall"], known["frontier"], seed, family.name)
    hopeless = 0
    for level in levels:
        prompts = mint(family, answers, level, request["items"], seed, tuple(request["part"]))
        new, flop = grade(successor, family, answers, prompts)
        old, more = grade(champion, family, answers, prompts) if champion else (new & False, 0)
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
        hopeless = hopeless + 1 if 2 * max(new.sum(), old.sum()) < len(prompts) else 0
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
        reached = frontier(own)
        mastered = [t for t in own if t.level <= reached]
        right, items = sum(t.successor for t in mastered), sum(t.items for t in mastered)
        report[name] = {
            "frontier": reached,
            "accuracy": right / items if items else 0.0,
            "lower95": min((lower_bound(t.successor, t.items) for t in mastered), default=0.0),
            "champion_frontier": known["frontier"],
            "inferior": is_inferior(below, request["margin"]),
        }
    reached = {name: known["frontier"] for name, known in families.items()}
    return {"e_value": evidence(tallies, reached), "families": report}


OPERATIONS = {"sit": sit, "weigh": weigh}


def answer(line: str) -> dict[str, Any]:
    """The response to one request line; an error is a response, too."""
    try:
        request = json.loads(line)
        return OPERATIONS[request["op"]](request)
    except Exception as error:  # noqa: BLE001 whatever fails, the warden must hear of it
        return {"error": f"{type(error).__name__}: {error}"}


def main() -> None:
    """Serve requests until standard input closes."""
    torch.set_num_threads(1)
    out, sys.stdout = sys.stdout, sys.stderr  # stray prints must not pass for answers
    for line in sys.stdin:
        out.write(json.dumps(answer(line)) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
