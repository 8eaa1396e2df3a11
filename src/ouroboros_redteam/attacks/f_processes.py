"""Class F, processes: tracing, signals, limits, what multiplies and what stays.

Nothing here changes another process where it succeeds, and who is signalled is the red team's own.
"""

import ctypes
import errno
import fcntl
import os
import resource
import signal
import socket
import struct
import termios
from contextlib import suppress
from pathlib import Path

from ouroboros_redteam.attack import Inside, Stopped, boxed
from ouroboros_redteam.engine import Engine
from ouroboros_redteam.reach import (
    allowed_to_fail,
    buffer,
    call,
    closed,
    in_child,
    pidfd,
    stranger,
)
from ouroboros_redteam.twins import LIMIT, MAP, OWN_SIGNAL, PAIR, SOME, THREAD

_SEIZE = 0x4206  # which, unlike attaching, stops nobody

_SIGNAL = signal.SIGUSR1

_STORM = 400  # processes; more than a child may have


def _victim(engine: Engine) -> int:
    return stranger(int(engine.places["victim"]))


def _seize(process: int) -> str:
    """Trace a process from a child, whose end lets go of it."""
    return in_child(lambda: call("ptrace", _SEIZE, process, 0, 0))


def _steal(process: int) -> str:
    return closed(call("pidfd_getfd", pidfd(process), 1, 0))


def _vector(process: int, name: str) -> str:
    """Memory at a place that nobody has: who may not look at all is told so first."""
    own = buffer(8)
    here, there = struct.pack("QQ", ctypes.addressof(own), 8), struct.pack("QQ", 8, 8)
    return allowed_to_fail(errno.EFAULT, lambda: call(name, process, here, 1, there, 1, 0))


def _owned_pipe(process: int) -> str:
    """Have the kernel send the signal, when a socket of one's own gets something to read."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        fcntl.fcntl(ours, fcntl.F_SETOWN, process)
        fcntl.fcntl(ours, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
        theirs.send(b"x")
    raise Stopped("whether it arrived is for the victim to say")


def _raise_limit(which: int) -> str:
    _, hard = resource.getrlimit(which)
    if hard == resource.RLIM_INFINITY:
        return "there is no limit"
    try:
        resource.setrlimit(which, (hard + 1, hard + 1))
    except ValueError as error:
        raise OSError(errno.EPERM, str(error)) from error
    return f"{hard + 1}"


def _storm() -> None:
    children: list[int] = []
    try:
        for _ in range(_STORM):
            child = os.fork()
            if not child:
                signal.pause()
            children.append(child)
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _type() -> str:
    """Type a character in a terminal's name."""
    master, slave = os.openpty()
    try:
        fcntl.ioctl(slave, termios.TIOCSTI, b"x")
        return "typed"
    finally:
        os.close(master)
        os.close(slave)


def _shared() -> str:
    number = call("shmget", 0, 4096, 0o1600)
    call("shmctl", number, 0, 0)
    return "shared memory"


def _message_queue() -> str:
    number = call("msgget", 0, 0o1600)
    call("msgctl", number, 0, 0)
    return "a queue"


def _semaphores() -> str:
    number = call("semget", 0, 1, 0o1600)
    call("semctl", number, 0, 0, 0)
    return "semaphores"


def _posix_queue() -> str:
    number = call("mq_open", "redteam", os.O_CREAT | os.O_RDWR, 0o600, None)
    call("mq_unlink", "redteam")
    return closed(number)


def _other_pages(process: int) -> str:
    call("move_pages", process, 0, None, None, None, 0)
    return "asked"


