"""The chip of the top bar and its popover: states, figures, conflicts by keys."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from photodesk.errors import Fixable
from photodesk.sync import status as states
from photodesk.sync.status import Other, SyncStatus
from photodesk.sync.sync_settings import SyncSettings
from photodesk.ui.controls import Tone
from photodesk.ui.desk_services import Clinic
from photodesk.ui.home import HomePage
from photodesk.ui.page import PageContext
from photodesk.ui.sync.chip_part import ChipPart
from photodesk.ui.sync.clinic_server import Arrived
from photodesk.ui.sync.popover import ServerPopover
from photodesk.ui.sync.watch import ServerWatch
from photodesk.ui.sync.words import others_words
from photodesk.ui.window import MainWindow
from tests.ui.conftest import AtOnce, Went, pretend_session
from tests.ui.pretend_server import PretendServer, PretendWorkstations, conflict, synced

OFFLINE = Fixable("server_offline", "The clinic server cannot be reached.", "It will sync later.")


class Shown:
    """A window with the chip, on a home page."""

    def __init__(self, server: PretendServer) -> None:
        session: Any = pretend_session()
        session.gate = SimpleNamespace(
            leave=lambda _screen: None,
            view=self._view,
            view_shots=lambda *_: {},
            purposes=SimpleNamespace(leave=lambda: None),
        )
        self.viewed: list[tuple[Any, ...]] = []
        self.went = Went()
        tasks: Any = AtOnce()
        self.server = server
        navigate: Any = self.went
        self.watch = ServerWatch(session, tasks, server, PretendWorkstations(), navigate.say)
        self.context = PageContext(session, tasks, navigate, Clinic("Clinic", "Exam room 2"), server=self.watch)
        self.window = MainWindow("Dr. Iris Sample", "Clinician", (("home", "house", "Home"),), demo=False)
        self.window.resize(1280, 800)
        self.page = HomePage(self.context)
        self.part = ChipPart(self.window, self.context, self.watch)
        self.watch.look()
        self.window.show_page(self.page)
        self.window.show()

    def _view(self, *what: Any) -> dict[str, bytes]:
        self.viewed.append(what)
        return {}

    def open(self) -> ServerPopover:
        return self.part.open()

    def press(self, key: Qt.Key) -> None:
        assert self.part.popover is not None
        QTest.keyClick(self.part.popover, key)

    def home_line(self) -> str:
        return self.page.server.facts()[0][2]


@pytest.fixture
def shown(dressed: object) -> Shown:
    return Shown(PretendServer(waiting=[conflict("a"), conflict("b")]))


def test_the_chip_counts_what_is_to_be_reviewed(shown: Shown) -> None:
    assert shown.part.chip.text() == "2 to review"
    shown.server.waiting = []
    shown.watch.look()
    assert shown.part.chip.text() == "Synced"
    assert shown.home_line().startswith("Synced")
    shown.server.says = SyncStatus()
    shown.watch.look()
    assert not shown.part.chip.isVisible()
    assert shown.home_line() == "Not connected"


def test_a_conflict_that_comes_while_the_popover_is_open_is_decided_by_keys_whatever_had_the_focus(
    dressed: object,
) -> None:
    shown = Shown(PretendServer())
    popover = shown.open()
    popover.head.button.setFocus()
    shown.server.waiting = [conflict("a")]
    shown.watch.look()
    assert popover.focused_button() is None
    popover.head.button.setFocus()
    QTest.keyClick(popover.head.button, Qt.Key.Key_2)
    assert not popover.model.here_chosen
    assert popover.focused_button() is None


def test_nobody_knows_who_is_online_without_the_server() -> None:
    now = SyncStatus(states.OFFLINE, others=(Other("ab" * 16, 1_000),), at_ms=1_001)
    assert others_words(now) == "1, online or not is unknown"
    assert others_words(replace(now, state=states.UP_TO_DATE)) == "1 of 1 online"


def test_keys_choose_keep_and_leave(shown: Shown) -> None:
    popover = shown.open()
    assert shown.viewed[0][:2] == ("a" * 32, ("f" * 32,))
    shown.press(Qt.Key.Key_2)
    assert popover.review.keep_button.text() == "Keep “Right forearm”"
    shown.press(Qt.Key.Key_Return)
    assert shown.server.asked == [("resolve", "a", False)]
    assert shown.part.chip.text() == "1 to review"
    shown.press(Qt.Key.Key_Escape)
    assert shown.part.popover is None
    assert [one.key for one in shown.server.waiting] == ["b"]


def test_space_opens_the_photo(shown: Shown) -> None:
    shown.open()
    shown.press(Qt.Key.Key_Space)
    assert ("open_photo", "a" * 32, "f" * 32) in shown.went.calls
    assert shown.part.popover is None


def test_a_decision_that_could_not_be_kept_is_said_and_asked_again(shown: Shown) -> None:
    shown.server.fails["resolve"] = OFFLINE
    popover = shown.open()
    shown.press(Qt.Key.Key_Return)
    assert ("say", "The clinic server cannot be reached. It will sync later.") in shown.went.calls
    assert popover.model.line is not None
    assert popover.review.keep_button.isEnabled()


def test_a_decision_tells_the_pages(shown: Shown) -> None:
    heard: list[Any] = []
    shown.watch.arrived.connect(heard.append)
    shown.open()
    shown.press(Qt.Key.Key_1)
    shown.press(Qt.Key.Key_Return)
    assert heard == [Arrived(frozenset({"a" * 32}), catalog=True)]


@pytest.mark.parametrize(
    ("now", "asked"),
    [
        (synced(), ("sync_now",)),
        (SyncStatus(states.OFFLINE), ("sync_now",)),
        (SyncStatus(states.PAUSED), ("set_settings", SyncSettings())),
    ],
)
def test_the_button_of_the_head(now: SyncStatus, asked: tuple[Any, ...], dressed: object) -> None:
    shown = Shown(PretendServer(now))
    popover = shown.open()
    assert not popover.review.isVisible()
    popover.head.button.click()
    assert asked in shown.server.asked


def test_an_alarm_is_said_on_the_home_page_and_its_evidence_is_saved(dressed: object, tmp_path: Any) -> None:
    shown = Shown(PretendServer(SyncStatus(states.ALARM, alarm="Its order breaks at place 12.")))
    assert shown.part.chip._chip.tone is Tone.BAD
    assert shown.page.server.alarms() == ("Its order breaks at place 12.",)
    popover = shown.open()
    assert "Its order breaks" in popover.head.words
    popover.head.button.click()
    from photodesk.ui.importing.path_dialog import PathDialog

    dialog = shown.window.findChildren(PathDialog)[0]
    dialog._chosen(tmp_path / "kept")
    assert shown.server.asked == [("save_evidence", tmp_path / "kept")]


def test_who_is_shut_out_has_no_button(dressed: object) -> None:
    shown = Shown(PretendServer(synced(state=states.REVOKED)))
    popover = shown.open()
    assert not popover.head.button.isVisible()
    assert shown.page.server.alarms()
