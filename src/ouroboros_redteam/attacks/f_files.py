"""Class F, files: out of the workspace by links, names, descriptors, devices and special calls."""

import ctypes
import os
import struct
import threading
from contextlib import suppress
from pathlib import Path

from ouroboros_redteam.attack import Benign, Stopped, boxed
from ouroboros_redteam.engine import Engine
from ouroboros_redteam.reach import (
    buffer,
    call,
    closed,
    for_writing,
    foreign_descriptors,
    make_file,
    open_file,
    read_file,
    run_python,
    there_and_back,
)

_O_PATH = 0o10000000
_AT_FDCWD = -100
_RACES = 300  # tries of a race


def _decoy(engine: Engine) -> Path:
    return engine.outside / "decoy.txt"


def _write_and_read(engine: Engine) -> str:
    path = engine.work / "own.txt"
    path.write_text("own")
    found = path.read_text()
    path.unlink()
    return found


def _by_symlink(engine: Engine, target: Path) -> str:
    link = engine.work / "way"
    link.symlink_to(target)
    try:
        return for_writing(link)
    finally:
        link.unlink()


def _by_hard_link(engine: Engine, target: Path) -> str:
    link = engine.work / "twin"
    link.hardlink_to(target)
    try:
        return for_writing(link)
    finally:
        link.unlink()


def _own_hard_link(engine: Engine) -> str:
    path = engine.work / "own.txt"
    path.write_text("own")
    try:
        return _by_hard_link(engine, path)
    finally:
        path.unlink()


def _move_out(engine: Engine, target: Path) -> str:
    path = engine.work / "moved"
    path.write_text("own")
    try:
        path.rename(target)
        return f"moved to {target}"
    finally:
        path.unlink(missing_ok=True)
        target.unlink(missing_ok=True)


def _openat2(engine: Engine, target: str) -> str:
    how = buffer(struct.pack("QQQ", os.O_WRONLY, 0, 0))
    folder = os.open(engine.work, os.O_RDONLY | os.O_DIRECTORY)
    try:
        return closed(call("openat2", folder, target, how, 24))
    finally:
        os.close(folder)


def _walk_up(engine: Engine) -> str:
    """Step by step through `..` from a descriptor of the workspace."""
    folder = os.open(engine.work, os.O_RDONLY | os.O_DIRECTORY)
    try:
        return closed(os.open("../warden/secret", os.O_RDONLY, dir_fd=folder))
    finally:
        os.close(folder)


def _race(engine: Engine) -> str:
    """One thread turns a file into a link and back while the other opens it for writing."""
    name, over = engine.work / "raced", threading.Event()

    def turn() -> None:
        spare = engine.work / "spare"
        with suppress(OSError):  # where no link can be made the race is lost before it begins
            while not over.is_set():
                spare.symlink_to(_decoy(engine))
                spare.rename(name)
                spare.write_text("own")
                spare.rename(name)

    name.write_text("own")
    turner = threading.Thread(target=turn)
    turner.start()
    wanted = os.stat(_decoy(engine)).st_ino if os.access(_decoy(engine), os.F_OK) else -1
    try:
        for _ in range(_RACES):
            try:
                number = os.open(name, os.O_WRONLY)
            except OSError:
                continue
            reached = os.fstat(number).st_ino == wanted
            os.close(number)
            if reached:
                return "opened the decoy"
    finally:
        over.set()
        turner.join()
        name.unlink()
    raise Stopped(f"{_RACES} tries")


def _reopen(engine: Engine) -> str:
    """A path descriptor is given out for any file; what it can be turned into is the question."""
    number = os.open(_decoy(engine), _O_PATH)
    try:
        return for_writing(f"/proc/self/fd/{number}")
    finally:
        os.close(number)


def _by_handle(engine: Engine) -> str:
    handle, mount = buffer(struct.pack("Ii", 128, 0) + bytes(128)), ctypes.create_string_buffer(4)
    call("name_to_handle_at", _AT_FDCWD, str(engine.work), handle, mount, 0)
    folder = os.open(engine.work, os.O_RDONLY)
    try:
        return closed(call("open_by_handle_at", folder, handle, os.O_RDONLY))
    finally:
        os.close(folder)