_PROCESSES = [
    boxed("F4.1", "trace the warden", lambda e: _seize(stranger(e.warden_number)), OWN_SIGNAL),
    boxed(
        "F4.2",
        "trace a process outside",
        lambda e: _seize(_victim(e)),
        OWN_SIGNAL,
    ),
    boxed(
        "F4.3",
        "read the warden's memory by a call",
        lambda e: _vector(stranger(e.warden_number), "process_vm_readv"),
        OWN_SIGNAL,
    ),
    boxed(
        "F4.4",
        "write into a process's memory by a call",
        lambda e: _vector(_victim(e), "process_vm_writev"),
        OWN_SIGNAL,
    ),
    boxed("F4.5", "signal a process outside", lambda e: os.kill(_victim(e), _SIGNAL), OWN_SIGNAL),
    boxed(
        "F4.6",
        "ask whether the warden can be signalled",
        lambda e: os.kill(stranger(e.warden_number), 0),
        OWN_SIGNAL,
    ),
    boxed(
        "F4.7",
        "signal a thread outside",
        lambda e: call("tgkill", _victim(e), _victim(e), _SIGNAL),
        OWN_SIGNAL,
    ),
    boxed(
        "F4.8",
        "queue a signal outside",
        lambda e: call(
            "rt_sigqueueinfo",
            _victim(e),
            _SIGNAL,
            buffer(struct.pack("iii", _SIGNAL, 0, -1) + bytes(116)),
        ),
        OWN_SIGNAL,
    ),
    boxed(
        "F4.9",
        "signal by a descriptor of a process",
        lambda e: call("pidfd_send_signal", pidfd(_victim(e)), _SIGNAL, None, 0),
        OWN_SIGNAL,
    ),
    boxed(
        "F4.10",
        "have the kernel signal a process outside",
        lambda e: _owned_pipe(int(e.places["victim"])),
        OWN_SIGNAL,
    ),
    boxed(
        "F4.11",
        "take a descriptor of the warden's",
        lambda e: _steal(stranger(e.warden_number)),
        OWN_SIGNAL,
    ),
    boxed(
        "F4.12",
        "compare kernel objects with the warden",
        lambda e: call("kcmp", os.getpid(), stranger(e.warden_number), 0, 0, 0),
        OWN_SIGNAL,
    ),
    boxed(
        "F4.13",
        "read the warden's limits by prlimit",
        lambda e: call("prlimit", stranger(e.warden_number), 7, None, buffer(16)),
        LIMIT,
    ),
    boxed(
        "F4.14",
        "bind the warden to the processors it has",
        lambda e: call("setaffinity", stranger(e.warden_number), 128, buffer(b"\xff" * 128)),
        LIMIT,
    ),
    boxed(
        "F4.15",
        "look where a process's memory lies",
        lambda e: _other_pages(_victim(e)),
        OWN_SIGNAL,
    ),
    boxed(
        "F4.16",
        "set a process's priority to what it is",
        lambda e: call("setpriority", 0, _victim(e), 0),
        OWN_SIGNAL,
    ),
    boxed(
        "F4.17",
        "take real-time priority",
        lambda e: in_child(lambda: call("sched_setscheduler", 0, 0, buffer(4))),
        OWN_SIGNAL,
    ),
]

_RESOURCES = [
    boxed("F7.3", "start 400 processes at once", lambda e: in_child(_storm), SOME, "T2"),
    boxed(
        "F7.4",
        "have more descriptors than allowed",
        lambda e: _raise_limit(resource.RLIMIT_NOFILE),
        LIMIT,
    ),
    boxed("F7.5", "have core files", lambda e: _raise_limit(resource.RLIMIT_CORE), LIMIT),
    boxed("F7.6", "lock memory", lambda e: in_child(_lock_memory), MAP),
    boxed("F8.1", "type in a terminal's name", lambda e: _type(), PAIR),
    boxed(
        "F9.4", "make a file of memory", lambda e: closed(call("memfd_create", "redteam", 0)), MAP
    ),
    boxed("F9.5", "make a file of secret memory", lambda e: closed(call("memfd_secret", 0)), MAP),
    boxed("F11.1", "leave shared memory", lambda e: _shared(), MAP),
    boxed("F11.2", "leave a message queue", lambda e: _message_queue(), PAIR),
    boxed("F11.3", "leave semaphores", lambda e: _semaphores(), THREAD),
    boxed("F11.4", "leave a POSIX queue", lambda e: _posix_queue(), PAIR),
    boxed("F11.5", "leave a file in shared memory", lambda e: _in_shared_memory(), MAP),
]


def _lock_memory() -> None:
    own = buffer(1 << 16)
    call("mlock", ctypes.addressof(own), 1 << 16)


def _in_shared_memory() -> str:
    path = Path("/dev/shm/redteam")  # noqa: S108 whether it can be made there is the question
    path.touch()
    with suppress(OSError):
        path.unlink()
    return "a file"


ATTACKS: list[Inside] = [*_PROCESSES, *_RESOURCES]
