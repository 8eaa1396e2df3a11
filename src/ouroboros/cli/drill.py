"""A drill of the brake: a real warden, an engine that resists, and the seconds until silence.

The engine ignores SIGTERM, hangs, has fled a child into a session of its own and starts busy
processes without end. The clock runs from just before the latch is written until no process below
the warden is alive.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ouroboros.errors import OuroborosError

PATIENCE = 60.0  # seconds
BUSY = 6  # processes below the warden from which a drill begins
ENGINE = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if not os.fork():
    os.setsid()
    if os.fork():
        os._exit(0)
while True:
    subprocess.Popen([sys.executable, "-I", "-S", "-c", "while True: pass"])
    time.sleep(0.05)
"""


def drill() -> float:
    """Seconds from the pull to silence; OuroborosError where the brake did not do its work."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from ouroboros.cli.warden import source_environment
    from ouroboros.presets import PRESETS
    from ouroboros_warden.brake import PULL, Latch, pulled, write_latch
    from ouroboros_warden.folder import Folder
    from ouroboros_warden.opening import open_run
    from ouroboros_warden.processes import descendants

    with tempfile.TemporaryDirectory() as name:
        run = Path(name)
        (run / "config.json").write_text(json.dumps(PRESETS["tiny"]().model_dump(mode="json")))
        folder = Folder.at(run)
        open_run(folder, Ed25519PrivateKey.generate())
        command = [sys.executable, "-P", "-m", "ouroboros.cli.drill", name]
        with subprocess.Popen(  # noqa: S603 our own
            command, stderr=subprocess.PIPE, text=True, env=source_environment()
        ) as server:
            try:
                _wait(lambda: len(descendants(server.pid)) >= BUSY)
                began = time.monotonic()
                write_latch(folder, pulled(Latch(), "stopped", "a drill"))
                os.kill(server.pid, PULL)
                _wait(lambda: not descendants(server.pid))
                took = time.monotonic() - began
                _, said = server.communicate(timeout=PATIENCE)
            finally:
                server.kill()
    if server.returncode != 3:
        raise OuroborosError(f"the warden ended with {server.returncode}: {said}")
    return took


def _wait(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise OuroborosError("a drill did not come to its end")


if __name__ == "__main__":
    from ouroboros_warden.__main__ import main
    from ouroboros_warden.server import Commands

    sys.exit(main(["serve", sys.argv[1]], Commands(engine=(sys.executable, "-c", ENGINE))))
