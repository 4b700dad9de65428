"""Run as a program: closes the decoder's sandbox around itself, tries to get out, and prints what happened as JSON."""

from __future__ import annotations

import ctypes
import errno
import json
import mmap
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from photodesk.imaging import limits
from photodesk.imaging.sandbox import close_sandbox


def _errno(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except MemoryError:
        return "MemoryError"
    except OSError as problem:
        return errno.errorcode.get(problem.errno or 0, str(problem))
    except RuntimeError as problem:
        return str(problem)
    return "allowed"


def _call(number: int, *arguments: object) -> str:
    result = ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *arguments)
    return "allowed" if result >= 0 else errno.errorcode[ctypes.get_errno()]


def main() -> None:
    outside = os.memfd_create("outside")
    os.ftruncate(outside, 1 << 20)
    thread = threading.Thread(target=lambda: None)
    encoder = json.JSONEncoder()
    libc = ctypes.CDLL(None, use_errno=True)
    walls = close_sandbox()
    found = {
        "walls": list(walls),
        "socket": _errno(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM)),
        "unix socket": _errno(lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)),
        "open": _errno(lambda: os.open("/etc/passwd", os.O_RDONLY)),
        "create": _errno(lambda: os.open("/tmp/photodesk-sandbox-test", os.O_CREAT | os.O_WRONLY)),
        "list": _errno(lambda: list(Path("/").iterdir())),
        "stat": _errno(lambda: Path("/etc/passwd").stat()),
        "unlink": _errno(lambda: Path("/tmp/photodesk-sandbox-test").unlink()),
        "exec": _errno(lambda: os.execv("/bin/true", ["true"])),  # noqa: S606
        "fork": _errno(os.fork),
        "kill": _errno(lambda: os.kill(os.getppid(), 0)),
        "signal owner": _errno(lambda: os.kill(os.getppid(), signal.SIGCONT)),
        "memory": _errno(lambda: bytearray(limits.ADDRESS_SPACE_BYTES)),
        "executable memory": _errno(lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC)),
        "memfd": _errno(lambda: os.memfd_create("another")),
        "grow a file": _errno(lambda: os.ftruncate(outside, 2 << 20)),
        "more memory": "allowed"
        if libc.setrlimit(9, ctypes.byref((ctypes.c_uint64 * 2)(1 << 40, 1 << 40))) == 0
        else "EPERM",
        "ptrace": _call(101, 0, 0, 0, 0),
        "bpf": _call(321, 0, 0, 0),
        "io_uring": _call(425, 1, 0),
        "still working": "yes" if mmap.mmap(outside, 4096)[:1] == b"\0" else "no",
    }
    del thread
    sys.stdout.write(encoder.encode(found))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
