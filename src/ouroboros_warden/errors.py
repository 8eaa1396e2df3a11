"""The warden's error tree: whose fault it was decides the exit code.

Each class carries the code that `python -m ouroboros_warden` ends with: 1 failed, 2 bad input
(nothing is lost), 3 refused. A rejected successor is a record of the log, never an exception.
"""

from typing import Any, ClassVar


class WardenError(Exception):
    """Anything the warden raises on purpose."""

    exit_code: ClassVar[int] = 1


class UsageError(WardenError):
    """The user's mistake; the message says what to do next."""

    exit_code: ClassVar[int] = 2


class Locked(WardenError):
    """Another live warden holds the run's folder."""

    exit_code: ClassVar[int] = 2


class LogDamaged(WardenError):
    """The log is not what the warden wrote; `index` is the first bad record."""

    exit_code: ClassVar[int] = 2

    def __init__(self, index: int, why: str) -> None:
        """Name the record and say what is wrong with it."""
        super().__init__(f"log damaged at record {index}: {why}")
        self.index = index


class DiskFull(WardenError):
    """The log could not be written; nothing was acknowledged."""

    exit_code: ClassVar[int] = 2


class Refused(WardenError):
    """The warden refuses what was asked."""

    exit_code: ClassVar[int] = 3


class Denied(Refused):
    """The articles forbid it; `law` is their decision, with the facts that it was made on."""

    def __init__(self, line: str, law: dict[str, Any]) -> None:
        """Say why in words."""
        super().__init__(line)
        self.law = law


class Braked(WardenError):
    """The brake is on: nothing runs until the authority releases it."""

    exit_code: ClassVar[int] = 3


class JudgeError(WardenError):
    """A judge died, hung or answered nonsense, twice; the run stops and can be resumed."""
