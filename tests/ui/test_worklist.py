"""The worklist on the screens, over a real store: watching, please-look lines, the set-up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from photodesk.clock import local_today
from photodesk.desk.worklist import Decision
from photodesk.errors import Fixable
from photodesk.interop.drop_folder import STILL_MS
from photodesk.ui.home import HomePage
from photodesk.ui.importing.patient_chooser import PatientChooser
from photodesk.ui.page import PageContext
from photodesk.ui.worklist import LooksCard, WorklistSection, WorklistWatch
from photodesk.ui.worklist import setup_dialog as dialogs
from photodesk.ui.worklist.setup_dialog import SetupDialog
from photodesk.ui.worklist.setup_model import SetupModel, newest_sample
from photodesk.ui.worklist.words import state_words
from photodesk.visits.worklist import RowProblem, WorklistRow
from photodesk.visits.worklist_source import AfterReading, Column, DateOrder, SourceKind, WorklistServer, WorklistSource
from tests.desk.conftest import Desk, ListKeeper, TestClock, session_of
from tests.store.conftest import make_store
from tests.ui.conftest import AtOnce, Went

DAY = "2026-11-20"
ROWS = f"""MRN,Last name,First name,DOB,Date,Time,Room
1,Test,Ada,1968-05-12,{DAY},09:10,2
2,Sample,Ben,1951-01-03,{DAY},09:40,1
"""
OPEN_DATES = "MRN;Name;DOB;Date\n1;Test, Ada;03/04/1968;05/06/2026\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = make_store(tmp_path / "store")
    keeper, clock = ListKeeper(store.keeper), TestClock()
    yield Desk(session_of(store, store.keyset, keeper, clock), keeper, clock, store)
    store.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "drop"
    made.mkdir()
    return made


class Watching:
    """A watch over a real desk whose work runs at once, and whose time is the test's."""

    def __init__(self, desk: Desk, source: WorklistSource) -> None:
        self.desk, self.heard = desk, 0
        desk.session.worklist.setup.set_source(source)
        self.watch = WorklistWatch(desk.session, AtOnce())  # type: ignore[arg-type]
        self.watch.changed.connect(self._hear)
        self.watch.start()

    def _hear(self) -> None:
        self.heard += 1

    def later(self) -> None:
        """Two looks, far enough apart for a file to be still."""
        for _ in range(2):
            self.watch.look()
            self.desk.clock.now_ms += STILL_MS

    def today(self) -> list[str]:
        return [line.patient.mrn for line in self.desk.session.visits.today()]


def csv_source(folder: Path, after: AfterReading = AfterReading.REMOVE) -> WorklistSource:
    model = SetupModel(WorklistSource(SourceKind.CSV))
    model.choose_folder(str(folder))
    model.choose_after(after)
    model.take_sample(ROWS.encode())
    assert model.missing() == ""
    return model.source


def test_a_dropped_file_becomes_todays_visits_and_is_removed(qapp: QApplication, desk: Desk, folder: Path) -> None:
    watching = Watching(desk, csv_source(folder))
    assert watching.today() == []
    dropped = folder / "visits.csv"
    dropped.write_text(ROWS)
    watching.later()
    watching.later()
    assert watching.today() == ["1", "2"]
    assert not dropped.exists()
    assert watching.heard
    heard = watching.heard
    watching.later()
    assert watching.heard == heard


def test_a_file_with_a_bad_line_stays_and_is_said_once(qapp: QApplication, desk: Desk, folder: Path) -> None:
    watching = Watching(desk, csv_source(folder))
    dropped = folder / "visits.csv"
    dropped.write_text(ROWS + f"3,Bad,Line,1951-99-03,{DAY},10:00,1\n")
    watching.later()
    watching.later()
    watching.later()
    assert watching.today() == ["1", "2"]
    assert dropped.exists()
    (line,) = desk.session.worklist.look_lines()
    assert (line.look.place, line.look.source) == (4, "visits.csv")
    desk.session.worklist.decide(line.look.problem_id, Decision.DISMISS)
    watching.watch.start()
    watching.later()
    assert not dropped.exists()


