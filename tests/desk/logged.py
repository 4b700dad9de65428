"""A keeper that writes a real log into the store's folder, with a clock that tests own."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field

from photodesk.clock import Clock
from photodesk.crypto import SigningKey
from photodesk.log.entry import Action, Entry, Receipt
from photodesk.log.segment_file import DiskSegment
from photodesk.log.writer import LogWriter
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from tests.desk.conftest import ListKeeper


class Unsynced(DiskSegment):
    """For logs whose loss costs nothing."""

    def sync(self) -> None:
        return


def writer_of(layout: Layout, keyset: KeySet, clock: Clock, signing: SigningKey, workstation_id: str = "") -> LogWriter:
    """The log of one workstation of this clinic."""
    return LogWriter(
        layout.log,
        keyset.clinic_id,
        workstation_id or keyset.workstation_id,
        signing,
        keyset.log_keys[1].public,
        clock,
        open_segment=Unsynced,
    )


@dataclass
class WritingKeeper(ListKeeper):
    """Entries go to the list and to the log; the log must be open."""

    writer: LogWriter | None = field(default=None)

    def append_async(self, entry: Entry) -> Future[Receipt]:
        done = super().append_async(entry)
        if self.writer is None or done.exception() is not None:
            return done
        written: Future[Receipt] = Future()
        written.set_result(self.writer.append(entry))
        return written


def look(person_id: str, patient_id: str, purpose: str = "none given", action: Action = Action.VIEW) -> Entry:
    """Somebody saw a photo of a patient."""
    return Entry(action, person_id, "clinician", patient_id, "", ("0" * 31 + "1",), "screen", "photo", purpose)
