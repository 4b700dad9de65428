"""`bench unlock` (password to usable desk) and `bench start` (command to sign-in window)."""

from __future__ import annotations

import os
import subprocess
import sys

from photodesk.app.bench.figures import Figures, Result, Wanted, timed
from photodesk.app.bench.workshop import PERSON, empty_clinic
from photodesk.app.command_desk import keeper_link
from photodesk.app.command_line import Invocation
from photodesk.clock import SystemClock
from photodesk.crypto import DEFAULT_COST, password_key
from photodesk.desk.entrance import Entrance
from photodesk.desk.session import Session


def bench_unlock(wanted: Wanted) -> Result:
    """Sign-in until patients and today's visits are read, against the key derivation alone."""
    runs = wanted.runs or 5
    ours, bare = [], []
    with empty_clinic(DEFAULT_COST) as (folder, password):
        invocation = Invocation(store=folder / "store", user=PERSON, quiet=True)
        for _ in range(runs):
            bare.append(timed(lambda: password_key(password, os.urandom(16), DEFAULT_COST)))
            with keeper_link(invocation) as link:
                entrance = Entrance(invocation.store, SystemClock())
                opened: list[Session] = []

                def unlock(link=link, entrance=entrance, opened=opened) -> None:  # type: ignore[no-untyped-def]
                    session = entrance.sign_in(link, PERSON, password)
                    session.patients.search("")
                    session.visits.today()
                    opened.append(session)

                ours.append(timed(unlock))
                opened[0].close()
    figures = Figures.of(ours), Figures.of(bare)
    return Result(
        *figures,
        ratio=figures[0].p50 / figures[1].p50,
        unit="ms from password to usable desk ÷ ms of Argon2id at 256 MiB; lower is better",
        n=runs,
        notes=f"Beyond the derivation: {figures[0].p50 - figures[1].p50:.0f} ms; the aim is 1,000 ms at most.",
    )


def bench_start(wanted: Wanted) -> Result:
    """From nothing to a drawn sign-in window, against Python with a bare Qt window."""
    runs = wanted.runs or 5
    plain = (
        "import sys; from PySide6.QtWidgets import QApplication, QLabel; a = QApplication([]); w = QLabel(); w.show()"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    with empty_clinic() as (folder, _):
        ours_command = [sys.executable, "-m", "photodesk", "window", "--until-shown", "--store", str(folder / "store")]
        bare_command = [sys.executable, "-c", plain]
        ours, bare = [], []
        for _ in range(runs):
            bare.append(timed(lambda: subprocess.run(bare_command, env=environment, check=True)))
            ours.append(timed(lambda: subprocess.run(ours_command, env=environment, check=True)))
    figures = Figures.of(ours), Figures.of(bare)
    return Result(
        *figures,
        ratio=figures[0].p50 / figures[1].p50,
        unit="ms to the sign-in window and out again ÷ ms of a bare Qt window; lower is better",
        n=runs,
        notes="Includes ending the processes again; the aim for the start alone is 1,500 ms.",
    )


BENCHES = {"unlock": bench_unlock, "start": bench_start}
