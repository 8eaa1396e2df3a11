"""A warden on a run of the red team: RUN PARENT LIMIT ENGINE and its arguments.

It is the warden's own `serve`, with the real judges; only the engine's command is another. LIMIT
is the size in bytes that no file may exceed, 0 for none: it makes a full disk. The warden's number
is left where the engine finds it, for attacks have to aim at something.
"""

import os
import resource
import sys
from pathlib import Path

from ouroboros_warden.__main__ import main
from ouroboros_warden.server import Commands


def launch(commands: Commands) -> int:
    """Serve what the command line says with these children; the exit code."""
    run, parent, limit = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    (run / "learners" / "warden.pid").write_text(str(os.getpid()))
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    return main(["serve", str(run), "--parent", parent], commands)


if __name__ == "__main__":
    sys.exit(launch(Commands(engine=sys.argv[4:])))