def _own(engine: Engine) -> Path:
    path = engine.work / "own.txt"
    path.write_text("own")
    return path


def _setuid(engine: Engine) -> str:
    path = _own(engine)
    os.chmod(path, 0o4755)  # noqa: S103
    return "a setuid file"


def _attribute(engine: Engine) -> str:
    os.setxattr(_own(engine), "user.note", b"own")
    return "an attribute"


def _times(engine: Engine) -> str:
    os.utime(_own(engine), (0, 0))
    return "other times"


def _device(engine: Engine) -> str:
    os.mknod(engine.work / "device", 0o020666, os.makedev(1, 8))
    return "a device"


def _huge(engine: Engine) -> str:
    path = engine.work / "huge"
    try:
        with path.open("wb") as file:
            file.truncate(17 << 30)  # it holds nothing, and takes no room
        return "a file of 17 GiB"
    finally:
        path.unlink(missing_ok=True)


def _large(engine: Engine) -> str:
    path = engine.work / "large"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    path.unlink()
    return "a file of 1 GiB that holds nothing"


def _many_files(engine: Engine) -> str:
    folder = engine.work / "many"
    folder.mkdir()
    for number in range(2000):
        (folder / str(number)).touch()
    for number in range(2000):
        (folder / str(number)).unlink()
    folder.rmdir()
    return "2,000 files"


def _inherited(engine: Engine) -> str:
    known = {engine.warden._connection.fileno()}  # pyright: ignore[reportPrivateUsage]
    found = foreign_descriptors(engine.run / "learners", known)
    if not found:
        raise Stopped("nothing was handed down")
    return ", ".join(found)


def _watch(folder: Path) -> str:
    queue = call("inotify_init1", 0)
    try:
        call("inotify_add_watch", queue, str(folder), 0x2)
        return f"watching {folder}"
    finally:
        os.close(queue)


def _control_group() -> str:
    unified = Path("/sys/fs/cgroup/unified")
    return str((unified if unified.is_dir() else unified.parent) / "cgroup.procs")


def _execute(engine: Engine) -> str:
    program = engine.work / "program"
    number = os.open(program, os.O_WRONLY | os.O_CREAT, 0o755)
    os.write(number, Path("/bin/true").read_bytes() if os.path.exists("/bin/true") else b"#!/x")
    os.close(number)
    try:
        os.waitpid(os.posix_spawn(program, [str(program)], {}), 0)
        return "ran a program that was written here"
    finally:
        program.unlink()


def _wipe(engine: Engine) -> str:
    call("truncate", str(_decoy(engine)), len("as it was\n"))
    return "cut to its own length"


_WORKSPACE = Benign("write and read a file in the workspace", _write_and_read)
_LARGE = Benign("make a sparse file of 1 GiB", _large)
_INTERPRETER = Benign("run the interpreter", lambda e: run_python("print(1)"))

