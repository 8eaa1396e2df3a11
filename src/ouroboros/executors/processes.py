"""Worker processes of one thread each, over plain pipes.

Two learners on two cores run twice as fast as one learner on two threads: the models are small.
Pipes only, no shared memory and no semaphores, so that it works in a box without /dev/shm. A
worker that dies is started again and its unit run once more; that is safe because a unit depends
on its record alone. A unit that kills its worker twice is a WorkerError.
"""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from ouroboros.errors import WorkerError

A = TypeVar("A")
B = TypeVar("B")
ATTEMPTS = 2


def _serve(pipe: Connection, parent: int) -> None:
    """A worker's life: units in, (succeeded, result) out, until the pipe closes."""
    from ouroboros.executors.thread import settle

    settle(parent)
    while True:
        try:
            unit, item = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send((True, unit(item)))
        except Exception as error:  # noqa: BLE001 a unit's failure is reported, the worker lives on
            pipe.send((False, f"{type(error).__name__}: {error}"))


class Processes:
    """`count` workers; each takes the next unit as soon as it is free."""

    def __init__(self, count: int) -> None:
        """Start the workers; they import what a unit needs on their first unit."""
        self._context = multiprocessing.get_context("spawn")
        self._workers = [self._start() for _ in range(count)]

    def map(self, unit: Callable[[A], B], items: Sequence[A]) -> list[B]:
        """`[unit(item) for item in items]`; WorkerError where a unit raises or kills twice."""
        busy: dict[int, tuple[int, int]] = {}
        try:
            results = self._run(unit, items, busy)
        except Exception:
            self._drain(busy)
            raise
        return [results[index] for index in range(len(items))]

    def close(self) -> None:
        """Close the pipes and wait for the workers to go."""
        for process, pipe in self._workers:
            pipe.close()
            process.join(timeout=5)
            if process.is_alive():
                process.kill()
                process.join()

    def _run(
        self, unit: Callable[[A], B], items: Sequence[A], busy: dict[int, tuple[int, int]]
    ) -> dict[int, B]:
        """Results by index; `busy` tells at any time which worker has which (index, attempt)."""
        results: dict[int, Any] = {}
        waiting = [(index, 1) for index in range(len(items))]
        while waiting or busy:
            for worker in range(len(self._workers)):
                if waiting and worker not in busy:
                    self._send(worker, unit, items[waiting[0][0]])
                    busy[worker] = waiting.pop(0)
            ready = wait([self._workers[worker][1] for worker in busy])
            for worker in [w for w in busy if self._workers[w][1] in ready]:
                index, attempt = busy.pop(worker)
                try:
                    succeeded, value = self._workers[worker][1].recv()
                except (EOFError, OSError):
                    self._workers[worker] = self._restart(worker)
                    if attempt >= ATTEMPTS:
                        raise WorkerError(f"{unit.__name__} killed its worker twice") from None
                    waiting.insert(0, (index, attempt + 1))
                    continue
                if not succeeded:
                    raise WorkerError(f"{unit.__name__}: {value}")
                results[index] = value
        return results

    def _start(self) -> tuple[BaseProcess, Connection]:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, os.getpid()), daemon=True)
        process.start()
        theirs.close()
        return process, ours

    def _restart(self, worker: int) -> tuple[BaseProcess, Connection]:
        process, pipe = self._workers[worker]
        pipe.close()
        process.join(timeout=5)
        return self._start()

    def _send(self, worker: int, unit: Callable[[A], B], item: A) -> None:
        try:
            self._workers[worker][1].send((unit, item))
        except OSError:  # died while idle
            self._workers[worker] = self._restart(worker)
            self._workers[worker][1].send((unit, item))

    def _drain(self, busy: dict[int, tuple[int, int]]) -> None:
        """Let units in flight end, so that no late answer meets the next map."""
        for worker in busy:
            try:
                self._workers[worker][1].recv()
            except (EOFError, OSError):
                self._workers[worker] = self._restart(worker)
