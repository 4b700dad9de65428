"""A small store to damage, and its command line in this process: the keeper is a thread, everything else is real."""

from __future__ import annotations

import io
import json
import os
import shutil
import socket
import sys
import threading
from collections.abc import Iterable
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from photodesk.app import cli, command_desk, terminal
from photodesk.app.command_line import Invocation
from photodesk.app.keeper import Keeper
from photodesk.app.terminal import InputLines
from photodesk.background.keeper_link import KeeperLink
from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from photodesk.importing.workplace import JobRecord
from photodesk.store.catalog import ContentState, Job, KnownContent
from photodesk.store.layout import Layout
from photodesk.store.packs import PackReader
from photodesk.visits import VisitDraft
from tests.store.conftest import Keeper as Keyring
from tests.store.conftest import Store
from tests.store.inbox import RENDITIONS, packed, random_files, shot_of

PASSWORD = "quiet lamp on the stairs"
USER = "Ada Berg"
PLAIN_EXITS = {0, 1, 3, 4, 10, 11, 12}


class KeeperThread:
    """Stands where the keeper's process would."""

    def __init__(self, arguments: Iterable[str], _fds: tuple[int, ...]) -> None:
        _, _, fd, _, store = arguments
        self.fault: BaseException | None = None
        self._sock = socket.socket(fileno=os.dup(int(fd)))
        self._thread = threading.Thread(target=self._run, args=(Path(store),), name="keeper")
        self._thread.start()

    def _run(self, store: Path) -> None:
        try:
            Keeper(Layout(store)).run_for_command(self._sock)
        except BaseException as fault:  # noqa: BLE001 - the test looks at it
            self.fault = fault
            self._sock.close()

    def wait(self, timeout: float | None = None) -> None:
        self._thread.join(timeout)


@dataclass
class Said:
    """What a command answered. `fault` is what no command may ever have: an exception that is no answer."""

    code: int
    document: Any
    stderr: str
    fault: BaseException | None

    @property
    def error(self) -> str:
        return str(self.document.get("error", {}).get("code", ""))

    @property
    def kinds(self) -> set[str]:
        return {problem["kind"] for problem in self.document["problems"]}

    def must_be_plain(self, what: object) -> None:
        """A known exit and a sentence, never a fault of the program."""
        assert self.fault is None, (what, self.fault)
        assert self.code in PLAIN_EXITS, what
        assert "Traceback" not in self.stderr, what
        assert self.error != "fault", (what, self.document)
        if "error" in self.document:
            assert self.document["error"]["message"].endswith("."), (what, self.document)


@dataclass
class Bent:
    """One store folder: `run` a command, damage a file, `copy` all of it."""

    root: Path
    patch: pytest.MonkeyPatch
    mrns: tuple[str, ...] = ("1", "2")
    charts: list[str] = field(default_factory=list)
    photos: list[list[str]] = field(default_factory=list)
    job: str = ""
    shots: list[str] = field(default_factory=list)

    @property
    def layout(self) -> Layout:
        return Layout(self.root)

    def run(self, *arguments: str) -> Said:
        """One command of the founder, with `--json`."""
        children: list[KeeperThread] = []
        faults: list[BaseException] = []

        def spawn(given: Iterable[str], fds: tuple[int, ...]) -> KeeperThread:
            children.append(KeeperThread(given, fds))
            return children[-1]

        out, err = io.BytesIO(), io.StringIO()
        stdout = io.TextIOWrapper(out, "utf-8")
        with self.patch.context() as patch, redirect_stderr(err):
            patch.setattr(command_desk, "spawn", spawn)
            patch.setattr(command_desk, "end", lambda child: child.wait(10))
            patch.setattr(command_desk, "harden", lambda **_: None)
            patch.setattr(cli, "harden", lambda **_: None)

            def print_fault(fault: BaseException, *, as_json: bool) -> int:
                faults.append(fault)
                return terminal.print_fault(fault, as_json=as_json)

            patch.setattr(cli, "print_fault", print_fault)
            patch.setattr(sys, "stdout", stdout)
            invocation = Invocation(cost=FLOOR_COST, lines=InputLines(io.BytesIO(f"{PASSWORD}\n".encode())))
            given = [*arguments, "--store", str(self.root), "--json"]
            if arguments[:2] != ("log", "verify"):
                given += ["--user", USER, "--password-stdin"]
            code = cli.main(given, invocation)
            stdout.flush()
        faults += [child.fault for child in children if child.fault is not None]
        text = out.getvalue()
        stdout.detach()
        return Said(code, json.loads(text) if text else {}, err.getvalue(), faults[0] if faults else None)

    def copied(self, to: Path) -> Bent:
        """The same store in another folder."""
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(self.root, to)
        return Bent(to, self.patch, self.mrns, self.charts, self.photos, self.job, self.shots)

    def files(self) -> list[Path]:
        """Every file with bytes, by its path in the store."""
        found = [path for path in sorted(self.root.rglob("*")) if path.is_file() and path.stat().st_size]
        return [path.relative_to(self.root) for path in found if not path.name.endswith("-journal")]

    def flip(self, file: Path, offset: int) -> None:
        data = bytearray((self.root / file).read_bytes())
        data[offset] ^= 0x40
        (self.root / file).write_bytes(data)


def make_bent(root: Path, patch: pytest.MonkeyPatch) -> Bent:
    """Two patients with two photos each, and a pack with two shots nobody has filed."""
    bent = Bent(root, patch)
    entrance = Entrance(root, SystemClock(), FLOOR_COST)
    entrance.found("Example Clinic", "Room 1", USER, PASSWORD, password_only=True)
    ours, theirs = socket.socketpair()
    with theirs:
        child = KeeperThread(("keeper", "--fd", str(theirs.fileno()), "--store", str(root)), ())
    link = KeeperLink(ours, part="command")
    session = entrance.sign_in(link, USER, PASSWORD)
    try:
        store = Store(session.layout, session.keyset, _told(link), session.catalog, session.charts)
        for mrn in bent.mrns:
            patient = store.patient(mrn, "Okafor")
            visit = session.catalog.add_visit(store.change, VisitDraft(patient.patient_id, date(2026, 11, 20)))
            chart = session.charts.open(patient.patient_id)
            shots = [shot_of(data) for data in random_files(2)]
            filed = [chart.file_shot(store.change, shot, data, RENDITIONS, visit.visit_id) for shot, data in shots]
            bent.photos.append([one.photo_id for one in filed])
            bent.charts.append(chart.chart_id)
        bent.job, pack = packed(store, random_files(2))
        order = JobRecord.of((), None).text
        session.catalog.start_job(store.change, Job(bent.job, session.person.person_id, 1, "copied", order, ""))
        _remember(session.catalog, session.keyset, bent, pack)
        pack.close()
    finally:
        session.close()
        link.close()
        child.wait(10)
    assert child.fault is None
    return bent


def _told(link: Any) -> Keyring:
    """The helpers of the store's tests ask for their own keeper; all they use of it is the link's."""
    keeper: Keyring = link
    return keeper


def _remember(catalog: Any, keyset: Any, bent: Bent, pack: PackReader) -> None:
    for shot in pack.shots():
        bent.shots.append(shot.shot_id)
        content = keyset.content_id(bytes.fromhex(shot.sha256))
        catalog.record_content([KnownContent(content, ContentState.INBOX, "", shot.shot_id, bent.job)])
