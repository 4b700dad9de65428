"""`bench unlock` (password to usable desk) and `bench start` (command to sign-in window)."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from photodesk.app.bench.figures import Figures, Result, Wanted, timed
from photodesk.app.bench.workshop import PERSON, empty_clinic
from photodesk.app.command_desk import keeper_link
from photodesk.app.command_line import Invocation
from photodesk.background.processes import end, spawn
from photodesk.clock import SystemClock
from photodesk.crypto import DEFAULT_COST, password_key
from photodesk.desk.entrance import Entrance
from photodesk.desk.session import Session
from photodesk.protocol import messages as m
from photodesk.protocol.channel import Channel, pair


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
    """From nothing to a sign-in that covers the screen, against Python with a bare Qt window."""
    runs = wanted.runs or 5
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    plain = "from PySide6.QtWidgets import QApplication, QLabel; a = QApplication([]); w = QLabel(); w.show()"
    ours, bare, keeper = [], [], []
    with empty_clinic() as (folder, _):
        invocation = Invocation(store=folder / "store", user=PERSON, quiet=True)
        for _ in range(runs):
            bare.append(timed(lambda: subprocess.run([sys.executable, "-c", plain], check=True)))
            began = time.perf_counter()
            with keeper_link(invocation) as link:
                keeper.append(time.perf_counter() - began)
                welcome = m.Welcome(0, link.founded, link.clinic_id, link.workstation_id, link.log_public, front=False)
            ours.append(keeper[-1] + timed(_show_sign_in, invocation.store, welcome))
    return Result.of(
        ours,
        bare,
        at="p50",
        unit="ms from the command to the sign-in on the screen ÷ ms of a bare Qt window; lower is better",
        n=runs,
        notes=f"Keeper until it answers, {Figures.of(keeper).p50:.0f} ms of it, then a desk until it says that its"
        " sign-in covers the screen; the aim is 1,500 ms.",
    )


def _show_sign_in(store: Path, welcome: m.Welcome) -> None:
    """Start a desk as the keeper does, and wait until its sign-in is shown."""
    ours, theirs = pair()
    with theirs:
        desk = spawn(["desk", "--keeper-fd", str(theirs.fileno()), "--store", str(store)], (theirs.fileno(),))
    channel: Channel[m.Message] = Channel(ours, m.ToKeeper)
    try:
        shown = False
        while not shown:
            said = channel.receive()
            if isinstance(said, m.Hello):
                channel.send(msgspec.structs.replace(welcome, number=said.number))
            elif isinstance(said, m.SpareReady):
                channel.send(m.Show(""))
            shown = isinstance(said, m.Shown)
    finally:
        channel.close()
        end(desk)


BENCHES = {"unlock": bench_unlock, "start": bench_start}
