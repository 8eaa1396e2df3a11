"""The engine's only door: one method a request, over the socket the warden handed down.

    warden = Warden.connect()
    greeting = warden.hello()
    prompts, lines = warden.examples("base:copy:1", "copy", level=1, count=64, seed=7)
    decision = warden.examine("g3:examine", 3, checkpoint, parent)

Every method but `hello` and `progress` takes a `key`, a name of the step that a repeated run
gives again: the warden answers a known step from its log, and refuses a known key with another
request. Refused means no; WardenError means that the warden is gone. Threads may share a client;
they wait for each other.
"""

import os
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from ouroboros_warden.canonical import Json
from ouroboros_warden.errors import Refused, UsageError, WardenError
from ouroboros_warden.messages import (
    WARDEN_FD,
    Claim,
    Data,
    Examine,
    Examples,
    Final,
    Finish,
    Hello,
    Progress,
    Request,
    Verify,
    encode,
    frame,
    receive,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """What the warden tells at the start.

    `answered` are the keys of steps already in the log; `champion` is none before the first exam.
    """

    config: Json
    run_dir: str
    head: str
    champion: str | None
    answered: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """All the engine learns of an examination: a word.

    It is "better", "no evidence", "worse", "first", "drift" (too much of its data is wrong) or
    "narrow" (they are not varied enough).
    """

    promoted: bool
    reason: str


class Warden:
    """The warden as the engine sees it."""

    def __init__(self, connection: socket.socket) -> None:
        """Speak over `connection`, a stream socket to the warden."""
        self._connection = connection
        self._turn = threading.Lock()

    @classmethod
    def connect(cls) -> "Warden":
        """Take the socket that the warden left in the environment; UsageError if there is none."""
        try:
            descriptor = int(os.environ[WARDEN_FD])
            os.set_inheritable(descriptor, False)
            return cls(socket.socket(fileno=descriptor))
        except (KeyError, ValueError, OSError) as error:
            raise UsageError("the engine is started by the warden, not by hand") from error

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def hello(self) -> Greeting:
        """The run's configuration and how far its log has got."""
        answer = self._ask(Hello())
        return Greeting(
            config=answer["config"],
            run_dir=answer["run_dir"],
            head=answer["head"],
            champion=answer["champion"],
            answered=frozenset(answer["answered"]),
        )

    def examples(
        self, key: str, family: str, level: int, count: int, seed: int
    ) -> tuple[list[str], list[list[str]]]:
        """`count` prompts and their solutions in lines; Refused past the wall in self mode."""
        answer = self._ask(Examples(key=key, family=family, level=level, count=count, seed=seed))
        return answer["prompts"], answer["lines"]

    def verify(
        self,
        key: str,
        family: str,
        level: int,
        prompts: Sequence[str],
        lines: Sequence[Sequence[str]],
    ) -> list[bool]:
        """Whether each solution is right, line by line; Refused in self mode."""
        rows = [list(row) for row in lines]
        request = Verify(key=key, family=family, level=level, prompts=list(prompts), lines=rows)
        return self._ask(request)["correct"]

    def claim(self, key: str, kind: str, body: Json) -> None:
        """Have the log say what the engine says it did."""
        self._ask(Claim(key=key, kind=kind, body=body))

    def data(self, key: str, generation: int, file: str) -> None:
        """Hand in a Parquet file, its path relative to the run's folder and under `data/`."""
        self._ask(Data(key=key, generation=generation, file=file))

    def examine(self, key: str, generation: int, checkpoint: str, parent: str | None) -> Decision:
        """Have a checkpoint examined against the champion, and promoted or rejected."""
        request = Examine(key=key, generation=generation, checkpoint=checkpoint, parent=parent)
        answer = self._ask(request)
        return Decision(promoted=answer["promoted"], reason=answer["reason"])

    def final(self, key: str) -> None:
        """Have the champion sit the full examination; the result is not for the engine."""
        self._ask(Final(key=key))

    def finish(self, key: str, reason: str) -> None:
        """End the run; the warden reveals the exam secret in the log and takes no more."""
        self._ask(Finish(key=key, reason=reason))

    def progress(self, body: Json) -> None:
        """Show figures to whoever watches; more than a hundred a second are dropped."""
        self._ask(Progress(body=body))

    def _ask(self, request: Request) -> Json:
        data = frame(encode(request))
        with self._turn:
            try:
                self._connection.sendall(data)
                answer = receive(self._connection)
            except OSError as error:
                raise WardenError(f"the warden is gone: {error}") from error
        if answer is None:
            raise WardenError("the warden has hung up")
        if answer["ok"] is not True:
            raise Refused(answer["error"])
        return answer