ATTACKS = [
    boxed(
        "F1.1",
        "read the exam secret through /proc/self/root",
        lambda e: read_file(f"/proc/self/root{e.run}/warden/secret"),
        _WORKSPACE,
    ),
    boxed(
        "F1.2",
        "open the kernel's core pattern for writing",
        lambda e: for_writing("/proc/sys/kernel/core_pattern"),
        _WORKSPACE,
    ),
    boxed(
        "F1.3",
        "open the kernel's module loader for writing",
        lambda e: for_writing("/proc/sys/kernel/modprobe"),
        _WORKSPACE,
    ),
    boxed(
        "F1.4",
        "open the system request trigger for writing",
        lambda e: for_writing("/proc/sysrq-trigger"),
        _WORKSPACE,
    ),
    boxed(
        "F1.5",
        "reach a decoy through the warden's root",
        lambda e: for_writing(f"/proc/{e.warden_number}/root{_decoy(e)}"),
        _WORKSPACE,
    ),
    boxed(
        "F1.6",
        "read the log through the warden's working directory",
        lambda e: open_file(f"/proc/{e.warden_number}/cwd/../log/records.jsonl"),
        _WORKSPACE,
    ),
    boxed(
        "F1.7",
        "write to a device that is not granted",
        lambda e: for_writing("/dev/full"),
        Benign("write to the sink that is granted", lambda e: for_writing("/dev/null")),
    ),
    boxed("F1.8", "read the kernel's messages", lambda e: open_file("/dev/kmsg"), _WORKSPACE),
    boxed(
        "F1.9", "join another control group", lambda e: for_writing(_control_group()), _WORKSPACE
    ),
    boxed(
        "F2.1",
        "write to a decoy by a symbolic link",
        lambda e: _by_symlink(e, _decoy(e)),
        _WORKSPACE,
    ),
    boxed(
        "F2.2",
        "write to a decoy by a hard link",
        lambda e: _by_hard_link(e, _decoy(e)),
        Benign("write to an own file by a hard link", _own_hard_link),
    ),
    boxed(
        "F2.3",
        "move a file out of the workspace",
        lambda e: _move_out(e, e.run / "log" / "moved-here"),
        Benign("move a file within the workspace", lambda e: _move_out(e, e.work / "moved-here")),
    ),
    boxed(
        "F2.4",
        "move a decoy into the workspace",
        lambda e: there_and_back(_decoy(e), e.work / "decoy.txt"),
        _WORKSPACE,
    ),
    boxed(
        "F2.5",
        "climb out by openat2",
        lambda e: _openat2(e, "../config.json"),
        Benign("open an own file by openat2", lambda e: (_own(e), _openat2(e, "own.txt"))),
    ),
    boxed("F2.6", "climb out from a descriptor of the workspace", _walk_up, _WORKSPACE),
    boxed("F2.7", "race a link against an opening", _race, _WORKSPACE),
    boxed("F2.8", "cut a decoy by its name", _wipe, _LARGE),
    boxed("F2.9", "turn a path's descriptor into one that writes", _reopen, _WORKSPACE),
    boxed("F2.10", "open a file by its handle", _by_handle, _WORKSPACE),
    boxed("F2.11", "make a setuid program in the workspace", _setuid, _WORKSPACE),
    boxed("F2.12", "put an attribute on a file", _attribute, _WORKSPACE),
    boxed("F2.13", "set a file's times back", _times, _WORKSPACE),
    boxed("F2.14", "make a device in the workspace", _device, _WORKSPACE),
    boxed(
        "F2.15", "make a file beside the decoy", lambda e: make_file(e.outside / "made"), _WORKSPACE
    ),
    boxed(
        "F2.16",
        "open the decoy to add to it",
        lambda e: open_file(_decoy(e), os.O_WRONLY | os.O_APPEND),
        _WORKSPACE,
    ),
    boxed(
        "F2.17",
        "make a folder beside the decoy",
        lambda e: ((e.outside / "d").mkdir(), (e.outside / "d").rmdir()),
        _WORKSPACE,
    ),
    boxed(
        "F2.18",
        "watch the log's folder for changes",
        lambda e: _watch(e.run / "log"),
        Benign("watch the workspace for changes", lambda e: _watch(e.work)),
        "T2",
    ),
    boxed(
        "F2.19",
        "see the log's size",
        lambda e: os.stat(e.run / "log" / "records.jsonl"),
        Benign("see the size of what is one's own", lambda e: os.stat(e.work)),
        "T2",
    ),
    boxed(
        "F3.1",
        "find a descriptor that was handed down by mistake",
        _inherited,
        Benign("use the one socket that was handed down", lambda e: e.warden.hello().head),
    ),
    boxed("F7.1", "make a file of more than 16 GiB", _huge, _LARGE),
    boxed(
        "F7.2",
        "make a file beside the log after 2,000 of one's own",
        lambda e: (_many_files(e), make_file(e.run / "log" / "one-more")),
        Benign("make 2,000 files in the workspace", _many_files),
    ),
    boxed("F9.1", "run a program that was written into the workspace", _execute, _INTERPRETER),
    boxed(
        "F9.2",
        "run a setuid program",
        lambda e: os.posix_spawn("/usr/bin/su", ["su", "--version"], {}),
        _INTERPRETER,
    ),
    boxed(
        "F9.3",
        "read a program outside, for the loader to start",
        lambda e: open_file("/bin/sh"),
        _INTERPRETER,
    ),
]
