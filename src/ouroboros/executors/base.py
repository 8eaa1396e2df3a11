"""The one protocol of executors: map a pure function over records, results in order.

Whatever the executor, the results are the same, because a unit depends on its record alone.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

A = TypeVar("A")
B = TypeVar("B")


class Executor(Protocol):
    """Runs work units."""

    def map(self, unit: Callable[[A], B], items: Sequence[A]) -> list[B]:
        """`[unit(item) for item in items]`; WorkerError where a unit raises."""
        ...

    def close(self) -> None:
        """Give back processes and pipes."""
        ...
