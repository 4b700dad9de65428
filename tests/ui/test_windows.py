"""The windows themselves: they fit their screen, set-up leads where it says, covers stay until the sign-in goes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from photodesk.desk.activity import ChainCheck
from photodesk.errors import Fixable
from photodesk.importing.resuming import UnfinishedImport
from photodesk.store.recovery import new_code
from photodesk.store.roles import Role
from photodesk.ui.controls import Button, CheckBox, Row, Text
from photodesk.ui.desk_services import Clinic
from photodesk.ui.home import HomePage
from photodesk.ui.home.cards import Alarm
from photodesk.ui.importing import ImportPage
from photodesk.ui.importing.model import Tile
from photodesk.ui.importing.tile_grid import TileGrid
from photodesk.ui.importing.work import STILL_RUNNING
from photodesk.ui.log import ActivityPage
from photodesk.ui.open_desk import OpenDesk
from photodesk.ui.page import PageContext
from photodesk.ui.settings import SettingsPage
from photodesk.ui.setup import SetupView
from photodesk.ui.setup.model import Step
from photodesk.ui.setup.recovery_step import CodeCell
from photodesk.ui.sign_in.covers import Cover
from photodesk.ui.window_size import smallest_on
from tests.ui.conftest import AtOnce, Went, pretend_session
from tests.ui.pretend_desk import grey_jpeg


def set_up(tmp_path: Path, qtbot: Any, keyring: str = "SecretService") -> SetupView:
    entrance = SimpleNamespace(layout=SimpleNamespace(root=tmp_path), keyring_name=lambda: keyring)
    view = SetupView(entrance, AtOnce(), lambda: None)  # type: ignore[arg-type]
    qtbot.addWidget(view)
    view.resize(1264, 744)
    view.show()
    return view


def test_a_window_fits_the_smallest_screen_with_its_frame() -> None:
    assert smallest_on(QSize(1920, 1080)) == QSize(1280, 800)
    assert smallest_on(QSize(1280, 800)) == QSize(1264, 744)
    assert smallest_on(QSize()) == QSize(1280, 800)


@pytest.mark.usefixtures("dressed")
def test_set_up_offers_the_demo_on_its_first_step_only(qtbot: Any, tmp_path: Path) -> None:
    asked: list[str] = []
    view = set_up(tmp_path, qtbot)
    view.on_demo = lambda: asked.append("demo")
    button = next(b for b in view.findChildren(Button) if "demo" in b.text())
    button.click()
    assert asked == ["demo"]
    view.wait_for_demo(True)
    assert not button.isEnabled()
    view.wait_for_demo(False)
    view.model.clinic, view.model.workstation = "Clinic", "Room 1"
    view.go_on()
    assert not button.isVisible()


@pytest.mark.usefixtures("dressed")
def test_without_a_keyring_the_password_alone_is_a_choice_of_its_own(qtbot: Any, tmp_path: Path) -> None:
    view = set_up(tmp_path, qtbot, keyring="")
    view.model.keyring_words = "This computer offers no keyring that PhotoDesk can use."
    view.model.step = Step.STORAGE
    view._show_step()
    box = view.findChild(CheckBox)
    assert box is not None
    assert box.isVisible()
    assert not view.model.may_continue
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert view.model.may_continue


@pytest.mark.usefixtures("dressed")
def test_the_code_of_the_kit_is_readable_on_a_small_screen(qtbot: Any, tmp_path: Path) -> None:
    view = set_up(tmp_path, qtbot)
    view._founded(SimpleNamespace(recovery_code=new_code()))  # type: ignore[arg-type]
    QApplication.processEvents()
    cells = [cell for cell in view.findChildren(CodeCell) if cell.isVisible()]
    boxes = [QRect(cell.mapTo(view, QPoint()), cell.size()) for cell in cells]
    assert len(boxes) == 14
    assert not [n for n, a in enumerate(boxes) for b in boxes[n + 1 :] if a.intersects(b)]
    assert view.minimumSizeHint().height() <= 744
    assert view.minimumSizeHint().width() <= 1264


@pytest.mark.usefixtures("dressed")
def test_every_other_screen_is_covered_until_the_sign_in_goes(qtbot: Any) -> None:
    screen = QApplication.primaryScreen()
    cover = Cover(screen)
    qtbot.addWidget(cover)
    cover.show()
    assert cover.geometry() == screen.geometry()
    assert cover.grab().toImage().pixelColor(5, 5).name() == "#1c1c1c"
    spontaneous = QCloseEvent()
    spontaneous.ignore()
    cover.closeEvent(spontaneous)
    assert spontaneous.isAccepted(), "only a close from outside is refused"
    assert cover.close()


@pytest.mark.usefixtures("dressed")
def test_at_the_counter_a_preview_shows_only_while_it_is_pointed_at(qtbot: Any) -> None:
    grid = TileGrid()
    qtbot.addWidget(grid)
    grid.resize(500, 400)
    grid.hide_until_pointed()
    grid.show_tiles(tuple(Tile(f"k{n}", f"IMG_{n}.JPG", f"IMG_{n}.JPG", "tray", "ink2", f"{n:032x}") for n in range(4)))
    wanted: list[str] = []
    away: list[bool] = []
    grid.wanted.connect(lambda tiles: wanted.extend(tile.shot_id for tile in tiles))
    grid.looked_away.connect(lambda: away.append(True))
    grid.show()
    grid.ask()
    assert wanted == []
    first, second = grid.tile_model.index(0), grid.tile_model.index(1)
    grid.entered.emit(first)
    qtbot.waitUntil(lambda: wanted == [f"{0:032x}"])
    grid.took({f"{0:032x}": grey_jpeg()}, (f"{0:032x}",))
    assert list(grid.tile_model.pictures) == [f"{0:032x}"]
    grid.entered.emit(second)
    assert away == [True], "each look is a view of its own"
    assert not grid.tile_model.pictures
    grid.took({f"{0:032x}": grey_jpeg()}, (f"{0:032x}",))
    assert not grid.tile_model.pictures, "what comes late is not shown"


@pytest.mark.usefixtures("dressed")
def test_settings_list_the_people_to_those_who_may_see_them(qtbot: Any) -> None:
    for role in Role:
        page = SettingsPage(PageContext(pretend_session(role), AtOnce(), Went()))  # type: ignore[arg-type]
        qtbot.addWidget(page)
        assert ("people" in page.entries) == (role in {Role.ADMINISTRATOR, Role.PRIVACY_OFFICER})


@pytest.mark.usefixtures("dressed")
@pytest.mark.parametrize(
    ("role", "goes"),
    [
        (Role.CLINICIAN, "open_patient"),
        (Role.FRONT_DESK, "edit_patient"),
        (Role.PRIVACY_OFFICER, "activity"),
    ],
)
def test_enter_on_a_patient_leads_where_the_role_may_go(qtbot: Any, role: Role, goes: str) -> None:
    went = Went()
    page = HomePage(PageContext(pretend_session(role), AtOnce(), went))  # type: ignore[arg-type]
    qtbot.addWidget(page)
    page.show()
    QTest.keyClicks(page.search.edit, "test, ada")
    QTest.keyClick(page.search.edit, Qt.Key.Key_Return)
    assert went.calls[-1] == (goes, "a" * 32)


@pytest.mark.usefixtures("dressed")
def test_an_import_that_broke_off_is_offered_again(qtbot: Any) -> None:
    order: list[tuple[tuple[Path, ...], object]] = []

    def run(paths: tuple[Path, ...], assignment: object, _report: object, _cancel: object) -> None:
        order.append((paths, assignment))
        raise Fixable("import_running", "This import is running already.", "Wait until it has ended.")

    broken_off = UnfinishedImport("9" * 32, (Path("card"),), None, 1_795_168_800_000)
    imports = SimpleNamespace(unfinished=lambda: (broken_off,), run=run, running_job_id=lambda: "", outcomes=lambda: ())
    page = ImportPage(PageContext(pretend_session(), AtOnce(), Went(), imports=imports))  # type: ignore[arg-type]
    qtbot.addWidget(page)
    page.show()
    page.entered()
    row = next(button for button in page.findChildren(Row) if button.accessibleName() == "Go on with card")
    row.click()
    assert order == [((Path("card"),), None)]
    assert page.model.failure == STILL_RUNNING


@pytest.mark.usefixtures("dressed")
def test_the_detail_of_the_log_stands_above_the_table_on_a_small_screen(qtbot: Any) -> None:
    page = ActivityPage(PageContext(pretend_session(Role.PRIVACY_OFFICER), AtOnce(), Went()))  # type: ignore[arg-type]
    qtbot.addWidget(page)
    page.resize(1800, 900)
    page.show()
    page.detail.show()
    QApplication.processEvents()
    beside = page.table.width()
    page.resize(1200, 720)
    QApplication.processEvents()
    assert page.table.width() == 1200 > beside - 600
    assert page.rect().contains(page.detail.geometry())


@pytest.mark.usefixtures("dressed")
def test_home_says_when_the_chain_was_verified_and_where_it_is_broken(qtbot: Any) -> None:
    session = pretend_session()
    clinic = Clinic("Example Skin Clinic", "Exam room 1")
    page = HomePage(PageContext(session, AtOnce(), Went(), clinic))  # type: ignore[arg-type]
    qtbot.addWidget(page)
    page.entered()
    at = f"{datetime.fromtimestamp(session.chain.finds.at_ms / 1000):%H:%M}"
    assert f"Chain verified {at}" in {text.full_text() for text in page.findChildren(Text)}
    assert page.findChildren(Alarm) == []
    session.chain.last = ChainCheck(False, 47_906, session.chain.finds.at_ms, "a" * 32, 47_906)
    page.refresh()
    assert [alarm.accessibleName() for alarm in page.findChildren(Alarm)] == [
        "The log on Exam room 1 was changed at entry 47,906. Call your privacy officer; keep the computer on."
    ]


@pytest.mark.usefixtures("dressed")
def test_damage_met_since_sign_in_stays_on_the_home_page(qtbot: Any) -> None:
    session = pretend_session()
    page = HomePage(PageContext(session, AtOnce(), Went()))  # type: ignore[arg-type]
    qtbot.addWidget(page)
    page.entered()
    assert page.findChildren(Alarm) == []
    session.alarms.sentences = ("The catalog is older than the log says. Restore the newest backup.",)
    page.refresh()
    assert [alarm.accessibleName() for alarm in page.findChildren(Alarm)] == list(session.alarms.sentences)


def test_damage_met_while_opening_is_said_after_sign_in() -> None:
    said: list[str] = []
    desk = SimpleNamespace(
        navigator=SimpleNamespace(say=said.append),
        _session=SimpleNamespace(alarms=SimpleNamespace(sentences=())),
    )
    OpenDesk._tell_alarms(desk)  # type: ignore[arg-type]
    assert said == []
    desk._session.alarms.sentences = ("One is damaged.", "Another is.")
    OpenDesk._tell_alarms(desk)  # type: ignore[arg-type]
    assert said == ["One is damaged. (1 more on the home page.)"]
