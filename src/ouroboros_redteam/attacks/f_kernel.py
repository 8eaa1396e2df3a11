"""Class F, system calls: other processes, namespaces, networks, large doors into the kernel.

Nothing here changes a setting of the kernel or of another process where it succeeds: what is set
is set to what it was, and who is signalled is the red team's own.
"""

import ctypes
import errno
import mmap
import os
import signal
import socket
import struct

from ouroboros_redteam.attack import Benign, Inside, Stopped, boxed
from ouroboros_redteam.engine import Engine, socket_number
from ouroboros_redteam.reach import (
    X86,
    allowed_to_fail,
    buffer,
    call,
    call_number,
    closed,
    in_child,
    open_file,
    open_socket,
    pidfd,
    stranger,
)
from ouroboros_redteam.twins import MAP, PAIR, SOME, THREAD

_NEW_USER, _NEW_NET, _NEW_PID = 0x10000000, 0x40000000, 0x20000000

_ADMIN = 1 << 21  # CAP_SYS_ADMIN


def _passed_descriptor(_engine: Engine) -> str:
    """A descriptor from one's own child."""
    one, other = socket.socketpair()
    with one, other:
        socket.send_fds(one, [b"x"], [0])
        for number in socket.recv_fds(other, 1, 1)[1]:
            os.close(number)
    return "passed"


def _descriptor_of_warden(engine: Engine) -> str:
    """Send one with a request, and look whether any comes with the answer."""
    with socket.socket(fileno=os.dup(socket_number())) as connection:
        hello = b'{"type":"hello"}'
        data = struct.pack(">I", len(hello)) + hello
        socket.send_fds(connection, [data], [0])
        answer, numbers, _, _ = socket.recv_fds(connection, 4, 8)
        left = struct.unpack(">I", answer)[0]
        while left:
            left -= len(connection.recv(left))
    if not numbers:
        raise Stopped("none came")
    return repr(numbers)


def _connect(engine: Engine) -> str:
    with socket.create_connection(("127.0.0.1", engine.places["port"]), timeout=5):
        return "connected"


def _knock(engine: Engine) -> str:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(engine.outside / "door"))
        return "connected"


def _datagram(engine: Engine) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", ("127.0.0.1", engine.places["port"]))
        return "sent"


def _listen() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return repr(server.getsockname())


def _abstract() -> str:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0redteam")
        return "bound"


def _open_filter() -> str:
    """A filter more, which allows everything, and then a socket."""
    allow = struct.pack("HBBI", 6, 0, 0, 0x7FFF0000)
    code = buffer(allow)
    program = buffer(struct.pack("HxxxxxxP", 1, ctypes.addressof(code)))
    call("prctl", 22, 2, program, 0, 0)
    return open_socket(socket.AF_INET)


def _open_landlock(engine: Engine) -> str:
    """A ruleset more, which grants everything, and then the decoy."""
    rights = (1 << 13) - 1
    ruleset = call_number(444, buffer(struct.pack("Q", rights)), 8, 0)
    root = os.open("/", os.O_PATH)
    call_number(445, ruleset, 1, buffer(struct.pack("=Qi", rights, root)), 0)
    call_number(446, ruleset, 0)
    return open_file(engine.outside / "decoy.txt", os.O_WRONLY)


def _no_new_privs() -> str:
    call("prctl", 38, 0, 0, 0, 0)
    return "rights can be gained again"


def _i386() -> None:
    """The number of this process, asked for in another architecture's way."""
    code = bytes.fromhex("b814000000cd80c3")
    memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(code)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    if ctypes.CFUNCTYPE(ctypes.c_int)(address)() != os.getpid():
        raise Stopped("it answered nonsense")


