"""The import page while a card is read, stopped, pulled; the home page's inbox; cards as the next step; names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from photodesk.importing.job import ImportResult, Outcome, Stage, Stop
from photodesk.importing.names import plain_name, short_name
from photodesk.importing.waiting import Waiting, waiting
from photodesk.ui.controls import Button, ButtonKind, Dialog, Text
from photodesk.ui.controls.popover import is_asking
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.home import HomePage
from photodesk.ui.home.cards import InboxCard
from photodesk.ui.home.search import found_columns
from photodesk.ui.importing import ImportPage, InboxPage
from photodesk.ui.importing.choosing import CameraCard
from photodesk.ui.importing.group_head import chosen_first, visit_choices
from photodesk.ui.importing.job_list import NOTHING, READING, JobList, age_words
from photodesk.ui.importing.model import ImportModel, ImportProgress
from photodesk.ui.patients import VisitDialog
from photodesk.ui.window import MainWindow
from photodesk.visits import Visit
from tests.ui.import_desk import NOW_MS, Frame, ImportDesk, card_of_four, import_desk

pytestmark = pytest.mark.usefixtures("dressed")
MB = 1_000_000
TODAY = date(2026, 11, 20)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ImportDesk]:
    with import_desk(tmp_path / "store") as made:
        yield made


def page_of(desk: ImportDesk, job_id: str, outcomes: list[Outcome]) -> ImportPage:
    """An import page whose import is told about by hand."""
    context, service = desk.context(), desk.service()
    told = {"outcomes": lambda: tuple(outcomes), "running_job_id": lambda: job_id, "unfinished": lambda: ()}
    imports = SimpleNamespace(**told, file_parts=service.file_parts, assign_parts=service.assign_parts)
    return ImportPage(replace(context, imports=imports))  # type: ignore[arg-type]


def outcomes_of(desk: ImportDesk, job_id: str) -> list[Outcome]:
    return [
        Outcome(0, shot.shot.name, 8 * MB, shot.shot.sha256, Stage.VERIFIED, shot.shot.shot_id)
        for shot in desk.desk.session.inbox.job(job_id).shots
    ]


def rows(page: ImportPage) -> list[tuple[str, str, str]]:
    return [(line.title, line.count, line.state) for line in page.board.model.lines()]


def test_a_running_import_shows_groups_what_is_left_and_what_went_wrong(desk: ImportDesk, qtbot: Any) -> None:
    job = desk.job(card_of_four(8))
    found = outcomes_of(desk, job)
    found.append(Outcome(0, "DCIM/dup.jpg", 8 * MB, stage=Stage.FILED, duplicate=True, where="It is in the store."))
    found.append(Outcome(0, "DCIM/bad.jpg", 8 * MB, failure="It could not be read."))
    found += [Outcome(0, f"DCIM/left{n}.jpg", 8 * MB) for n in range(3)]
    page = page_of(desk, job, found)
    qtbot.addWidget(page)
    page.resize(1600, 900)
    page.show()
    page.model.began("EOS_DIGITAL", 0, from_card=True)
    done = 14 * 8 * MB
    page.model.advanced(ImportProgress("Copying left0.jpg", 14, 17, done + 4 * MB, 17 * 8 * MB, tuple(found)), 2000)
    page.show_model()
    assert rows(page)[:4] == [
        ("Test, Ada", "2 photos", "Press Enter"),
        ("Sample, Ben", "2 photos", "Ready"),
        ("Demo, Cleo", "2 photos", "Ready"),
        ("Fixture, Dora", "2 photos", "Ready"),
    ]
    assert rows(page)[4:] == [
        ("Still on the card", "3 files", "Waiting"),
        ("Already in PhotoDesk", "1 file", "Skipped"),
        ("Not copied", "1 file", "Please look"),
    ]
    assert page.model.trouble == "bad.jpg: It could not be read."
    assert page.model.foot() == ("Please leave the card in.", "4 files are only on the card.")
    assert [tile.share for tile in page.model.tiles()[14:]] == [0.5, 0.0, 0.0]
    words = page.model.summary_with(4)
    assert "116\u00a0MB of 136\u00a0MB" in words
    assert words.endswith("Copying left0.jpg")


def test_what_is_decided_while_the_copy_goes_on_is_filed_at_its_end(desk: ImportDesk, qtbot: Any) -> None:
    job = desk.job(card_of_four(8))
    found = outcomes_of(desk, job)
    page = page_of(desk, job, found)
    qtbot.addWidget(page)
    page.resize(1600, 900)
    page.show()
    page.model.began("card", 0, from_card=True)
    page.model.advanced(ImportProgress("Copying", 12, 12, 96 * MB, 96 * MB, tuple(found)), 2000)
    page.show_model()
    page.board.side.groups.setFocus()
    QTest.keyClick(page.board.side.groups, Qt.Key.Key_Return)
    session = desk.desk.session
    assert rows(page)[0] == ("Test, Ada", "2 photos", "Assigned")
    assert len(session.catalog.assignments(job)) == 1
    assert not session.charts.exists(desk.patients[0].patient_id), "nothing is filed before all is verified"
    page.ended(ImportResult(job, found))
    assert rows(page)[0] == ("Test, Ada", "2 photos", "Filed")
    assert len(session.charts.open(desk.patients[0].patient_id).photos()) == 2
    assert page.is_safe_shown
    assert page.model.in_charts == 3
    QTest.keyClick(page.safe.done, Qt.Key.Key_Return)
    assert not page.is_safe_shown
    assert page.board.model.title() == "Sample, Ben"
    for _ in range(3):
        QTest.keyClick(page.board.side.groups, Qt.Key.Key_Return)
    assert page.is_safe_shown, "all is filed: the card is spoken of again"
    assert page.model.in_charts == 12


@pytest.mark.parametrize(
    "stop",
    [
        Stop("cancelled", "The import was stopped.", "What was copied is kept."),
        Stop("card_gone", "The card was taken out. 2 photos are safe.", "Put it back to copy the other."),
        Stop("disk_full", "Not enough space: 1.2 GB needed.", "Nothing was lost; the photos are still on the card."),
    ],
)
def test_an_import_that_ended_early_says_why_and_its_report_can_be_saved(
    desk: ImportDesk, qtbot: Any, stop: Stop
) -> None:
    job = desk.job([Frame(0), Frame(0.1)])
    found = [*outcomes_of(desk, job), Outcome(0, "left.jpg", MB)]
    page = page_of(desk, job, found)
    qtbot.addWidget(page)
    page.show()
    page.model.began("card", 0, from_card=True)
    page.ended(ImportResult(job, found, stopped=stop))
    assert page.model.failure == f"{stop.message} {stop.remedy}"
    assert page.header.report.isVisible()
    assert not page.header.stop.isVisible()
    assert not page.is_safe_shown
    assert page.model.foot() == ("Not everything is safe.", "1 file stayed only on the card.")
    assert page.board.model.can_file(), "what is verified can be filed"


def test_an_empty_card_says_so(desk: ImportDesk, qtbot: Any) -> None:
    page = page_of(desk, "", [])
    qtbot.addWidget(page)
    page.show()
    page.model.began("card", 0, from_card=True)
    page.ended(ImportResult(desk.job([]), [], [("lost+found", "A folder that cannot be read.")]))
    assert page.model.summary == "There are no photos on this card. 1 entry passed over; the report says why."
    assert page.board.head._title.full_text() == "There are no photos on this card."
    assert not page.is_safe_shown


def test_a_card_that_is_in_is_the_next_step(desk: ImportDesk, qtbot: Any, tmp_path: Path) -> None:
    page = page_of(desk, "", [])
    started: list[tuple[tuple[Path, ...], bool]] = []
    page.choosing.chosen.disconnect()
    page.choosing.chosen.connect(lambda paths, card: started.append((paths, card)))
    qtbot.addWidget(page)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.choosing.show_cards(())
    page.choosing.take_focus()
    assert page.choosing.first._kind is ButtonKind.PRIMARY
    page.choosing.show_cards((CameraCard(tmp_path, "EOS_DIGITAL", 64_000_000_000),))
    assert page.choosing.first._kind is ButtonKind.SECONDARY
    QApplication.processEvents()
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_Return)
    assert started == [((tmp_path,), True)]


def test_the_home_page_shows_what_waits_and_opens_it(desk: ImportDesk, qtbot: Any) -> None:
    job = desk.job(card_of_four(20))
    desk.job([Frame(0), Frame(0.1)], NOW_MS - 3 * 86_400_000)
    found = waiting(desk.desk.session, 3)
    assert (found.photos, found.assigned, found.more) == (26, 0, 8)
    assert [(group.photos, group.name) for group in found.groups] == [
        (5, "Test, Ada"),
        (5, "Sample, Ben"),
        (5, "Demo, Cleo"),
    ]
    page = HomePage(desk.context())
    qtbot.addWidget(page)
    page.resize(1600, 900)
    page.show()
    page.refresh()
    words = [text.full_text() for text in page.inbox.findChildren(Text)]
    assert "Suggested: Test, Ada" in words
    assert "and 8 more photos" in words
    assert ("inbox_count", 26) in desk.went.calls
    page.inbox._open(job)
    assert desk.went.calls[-1] == ("inbox", job)
    filled = [b for b in page.findChildren(Button) if b._kind is ButtonKind.PRIMARY and b.isVisibleTo(page)]
    assert [button.text() for button in filled] == ["File photos"]


def test_the_inbox_lists_imports_by_age_with_groups_and_what_to_look_at(desk: ImportDesk, qtbot: Any) -> None:
    desk.job([Frame(0, 0), Frame(1), Frame(2, 1), Frame(3), Frame(4, 0)])
    old = desk.job([Frame(0), Frame(0.1), Frame(30)], NOW_MS - 3 * 86_400_000)
    page = InboxPage(desk.context())
    qtbot.addWidget(page)
    page.show()
    page.refresh()
    assert page.jobs[0].job.job_id == old
    counts = page.list._counts
    assert (counts[old].groups, counts[old].please_look) == (2, 0)
    assert sum(one.please_look for one in counts.values()) >= 1
    assert age_words(3 * 86_400_000) == "waits for 3 days"
    page.reopen(old)
    assert page.open_job_id == old
    assert page.place() == ("inbox", "", 0.0, (old,))
    assert page.escape()
    assert not page.open_job_id


def test_names_of_files_cannot_deceive() -> None:
    assert plain_name("Фото_1 写真 صورة.jpg") == "Фото_1 写真 صورة.jpg"
    assert short_name("DCIM/a\u202egpj.exe\x1b[2J\n") == "a\ufffdgpj.exe\ufffd[2J\ufffd"
    assert plain_name("می\u200cخواهم") == "می\u200cخواهم"
    model = ImportModel()
    model.began("card", 0, from_card=True)
    model.advanced(ImportProgress("Copying a\x1b[2J", 0, 1, 1, 2, (Outcome(0, "a\x1b[2J", 2),)), 10)
    assert "\x1b" not in model.summary_with(0)
    assert "\x1b" not in model.tiles()[0].name


def test_tab_comes_from_the_last_field_to_save(desk: ImportDesk, qtbot: Any) -> None:
    window = QWidget()
    window.resize(900, 700)
    qtbot.addWidget(window)
    dialog = VisitDialog(window, desk.context(), desk.patients[0], lambda _visit: None)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    dialog.open()
    dialog.fields["reason"].edit.setFocus()
    dialog.focusNextPrevChild(True)
    assert QApplication.focusWidget() is dialog.save_button


@pytest.mark.parametrize("width", [620.0, 700.0, 810.0, 1000.0])
def test_nothing_runs_into_its_neighbour_in_a_narrow_list_of_patients(width: float) -> None:
    """The chooser of the import page is narrower than the home page's list."""
    _, born, number, last = found_columns(width)
    metrics = QFontMetricsF(font(TextRole.SMALL))
    assert born + metrics.horizontalAdvance("30 Aug 1968 · 100 y") < number
    assert number + metrics.horizontalAdvance("000123") < last
    assert last + metrics.horizontalAdvance("12 May 2026") < width - 56


