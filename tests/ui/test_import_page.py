"""The import page: what went on behind the lock, what is dropped on a timeline, and the report."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from photodesk.importing.job import ImportResult, Outcome, Stage
from photodesk.importing.report import report_text
from photodesk.importing.resuming import UnfinishedImport
from photodesk.progress import Cancel, Progress, Report
from photodesk.ui.controls import Dropdown, Row
from photodesk.ui.importing import ImportPage
from photodesk.ui.importing.board import BoardState
from photodesk.ui.importing.model import ImportModel, Phase
from photodesk.ui.page import PageContext
from photodesk.ui.timeline.dropping import TakesFiles
from tests.ui.conftest import AtOnce, Went, pretend_session

JOB = "9" * 32


@pytest.fixture(autouse=True)
def no_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pretended session keeps no packs: boards are empty."""

    class EmptyBoard:
        def __init__(self, _session: object, job_id: str) -> None:
            self.job_id = job_id

        def read(self) -> BoardState:
            return BoardState(self.job_id)

    monkeypatch.setattr("photodesk.ui.importing.board_view.Board", EmptyBoard)


def page_of(went: Went, tasks: Any, **imports: Any) -> ImportPage:
    known = {"unfinished": lambda: (), "running_job_id": lambda: JOB, "outcomes": lambda: (), **imports}
    context = PageContext(pretend_session(), tasks, went, imports=SimpleNamespace(**known))  # type: ignore[arg-type]
    return ImportPage(context)


class Later(AtOnce):
    """Long work waits until it is let go."""

    def long(self, work: Any, done: Any, failed: Any = None, progress: Any = None) -> Any:
        """Keep it."""
        self.kept = (work, done, failed, progress)
        return SimpleNamespace(cancel=lambda: None)

    def go(self) -> None:
        """Do it now."""
        work, done, _failed, progress = self.kept
        done(work(progress, Cancel()))


@pytest.mark.usefixtures("dressed")
def test_an_import_from_behind_the_lock_is_shown_going_on_and_ending(qtbot: Any) -> None:
    files = (Outcome(0, "a.jpg", 10, stage=Stage.VERIFIED, shot_id="1" * 32), Outcome(0, "b.jpg", 10))
    went, tasks = Went(), Later()
    heard: list[tuple[int, int, bool]] = []
    page = page_of(went, tasks, outcomes=lambda: files)
    qtbot.addWidget(page)

    def see_through(report: Report, cancel: Cancel) -> ImportResult:
        report(Progress("Copying b.jpg", 1, 2, 10, 20))
        heard.append((page.model.copied, page.model.total, cancel.requested))
        files[1].stage, files[1].shot_id = Stage.VERIFIED, "2" * 32
        return ImportResult(JOB, list(files), [], None, None)

    page.join(UnfinishedImport(JOB, (Path("card"),), None, 0), see_through)
    assert (page.model.phase, page.model.source) == (Phase.RUNNING, "card")
    page.stop()
    tasks.go()
    assert heard == [(1, 2, True)]
    assert (page.model.phase, page.model.verified) == (Phase.DONE, 2)
    said = [call for call in went.calls if call[0] != "inbox_count"]
    assert said == [("say", "2 photos copied while the desk was locked are safe."), ("refresh",)]


def test_the_rate_of_a_joined_import_counts_only_what_this_desk_saw() -> None:
    model = ImportModel()
    model.began("card", 0, from_card=True, joined=True)
    model.advanced(Progress("Copying", 5, 10, 500_000_000, 1_000_000_000), 100)
    model.advanced(Progress("Copying", 6, 10, 600_000_000, 1_000_000_000), 1000)
    assert model.rate_words[0].startswith("100")


@pytest.mark.usefixtures("dressed")
def test_enter_takes_the_choice_that_has_the_focus(qtbot: Any) -> None:
    window = QWidget()
    window.resize(600, 400)
    qtbot.addWidget(window)
    visits = Dropdown("Visit", (("a", "Visit today"), ("b", "10 Aug 2026")), value="a", parent=window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    visits.open_choices()
    rows = [row for row in window.findChildren(Row) if row.accessibleName() == "10 Aug 2026"]
    rows[0].setFocus()
    QTest.keyClick(rows[0], Qt.Key.Key_Return)
    assert visits.value == "b"


@pytest.mark.usefixtures("dressed")
def test_files_dropped_on_a_timeline_are_copied_for_that_patient(qtbot: Any, tmp_path: Path) -> None:
    went = Went()
    context = PageContext(pretend_session(), AtOnce(), went)  # type: ignore[arg-type]
    timeline = TakesFiles(context, "a" * 32)
    qtbot.addWidget(timeline)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "one.jpg")), QUrl("https://example.org/two.jpg")])
    copy, mouse, key = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    timeline.dropEvent(QDropEvent(QPointF(5, 5), copy, data, mouse, key))
    assert went.calls == [("importing", "a" * 32, (tmp_path / "one.jpg",))]

    order: list[tuple[tuple[Path, ...], object]] = []

    def run(paths: tuple[Path, ...], assignment: object, _report: object, _cancel: object) -> ImportResult:
        order.append((paths, assignment))
        return ImportResult(JOB, [Outcome(0, "one.jpg", 9, stage=Stage.VERIFIED, shot_id="1" * 32)])

    page = page_of(went, AtOnce(), run=run)
    patients: Any = page.context.desk.patients
    patients.get = lambda _patient_id: patients.people[0]
    qtbot.addWidget(page)
    page.take_dropped("a" * 32, (tmp_path / "one.jpg",))
    assert order == [((tmp_path / "one.jpg",), None)]
    assert page.board.model.wanted is not None
    assert page.model.shot_ids() == ("1" * 32,)


def test_the_report_names_files_and_no_patient() -> None:
    result = ImportResult(JOB, [Outcome(0, "bad.jpg", 9, failure="It could not be read.")])
    text = report_text(result, 0)
    assert "not copied" in text
    assert "bad.jpg  It could not be read." in text
    assert "patient" not in text.casefold()