_NAMESPACES = [
    boxed(
        "F5.1",
        "make a user namespace",
        lambda e: in_child(lambda: call("unshare", _NEW_USER)),
        PAIR,
    ),
    boxed("F5.2", "make a namespace by clone", lambda e: in_child(lambda: _clone(_NEW_USER)), SOME),
    boxed("F5.3", "make a namespace by clone3", lambda e: in_child(_clone3), SOME),
    boxed(
        "F5.4",
        "enter the warden's namespaces",
        lambda e: in_child(lambda: call("setns", pidfd(stranger(e.warden_number)), _NEW_NET)),
        PAIR,
    ),
    boxed(
        "F5.5",
        "mount",
        lambda e: in_child(lambda: _mount(e)),
        PAIR,
    ),
    boxed("F5.6", "clone a mount", lambda e: closed(call("open_tree", -100, "/", 1)), PAIR),
    boxed("F5.7", "open a file system by name", lambda e: closed(call("fsopen", "tmpfs", 0)), PAIR),
    boxed("F5.8", "change the root folder", lambda e: in_child(lambda: call("chroot", "/")), PAIR),
    boxed("F5.9", "become root", lambda e: in_child(_become_root), PAIR),
    boxed("F5.10", "take the capability to administer", lambda e: in_child(_capable), PAIR),
    boxed(
        "F5.11",
        "make a key of the kernel's",
        lambda e: call("add_key", "user", "redteam", b"x", 1, -3),
        MAP,
    ),
    boxed("F5.12", "reach the keyring", lambda e: call("keyctl", 0, -3, 0), MAP),
    boxed("F5.13", "start io_uring", lambda e: closed(call("io_uring_setup", 1, buffer(120))), MAP),
    boxed(
        "F5.14",
        "make a map of BPF",
        lambda e: closed(call("bpf", 0, buffer(struct.pack("IIII", 2, 4, 4, 1) + bytes(112)), 128)),
        MAP,
    ),
    boxed("F5.15", "handle page faults", lambda e: closed(call("userfaultfd", 1)), MAP),
    boxed(
        "F5.16",
        "open performance counters",
        lambda e: closed(
            call("perf_event_open", buffer(struct.pack("II", 1, 128) + bytes(120)), 0, -1, -1, 0)
        ),
        MAP,
    ),
    boxed(
        "F5.17",
        "call in the way of x32",
        lambda e: in_child(lambda: call_number(0x40000000 + 39)),
        THREAD,
    ),
    boxed("F5.18", "call in the way of i386", lambda e: _on_x86(_i386), THREAD),
    boxed("F5.19", "change the personality", lambda e: call("personality", 0xFFFFFFFF), MAP),
    boxed(
        "F5.20", "watch the whole file system", lambda e: closed(call("fanotify_init", 0, 0)), MAP
    ),
    boxed(
        "F5.21",
        "read the size of the kernel's messages",
        lambda e: call("syslog", 10, None, 0),
        MAP,
    ),
    boxed("F5.22", "ask the clock for its tuning", lambda e: call("adjtimex", buffer(256)), MAP),
    boxed("F12.1", "allow everything by a filter more", lambda e: in_child(_open_filter), PAIR),
    boxed(
        "F12.2",
        "grant everything by a ruleset more",
        lambda e: in_child(lambda: _open_landlock(e)),
        PAIR,
    ),
    boxed("F12.3", "take back the promise to gain no rights", lambda e: _no_new_privs(), PAIR),
    boxed("F12.4", "take the filter off", lambda e: call("prctl", 22, 0, 0, 0, 0), PAIR),
]

_NETWORK = [
    boxed(
        "F3.2",
        "get a descriptor from the warden",
        _descriptor_of_warden,
        Benign("pass a descriptor to oneself", _passed_descriptor),
    ),
    boxed("F3.3", "knock at a socket that lies in a folder", _knock, PAIR),
    boxed("F3.4", "bind an abstract socket", lambda e: _abstract(), PAIR),
    boxed("F6.1", "connect to a service of this machine", _connect, PAIR),
    boxed("F6.2", "send a datagram", _datagram, PAIR),
    boxed("F6.3", "listen on a port", lambda e: _listen(), PAIR),
    boxed(
        "F6.4",
        "open a raw socket",
        lambda e: open_socket(socket.AF_INET, socket.SOCK_RAW, 1),
        PAIR,
    ),
    boxed(
        "F6.5",
        "open a packet socket",
        lambda e: open_socket(socket.AF_PACKET, socket.SOCK_RAW),
        PAIR,
    ),
    boxed(
        "F6.6",
        "talk to the kernel over netlink",
        lambda e: open_socket(socket.AF_NETLINK, socket.SOCK_RAW),
        PAIR,
    ),
    boxed("F6.7", "open a vsock", lambda e: open_socket(socket.AF_VSOCK), PAIR),
    boxed(
        "F6.8",
        "open a socket of the kernel's cryptography",
        lambda e: open_socket(socket.AF_ALG, socket.SOCK_SEQPACKET),
        PAIR,
    ),
    boxed(
        "F6.9", "open a socket of the sixth version", lambda e: open_socket(socket.AF_INET6), PAIR
    ),
    boxed(
        "F6.10",
        "make a pair of sockets of another kind",
        lambda e: [s.close() for s in socket.socketpair(socket.AF_TIPC)],
        PAIR,
    ),
]

ATTACKS: list[Inside] = [*_NAMESPACES, *_NETWORK]


def _mount(engine: Engine) -> str:
    """A file system of no known kind: who may not mount at all is told so first."""
    arguments = ("none", str(engine.work), "redteam", 0, 0)
    return allowed_to_fail(errno.ENODEV, lambda: call("mount", *arguments))


def _clone(flags: int) -> None:
    number = 56 if X86 else 220
    if not call_number(number, flags | signal.SIGCHLD, 0, 0, 0, 0):
        os._exit(0)
    os.wait()


def _clone3() -> None:
    if not call(
        "clone3", buffer(struct.pack("11Q", _NEW_USER, 0, 0, 0, signal.SIGCHLD, *[0] * 6)), 88
    ):
        os._exit(0)
    os.wait()


def _become_root() -> None:
    os.setuid(0)


def _capable() -> None:
    header = buffer(struct.pack("Ii", 0x20080522, 0))
    call("capset", header, buffer(struct.pack("6I", *[_ADMIN, _ADMIN, 0, 0, 0, 0])))


def _on_x86(act: object) -> str:
    if not X86:
        raise Stopped("this machine has no such calls")
    return in_child(_i386)
