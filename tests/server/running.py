"""The server as its own process over TLS on loopback, started by `photodesk serve`."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx2 as httpx

from tests.server.clinic import Caller, Clinic, Workstation, found


@dataclass
class Running:
    """A server process."""

    process: subprocess.Popen[bytes]
    folder: Path
    url: str
    pin: bytes
    code: str | None

    def http(self) -> httpx.Client:
        """A client that trusts the server's own certificate and nothing else."""
        context = ssl.create_default_context(cafile=str(self.folder / "tls.pem"))
        return httpx.Client(base_url=self.url, verify=context, trust_env=False, timeout=30)

    def founded(self, http: httpx.Client) -> Caller:
        """A clinic founded here, its first workstation signed in."""
        clinic = Clinic()
        found(http, clinic, self.code or "").raise_for_status()
        caller = Caller(http, clinic, clinic.first, self.pin)
        caller.sign_in().raise_for_status()
        return caller

    def caller(self, http: httpx.Client, clinic: Clinic, station: Workstation | None = None) -> Caller:
        """A workstation that is signed in."""
        made = Caller(http, clinic, station or clinic.first, self.pin)
        made.sign_in().raise_for_status()
        return made

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait(20)

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@contextmanager
def serving(
    folder: Path,
    *options: str,
    log: IO[bytes] | int = subprocess.DEVNULL,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """Start a server over a folder; it is ended at the end in any case."""
    command = [sys.executable, "-m", "photodesk", "serve", "--port", "0", "--data", str(folder), "--json", *options]
    inherited = {name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")}
    variables = inherited | dict(environment or {})
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=variables)
    try:
        if process.stdout is None:
            raise RuntimeError("no standard output")
        facts = json.loads(process.stdout.readline())
        yield Running(process, folder, facts["url"], bytes.fromhex(facts["pin"]), facts["enrolment_code"])
    finally:
        process.kill()
        process.wait(20)
        if process.stdout is not None:
            process.stdout.close()
