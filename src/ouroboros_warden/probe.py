"""The confinement's own test: before the engine starts, another tries to get out in its place.

The strongest box whose test is passed is used (`strongest_box`); OUROBOROS_TIER in the warden's
environment caps it, for tests. Where even T1 fails, what got through is named in the refusal and
nothing is started. What was stopped is counted in the log.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path

from ouroboros_warden.bubble import bubblewrap
from ouroboros_warden.canonical import Json, decode
from ouroboros_warden.errors import Refused, UsageError
from ouroboros_warden.folder import Folder
from ouroboros_warden.grants import engine_grant, make_workspace, owners
from ouroboros_warden.processes import environment
from ouroboros_warden.sandbox import T1, Box, Grant, Means, landlock_abi

PATIENCE = 60  # seconds
TRIAL = 48 << 20  # bytes of memory during the test, where a group bounds it
BENIGN = "may "  # what a confined process must be able to do begins so


def try_to_escape(folder: Folder, box: Box) -> Json:
    """Run every attempt of `escape` inside `box`; what the log is to say of the confinement.

    Raises:
        Refused: an attempt got through, a benign one failed, or the test could not be made.
    """
    found = attempt(folder.root, box)
    if wrong := faults(found):
        raise Refused(f"the confinement failed its own test: {', '.join(wrong)}")
    return {
        "tier": box.means.tier,
        "landlock": landlock_abi(),
        "own_user": box.owner is not None,
        "group": box.group is not None,
        "stopped": sum(not name.startswith(BENIGN) for name in found),
        "allowed": sum(name.startswith(BENIGN) for name in found),
    }


def strongest_box(folder: Folder, grant: Grant, owner: int | None) -> Box:
    """The engine's box by the best means that pass their test; T1's is not tested yet.

    Raises:
        Refused: this machine cannot confine at all.
    """
    for means in _all_means(folder, owner):
        with suppress(OSError):
            box = Box.build(grant, owner, means)
            with suppress(Refused):
                if not faults(attempt(folder.root, box)):
                    return box
            box.close()
    return Box.build(grant, owner)


def same_means(box: Box, grant: Grant, owner: int | None) -> Box:
    """A judge's box, by the means that the engine's is made by."""
    group = box.means.group and f"{box.means.group}-judges"
    return Box.build(grant, owner, replace(box.means, group=group))


def _all_means(folder: Folder, owner: int | None) -> Iterator[Means]:
    """What may be had on this machine, the best first, T1 left out."""
    highest = os.environ.get("OUROBOROS_TIER", "T3")
    bwrap = bubblewrap() if highest > "T1" else None
    name = f"ouroboros-{sha256(os.fsencode(folder.root)).hexdigest()[:16]}"
    group = name if owner is not None and highest > "T2" else None
    tried = (Means(bwrap=b, group=g) for b in (bwrap, None) for g in (group, None))
    yield from (means for means in dict.fromkeys(tried) if means != T1)


def faults(found: Json) -> list[str]:
    """Attempts that got through, and benign ones that did not."""
    return sorted(name for name, through in found.items() if through != name.startswith(BENIGN))


def promises(box: Box) -> list[str]:
    """What this box promises that not every box does, as `escape` calls it."""
    kept = {
        "tree": box.means.bwrap is not None,
        "processes": box.means.bwrap is not None or box.owner is not None,
        "memory": box.group is not None,
    }
    return [promise for promise, is_kept in kept.items() if is_kept]


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
        box = strongest_box(folder, engine_grant(folder), owner)
        try:
            return try_to_escape(folder, box)
        finally:
            box.close()


@cache  # of a box that is compared by identity: the choice of it was its test
def attempt(run: Path, box: Box) -> dict[str, bool]:
    """Whether each attempt got through, as the confined process saw it."""
    command = [sys.executable, "-P", "-m", "ouroboros_warden.escape", str(run), str(os.getpid())]
    try:
        with box.group.tightened(TRIAL) if box.group else nullcontext():
            done = subprocess.run(  # noqa: S603 our own
                box.around([*command, *promises(box)]),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                env=environment(),
                pass_fds=box.inherited,
                start_new_session=True,
                preexec_fn=box.enter,
                timeout=PATIENCE,
                check=True,
            )
        return {str(name): bool(through) for name, through in decode(done.stdout.strip()).items()}
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()[-200:]
        raise Refused(f"the confinement could not be tested: {said}") from error
    except (OSError, subprocess.SubprocessError, UsageError) as error:
        raise Refused(f"the confinement could not be tested: {error}") from error