def test_the_form_of_a_visit_says_whose_it_is(desk: ImportDesk, qtbot: Any) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    dialog = VisitDialog(window, desk.context(), desk.patients[0], lambda _visit: None)
    said = [text.full_text() for text in dialog.findChildren(Text)]
    assert "Test, Ada · " + desk.patients[0].mrn in said


def test_the_head_of_an_import_counts_groups_as_they_are_now(desk: ImportDesk, qtbot: Any) -> None:
    job = desk.job([Frame(n * 10.0) for n in range(3)])
    found = outcomes_of(desk, job)
    page = page_of(desk, job, found)
    qtbot.addWidget(page)
    page.show()
    page.model.began("card", 0, from_card=True)
    page.ended(ImportResult(job, found))
    page.show_photos()
    assert "3 groups" in page.header._under.full_text()
    QTest.keyClick(page.board.side.groups, Qt.Key.Key_J)
    assert "2 groups" in page.header._under.full_text()


def test_an_inbox_that_is_not_read_yet_does_not_say_that_it_is_empty() -> None:
    card, jobs = InboxCard(), JobList(previews=False)
    assert [text.full_text() for text in card.findChildren(Text) if "inbox…" in text.full_text()]
    assert jobs._empty.full_text() == READING
    card.show_waiting(Waiting(0, 0, (), 0), TODAY, pictures=False)
    jobs.show_jobs((), TODAY, NOW_MS)
    assert card._under.full_text() == "Nothing waits to be filed."
    assert jobs._empty.full_text() == NOTHING


