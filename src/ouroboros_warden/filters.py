"""The seccomp filter: which system calls a confined process may not make, as BPF.

It closes what Landlock leaves open: sockets of every kind, the memory and limits of other
processes, kernel keys, namespaces and mounts, io_uring, bpf, memory files that could be executed,
System V and POSIX queues, and every change of a file's mode, owner, times or attributes. A call of
another architecture (x32, i386) kills the process; one that is newer than this table is "not
implemented", as on an older kernel.

Numbers: Linux, arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
"""

import errno
import os
import struct

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # AUDIT_ARCH_* of linux/audit.h
UNKNOWN = 451  # the first call that this table does not know
_X32 = 0x40000000

# name: (x86-64, arm64), None where there is no such call
DENIED: dict[str, tuple[int | None, int | None]] = {
    # the network
    "socket": (41, 198),
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118),
    "sched_setattr": (314, 274),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    # large doors into the kernel
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "personality": (135, 92),
    "modify_ldt": (154, None),
    "iopl": (172, None),
    "ioperm": (173, None),
    "uselib": (134, None),
    "vhangup": (153, 58),
    # namespaces and mounts
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "fanotify_init": (300, 262),
    # the machine
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "syslog": (103, 116),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    # files by other ways than opening them
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "truncate": (76, 45),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "utimensat": (280, 88),
    "futimesat": (261, None),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    # what would outlive the process
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "semget": (64, 190),
    "semop": (65, 193),
    "semctl": (66, 191),
    "semtimedop": (220, 192),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
}
# Where Landlock cannot keep signals inside (before ABI 6), none can be sent at all.
SIGNALS: dict[str, tuple[int | None, int | None]] = {
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
}
CLONE, CLONE3, SOCKETPAIR = (56, 220), (435, 435), (53, 199)
IOCTL, PRLIMIT, SETAFFINITY = (16, 29), (302, 261), (203, 122)
_NAMESPACES = 0x7E020000  # every CLONE_NEW* flag that clone knows
_TYPING = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: input in a terminal's name
_AF_UNIX = 1

# struct seccomp_data: nr, arch, instruction pointer, six arguments of 8 bytes, low word first
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000

Code = list[tuple[int, int, int, int]]


def machine() -> str | None:
    """This machine's architecture, None where there is no filter for it."""
    name = os.uname().machine
    return name if name in ARCHITECTURES else None


def program(*, scoped: bool) -> bytes:
    """The filter for this machine; `scoped` where Landlock keeps signals inside.

    Raises:
        KeyError: there is none for this architecture.
    """
    name = os.uname().machine
    column = list(ARCHITECTURES).index(name)
    denied = DENIED if scoped else DENIED | SIGNALS
    no = _ERRNO | errno.EPERM
    code: Code = [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 1, 0, ARCHITECTURES[name]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        *([(_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _KILL)] if name == "x86_64" else []),
        (_AT_LEAST, 0, 1, UNKNOWN),
        (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
        (_EQUAL, 0, 1, CLONE3[column]),  # its flags lie in memory; the C library falls back
        (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
    ]
    for number in sorted(n for numbers in denied.values() if (n := numbers[column]) is not None):
        code += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, no)]
    code += _unless(CLONE[column], 0, [(_ANY_BIT, 0, 1, _NAMESPACES), (_RETURN, 0, 0, no)])
    code += _unless(SOCKETPAIR[column], 0, [(_EQUAL, 1, 0, _AF_UNIX), (_RETURN, 0, 0, no)])
    for call in (PRLIMIT, SETAFFINITY):  # one's own only
        code += _unless(call[column], 0, [(_EQUAL, 1, 0, 0), (_RETURN, 0, 0, no)])
    typing: Code = [step for k in _TYPING for step in ((_EQUAL, 0, 1, k), (_RETURN, 0, 0, no))]
    code += _unless(IOCTL[column], 1, typing)
    code.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("HBBI", *step) for step in code)


def _unless(number: int, argument: int, checks: Code) -> Code:
    """For one call: look at an argument's low word; it is allowed where no check returns."""
    body: Code = [(_LOAD, 0, 0, _ARGUMENTS + 8 * argument), *checks, (_RETURN, 0, 0, _ALLOW)]
    return [(_EQUAL, 0, len(body), number), *body]
