"""`python -m ouroboros_warden serve RUN_DIR` runs the engine under the law; `verify` checks a run.

`rollback RUN_DIR CHECKPOINT` makes a former champion answer for the run again; `contamination
RUN_DIR` says whether hashes on standard input are items of the run's examinations.

Exit codes: 0 finished, 1 the engine or a judge failed or somebody interrupted, 2 bad input,
3 refused. Whatever the code, the folder stays valid and `serve` goes on from there.
"""

import argparse
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from ouroboros_warden.bundle import broken_bundle, bundles
from ouroboros_warden.canonical import Json, canonical, decode
from ouroboros_warden.contamination import contamination
from ouroboros_warden.errors import UsageError, WardenError
from ouroboros_warden.folder import Folder
from ouroboros_warden.keys import Authority
from ouroboros_warden.processes import close_up, die_with, sweep
from ouroboros_warden.rollback import rollback
from ouroboros_warden.server import DEFAULT_COMMANDS, Commands, serve
from ouroboros_warden.verify import check_run
from ouroboros_warden.witness import cosign

_INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(argv: Sequence[str] | None = None, commands: Commands = DEFAULT_COMMANDS) -> int:
    """Run one command and return its exit code; every failure is one line on standard error."""
    options = _parser().parse_args(argv)
    try:
        if options.command == "verify":
            return _verify(options)
        if options.command == "cosign":
            return _cosign(options.key, options.state)
        if options.command == "rollback":
            rollback(options.run_dir, options.checkpoint)
            return 0
        _prepare(options.parent)
        try:
            if options.command == "contamination":
                return _tell(contamination(options.run_dir, _lines(), commands))
            serve(options.run_dir, commands, options.events_fd)
        finally:
            sweep()
    except KeyboardInterrupt:
        return _fail("interrupted; the run can be resumed", 1)
    except WardenError as error:
        return _fail(str(error), error.exit_code)
    except OSError as error:
        return _fail(str(error), 1)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ouroboros_warden", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    server = commands.add_parser("serve", help="start or resume a run")
    server.add_argument("run_dir", type=Path)
    server.add_argument("--events-fd", type=int, help="a pipe that gets every event as well")
    server.add_argument("--parent", type=int, help="process to die with (default: the starter)")
    verifier = commands.add_parser("verify", help="check the log and all that it names")
    verifier.add_argument("run_dir", type=Path, help="a run's folder, or a bundle's file")
    verifier.add_argument("--head", help="a head noted earlier, which the log must still hold")
    verifier.add_argument(
        "--authority", action="append", help="a key that may sign; again for more"
    )
    verifier.add_argument("--threshold", type=int, default=1, help="how many of them it takes")
    verifier.add_argument("--bundles", type=Path, help="a folder for a proof of each generation")
    witness = commands.add_parser("cosign", help="sign a log's head as its witness")
    witness.add_argument("key", type=Path)
    witness.add_argument("state", type=Path)
    restorer = commands.add_parser("rollback", help="make a former champion answer again")
    restorer.add_argument("run_dir", type=Path)
    restorer.add_argument("checkpoint")
    comparer = commands.add_parser("contamination", help="are these hashes examined items: yes, no")
    comparer.add_argument("run_dir", type=Path)
    comparer.set_defaults(parent=None)
    return parser


def _prepare(parent: int | None) -> None:
    # Only a starter that says who it is can be told from the one who adopts orphans.
    die_with(parent or os.getppid())
    close_up()
    for number in _INTERRUPTS:
        signal.signal(number, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    for number in _INTERRUPTS:  # the children are being stopped: once is enough
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _verify(options: argparse.Namespace) -> int:
    keys = tuple(options.authority or ())
    authority = Authority(keys=keys, threshold=options.threshold) if keys else None
    path: Path = options.run_dir
    if path.is_file():
        problems = broken_bundle(_read(path), authority)
        return _tell({"ok": not problems, "problems": problems, "record": None})
    folder = Folder.at(path)
    report = check_run(folder, options.head, authority)
    if options.bundles and report["ok"]:
        options.bundles.mkdir(parents=True, exist_ok=True)
        for number, bundle in enumerate(bundles(folder), start=1):
            name = f"{number:05d}-generation-{bundle['generation']}.json"
            (options.bundles / name).write_bytes(canonical(bundle))
    return _tell(report)


def _cosign(key: Path, state: Path) -> int:
    try:
        return _tell(cosign(key, state, decode(sys.stdin.buffer.read())))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"that is no head to sign: {error!r}") from error


def _lines() -> Iterator[str]:
    return (line.rstrip(b"\n").decode(errors="replace") for line in sys.stdin.buffer)


def _read(path: Path) -> Json:
    return decode(path.read_bytes())


def _tell(found: Json) -> int:
    sys.stdout.write(canonical(found).decode() + "\n")
    return 0 if found.get("ok", True) else 2


def _fail(line: str, code: int) -> int:
    sys.stderr.write(f"ouroboros_warden: {line}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
