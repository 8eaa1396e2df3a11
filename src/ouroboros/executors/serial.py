"""The plain executor: one unit after another in this process."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from ouroboros.errors import WorkerError

A = TypeVar("A")
B = TypeVar("B")


class Serial:
    """Runs units here; the reference that other executors are held against."""

    def map(self, unit: Callable[[A], B], items: Sequence[A]) -> list[B]:
        """`[unit(item) for item in items]`; WorkerError where a unit raises."""
        try:
            return [unit(item) for item in items]
        except Exception as error:
            raise WorkerError(f"{unit.__name__}: {error}") from error

    def close(self) -> None:
        """Nothing is held."""
