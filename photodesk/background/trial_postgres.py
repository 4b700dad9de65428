"""A PostgreSQL for a bench or a test: a fresh cluster in a folder, on a Unix socket, ended and removed afterwards.

Nothing of a clinic is ever kept in one. Uses the newest version that Debian's packages put on this machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

OWNER = "postgres"
START_S = 120


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, newest first; None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return found[0] if found else None


@contextmanager
def cluster(folder: Path, *settings: str) -> Iterator[str]:
    """Make, start and end a cluster; the URL of its one database. `settings` as `name=value`."""
    bin_folder = programs()
    if bin_folder is None:
        raise FileNotFoundError("PostgreSQL is not installed")
    data, sockets = folder / "data", folder / "run"
    folder.mkdir(exist_ok=True)
    sockets.mkdir()
    as_owner = _as_owner(folder, sockets)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(bin_folder / program), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            timeout=START_S,
            **as_owner,
        )

    run("initdb", "-D", str(data), "-U", OWNER, "--auth=trust", "--no-sync")
    options = [f"-c {one}" for one in ("listen_addresses=''", f"unix_socket_directories='{sockets}'", *settings)]
    run("pg_ctl", "-D", str(data), "-o", " ".join(options), "-l", str(folder / "log"), "-w", "start")
    try:
        yield f"postgresql+psycopg://{OWNER}@/postgres?host={sockets}"
    finally:
        run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(data, ignore_errors=True)


def _as_owner(*folders: Path) -> dict[str, Any]:
    """PostgreSQL does not run as root: there it runs as the user its package made."""
    if sys.platform == "win32" or os.getuid() != 0:
        return {}
    import pwd

    who = pwd.getpwnam(OWNER)
    for folder in folders:
        os.chown(folder, who.pw_uid, who.pw_gid)
    return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