def test_a_row_that_cannot_be_placed_keeps_its_file_too(qapp: QApplication, desk: Desk, folder: Path) -> None:
    watching = Watching(desk, csv_source(folder))
    dropped = folder / "visits.csv"
    dropped.write_text(ROWS + f"3,Bad,Line,,{DAY},10:00,1\n")
    watching.later()
    watching.later()
    assert watching.today() == ["1", "2"]
    assert dropped.exists()


def test_an_older_file_that_stayed_undoes_nothing(qapp: QApplication, desk: Desk, folder: Path) -> None:
    watching = Watching(desk, csv_source(folder, AfterReading.LEAVE))
    (folder / "a.csv").write_text(ROWS)
    watching.later()
    watching.later()
    (folder / "b.csv").write_text(ROWS.replace("09:10", "11:30"))
    watching.later()
    watching.later()
    watching.watch.start()
    watching.later()
    watching.later()
    assert watching.today() == ["2", "1"]
    again = folder / "c.csv"
    again.write_text(ROWS)
    watching.later()
    watching.later()
    assert watching.today() == ["1", "2"]


def test_left_files_are_read_once_also_by_the_next_desk(qapp: QApplication, desk: Desk, folder: Path) -> None:
    source = csv_source(folder, AfterReading.LEAVE)
    (folder / "visits.csv").write_text(ROWS)
    watching = Watching(desk, source)
    watching.later()
    watching.later()
    assert watching.today() == ["1", "2"]
    entries = len(desk.keeper.entries)
    again = WorklistWatch(desk.session, AtOnce())  # type: ignore[arg-type]
    again.start()
    watching.watch.stop()
    for _ in range(3):
        again.look()
        desk.clock.now_ms += STILL_MS
    assert len(desk.keeper.entries) == entries
    assert (folder / "visits.csv").exists()


def test_a_folder_that_is_gone_is_said_until_it_is_back(qapp: QApplication, desk: Desk, folder: Path) -> None:
    watching = Watching(desk, csv_source(folder))
    folder.rmdir()
    heard = watching.heard
    watching.later()
    watching.later()
    today = local_today(desk.clock)
    words = state_words(watching.watch.state, today)
    assert words.startswith("Working without the worklist since ")
    assert "by hand" in words
    assert watching.heard == heard + 1
    folder.mkdir()
    watching.later()
    assert "looked at today" in state_words(watching.watch.state, today)


