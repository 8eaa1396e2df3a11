"""What a confined process must still be able to do: twins that attacks by system calls share."""

import mmap
import resource
import signal
import socket
import subprocess
import sys

from ouroboros_redteam.attack import Benign
from ouroboros_redteam.engine import Engine
from ouroboros_redteam.reach import (
    in_child,
    run_python,
)


def _own_signal(_engine: Engine) -> str:
    child = subprocess.Popen([sys.executable, "-I", "-S", "-c", "import time; time.sleep(60)"])
    child.send_signal(signal.SIGTERM)
    return str(child.wait())


def _pair(_engine: Engine) -> str:
    one, other = socket.socketpair()
    with one, other:
        one.send(b"hello")
        return repr(other.recv(5))


def _lower_limit(_engine: Engine) -> str:
    def lower() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

    return in_child(lower)


def _some_processes(_engine: Engine) -> str:
    return run_python(
        "import os\nfor _ in range(20):\n  if not os.fork(): os._exit(0)\n  os.wait()"
    )


def _threads(_engine: Engine) -> str:
    code = "import threading\nt = threading.Thread(target=print, args=(1,)); t.start(); t.join()"
    return run_python(code)


OWN_SIGNAL = Benign("signal a child of one's own", _own_signal)

PAIR = Benign("talk over a pair of sockets", _pair)

LIMIT = Benign("lower a limit of one's own", _lower_limit)

SOME = Benign("start 20 processes, one after another", _some_processes)

THREAD = Benign("start a thread", _threads)

MAP = Benign("map memory that only this process has", lambda e: mmap.mmap(-1, 4096).close())
