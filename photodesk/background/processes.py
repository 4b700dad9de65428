"""Starting children, and what every process of ours does first.

A child gets the descriptors it was given and no others, an environment reduced to what a desktop program needs, no
secret on its command line, and standard input from nowhere. `harden` is the child's first call: no core dumps, not
debuggable by others, and it dies with its parent. The end of its pipe means the same on every platform.

`PR_SET_PDEATHSIG` follows the *thread* that started the child: start children from a thread that lives as long as the
process (the main thread), or pass `die_with_parent=False` to `harden` and rely on the end of the pipe.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import photodesk

PR_SET_PDEATHSIG = 1
MANY_FILES = 10_000  # what every system grants that grants more than 1024
PR_SET_DUMPABLE = 4

KEPT_VARIABLES = frozenset(
    {
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "LANG",
        "LANGUAGE",
        "TZ",
        "TMPDIR",
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "XAUTHORITY",
        "DBUS_SESSION_BUS_ADDRESS",
        "DESKTOP_SESSION",
        "LD_LIBRARY_PATH",
        "FONTCONFIG_FILE",
        "FONTCONFIG_PATH",
        "SYSTEMROOT",
        "APPDATA",
        "LOCALAPPDATA",
        "USERPROFILE",
        "TEMP",
        "TMP",
    }
)
KEPT_PREFIXES = ("LC_", "XDG_", "QT_", "GNOME_KEYRING_")


def clean_environment(given: dict[str, str] | None = None) -> dict[str, str]:
    """The environment of a child: known variables of a desktop, and where this program is. One thread for BLAS."""
    source = dict(os.environ) if given is None else given
    kept = {name: value for name, value in source.items() if name in KEPT_VARIABLES or name.startswith(KEPT_PREFIXES)}
    kept["PYTHONPATH"] = str(Path(photodesk.__file__).resolve().parent.parent)
    kept["PYTHONSAFEPATH"] = "1"
    kept["PYTHONNOUSERSITE"] = "1"
    kept["OPENBLAS_NUM_THREADS"] = "1"
    return kept


def spawn(
    command: Sequence[str], pass_fds: Sequence[int] = (), *, quiet_errors: bool = False
) -> subprocess.Popen[bytes]:
    """Start `photodesk COMMAND…` as a child. `command` holds hidden command names, numbers and folders, no secrets.

    The caller closes its copies of `pass_fds` afterwards. Standard output and input are nowhere; standard error is
    ours, unless `quiet_errors`.
    """
    return subprocess.Popen(
        [sys.executable, "-B", "-m", "photodesk", *command],
        pass_fds=tuple(pass_fds),
        close_fds=True,
        start_new_session=True,  # a terminal's Ctrl+C is for the process the person started
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if quiet_errors else None,
        env=clean_environment(),
    )


def harden(*, die_with_parent: bool = True) -> None:
    """First call of every process of ours: no core dumps, not debuggable, dead when the parent is (Linux)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    libc = ctypes.CDLL(None, use_errno=True)
    _prctl(libc, PR_SET_DUMPABLE, 0)
    if die_with_parent:
        _prctl(libc, PR_SET_PDEATHSIG, signal.SIGKILL)
        if parent == 1 or os.getppid() != parent:
            os._exit(0)


def allow_many_files() -> None:
    """As many open files as the system grants: an importer holds one for every pack not yet handed over.

    The usual limit of 1024 is for programs that use `select`, which none of ours does.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MANY_FILES if hard == resource.RLIM_INFINITY else min(hard, MANY_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _prctl(libc: ctypes.CDLL, option: int, value: int) -> None:
    if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def end(child: subprocess.Popen[bytes], wait_s: float = 5.0) -> int | None:
    """Kill a child of ours at once and collect it; its exit status. Nothing is asked of it.

    None where it does not go, because the system holds it in a read or write that does not return (a dying disk): it
    ends with that call, and whoever started it goes on.
    """
    if child.poll() is None:
        child.kill()
    try:
        return child.wait(wait_s)
    except subprocess.TimeoutExpired:
        return None
