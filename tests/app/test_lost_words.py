"""What `workstation lost` says in words."""

from __future__ import annotations

from dataclasses import replace

from photodesk.app.commands_workstation import lost_words
from photodesk.sync.workstations import HeldPatient, LostWorkstation, WorkstationLine

LINE = WorkstationLine("a" * 32, "Theatre 2", last_contact_ms=1_795_000_000_000)
LOST = LostWorkstation(
    LINE, 1, 4, [HeldPatient("b" * 32, "Test, Ada", 2, 2)], "No.", "Not known.", 1, 1_795_000_060_000
)


def test_it_names_last_contact_and_log_and_counts_in_words() -> None:
    assert lost_words(LOST).splitlines() == [
        "Theatre 2: it held 4 photos of 1 patient.",
        "Can they be opened: No.",
        "Last contact: 2026-11-18T11:06:40.000Z",
        "Was it locked: Not known.",
        "Its activity log: 1 entry, up to 2026-11-18T11:07:40.000Z",
    ]
    never = replace(LOST, line=replace(LINE, last_contact_ms=0), patients=0, photos=0, held=(), log_entries=0)
    said = lost_words(never)
    assert "it held no photos." in said
    assert "Last contact: none yet" in said
    assert "Its activity log: none has arrived" in said
