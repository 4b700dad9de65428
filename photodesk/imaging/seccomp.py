"""A seccomp allow-list as classic BPF: what a warm decoder needs and nothing else.

Not on it, and so answered with EPERM: opening or changing files, sockets, starting programs or processes, signals to
others, executable memory, raising limits. Another architecture or the x32 ABI ends the process.

Sources: linux/seccomp.h, linux/filter.h, seccomp(2); syscall numbers from asm/unistd_64.h and asm-generic/unistd.h.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

from photodesk.errors import Fixable

_SET_MODE_FILTER = 1
_FLAG_TSYNC = 1
_KILL_PROCESS = 0x80000000
_ERRNO = 0x00050000
_ALLOW = 0x7FFF0000
_LOAD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_IF_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_IF_AT_LEAST = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_IF_ANY_BIT = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_RETURN = 0x06
_AT_NUMBER, _AT_ARCHITECTURE, _AT_ARGUMENTS = 0, 4, 16
_PROT_EXEC = 4
_CLONE_THREAD = 0x10000
_DUPLICATE = 1030  # F_DUPFD_CLOEXEC
_X32 = 0x40000000

# name: number on x86_64, on aarch64
_PLAIN = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "munmap": (11, 215),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "pread64": (17, 67),
    "readv": (19, 65),
    "writev": (20, 66),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "nanosleep": (35, 101),
    "getpid": (39, 172),
    "recvfrom": (45, 207),
    "sendto": (44, 206),
    "recvmsg": (47, 212),
    "sendmsg": (46, 211),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "gettimeofday": (96, 169),
    "getrusage": (98, 165),
    "sigaltstack": (131, 132),
    "gettid": (186, 178),
    "futex": (202, 98),
    "sched_getaffinity": (204, 123),
    "sched_yield": (24, 124),
    "set_robust_list": (273, 99),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "getrandom": (318, 278),
    "rseq": (334, 293),
    "restart_syscall": (219, 128),
    "ppoll": (271, 73),
}
_GUARDED = {
    "fcntl": (72, 25),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "clone": (56, 220),
    "tgkill": (234, 131),
    "clone3": (435, 435),
}
# machine: AUDIT_ARCH, the number of seccomp, the column above
_MACHINES = {"x86_64": (0xC000003E, 317, 0), "aarch64": (0xC00000B7, 277, 1)}


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def install(libc: ctypes.CDLL) -> None:
    """Put the filter on every thread of this process, for good. `Fixable("decoder_unavailable")` where it cannot be."""
    machine = platform.machine()
    if machine not in _MACHINES:
        raise _unavailable(f"no system-call list for {machine}")
    code = program(machine, os.getpid())
    buffer = ctypes.create_string_buffer(code, len(code))
    fields = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    seccomp_number = _MACHINES[machine][1]
    done: int = libc.syscall(ctypes.c_long(seccomp_number), _SET_MODE_FILTER, _FLAG_TSYNC, ctypes.byref(fields))
    if done != 0:
        raise _unavailable(f"seccomp: {os.strerror(ctypes.get_errno()) if done < 0 else f'thread {done} differs'}")


def program(machine: str, process_id: int) -> bytes:
    """The filter for `x86_64` or `aarch64` as an array of `struct sock_filter` (8 bytes each)."""
    architecture, _, column = _MACHINES[machine]
    guarded = {name: numbers[column] for name, numbers in _GUARDED.items()}
    denied, missing = _ERRNO | errno.EPERM, _ERRNO | errno.ENOSYS
    code = [
        _step(_LOAD, _AT_ARCHITECTURE),
        _step(_IF_EQUAL, architecture, 1, 0),
        _step(_RETURN, _KILL_PROCESS),
        _step(_LOAD, _AT_NUMBER),
        _step(_IF_AT_LEAST, _X32, 0, 1),
        _step(_RETURN, _KILL_PROCESS),
    ]
    for numbers in _PLAIN.values():
        code += [_step(_IF_EQUAL, numbers[column], 0, 1), _step(_RETURN, _ALLOW)]
    for name in ("mmap", "mprotect"):
        code += _where_argument(guarded[name], 2, _IF_ANY_BIT, _PROT_EXEC, denied, _ALLOW)
    code += _where_argument(guarded["clone"], 0, _IF_ANY_BIT, _CLONE_THREAD, _ALLOW, denied)
    code += _where_argument(guarded["tgkill"], 0, _IF_EQUAL, process_id, _ALLOW, denied)
    code += _where_argument(guarded["fcntl"], 1, _IF_EQUAL, _DUPLICATE, _ALLOW, denied)  # mmap keeps a duplicate
    # glibc falls back to clone, whose flags a filter can see
    code += [_step(_IF_EQUAL, guarded["clone3"], 0, 1), _step(_RETURN, missing)]
    code.append(_step(_RETURN, denied))
    return b"".join(code)


def _where_argument(number: int, argument: int, test: int, value: int, where_true: int, otherwise: int) -> list[bytes]:
    """Decide one call by the low 32 bits of one argument (little-endian machines)."""
    return [
        _step(_IF_EQUAL, number, 0, 4),
        _step(_LOAD, _AT_ARGUMENTS + 8 * argument),
        _step(test, value, 0, 1),
        _step(_RETURN, where_true),
        _step(_RETURN, otherwise),
    ]


def _step(operation: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", operation, if_true, if_false, value)


def _unavailable(why: str) -> Fixable:
    return Fixable(
        "decoder_unavailable",
        f"Photos cannot be decoded safely on this computer ({why}).",
        "PhotoDesk needs a Linux kernel with seccomp; without it photos are kept but not shown.",
    )
