"""An import that goes on behind the lock: the real keeper and importer, and desks without windows.

A desk signs in, files what waits, joins the import that runs or gives its order again, and locks itself after a while:
the keeper ends it, and the importer goes on alone until the next desk signs in. `python -m tests.importing.killing N
SEED --locked` kills one of these processes after another.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from photodesk.app.keeper import Keeper
from photodesk.app.keeper_loop import Peer
from photodesk.app.workplaces import file_what_waits, import_service
from photodesk.background.decoders import DecoderPool
from photodesk.background.keeper_link import KeeperLink, Push
from photodesk.background.processes import clean_environment, harden
from photodesk.clock import SystemClock
from photodesk.desk.entrance import Entrance
from photodesk.desk.session import Session
from photodesk.errors import Fixable, Refused
from photodesk.importing.job import Assignment, ImportResult
from photodesk.importing.line import DeskLine
from photodesk.progress import Progress
from photodesk.protocol import messages as m
from photodesk.protocol.channel import Mailbox, pair
from photodesk.store.layout import Layout
from tests.importing.killing import FROM_WORK, Killer, until_it_works
from tests.importing.shop import MRN, PASSWORD, PATIENCE_S, ROOT, USER, Shop

MODULE = "tests.importing.locked"


@dataclass
class Order:
    """What the desks of one keeper are to do, as it stands on their command line."""

    store: Path
    card: Path
    told: Path
    seed: int

    @property
    def words(self) -> list[str]:
        return [str(self.store), str(self.card), str(self.told), str(self.seed)]

    @classmethod
    def parse(cls, words: list[str]) -> Order:
        return cls(Path(words[0]), Path(words[1]), Path(words[2]), int(words[3]))

    @property
    def documents(self) -> Path:
        """One JSON document a line, of every import that ended."""
        return self.told.with_suffix(".documents")

    def tell(self, row: dict[str, Any], to: Path | None = None) -> None:
        with (to or self.told).open("a") as file:
            file.write(json.dumps(row) + "\n")


class WindowlessKeeper(Keeper):
    """The real keeper; only its desks have no windows."""

    order: Order

    def _start_desk(self) -> Peer:
        ours, theirs = pair()
        with theirs:
            fd = theirs.fileno()
            process = subprocess.Popen(
                [sys.executable, "-B", "-m", MODULE, "desk", str(fd), *self.order.words],
                cwd=ROOT,
                env={**clean_environment(), "PYTHONSAFEPATH": ""},
                pass_fds=(fd,),
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        peer = Peer(Mailbox(ours, m.ToKeeper), process, "desk")
        self.loop.add(peer)
        return peer


def keep(order: Order) -> int:
    """The keeper process."""
    harden()
    keeper = WindowlessKeeper(Layout(order.store), desk_arguments=())
    keeper.order = order
    keeper.loop.on_signal((signal.SIGTERM,), keeper.quit)
    return keeper.run_with_windows()


class Desk:
    """A desk process: spare first, then in front, then locked, which ends it."""

    def __init__(self, fd: int, order: Order) -> None:
        self._order = order
        self._chance = random.Random(f"{order.seed} {os.getpid()}")  # noqa: S311
        self._pushes: queue.SimpleQueue[Push] = queue.SimpleQueue()
        self._front = threading.Event()
        self._link = KeeperLink(socket.socket(fileno=fd), "desk", self._pushes.put, lambda: os._exit(0))
        threading.Thread(target=self._hear, daemon=True).start()

    def _hear(self) -> None:
        with contextlib.suppress(Refused):
            while True:
                push = self._pushes.get()
                if isinstance(push, m.Show):
                    self._link.shown()
                    self._front.set()
                elif isinstance(push, m.SaveDrafts):
                    self._link.drafts_saved()

    def run(self) -> int:
        """Until the import is through, or the keeper ends this process."""
        self._link.spare_ready()
        if not self._link.front:
            self._front.wait()
        self._order.tell({"what": "Locked", "done": 0, "total": 0})
        self._wait(0, 2)
        with DecoderPool() as pool:
            session = self._signed_in(pool)
            self._order.tell({"what": "Signed in", "done": 0, "total": 0})
            threading.Thread(target=self._lock_later, daemon=True).start()
            while True:
                result = self._import(session, pool)
                self._order.tell(result.document(), self._order.documents)
                if result.exit_code == 0:
                    self._order.tell({"what": "Through", "done": 0, "total": 0})
                    self._link.quit()
                    threading.Event().wait()

    def _signed_in(self, pool: DecoderPool) -> Session:
        while True:
            try:
                return Entrance(self._order.store, SystemClock()).sign_in(self._link, USER, PASSWORD, pool)
            except (Refused, Fixable) as error:
                if error.code == "locked":
                    raise
                self._wait(0.2, 0.5)  # too many of its like were killed in the middle of signing in

    def _import(self, session: Session, pool: DecoderPool) -> ImportResult:
        if self._chance.random() < 0.5:
            file_what_waits(session, self._link, pool)
        service = import_service(session, self._link, pool)
        running = [state.job_id for state in self._link.imports_running() if not state.finished]
        if running:
            with contextlib.suppress(Fixable):  # it ended just now
                return service.rejoin(running[0], DeskLine(self._link.attach_import(running[0])), self._report)
        patient_id = session.patients.by_mrn(MRN).patient_id
        order = Assignment(patient_id, date.fromisoformat(session.today))
        return service.run([self._order.card], order, self._report)

    def _report(self, now: Progress) -> None:
        self._order.tell({"what": now.what, "done": now.done, "total": now.total})

    def _lock_later(self) -> None:
        self._wait(0.3, 6)
        self._link.ask_lock("asked")

    def _wait(self, least_s: float, most_s: float) -> None:
        threading.Event().wait(self._chance.uniform(least_s, most_s))


@dataclass
class LockedKiller(Killer):
    """Kills processes of a keeper whose desks come and go."""

    def strike(self, shop: Shop, card: Path) -> bool:
        """Run a keeper until it ends or is killed; whether the import is through."""
        order = Order(shop.store, card, shop.store.with_suffix(".told"), self.chance.randrange(1 << 30))
        order.told.write_text("")
        keeper = subprocess.Popen([sys.executable, "-m", MODULE, "keeper", *order.words], cwd=ROOT)
        if self.chance.random() < FROM_WORK:
            until_it_works(keeper, order.told)
        until_s = time.monotonic() + PATIENCE_S
        while keeper.poll() is None and time.monotonic() < until_s:
            with contextlib.suppress(subprocess.TimeoutExpired):
                keeper.wait(self.wait_s())
            self.strike_one(keeper, "keeper", order.told)
        keeper.kill()
        keeper.wait()
        if order.documents.exists():
            for line in order.documents.read_text().splitlines():
                with contextlib.suppress(ValueError):  # killed while it wrote
                    shop.believe(json.loads(line))
        return "Through" in order.told.read_text()


def main(words: list[str]) -> int:
    """A process of this module."""
    if words[0] == "keeper":
        return keep(Order.parse(words[1:]))
    harden()
    return Desk(int(words[1]), Order.parse(words[2:])).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
