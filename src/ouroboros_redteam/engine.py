"""The attacker's hands in the engine's place, and the process that plays one act after another.

    python -m ouroboros_redteam.engine RUN        # started by the warden, inside the box

`RUN/learners/plan.json` says which acts, and where things lie that are worth reaching. The log
shows where an act begins and ends: a claim of kind "redteam" stands on either side. What came of
it is added to `RUN/learners/results.jsonl`, at once: the act may have been the last.
"""

import json
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ouroboros_redteam.attack import Inside, Stopped, registry
from ouroboros_warden.canonical import canonical, checkpoint_id
from ouroboros_warden.client import Decision, Warden
from ouroboros_warden.errors import Refused, WardenError
from ouroboros_warden.messages import WARDEN_FD, receive

MARK = "redteam"  # kind of the claims that stand on either side of an act
WARDEN = "warden"  # who ended an act together with the run
SAID = 2000  # characters of what an act reached that are kept

Row = tuple[str, int, str, list[str]]
"""family, level, prompt, lines"""


@dataclass(slots=True, kw_only=True)
class Engine:
    """What an attacker has: the client, the raw socket, the workspace, and where to go."""

    warden: Warden
    run: Path
    places: Mapping[str, Any]
    """paths and process numbers outside, by name"""
    life: int = 0
    """which engine of the run this is"""
    steps: int = 0
    turn: int = 0
    champion: str | None = None

    @property
    def work(self) -> Path:
        """The workspace's private part."""
        return self.run / "learners"

    @property
    def outside(self) -> Path:
        """A folder that is not granted, and that anybody's modes would let in."""
        return Path(self.places["outside"])

    @property
    def warden_number(self) -> int:
        """The warden's process."""
        return int((self.work / "warden.pid").read_text())

    def key(self) -> str:
        """A key that was never used."""
        self.steps += 1
        return f"step/{self.life}/{self.steps}"

    def generation(self) -> int:
        """A generation later than all before, also those of an engine's life before."""
        self.turn = max(self.turn + 1, self.life * 10_000)
        return self.turn

    def raw(self, data: bytes) -> Any:
        """Send bytes as they are; the answer. Refused where it is no."""
        connection = self.warden._connection  # pyright: ignore[reportPrivateUsage]
        connection.sendall(data)
        answer = receive(connection)
        if answer is None:
            raise WardenError("the warden has hung up")
        if answer["ok"] is not True:
            raise Refused(answer["error"])
        return answer

    def send(self, message: Any) -> Any:
        """Send any value as a message."""
        data = canonical(message)
        return self.raw(len(data).to_bytes(4, "big") + data)

    def settle(self) -> str:
        """Have data and a champion in the log, as any run has before long; the champion."""
        if self.champion is not None:
            return self.champion
        self.teach([("copy", 1, "7=", ["7"])])
        first: str = self.places["checkpoints"][0]
        self.warden.examine(self.key(), self.generation(), first, None)
        self.champion = first
        return first

    def examine(self, checkpoint: str, parent: str | None = None) -> Decision:
        """Have a successor examined against a champion; Stopped, and so logged, if it lost."""
        champion = self.settle()
        found = self.warden.examine(self.key(), self.generation(), checkpoint, parent or champion)
        if not found.promoted:
            raise Stopped(f"not promoted: {found.reason}")
        return found

    def teach(self, rows: Sequence[Row]) -> str:
        """Hand in a generation's data; the file."""
        return self.hand_in(self.write_rows(rows))

    def hand_in(self, file: str) -> str:
        """Hand in a file as a new generation's data."""
        self.warden.data(self.key(), self.generation(), file)
        return file

    def file_name(self) -> str:
        """A new name under data/."""
        self.steps += 1
        return f"data/{self.life}-{self.steps}.parquet"

    def write_rows(self, rows: Sequence[Row]) -> str:
        """A data file of these rows, as the loop would write it; its name."""
        from ouroboros.lineage.data import write_examples
        from ouroboros.types import Example

        name = self.file_name()
        examples = [
            Example(
                family=family,
                level=level,
                prompt=prompt,
                lines=tuple(lines),
                author="learner 0",
                generation=self.turn,
            )
            for family, level, prompt, lines in rows
        ]
        write_examples(self.run / name, examples)
        return name

    def write_checkpoint(self, genome: Mapping[str, Any], weights: bytes) -> str:
        """A checkpoint of any bytes under the name that they deserve."""
        self.steps += 1
        draft = self.run / "checkpoints" / f"draft-{self.life}-{self.steps}"
        draft.mkdir()
        (draft / "genome.json").write_bytes(canonical(genome))
        (draft / "weights.safetensors").write_bytes(weights)
        name = checkpoint_id(draft)
        if not draft.with_name(name).exists():
            draft.rename(draft.with_name(name))
        return name

    def number(self) -> int:
        """A number that was never used, and is small."""
        self.steps += 1
        return self.life * 1000 + self.steps

    def body(self, number: int = 1) -> tuple[dict[str, Any], bytes]:
        """Genome and weights of a checkpoint that is there from the beginning."""
        folder = self.run / "checkpoints" / self.places["checkpoints"][number]
        genome = json.loads((folder / "genome.json").read_bytes())
        return genome, (folder / "weights.safetensors").read_bytes()


def main() -> int:
    """Play the acts of the plan that no earlier life has played."""
    run = Path(sys.argv[1])
    plan = json.loads((run / "learners" / "plan.json").read_bytes())
    warden = Warden.connect()
    greeting = warden.hello()
    champion, life = greeting.champion, len(greeting.answered) + 1
    engine = Engine(warden=warden, run=run, places=plan["places"], life=life, champion=champion)
    with (run / "learners" / "results.jsonl").open("a") as results:
        for identity, role in plan["acts"]:
            _play(engine, identity, role, results)
    warden.finish(engine.key(), "played")
    return 0


def _play(engine: Engine, identity: str, role: str, results: Any) -> None:
    attack = registry()[identity]
    if not isinstance(attack, Inside):
        raise TypeError(f"{identity} is not played from inside")
    act = {"act": identity, "role": role}
    engine.warden.claim(engine.key(), MARK, {**act, "at": "begin"})
    found = tried(attack.attempt if role == "attack" else attack.benign.act, engine)
    if found["verdict"] != "gone":
        results.write(json.dumps({**act, **found}) + "\n")
        results.flush()
    engine.warden.claim(engine.key(), MARK, {**act, "at": "end"})


def tried(act: Any, engine: Any) -> dict[str, str]:
    """Play one act: whether it got "through", was "stopped", is a "fault", or all is "gone"."""
    try:
        said = act(engine)
    except Refused as refusal:
        return {"verdict": "stopped", "said": str(refusal), "by": "gate"}
    except Stopped as stopped:
        return {"verdict": "stopped", "said": stopped.logged, "by": "itself"}
    except WardenError as error:  # the class itself says that nobody is there
        verdict = "gone" if type(error) is WardenError else "stopped"
        return {"verdict": verdict, "said": str(error), "by": WARDEN}
    except OSError as error:
        return {"verdict": "stopped", "said": f"{type(error).__name__}: {error}", "by": "kernel"}
    except Exception:  # noqa: BLE001 whatever it is, it is ours and the other acts go on
        return {"verdict": "fault", "said": traceback.format_exc(limit=-4), "by": "redteam"}
    return {"verdict": "through", "said": repr(said)[:SAID], "by": ""}


def socket_number() -> int:
    """The descriptor of the warden's socket."""
    return int(os.environ[WARDEN_FD])


if __name__ == "__main__":
    sys.exit(main())