def test_a_server_is_asked(qapp: QApplication, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    row = WorklistRow(0, "A1", "7", "Test", "Ada", date(1968, 5, 12), "female", date(2026, 11, 20))
    monkeypatch.setattr("photodesk.ui.worklist.watching.ask_worklist", lambda server, day: (row,))
    watching = Watching(desk, WorklistSource(SourceKind.DICOM, server=WorklistServer("ris.example")))
    assert watching.today() == ["7"]


def test_please_look_lines_are_decided_at_home(dressed: QApplication, desk: Desk) -> None:
    worklist = desk.session.worklist
    row = WorklistRow(2, "A1", "7", "Test", "Ada", date(1968, 5, 12), "female", date(2026, 11, 20))
    other = WorklistRow(3, "A2", "7", "Test", "Ada", date(1969, 5, 12), "female", date(2026, 11, 20))
    worklist.apply(worklist.named((row, other)), "visits.csv")
    went = Went()
    page = HomePage(PageContext(desk.session, AtOnce(), went))  # type: ignore[arg-type]
    page.refresh()
    looks = page.worklist.looks
    assert not looks.isHidden()
    (line,) = worklist.look_lines()
    assert line.ours is not None
    assert line.theirs is not None
    looks.decided.emit(line.look.problem_id, Decision.KEEP_OURS)
    assert looks.isHidden()
    assert len(page.model.visits) == 2
    page.worklist.add_visit()
    (chooser,) = page.findChildren(PatientChooser)
    chooser.search.typed.emit("Test")
    (found, *_) = chooser.model.found
    chooser.search.opened.emit(found.patient_id)
    assert went.calls[-1] == ("new_visit", found.patient_id)
    page.deleteLater()


def test_the_dialog_guides_to_a_set_up(dressed: QApplication, desk: Desk, folder: Path, qtbot: Any) -> None:
    (folder / "visits.csv").write_text(OPEN_DATES)
    window, saved = QWidget(), []
    window.resize(1280, 800)
    qtbot.addWidget(window)
    context = PageContext(desk.session, AtOnce(), Went())  # type: ignore[arg-type]
    dialog = SetupDialog(window, context, WorklistSource(), lambda: saved.append(True))
    assert dialog.save_button.isEnabled()
    dialog.kinds.choose(1)
    assert "No folder" in dialog.wrong.full_text()
    dialog.choose_folder(folder)
    assert "hold names" in dialog.wrong.full_text()
    dialog.folder.after.pick("remove")
    assert "how dates are written" in dialog.wrong.full_text()
    dialog.table.changed.emit("dates", DateOrder.DAY_FIRST)
    assert dialog.wrong.full_text() == ""
    dialog.save()
    assert saved == [True]
    source = desk.session.worklist.source()
    assert (source.table.dates, source.table.delimiter) == (DateOrder.DAY_FIRST, ";")
    assert source.table.columns[Column.MRN] == "MRN"


def test_the_server_is_tested_before_it_is_kept(
    dressed: QApplication, desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    context = PageContext(desk.session, AtOnce(), Went())  # type: ignore[arg-type]
    dialog = SetupDialog(window, context, WorklistSource(), lambda: None)
    dialog.kinds.choose(3)
    assert not dialog.save_button.isEnabled()
    dialog.server.changed.emit("host", "ris.example")
    assert dialog.save_button.isEnabled()
    answer = (WorklistRow(0, "A", "7", "Test"), RowProblem(2, "x", "y"))
    monkeypatch.setattr(dialogs, "ask_worklist", lambda server, day: answer)
    dialog.test()
    assert "1 visit today. 1 answer cannot be read." in dialog.server.said
    no = Fixable("worklist_unreachable", "The worklist server cannot be reached.")
    monkeypatch.setattr(dialogs, "ask_worklist", lambda server, day: (_ for _ in ()).throw(no))
    dialog.test()
    assert "cannot be reached" in dialog.server.said


def test_columns_are_named_by_hand_and_a_meaning_is_used_once() -> None:
    model = SetupModel(WorklistSource(SourceKind.CSV))
    model.take_sample(b"a,b,c\n1,Test,2026-11-20\n")
    for heading, meaning in (("a", "record-number"), ("b", "family"), ("c", "date")):
        model.choose_meaning(heading, meaning)
    assert model.sample_words == "1 of 1 lines can be used."
    model.choose_meaning("c", "family")
    assert model.meaning_of("b") == ""
    model.choose_meaning("c", "")
    assert model.source.table.columns == {Column.MRN: "a"}
    model.change_table(headings=False)
    assert model.proposal is not None
    assert model.proposal.headings == ("1", "2", "3")


def test_the_newest_table_is_the_sample(folder: Path) -> None:
    assert newest_sample(str(folder / "nowhere")) == b""
    assert newest_sample(str(folder)) == b""
    (folder / "visits.csv").write_text(ROWS)
    assert newest_sample(str(folder)) == ROWS.encode()


def test_the_settings_card_says_where_visits_come_from(dressed: QApplication, desk: Desk, folder: Path) -> None:
    desk.session.worklist.setup.set_source(csv_source(folder))
    card = WorklistSection(PageContext(desk.session, AtOnce(), Went()))  # type: ignore[arg-type]
    card.refresh()
    assert card.change.isVisibleTo(card)
    looks = LooksCard()
    looks.show_lines(())
    assert looks.isHidden()
