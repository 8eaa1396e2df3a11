"""The confinement's own test: before the engine starts, another tries to get out in its place.

What got through is named in the refusal, and nothing is started; what was stopped is counted in the
log.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from ouroboros_warden.canonical import Json, decode
from ouroboros_warden.errors import Refused, UsageError
from ouroboros_warden.folder import Folder
from ouroboros_warden.grants import engine_grant, make_workspace, owners
from ouroboros_warden.processes import environment
from ouroboros_warden.sandbox import Box, demand_tier, landlock_abi

PATIENCE = 60  # seconds
BENIGN = "may "  # what a confined process must be able to do begins so


def try_to_escape(folder: Folder, box: Box) -> Json:
    """Run every attempt of `escape` inside `box`; what the log is to say of the confinement.

    Raises:
        Refused: an attempt got through, a benign one failed, or the test could not be made.
    """
    found = attempt(folder.root, box)
    wrong = sorted(name for name, through in found.items() if through != name.startswith(BENIGN))
    if wrong:
        raise Refused(f"the confinement failed its own test: {', '.join(wrong)}")
    return {
        "tier": demand_tier(),
        "landlock": landlock_abi(),
        "own_user": box.owner is not None,
        "stopped": sum(not name.startswith(BENIGN) for name in found),
        "allowed": sum(name.startswith(BENIGN) for name in found),
    }


def drill() -> Json:
    """The same test in a run made up for it: what this machine's confinement is worth.

    Raises:
        Refused: as `try_to_escape` does, or the machine cannot confine at all.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Folder(root=Path(name).resolve())
        for path in (folder.root / "config.json", folder.warden / "secret", folder.records):
            path.parent.mkdir(exist_ok=True)
            path.write_text("{}")
        owner, _ = owners(folder)
        make_workspace(folder, owner)
        box = Box.build(engine_grant(folder), owner)
        try:
            return try_to_escape(folder, box)
        finally:
            box.close()


def attempt(run: Path, box: Box) -> dict[str, bool]:
    """Whether each attempt got through, as the confined process saw it."""
    command = [sys.executable, "-P", "-m", "ouroboros_warden.escape", str(run), str(os.getpid())]
    try:
        done = subprocess.run(  # noqa: S603 our own
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment(),
            preexec_fn=box.enter,
            timeout=PATIENCE,
            check=True,
        )
        return {str(name): bool(through) for name, through in decode(done.stdout.strip()).items()}
    except (OSError, subprocess.SubprocessError, UsageError) as error:
        raise Refused(f"the confinement could not be tested: {error}") from error
