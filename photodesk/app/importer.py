"""The importer process: `python -m photodesk importer --fd N`, a child of the keeper that outlives the desk.

The keeper pushes a socket for every desk that joins; the first says what to import. Paths and keys come as messages,
never as arguments. The process ends when a desk has taken everything it had to tell, or with the keeper.
"""

from __future__ import annotations

import os
import queue
import socket
from pathlib import Path
from typing import Any

from photodesk.app.importer_line import ImporterLine
from photodesk.background.decoders import DecoderPool
from photodesk.background.keeper_link import KeeperLink, Push
from photodesk.background.lanes import importer_lanes, listen, spawn_low_decoder
from photodesk.background.processes import allow_many_files, harden
from photodesk.clock import SystemClock
from photodesk.importing.copying import copy_job
from photodesk.importing.filling import Pack
from photodesk.importing.outbox import Outbox
from photodesk.importing.reading import DiskCard
from photodesk.progress import Cancel
from photodesk.protocol.importing import Moving, StartJob
from photodesk.protocol.messages import ImporterAttached, ImportState
from photodesk.store.layout import Layout
from photodesk.store.packs import PackWriter

DECODERS = 2
TELL_MS = 500


class Importer:
    """One import, with whichever desks join and leave."""

    def __init__(self, link: KeeperLink) -> None:
        self._link = link
        self._clock = SystemClock()
        self._orders: queue.SimpleQueue[StartJob | None] = queue.SimpleQueue()
        self._over: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._cancel = Cancel()
        self._outbox = Outbox(self._cancel, lambda: self._over.put(None), self._tell_keeper)
        self._job_id = ""
        self._told_ms = 0
        self._untold: Moving | None = None

    def pushed(self, push: Push) -> None:
        """A desk joins (called on the link's thread)."""
        if isinstance(push, ImporterAttached):
            sock = self._link.take_pushed_importer()
            listen("desk-line", lambda: self._hear(sock))

    def run(self) -> None:
        """Wait for the order, do it, and stay until a desk has heard the end."""
        start = self._orders.get()
        if start is None:
            return
        self._job_id = start.job_id
        roots = [Path(os.fsdecode(source)) for source in start.sources]
        with DecoderPool(DECODERS, spawn=spawn_low_decoder) as decoder, importer_lanes(DECODERS) as lanes:
            copy_job(
                start, DiskCard(roots), self._outbox, self._cancel, lanes, decoder, self._packs(start), self._clock
            )
        self._tell_the_last()
        self._over.get()
        self._link.import_state(ImportState(self._job_id, "", 0, 0, finished=True))

    def _packs(self, start: StartJob) -> Any:
        layout = Layout(Path(os.fsdecode(start.store)))

        def new_pack(number: int) -> Pack:
            return PackWriter.create(
                layout,
                start.job_id,
                number,
                start.clinic_id,
                start.inbox_public,
                start.inbox_epoch,
                start.starter_kem_public,
                self._link,
            )

        return new_pack

    def _hear(self, sock: socket.socket) -> None:
        """Listen to one desk until it is gone. Before an order came, that ends the process."""
        line = ImporterLine(sock)
        if self._job_id:
            self._outbox.attach(line)
        for message in line.messages():
            if isinstance(message, StartJob):
                self._outbox.attach(line)
                self._orders.put(message)
            else:
                self._outbox.hear(message)
        self._outbox.detach(line)
        line.close()
        if not self._job_id:
            self._orders.put(None)

    def _tell_keeper(self, moving: Moving) -> None:
        """Twice a second at most; what was left out is told when the copy is done."""
        now_ms, self._untold = self._clock.monotonic_ms(), moving
        if now_ms - self._told_ms >= TELL_MS or moving.done == moving.total:
            self._told_ms = now_ms
            self._tell_the_last()

    def _tell_the_last(self) -> None:
        moving, self._untold = self._untold, None
        if moving is not None:
            self._link.import_state(ImportState(self._job_id, "Copying photos", moving.done, moving.total))


def main(fd: int) -> int:
    """The process. It holds no clinic key; what it writes only the inbox key, or the starter, opens again."""
    harden()
    allow_many_files()
    queue_of_early: queue.SimpleQueue[Push] = queue.SimpleQueue()
    link = KeeperLink(socket.socket(fileno=fd), "importer", on_push=queue_of_early.put, on_gone=lambda: os._exit(0))
    importer = Importer(link)
    link.watch(importer.pushed)
    while not queue_of_early.empty():
        importer.pushed(queue_of_early.get())
    importer.run()
    link.close()
    return 0
