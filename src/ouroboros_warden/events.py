"""The stream of events: for whoever watches, never read back."""

import os
import time
from contextlib import suppress
from pathlib import Path

from ouroboros_warden.audit import open_lines, write_all
from ouroboros_warden.canonical import Json, canonical

PROGRESS_RATE = 100  # progress events a second; more are dropped
BACKLOG_LIMIT = 1 << 20  # bytes that a slow watcher may lag behind


class Events:
    """The stream of events: lines {"time", "event", "body"}, for whoever watches."""

    def __init__(self, path: Path, descriptor: int | None) -> None:
        """Write to the file at `path`, and to `descriptor`, a pipe, as far as it is read."""
        self._file = open_lines(path)
        self._pipe = descriptor
        self._backlog = bytearray()
        self._second = 0
        self._shown = 0
        if descriptor is not None:
            os.set_blocking(descriptor, False)

    def tell(self, event: str, body: Json) -> None:
        """Show an event; progress beyond the rate is dropped, a full disk or pipe is no error."""
        if event == "progress" and self._is_flood():
            return
        line = canonical({"time": round(time.time(), 3), "event": event, "body": body}) + b"\n"
        with suppress(OSError):
            write_all(self._file, line)
        self._forward(line)

    def close(self) -> None:
        """Let go of the file; the descriptor is the caller's."""
        os.close(self._file)

    def _is_flood(self) -> bool:
        second = int(time.time())
        self._shown = self._shown + 1 if second == self._second else 1
        self._second = second
        return self._shown > PROGRESS_RATE

    def _forward(self, line: bytes) -> None:
        if self._pipe is None:
            return
        self._backlog += line
        try:
            del self._backlog[: os.write(self._pipe, self._backlog)]
        except BlockingIOError:
            if len(self._backlog) > BACKLOG_LIMIT:
                self._pipe = None  # nobody reads it; the file has it all
        except OSError:
            self._pipe = None
