"""`ouro`: the door for people. Every command is a file beside this one.

Exit codes: 0 done, 1 failed, 2 misused, 3 refused by the warden. A user's mistake is one line on
standard error; with `--json` the last line of standard output is one object whatever happens.
"""

import errno
import json
import os
import signal
import sys
from collections.abc import Sequence

import typer

from ouroboros.cli import (
    bench,
    brake,
    chat,
    constitution,
    critique,
    data,
    diff,
    doctor,
    envs,
    exam,
    gym,
    keys,
    lease,
    measure,
    redteam,
    replay,
    report,
    rollback,
    run,
    solve,
    status,
    textbook,
    verify,
    watch,
    why,
)
from ouroboros.errors import OuroborosError, PluginError, UsageError
from ouroboros_warden.errors import WardenError

FULL = (errno.ENOSPC, errno.EDQUOT)

# Typer carries a Click of its own, or not, depending on its version: this is its misuse error.
_Misuse: type[Exception] = typer.BadParameter.__mro__[1]

app = typer.Typer(
    name="ouro",
    help="A self-improvement loop that one person can own, run and audit.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
app.command()(run.run)
app.command()(status.status)
app.command()(watch.watch)
app.command()(why.why)
app.command()(diff.diff)
app.command()(rollback.rollback)
app.command()(verify.verify)
app.command()(replay.replay)
app.command()(exam.exam)
app.command()(report.report)
app.command()(solve.solve)
app.command()(chat.chat)
app.add_typer(envs.app, name="envs")
app.add_typer(data.app, name="data")
data.app.command()(measure.report)
data.app.command()(measure.curate)
data.app.command()(measure.contamination)
data.app.command("gym-check")(gym.gym_check)
data.app.command("gym-make")(gym.gym_make)
data.app.command("export")(gym.export)
data.app.command()(textbook.textbook)
app.add_typer(constitution.app, name="constitution")
app.add_typer(keys.app, name="keys")
app.add_typer(lease.app, name="lease")
app.add_typer(brake.app, name="brake")
app.command()(critique.critique)
app.command()(doctor.doctor)
app.command()(redteam.redteam)
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(
    bench.bench
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = app(given, prog_name="ouro", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read us has heard enough; nothing may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (KeyboardInterrupt, typer.Abort):
        return _complain("interrupted", 1, given)
    except _Misuse as misuse:
        return _complain(str(misuse).strip() or "see `ouro --help`", 2, given)
    except (OuroborosError, WardenError, OSError) as error:
        return _complain(_line(error), exit_code(error), given)
    if code == 128 + signal.SIGINT:  # Typer's own word for an interrupt inside a command
        return _complain("interrupted", 1, given)
    return int(code or 0)


def exit_code(error: Exception) -> int:
    """Whose fault it was: 2 for the user's, 3 for a refusal, 1 for anything else."""
    if isinstance(error, WardenError):
        return error.exit_code
    is_full = isinstance(error, OSError) and error.errno in FULL
    return 2 if is_full or isinstance(error, UsageError | PluginError) else 1


def _line(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno in FULL:
        return f"no space left on the disk ({error.filename}); free some and try again"
    return " ".join(str(error).split()) or type(error).__name__


def _complain(line: str, code: int, given: Sequence[str]) -> int:
    sys.stderr.write(f"ouro: {line}\n")
    if "--json" in given:
        sys.stdout.write(json.dumps({"error": line, "exit_code": code}) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
