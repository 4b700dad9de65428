"""With a clinic server the log's segments are finished hourly and at lock, so that whole ones can go there."""

from __future__ import annotations

from pathlib import Path

import pytest

from photodesk.app.keeper_books import SEAL_AT_LOCK_MS, SEAL_MS, Books
from photodesk.log.entry import Action, Entry
from photodesk.log.segment import segment_numbers
from photodesk.log.verify import Result, verify
from photodesk.sync.spool import Spool
from tests.app.keeping import Clinic
from tests.sync.pretend import PretendClock


@pytest.mark.parametrize("sends", [False, True])
def test_a_segment_is_finished_after_an_hour_and_at_a_lock(tmp_path: Path, sends: bool) -> None:
    clinic, clock = Clinic(tmp_path / "store"), PretendClock()
    if sends:
        spool = Spool(clinic.layout.spool)
        spool.set_facts({"server-url": b"https://localhost:1"})
        spool.close()
    books = Books(clinic.layout, clinic.open_keys, clock)

    def numbers() -> int:
        return len(segment_numbers(clinic.layout.log, clinic.workstation_id))

    counted = [numbers()]
    for later_ms, at_lock in ((60_000, True), (SEAL_AT_LOCK_MS, True), (SEAL_AT_LOCK_MS, False), (SEAL_MS, False)):
        books.append(Entry(Action.VIEW))
        clock.now_ms += later_ms
        if at_lock:
            books.checkpoint()
        else:
            books.checkpoint_if_due()
        counted.append(numbers())
    books.close()
    assert counted == ([1, 1, 2, 2, 3] if sends else [1] * 5)
    found = verify(clinic.layout.log, clinic.log_signing.public)
    assert found.result is Result.INTACT
