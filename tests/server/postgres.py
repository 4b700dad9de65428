"""A PostgreSQL of the test's own: a fresh cluster in a folder, on a Unix socket, ended with the test."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

OWNER = "postgres"


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, newest first; None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return found[0] if found else None


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Make, start and end a cluster; the URL of its one database."""
    bin_folder = programs()
    if bin_folder is None:
        raise FileNotFoundError("PostgreSQL is not installed")
    data, sockets = folder / "data", folder / "run"
    as_owner: dict[str, Any] = {}
    folder.mkdir(exist_ok=True)
    sockets.mkdir()
    if os.getuid() == 0:  # PostgreSQL does not run as root
        who = pwd.getpwnam(OWNER)
        as_owner = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
        for path in (folder, sockets):
            os.chown(path, who.pw_uid, who.pw_gid)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(bin_folder / program), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            timeout=120,
            **as_owner,
        )

    run("initdb", "-D", str(data), "-U", OWNER, "--auth=trust", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories='{sockets}'"
    run("pg_ctl", "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        yield f"postgresql+psycopg://{OWNER}@/postgres?host={sockets}"
    finally:
        run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(data, ignore_errors=True)
