"""An engine that walks through a plan: `simulated_engine.py RUN`, steps in RUN/learners/plan.json.

A step `["ask", method, arguments]` calls the client and appends [step number, answer] to
RUN/learners/answers.jsonl, `["refused", error]` standing for a refusal; the other verbs are for
attacks.
"""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

from ouroboros_warden.client import Decision, Warden
from ouroboros_warden.errors import Refused
from ouroboros_warden.messages import receive

FOLDER = Path(sys.argv[1]) / "learners"


def plain(answer):
    if isinstance(answer, Decision):
        return {"promoted": answer.promoted, "reason": answer.reason}
    if hasattr(answer, "answered"):
        return {"head": answer.head, "answered": sorted(answer.answered), "config": answer.config}
    return answer


def ask(warden, method, arguments):
    try:
        return plain(getattr(warden, method)(**arguments))
    except Refused as refusal:
        return ["refused", str(refusal)]


def raw(connection, data, times):
    answers = []
    for _ in range(times):
        connection.sendall(data)
        answers.append(receive(connection))
    return answers[-1]


def spawn(holds_socket, deaf):
    ignore = "signal.signal(signal.SIGTERM, signal.SIG_IGN);" if deaf else ""
    code = f"import signal, time; {ignore} time.sleep(600)"
    if holds_socket:
        os.set_inheritable(int(os.environ["OUROBOROS_WARDEN_FD"]), True)
    command = [sys.executable, "-I", "-S", "-c", code, str(FOLDER)]  # so that a test knows it
    subprocess.Popen(command, close_fds=not holds_socket)
    time.sleep(0.1)


def multiply():
    """Start busy processes without end."""
    while True:
        subprocess.Popen([sys.executable, "-I", "-S", "-c", "while True: pass"])
        time.sleep(0.05)


def flee():
    """Leave behind a process in a session of its own, whose parent is dead."""
    if not os.fork():
        os.setsid()
        if os.fork():
            os._exit(0)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)
    os.wait()


def main():
    descriptor = int(os.environ["OUROBOROS_WARDEN_FD"])
    warden = Warden.connect()
    connection = socket.socket(fileno=os.dup(descriptor))
    (FOLDER / "engine.pid").write_text(str(os.getpid()))
    with (FOLDER / "answers.jsonl").open("a") as answers:
        for number, (verb, *rest) in enumerate(json.loads((FOLDER / "plan.json").read_text())):
            answer = None
            if verb == "ask":
                answer = ask(warden, *rest)
            elif verb == "raw":
                answer = raw(connection, bytes.fromhex(rest[0]), *rest[1:])
            elif verb == "oversized":
                connection.sendall(struct.pack(">I", rest[0]))
                for _ in range(rest[0] >> 16):
                    connection.sendall(bytes(1 << 16))
                connection.sendall(bytes(rest[0] & 0xFFFF))
                answer = receive(connection)
            elif verb == "half":
                connection.sendall(struct.pack(">I", 100) + b"{")
                os._exit(4)
            elif verb == "sleep":
                time.sleep(rest[0])
            elif verb == "spawn":
                spawn(*rest)
            elif verb in {"busy", "flee"}:
                {"busy": multiply, "flee": flee}[verb]()
            elif verb == "leave":
                sys.stderr.write("the engine broke\n")
                sys.stderr.flush()
                os._exit(rest[0])
            elif verb == "deaf":
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
            answers.write(json.dumps([number, answer]) + "\n")
            answers.flush()


main()
