"""A run's champion as something that answers problems, many at a time.

    solver = load_solver(Path("runs/laptop-1"))
    answers = solver.answer([Problem(family="copy", prompt="abc=")])
    answers[0].lines, answers[0].ended      # ("abc",), True

The checkpoint's bytes must match its name. Problems of one family and of similar length are
decoded together; a problem that cannot be asked gets its reason instead of an answer.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ouroboros.envs import Family, load_families
from ouroboros.errors import UsageError
from ouroboros.lineage.checkpoints import read_checkpoint
from ouroboros.lineage.history import champion
from ouroboros.lineage.index import open_index
from ouroboros.models.decode import decode
from ouroboros.models.genome import Genome
from ouroboros.models.rows import encode_rows
from ouroboros.models.transformer import Transformer
from ouroboros.plugins import blame

LONGEST = 6000  # tokens of a problem and its answer; attention takes memory by their square
BATCH_TOKENS = 150_000  # held in the decoder's cache at once
SPREAD = 1.5  # the longest answer of a batch is at most so many times the shortest


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is asked."""

    family: str
    prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The champion's lines of thought, the last of which is its answer."""

    lines: tuple[str, ...]
    ended: bool
    """whether it came to an end by itself within the room that a right answer needs"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solver:
    """A champion ready to answer."""

    checkpoint: str
    model: Transformer
    families: Mapping[str, Family]

    def answer(self, problems: Sequence[Problem]) -> list[Answer | UsageError]:
        """An answer for each problem, or why it cannot be asked, in the same order."""
        rooms = [self._room(problem) for problem in problems]
        found: dict[int, Answer | UsageError] = {
            i: room for i, room in enumerate(rooms) if isinstance(room, UsageError)
        }
        for name in self.families:
            own = {
                i: room
                for i, room in enumerate(rooms)
                if problems[i].family == name and not isinstance(room, UsageError)
            }
            for batch in _batches(own, [len(problem.prompt) for problem in problems]):
                prompts = [problems[i].prompt for i in batch]
                answers = self._decode(name, prompts, [own[i] for i in batch])
                found.update(zip(batch, answers, strict=True))
        return [found[i] for i in range(len(problems))]

    def _room(self, problem: Problem) -> int | UsageError:
        """Tokens that the right answer may need, its end included."""
        family = self.families.get(problem.family)
        if family is None:
            known = ", ".join(self.families)
            return UsageError(f"this champion knows {known}, not {problem.family[:40]!r}")
        try:
            with blame(f"family {problem.family!r}"):
                family.level_of(problem.prompt)
                room = family.completion_length(problem.prompt) + 1
        except UsageError as error:
            return error
        if len(problem.prompt) + room > LONGEST:
            return UsageError(f"{problem.family}: longer than {LONGEST} characters in all")
        return room

    def _decode(self, family: str, prompts: list[str], rooms: list[int]) -> Iterator[Answer]:
        tokenizer = self.model.tokenizer
        decoded = decode(self.model, encode_rows(tokenizer, family, prompts), max(rooms))
        for i, room in enumerate(rooms):
            # Each to its own room, so that nobody's answer depends on who is asked beside them.
            ended = bool(decoded.ended[i]) and int(decoded.lengths[i]) <= room
            size = int(decoded.lengths[i]) - 1 if ended else room
            lines = tokenizer.decode(decoded.tokens[i][:size]).split("\n")
            yield Answer(lines=tuple(lines), ended=ended)


def load_solver(run_dir: Path) -> Solver:
    """The run's champion.

    Raises:
        UsageError: There is none yet, or its files are damaged.
    """
    with open_index(run_dir) as index:
        holder = champion(index)
    if holder is None:
        raise UsageError(f"{run_dir} has no champion yet")
    try:
        described, weights = read_checkpoint(run_dir / "checkpoints" / holder.checkpoint)
    except ValueError as error:  # bytes that are no JSON
        raise UsageError(f"checkpoint {holder.checkpoint} is damaged: {error}") from None
    genome = Genome.from_json(described)
    model = Transformer(genome)
    model.load_state_dict(weights)
    return Solver(
        checkpoint=holder.checkpoint,
        model=model.requires_grad_(False).eval(),
        families=load_families(list(genome.families)),
    )


def answer_object(answer: Answer | UsageError) -> dict[str, Any]:
    """An answer as JSON: {"answer", "steps"}, the steps being every line, or {"error"}."""
    if isinstance(answer, UsageError):
        return {"error": str(answer)}
    found: dict[str, Any] = {"answer": answer.lines[-1], "steps": list(answer.lines)}
    return found if answer.ended else {**found, "ended": False}


def _batches(rooms: Mapping[int, int], lengths: Sequence[int]) -> Iterable[list[int]]:
    """Problems by number, shortest answer first, cut where a batch would grow too big."""
    batch: list[int] = []
    for i in sorted(rooms, key=lambda i: (rooms[i], lengths[i])):
        longest = max([lengths[i], *(lengths[j] for j in batch)]) + rooms[i]
        too_big = (len(batch) + 1) * longest > BATCH_TOKENS
        if batch and (too_big or rooms[i] > SPREAD * rooms[batch[0]] + 8):
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch
