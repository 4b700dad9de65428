"""Shots that nothing has looked at yet: copied and proven, then the import was stopped, or its importer was ended.

A card may be among them, and they have no preview. A desk reads them before they are filed: bytes out of the pack, to
a decoder, facts and renditions into the pack. Each step opens the pack anew, so that filing may go on in between.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Container
from typing import TypeVar

from photodesk.errors import Damaged, Fixable, Refused
from photodesk.imaging import Decoder
from photodesk.importing.finishing import Rendered, render, take_in
from photodesk.importing.workplace import Workplace
from photodesk.photos import PhotoFacts
from photodesk.progress import Cancel, Progress, Report, silent
from photodesk.store.packs import PackReader, Shot, pack_numbers

T = TypeVar("T")
LOOKING = "Looking at photos that were not read yet"


def not_looked_at(shot: Shot) -> bool:
    """Whether no decoder was asked about this shot yet."""
    return not shot.facts.media_type and not shot.reason


class UnreadShots:
    """`hand` is held while a pack is open; `busy(job_id)`: an import has the job's packs in hand, nothing is read."""

    def __init__(
        self, workplace: Workplace, decoder: Decoder | None, hand: threading.RLock, busy: Callable[[str], bool]
    ) -> None:
        self._workplace = workplace
        self._decoder = decoder
        self._hand = hand
        self._busy = busy

    def read(
        self, job_id: str, only: Container[str] | None = None, report: Report = silent, cancel: Cancel | None = None
    ) -> int:
        """Look at what nobody looked at, or `only` at these: how many. Stops between two when cancelled.

        What cannot be read is an alarm and stays unread. Fixable `disk_full`.
        """
        decoder, cancel, done = self._decoder, cancel or Cancel(), 0
        if decoder is None:
            return 0
        unread = self._unread(job_id, only)
        for number, shot in unread:
            if cancel.requested or self._busy(job_id):
                break
            report(Progress(LOOKING, done, len(unread)))
            data = self._bytes_of(job_id, number, shot)
            if data is not None:
                done += self._keep(job_id, number, shot, render(decoder, data))
        return done

    def _unread(self, job_id: str, only: Container[str] | None) -> list[tuple[int, Shot]]:
        found: list[tuple[int, Shot]] = []
        for number in pack_numbers(self._workplace.layout, job_id):
            shots = self._in_pack(job_id, number, PackReader.shots) or ()
            found += [(number, one) for one in shots if not_looked_at(one) and (only is None or one.shot_id in only)]
        return found

    def _bytes_of(self, job_id: str, number: int, shot: Shot) -> bytes | PhotoFacts | None:
        def taken_in(pack: PackReader) -> bytes | PhotoFacts | None:
            if not any(one.shot_id == shot.shot_id and not_looked_at(one) for one in pack.shots()):
                return None
            return take_in(iter(pack.source(shot.shot_id).chunks()), shot.size_bytes, shot.name)

        return self._in_pack(job_id, number, taken_in)

    def _keep(self, job_id: str, number: int, shot: Shot, made: Rendered) -> bool:
        def keep(pack: PackReader) -> bool:
            return pack.set_renditions(shot.shot_id, made.renditions, made.facts, made.facts.undecodable)

        return bool(self._in_pack(job_id, number, keep))

    def _in_pack(self, job_id: str, number: int, work: Callable[[PackReader], T]) -> T | None:
        """One step with a pack in hand; None where it is gone, damaged (an alarm), an importer's or others'."""
        workplace = self._workplace
        with self._hand:
            reader = self._open(job_id, number)
            if reader is None:
                return None
            try:
                return work(reader)
            except Damaged as damage:
                workplace.alarm(damage)
                return None
            finally:
                reader.close()

    def _open(self, job_id: str, number: int) -> PackReader | None:
        workplace = self._workplace
        if self._busy(job_id) or not workplace.layout.pack(job_id, number).is_file():
            return None
        try:
            return PackReader.open(workplace.layout, job_id, number, workplace.keyset, workplace.keeper)
        except (Fixable, Refused):
            return None
        except Damaged as damage:
            workplace.alarm(damage)
            return None