def test_several_visits_on_a_day_are_chosen_between() -> None:
    early, late = (Visit(f"{n:032x}", "p" * 32, TODAY, time(9 + 3 * n, 40), "", "", "", "") for n in range(2))
    both = visit_choices([late, early], TODAY, TODAY)
    day = TODAY.isoformat()
    assert both == (
        (f"{day}/{early.visit_id}", "Visit today, 09:40"),
        (f"{day}/{late.visit_id}", "Visit today, 12:40"),
    )
    assert chosen_first(both, TODAY, "") == f"{day}/{early.visit_id}"
    assert visit_choices([late, early], TODAY, TODAY, late.visit_id)[0][1] == "Visit today, 12:40"
    assert chosen_first(both, TODAY, late.visit_id) == f"{day}/{late.visit_id}"
    assert visit_choices([late], TODAY, TODAY) == ((day, "Visit today, 12:40"),)
    assert visit_choices([], TODAY, TODAY) == ((day, "New visit today"),)


def test_keys_of_the_window_wait_while_a_dialog_asks(qtbot: Any) -> None:
    window = MainWindow("Iris Sample", "Clinician", (("inbox", "tray", "Inbox"),), demo=False)
    qtbot.addWidget(window)
    window.show()
    dialog = Dialog(window, "A question")
    dialog.body.addWidget(Button("Close", key="Esc"))
    dialog.open()
    assert is_asking(window)
    went: list[str] = []
    window.section_chosen.connect(went.append)
    window._unless_asking(lambda: went.append("n"))()
    assert went == []
    dialog.dismiss()
    window._unless_asking(lambda: went.append("n"))()
    assert went == ["n"]
