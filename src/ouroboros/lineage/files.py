"""Files of a run that outlive a crash: written whole or not at all.

A file appears under its final name only when its bytes are on disk; a full disk raises a
`UsageError` that says so, and the half-written file is gone.
"""

import errno
import os
from pathlib import Path

from ouroboros.errors import UsageError


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path` atomically; UsageError on a full disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise UsageError(
                f"no space left on the disk for {path}; free some and resume"
            ) from None
        raise
