"""The board of an import over a real store: groups, keys, dragging, sites and views, filing; at the counter too."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import time as clock_time
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from photodesk.crypto import KemPrivateKey
from photodesk.desk.roles import Right
from photodesk.importing.grouping import GroupBasis
from photodesk.importing.shot_marks import Place, ShotMarks
from photodesk.log.entry import Action
from photodesk.store.keyset import KeySet
from photodesk.ui.controls import Dialog
from photodesk.ui.importing import InboxPage
from photodesk.ui.importing.board_model import ASSIGNED
from photodesk.ui.importing.camera_clock import amount_ms, clock_words
from photodesk.ui.importing.tile_grid import SHOTS
from photodesk.ui.window import MainWindow
from photodesk.visits import VisitDraft
from tests.desk.conftest import session_of
from tests.ui.import_desk import TODAY, Frame, ImportDesk, card_of_four, import_desk

pytestmark = pytest.mark.usefixtures("dressed")
FACE, FOREARM = "89545001", "66480008"
Key = Qt.Key


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ImportDesk]:
    with import_desk(tmp_path / "store") as made:
        yield made


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[ImportDesk]:
    with import_desk(tmp_path / "counter", counter=True) as made:
        yield made


@pytest.fixture
def shown(qtbot: Any) -> Iterator[Callable[[ImportDesk], InboxPage]]:
    """The inbox in a window, with its first import open."""
    windows: list[MainWindow] = []

    def show(desk: ImportDesk) -> InboxPage:
        window = MainWindow("Dr. Iris Sample", "Clinician", (("inbox", "tray", "Inbox"),), demo=False)
        qtbot.addWidget(window)
        windows.append(window)
        page = InboxPage(desk.context())
        window.resize(1600, 1000)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        window.show_page(page)
        QTest.keyClick(page.list, Key.Key_Return)
        assert page.open_job_id
        return page

    yield show
    for window in windows:
        window.close()


def press(page: InboxPage, *keys: Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    for key in keys:
        QApplication.processEvents()
        target = QApplication.focusWidget()
        QTest.keyClick(target if target is not None and page.isAncestorOf(target) else page, key, modifier)


def titles(page: InboxPage) -> list[tuple[str, str]]:
    return [(line.title, line.state) for line in page.board.model.lines()]


def counts(page: InboxPage) -> list[int]:
    return [len(group.shot_ids) for group in page.board.model.groups]


def test_each_enter_files_a_group_and_goes_on_to_the_next(desk: ImportDesk, shown: Any) -> None:
    desk.job(card_of_four(8))
    page = shown(desk)
    assert [line.title for line in page.board.model.lines()] == [
        "Test, Ada",
        "Sample, Ben",
        "Demo, Cleo",
        "Fixture, Dora",
    ]
    assert [tile.label for tile in page.board.grid.tile_model.tiles] == [True, False, False]
    press(page, Key.Key_Return)
    assert titles(page)[0] == ("Test, Ada", "Filed")
    assert page.board.head._title.full_text() == "Sample, Ben"
    press(page, Key.Key_Return, Key.Key_Return, Key.Key_Return)
    assert desk.desk.session.inbox.jobs() == ()
    assert not page.open_job_id, "nothing waits: back to the list"
    for patient, visit in zip(desk.patients, desk.visits, strict=True):
        chart = desk.desk.session.charts.open(patient.patient_id)
        assert [photo.visit_id for photo in chart.photos()] == [visit.visit_id] * 2
        assert len(chart.attachments()) == 1, "the separator is kept out of the series"


def test_split_join_undo_and_redo_by_key(desk: ImportDesk, shown: Any) -> None:
    desk.job([Frame(n * 0.1) for n in range(6)] + [Frame(30 + n * 0.1) for n in range(2)])
    page = shown(desk)
    assert counts(page) == [6, 2]
    press(page, Key.Key_X)
    assert desk.went.calls[-1][0] == "say", "no photo has the focus"
    press(page, Key.Key_Right, Key.Key_Right, Key.Key_Right)
    press(page, Key.Key_X)
    assert counts(page) == [2, 4, 2]
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    press(page, Key.Key_Z, modifier=control)
    assert counts(page) == [6, 2]
    press(page, Key.Key_Z, modifier=control | shift)
    assert counts(page) == [2, 4, 2]
    press(page, Key.Key_Escape)
    press(page, Key.Key_J)
    assert counts(page) == [6, 2]
    press(page, Key.Key_Down, Key.Key_Up, Key.Key_Down)
    assert page.board.model.chosen == page.board.model.groups[1].group_id


def test_chosen_photos_make_a_group_and_are_dragged_to_another(desk: ImportDesk, shown: Any) -> None:
    desk.job([Frame(n * 0.1) for n in range(5)] + [Frame(30 + n * 0.1) for n in range(2)])
    page = shown(desk)
    press(page, Key.Key_Right)
    press(page, Key.Key_Right, modifier=Qt.KeyboardModifier.ShiftModifier)
    chosen = page.board.grid.chosen()
    assert len(chosen) == 2
    press(page, Key.Key_N)
    assert sorted(counts(page)) == [2, 2, 3]
    made = next(group for group in page.board.model.groups if set(group.shot_ids) == set(chosen))
    assert made.basis is GroupBasis.HAND
    groups = page.board.side.groups
    data = QMimeData()
    data.setData(SHOTS, " ".join(chosen).encode())
    ids = [line.group_id for line in page.board.model.lines()]
    target = next(group for group in page.board.model.groups if len(group.shot_ids) == 3)
    box = groups.visualRect(groups.lines.index(ids.index(target.group_id)))
    mouse, key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    groups.dropEvent(QDropEvent(QPointF(box.center()), Qt.DropAction.MoveAction, data, mouse, key))
    assert sorted(counts(page)) == [2, 5]
    below = QPointF(20, groups.viewport().height() - 5)
    groups.dropEvent(QDropEvent(below, Qt.DropAction.MoveAction, data, mouse, key))
    assert sorted(counts(page)) == [2, 2, 3], "below the last group they make a new one"


def test_the_mouse_chooses_with_shift_and_control(desk: ImportDesk, shown: Any) -> None:
    desk.job([Frame(n * 0.1) for n in range(6)])
    page = shown(desk)
    grid = page.board.grid
    QApplication.processEvents()

    def click(row: int, modifier: Qt.KeyboardModifier) -> None:
        at = grid.visualRect(grid.tile_model.index(row)).center()
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, modifier, at)

    click(1, Qt.KeyboardModifier.NoModifier)
    click(3, Qt.KeyboardModifier.ShiftModifier)
    assert len(grid.chosen()) == 3
    click(5, Qt.KeyboardModifier.ControlModifier)
    assert len(grid.chosen()) == 4
    assert page.escape()
    assert grid.chosen() == ()


def test_site_and_view_for_some_and_for_all_are_filed_with_them(desk: ImportDesk, shown: Any) -> None:
    desk.job(card_of_four(8))
    page = shown(desk)
    board = page.board
    press(page, Key.Key_Right, Key.Key_Right)
    board.places.placed.emit(FACE, None)
    press(page, Key.Key_Escape)
    assert board.grid.chosen() == ()
    board.places.placed.emit(None, "frontal")
    captions = [tile.caption for tile in board.grid.tile_model.tiles]
    assert captions == ["Separator", "Face, frontal", "Frontal"]
    press(page, Key.Key_Z, modifier=Qt.KeyboardModifier.ControlModifier)
    assert [tile.caption for tile in board.grid.tile_model.tiles][1:] == ["Face", "Site to choose"]
    press(page, Key.Key_Return)
    photos = desk.desk.session.charts.open(desk.patients[0].patient_id).photos()
    assert sorted((photo.body_site, photo.standard_view) for photo in photos) == [("", ""), (FACE, "")]
    assert ShotMarks(desk.desk.session, page.open_job_id).read() == {}, "filed: nothing clinical stays in the catalog"


def test_what_was_used_before_for_this_patient_is_one_digit(desk: ImportDesk, shown: Any) -> None:
    job = desk.job(card_of_four(4))
    session = desk.desk.session
    shots = session.inbox.job(job).shots
    ShotMarks(session, job).put([shots[1].shot.shot_id], site=FOREARM, view="overview")
    page = shown(desk)
    assert page.board.places.recent == (Place(FOREARM, "overview"),)
    press(page, Key.Key_Return)
    other = desk.job(card_of_four(4))
    page.close_job()
    page.open_job(other)
    opened = [entry.screen for entry in desk.desk.keeper.entries if entry.action is Action.RECORD_OPENED]
    assert "import" in opened, "looking into the chart for it is logged"
    assert page.board.places.recent == (Place(FOREARM, "overview"),)
    press(page, Key.Key_1)
    assert "overview" in page.board.grid.tile_model.tiles[1].caption


@pytest.mark.parametrize(("key", "name"), [(Key.Key_S, "SitePopover"), (Key.Key_V, "ChoicePopover"), (Key.Key_F, "")])
def test_keys_open_their_choosers(desk: ImportDesk, shown: Any, key: Key, name: str) -> None:
    desk.job(card_of_four(4))
    page = shown(desk)
    press(page, key)
    window = page.window()
    opened = [type(child).__name__ for child in window.findChildren(QWidget) if child.parentWidget() is window]
    if name:
        assert name in opened
    else:
        assert [child for child in window.findChildren(Dialog) if child.isVisible()]


def test_groups_and_places_outlive_a_lock(desk: ImportDesk, shown: Any) -> None:
    job = desk.job([Frame(n * 0.1) for n in range(6)])
    page = shown(desk)
    press(page, Key.Key_Right, Key.Key_Right, Key.Key_X)
    page.board.places.placed.emit(FACE, None)
    before = counts(page)
    old = desk.desk
    again = session_of(old.store, old.session.keyset, old.keeper, old.clock)
    desk.desk = type(old)(again, old.keeper, old.clock, old.store)
    later = shown(desk)
    assert counts(later) == before == [1, 5]
    assert later.open_job_id == job
    assert set(later.board.model.state.places.values()) == {Place(FACE)}
    press(later, Key.Key_Z, modifier=Qt.KeyboardModifier.ControlModifier)
    assert counts(later) == [6], "undo reaches what was done before the lock"


def test_at_the_counter_wells_are_empty_until_pointed_at_and_what_is_assigned_waits(
    counter: ImportDesk, shown: Any, qtbot: Any
) -> None:
    counter.job(card_of_four(8))
    page = shown(counter)
    views = lambda: [entry for entry in counter.desk.keeper.entries if entry.action is Action.VIEW]  # noqa: E731
    QTest.qWait(150)
    assert views() == []
    assert not page.board.grid.tile_model.pictures
    press(page, Key.Key_Right, Key.Key_Right)
    qtbot.waitUntil(lambda: len(views()) == 1)
    shown_now = [shot_id for shot_id, picture in page.board.grid.tile_model.pictures.items() if picture is not None]
    assert list(views()[0].photo_ids) == shown_now == [page.board.grid.current()]
    page.board.side.groups.setFocus()
    page.board.grid.look_away()
    assert not page.board.grid.tile_model.pictures
    assert counter.desk.keeper.actions()[-1] is Action.VIEW_END
    page.board.places.placed.emit(FACE, "frontal")
    press(page, Key.Key_Return)
    assert titles(page)[0] == ("Test, Ada", "Assigned")
    assert ("say", "Assigned. They are filed when a clinician signs in.") in counter.went.calls
    assert len(counter.desk.session.inbox.jobs()[0].shots) == 12


def test_what_is_assigned_names_its_patient_later_and_may_still_be_another_s(counter: ImportDesk, shown: Any) -> None:
    counter.job(card_of_four(8))
    press(shown(counter), Key.Key_Return)
    page = shown(counter)
    board = page.board
    page.board.pick(next(line.group_id for line in board.model.lines() if line.state == "Assigned"))
    assert board.model.title() == "Test, Ada"
    assert board.model.under() == ASSIGNED
    assert board.head.other.isVisibleTo(page)
    assert not board.head.file_button.isVisibleTo(page)
    assert page._under.text() == "9 photos waiting · 3 assigned"
    other = counter.patients[2]
    board.head.patient_chosen.emit(other)
    assert board.model.can_file()
    press(page, Key.Key_Return)
    given = counter.desk.session.catalog.assignments(board.board.job_id)
    assert given[-1].patient_id == other.patient_id
    assert (other.display_name, "Assigned") in titles(page)


def test_another_front_desk_sees_neither_shots_nor_places(counter: ImportDesk, desk: ImportDesk) -> None:
    job = counter.job(card_of_four(4))
    session = counter.desk.session
    shot_id = session.inbox.job(job).shots[1].shot.shot_id
    ShotMarks(session, job).put([shot_id], site=FACE)
    assert ShotMarks(session, job).read() == {shot_id: Place(FACE)}
    own = session.keyset
    stranger = KeySet(
        **{
            **{name: getattr(own, name) for name in own.__dataclass_fields__},
            "person_id": "f" * 32,
            "kem": KemPrivateKey.generate(),
        }
    )
    other = session_of(counter.desk.store, stranger, counter.desk.keeper, counter.desk.clock)
    assert not other.may(Right.SEE_CHART)
    assert len(session.inbox.jobs()) == 1
    assert other.inbox.jobs() == (), "only what one imported oneself"
    assert other.gate.view_shots(job, [shot_id]) == {}
    assert ShotMarks(other, job).read() == {}


def test_five_thousand_photos_are_shown_without_delay(desk: ImportDesk, shown: Any) -> None:
    desk.job([Frame(n * 0.01) for n in range(64)])
    page = shown(desk)
    board = page.board
    tiles = board.model.tiles()
    many = tuple(tile for _ in range(80) for tile in tiles)[:5000]
    many = tuple(type(tile)(**{**vars(tile), "key": f"k{n}", "shot_id": f"{n:032x}"}) for n, tile in enumerate(many))
    began = time.thread_time()
    board.grid.show_tiles(many)
    QApplication.processEvents()
    first = time.thread_time() - began
    bar = board.grid.verticalScrollBar()
    began = time.thread_time()
    for part in range(20):
        bar.setValue(bar.maximum() * part // 19)
        board.grid.in_sight()
        QApplication.processEvents()
    scrolled = (time.thread_time() - began) / 20
    assert len(board.grid.in_sight()) < 80
    assert first < 1.0
    assert scrolled < 0.1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 h 02 min", 3_720_000),
        ("1:02", 3_720_000),
        ("62", 3_720_000),
        ("2 days 3 h", 183_600_000),
        ("soon", None),
        ("", None),
    ],
)
def test_the_camera_clock_is_said_and_set_in_words(text: str, expected: int | None) -> None:
    assert amount_ms(text) == expected
    if expected:
        assert clock_words(expected).endswith("behind")
        assert clock_words(-expected).endswith("ahead")


def test_a_camera_clock_set_by_hand_moves_the_times(desk: ImportDesk, shown: Any) -> None:
    desk.job([Frame(n * 0.1) for n in range(3)])
    page = shown(desk)
    assert page.board.model.lines()[0].title == "09:30"
    page.board.side.clock.changed.emit(3_720_000)
    assert page.board.model.lines()[0].title == "10:32"
    assert page.board.side.clock.link.text() == "Camera clock is 1\u00a0h 02\u00a0min behind"


def test_the_second_visit_of_a_day_is_chosen_on_the_page(desk: ImportDesk, shown: Any) -> None:
    """Photos of a group go to the visit that was picked, not to the other one of that day."""
    session, patient = desk.desk.session, desk.patients[0]
    other = session.visits.add(VisitDraft(patient.patient_id, TODAY, clock_time(16, 0), title="Second look"))
    desk.job(card_of_four(8))
    page = shown(desk)
    head = page.board.head
    assert len([value for value, _ in head.visit.choices if value.startswith(TODAY.isoformat())]) == 2
    head.visit.set_choices(head.visit.choices, f"{TODAY.isoformat()}/{other.visit_id}")
    head.file()
    photos = session.charts.open(patient.patient_id).photos()
    assert {photo.visit_id for photo in photos} == {other.visit_id}
