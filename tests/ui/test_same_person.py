"""Another entry is the same person: both are read side by side, why is asked, and the chart says so with an Undo."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from photodesk.desk.merged_entries import MergedEntry
from photodesk.desk.merging import EntryFacts
from photodesk.desk.roles import Right
from photodesk.ui.controls.text import Text
from photodesk.ui.timeline.correction_dialogs import NO_REASON
from photodesk.ui.timeline.same_person_dialog import DIFFERENT_BIRTH, SamePersonDialog
from tests.ui.pretend_desk import PATIENT, PretendDesk
from tests.ui.test_timeline_acts import Opened

OTHER = replace(PATIENT, patient_id="q" * 32, mrn="000799", birth=date(1971, 1, 2))


class PretendMerging:
    """Two entries, merged and parted."""

    def __init__(self, desk: PretendDesk) -> None:
        self.desk = desk
        self.calls: list[tuple[str, ...]] = []

    def facts(self, patient_id: str) -> tuple[EntryFacts, ...]:
        patient = PATIENT if patient_id == PATIENT.patient_id else OTHER
        return (EntryFacts(patient, 2, date(2026, 8, 3), date(2026, 11, 20), 5),)

    def merge(self, patient_id: str, into_id: str, reason: str) -> Any:
        self.calls.append(("merge", patient_id, into_id, reason))
        self._shows((MergedEntry(OTHER, "i" * 32, "Ada Berg", 1_795_000_000_000),))
        return PATIENT

    def unmerge(self, patient_id: str) -> Any:
        self.calls.append(("unmerge", patient_id))
        self._shows(())
        return OTHER

    def _shows(self, merged: tuple[MergedEntry, ...]) -> None:
        self.desk.timeline.timeline = replace(self.desk.timeline.timeline, merged=merged)


def opened(qtbot: QtBot) -> tuple[Opened, PretendMerging]:
    made = Opened(qtbot)
    merging = PretendMerging(made.desk)
    made.desk.merging = merging  # type: ignore[attr-defined]
    return made, merging


def words(widget: Any) -> list[str]:
    return [text.full_text() for text in widget.findChildren(Text)]


def test_both_are_read_side_by_side_and_why_is_asked(qtbot: QtBot) -> None:
    made, merging = opened(qtbot)
    made.timeline.merging._chosen(OTHER)
    made.tasks.run()
    dialog = made.found(SamePersonDialog)
    shown = words(dialog)
    assert {"Stays", "Shows with it", PATIENT.mrn, "000799", "5 photos"} <= set(shown)
    assert DIFFERENT_BIRTH in shown
    dialog.save()
    assert (merging.calls, NO_REASON in words(dialog)) == ([], True)
    dialog.swap()
    dialog.swap()
    qtbot.keyClicks(dialog.fields["reason"].edit, "Entered twice")
    qtbot.keyClick(dialog.fields["reason"].edit, Qt.Key.Key_Return)
    made.tasks.run()
    assert merging.calls == [("merge", OTHER.patient_id, PATIENT.patient_id, "Entered twice")]
    lines = made.timeline.panel.merged
    assert lines.isVisibleTo(made.timeline)
    assert "With entry 000799" in words(lines)
    lines.links[0].click()
    made.tasks.run()
    assert merging.calls[-1] == ("unmerge", OTHER.patient_id)
    assert not lines.isVisibleTo(made.timeline)


def test_the_other_one_may_stay(qtbot: QtBot) -> None:
    made, merging = opened(qtbot)
    made.timeline.merging._chosen(OTHER)
    made.tasks.run()
    dialog = made.found(SamePersonDialog)
    dialog.swap()
    qtbot.keyClicks(dialog.fields["reason"].edit, "Entered twice")
    dialog.save()
    made.tasks.run()
    assert merging.calls == [("merge", PATIENT.patient_id, OTHER.patient_id, "Entered twice")]
    made.went.calls[-1][3]()
    made.tasks.run()
    assert merging.calls[-1] == ("unmerge", PATIENT.patient_id)


def test_the_same_entry_is_said_to_be_the_same(qtbot: QtBot) -> None:
    made, merging = opened(qtbot)
    made.timeline.merging._chosen(PATIENT)
    made.tasks.run()
    assert made.went.calls[-1][1] == "That is this patient already."
    assert not made.page.window().findChildren(SamePersonDialog)
    assert merging.calls == []


def test_who_may_not_say_so_is_not_offered_it(qtbot: QtBot) -> None:
    made, _ = opened(qtbot)
    assert made.timeline.merging.allowed
    made.timeline.merging.allowed = False
    made.timeline.merging.ask()
    made.tasks.run()
    assert not made.page.window().findChildren(SamePersonDialog)
    assert Right.MERGE_PATIENTS.value.startswith("say that")
