"""The walls around a decoder, built with nothing but the kernel and `ctypes`.

Linux, in this order: no new privileges, resource limits, memory that is never both writable and executable
(`PR_SET_MDWE`), Landlock without a single rule (no file system, no TCP, no abstract sockets, no signals outwards; as
much as the kernel knows), and a seccomp allow-list for all threads (`TSYNC`) that answers everything else with EPERM.
Already open descriptors go on working: that is how bytes come in and pixels go out.

macOS: `sandbox_init` with the profile `(deny default)`. Windows: the owner has to start the decoder in an AppContainer
with a restricted token, which no version does yet, so `close_sandbox` refuses there. Neither has been run.

Sources: Documentation/userspace-api/{landlock,seccomp_filter,no_new_privs}.rst, prctl(2), linux/landlock.h.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys

from photodesk.errors import Fixable
from photodesk.imaging import limits, seccomp

_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_MDWE = 65
_MDWE_REFUSE_EXEC_GAIN = 1
_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_RESTRICT_SELF = 446
_LANDLOCK_CREATE_RULESET_VERSION = 1
_OPEN_FILES = 32


class _Ruleset(ctypes.Structure):
    """`struct landlock_ruleset_attr` of ABI 6."""

    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


def close_sandbox() -> tuple[str, ...]:
    """Close the sandbox around this process for good and name the walls that stand.

    Call with one thread and every codec warm. Raises `Fixable("decoder_unavailable")` where the walls cannot be
    built: a decoder without them must not see a file.
    """
    close = {"linux": _close_linux, "darwin": _close_macos}.get(sys.platform)
    if close is None:
        raise _unavailable(f"there is no sandbox for {sys.platform} yet")
    return close()


def _close_linux() -> tuple[str, ...]:
    libc = ctypes.CDLL(None, use_errno=True)
    _prctl(libc, _PR_SET_NO_NEW_PRIVS, 1, "no new privileges")
    with contextlib.suppress(Fixable):
        _prctl(libc, _PR_SET_DUMPABLE, 0, "no memory dumps")
    walls = ["no-new-privileges", *_limit_resources()]
    if libc.prctl(_PR_SET_MDWE, _MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) == 0:  # Linux 6.3 and later
        walls.append("no-executable-memory")
    version = _restrict_with_landlock(libc)
    if version:
        walls.append(f"landlock-{version}")
    seccomp.install(libc)
    walls.append("seccomp")
    return tuple(walls)


def _prctl(libc: ctypes.CDLL, option: int, value: int, what: str) -> None:
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise _unavailable(f"{what}: {os.strerror(ctypes.get_errno())}")


def _limit_resources() -> list[str]:
    """Hard limits, so that the process cannot raise them again. Processor time is set from outside, for each file.

    None on processes: that limit counts all threads of the person's other programs too, and libheif needs two threads.
    seccomp forbids processes, and address space bounds threads.
    """
    import resource

    fixed = {
        resource.RLIMIT_AS: limits.ADDRESS_SPACE_BYTES,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for kind, value in fixed.items():
        resource.setrlimit(kind, (value, value))
    return ["resource-limits"]


def _restrict_with_landlock(libc: ctypes.CDLL) -> int:
    """Everything the kernel's Landlock can handle, and no rule that allows any of it. Its ABI, 0 where it has none."""
    version: int = libc.syscall(
        ctypes.c_long(_LANDLOCK_CREATE_RULESET), None, ctypes.c_size_t(0), _LANDLOCK_CREATE_RULESET_VERSION
    )
    if version < 1:
        return 0
    file_rights = {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)
    rules = _Ruleset(fs=(1 << file_rights) - 1, net=3, scoped=3)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset: int = libc.syscall(ctypes.c_long(_LANDLOCK_CREATE_RULESET), ctypes.byref(rules), ctypes.c_size_t(size), 0)
    if ruleset < 0:
        raise _unavailable(f"Landlock: {os.strerror(ctypes.get_errno())}")
    try:
        if libc.syscall(ctypes.c_long(_LANDLOCK_RESTRICT_SELF), ruleset, 0) != 0:
            raise _unavailable(f"Landlock: {os.strerror(ctypes.get_errno())}")
    finally:
        os.close(ruleset)
    return version


def _close_macos() -> tuple[str, ...]:
    """Not run yet. `sandbox_init` of libSystem with a profile that allows nothing but what is open already."""
    library = ctypes.CDLL("/usr/lib/libSystem.B.dylib", use_errno=True)
    problem = ctypes.c_char_p()
    profile = b"(version 1)(deny default)(allow sysctl-read)"
    if library.sandbox_init(profile, ctypes.c_uint64(0), ctypes.byref(problem)) != 0:
        raise _unavailable("sandbox_init refused the profile")
    return ("sandbox-init", *_limit_resources())


def _unavailable(why: str) -> Fixable:
    return Fixable(
        "decoder_unavailable",
        f"Photos cannot be decoded safely on this computer ({why}).",
        "PhotoDesk needs a Linux kernel with seccomp; without it photos are kept but not shown.",
    )
