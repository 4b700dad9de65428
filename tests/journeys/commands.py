"""A clinic driven through the real command line, in folders of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

_AT_LEAST_COST = """
import sys
from photodesk.app.cli import main
from photodesk.app.command_line import Invocation
from photodesk.crypto import FLOOR_COST
sys.exit(main(sys.argv[1:], Invocation(cost=FLOOR_COST)))
"""
PASSWORD = "correct-horse-battery-9-canary"  # not a secret: the tests' own


@dataclass
class Clinic:
    """One store. `prefix` runs in front of every command (strace, for one)."""

    folder: Path
    user: str = "Iris Sample"
    password: str = PASSWORD
    prefix: Sequence[str] = ()
    extra_environment: dict[str, str] = field(default_factory=dict)
    program: Sequence[str] = ("-m", "photodesk")
    longest_s: float = 600

    @property
    def store(self) -> Path:
        """The store folder."""
        return self.folder / "store"

    def environment(self) -> dict[str, str]:
        """A home, caches and temporary folder of the clinic's own."""
        made = {}
        for name in ("home", "tmp"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
            made[name] = str(self.folder / name)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "DBUS_"))}
        return {
            **kept,
            "HOME": made["home"],
            "TMPDIR": made["tmp"],
            "PYTHONDONTWRITEBYTECODE": "1",
            **self.extra_environment,
        }

    def run(
        self, *arguments: str, lines: Sequence[str] = (), sign_in: bool = True, code: int | None = 0
    ) -> subprocess.CompletedProcess[str]:
        """One command; AssertionError when it exits with another code (None: any)."""
        given = [*arguments, "--store", str(self.store)]
        if sign_in:
            given += ["--user", self.user, "--password-stdin"]
            lines = (self.password, *lines)
        done = subprocess.run(
            [*self.prefix, sys.executable, *self.program, *given],
            input="".join(f"{line}\n" for line in lines),
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=self.longest_s,
        )
        said = f"{arguments[:2]} exited {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert code in {None, done.returncode}, said
        return done

    def json(self, *arguments: str, lines: Sequence[str] = (), sign_in: bool = True, code: int | None = 0) -> Any:
        """One command's JSON document."""
        done = self.run(*arguments, "--json", lines=lines, sign_in=sign_in, code=code)
        assert done.stdout, f"{arguments[:2]} exited {done.returncode} without a document\n{done.stderr}"
        return json.loads(done.stdout)

    def found(self) -> Any:
        """`init` with *password only*, at the cheapest legal password cost: every sign-in of the journey pays it."""
        return replace(self, program=("-c", _AT_LEAST_COST)).json(
            "init",
            "--clinic",
            "Example Skin Clinic",
            "--user",
            self.user,
            "--password-only",
            "--password-stdin",
            lines=(self.password,),
            sign_in=False,
        )
