"""Cards on the screens: announced quietly, known again, ejected, erased after asking once more; no window manager."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from photodesk.desk.card_register import CardRow, SeenCard
from photodesk.importing.erasing import FLASH_WORDS, EraseList
from photodesk.importing.job import ImportResult, Outcome, Stage
from photodesk.importing.resuming import UnfinishedImport
from photodesk.importing.volume import Volume
from photodesk.ui.cards.acting import BACK, SAFE_OUT, CardActions
from photodesk.ui.cards.banner import CardBanner
from photodesk.ui.cards.erase_dialog import EraseDialog
from photodesk.ui.cards.home_card import CardsCard
from photodesk.ui.cards.model import CardState
from photodesk.ui.cards.watching import CardWatch
from photodesk.ui.controls import Button
from photodesk.ui.desk_services import Clinic
from photodesk.ui.page import PageContext
from tests.ui.conftest import NOW_MS, AtOnce, Went, pretend_session


class PretendRegister:
    """Knows cards by serial."""

    def __init__(self) -> None:
        self.rows: dict[str, CardRow] = {}
        self.held: set[str] = set()
        self.erase_when = "verified"

    def seen(self, facts: Any) -> SeenCard:
        row = self.rows.setdefault(facts.serial, CardRow(facts.serial.ljust(32, "0"), facts.serial, facts.label))
        return SeenCard(row, len(facts.files), tuple(one for one in facts.files if one.name not in self.held))

    def uncleared(self) -> tuple[CardRow, ...]:
        return tuple(row for row in self.rows.values() if row.imported_at_ms > row.cleared_at_ms)

    def cleared(self, card_id: str) -> None:
        self.rows = {
            serial: replace(row, cleared_at_ms=NOW_MS) if row.card_id == card_id else row
            for serial, row in self.rows.items()
        }


class PretendImports:
    """Imports that end at once."""

    def __init__(self) -> None:
        self.ran: list[tuple[Path, ...]] = []
        self.left: tuple[UnfinishedImport, ...] = ()

    def unfinished(self) -> tuple[UnfinishedImport, ...]:
        return self.left

    def active_jobs(self) -> frozenset[str]:
        return frozenset()

    def run(self, paths: Any, _assignment: Any, _report: Any, _cancel: Any, *, beside: bool = False) -> ImportResult:
        assert beside
        self.ran.append(tuple(paths))
        outcome = Outcome(0, "a.jpg", 1, stage=Stage.VERIFIED)
        return ImportResult("0" * 32, [outcome], receipt={"statement": "1 of 1 are safe."})


class Reader:
    """Volumes that come and go when a test says so."""

    def __init__(self) -> None:
        self.volumes: tuple[Volume, ...] = ()
        self.changed: Callable[[], None] = lambda: None

    def watch(self, changed: Callable[[], None]) -> SimpleNamespace:
        self.changed = changed
        return SimpleNamespace(close=lambda: None)

    def hold(self, *volumes: Volume) -> None:
        self.volumes = volumes
        self.changed()


@pytest.fixture
def card(tmp_path: Path) -> Volume:
    folder = tmp_path / "card" / "DCIM" / "100NIKON"
    folder.mkdir(parents=True)
    for number in range(3):
        (folder / f"DSC_000{number}.JPG").write_bytes(b"photo")
    return Volume(tmp_path / "card", "/dev/sdb1", "NIKON\x1bZ", "3A1F", "vfat", 64_000_000_000)


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def actions(dressed: QApplication, reader: Reader) -> CardActions:
    desk = pretend_session()
    desk.cards = PretendRegister()
    context = PageContext(desk, AtOnce(), Went(), Clinic("Clinic", "Room 2"), PretendImports())  # type: ignore[arg-type]
    made = CardActions(CardWatch(context, reader.watch, lambda: reader.volumes), lambda _volume: "")
    made.watch.context.navigate.import_card = lambda *_: False  # type: ignore[method-assign]
    return made


def said(actions: CardActions) -> list[str]:
    return [call[1] for call in actions.watch.context.navigate.calls if call[0] == "say"]  # type: ignore[attr-defined]


def test_a_card_announces_itself_and_leaves_the_focus_alone(
    actions: CardActions, reader: Reader, card: Volume, qtbot: QtBot
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    field = QLineEdit(window)
    banner = CardBanner(actions, window)
    banner.setParent(window)
    window.show()
    field.setFocus()
    assert not banner.isVisible()
    reader.hold(card)
    assert banner.isVisible()
    assert banner.text.full_text() == "Camera card\u00a0NIKON\\x1bZ, 3 photos. Not imported yet."
    assert window.focusWidget() is field
    banner.later.click()
    assert not banner.isVisible()
    assert actions.watch.model.cards


def test_a_card_that_is_in_the_store_is_erased_from_the_home_page_where_the_policy_lets_it(
    actions: CardActions, reader: Reader, card: Volume, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        "photodesk.ui.importing.import_view.AfterImport.erase", lambda self: asked.append(self._result().job_id)
    )
    listed = CardsCard(actions)
    qtbot.addWidget(listed)
    reader.hold(card)
    named = [button.accessibleName() for button in listed.findChildren(Button)]
    assert not any(name.startswith("Erase") for name in named)
    actions.import_card(card.root)
    erase = next(button for button in listed.findChildren(Button) if button.accessibleName().startswith("Erase"))
    erase.click()
    assert asked == ["0" * 32]
    actions.watch.model.may_erase = False
    listed.show_model()
    QApplication.processEvents()
    shown = [one for one in listed.findChildren(Button) if one.accessibleName().startswith("Erase")]
    assert not [button for button in shown if button.isVisibleTo(listed)]


def test_a_card_of_an_earlier_day_is_read_again_before_it_is_asked_about(
    actions: CardActions, reader: Reader, card: Volume, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        "photodesk.ui.importing.import_view.AfterImport.erase", lambda self: asked.append(self._result().job_id)
    )
    reader.hold(card)
    (shown,) = actions.watch.model.cards
    row = CardRow("c" * 32, imported_at_ms=1, files=3, photos=3, safe=3)
    actions.watch.put(shown, seen=SeenCard(row, 3, ()))
    assert actions.watch.model.cards[0].may_be_erased
    page = QWidget()
    qtbot.addWidget(page)
    actions.erase(card.root, page)
    assert actions.watch.context.imports.ran == [(card.root,)]  # type: ignore[union-attr]
    assert asked == ["0" * 32]


def test_importing_says_what_is_safe_and_the_card_can_be_ejected(
    actions: CardActions, reader: Reader, card: Volume, qtbot: QtBot
) -> None:
    listed = CardsCard(actions)
    qtbot.addWidget(listed)
    reader.hold(card)
    assert not listed.isHidden()
    actions.import_card(card.root)
    (shown,) = actions.watch.model.cards
    assert shown.state is CardState.SAFE
    assert "Camera card\u00a0NIKON\\x1bZ, 3 photos: 1 of 1 are safe." in said(actions)
    actions.eject(card.root)
    assert said(actions)[-1] == SAFE_OUT
    reader.hold()
    assert actions.watch.model.cards == ()
    assert listed.isHidden()


def test_a_card_in_use_is_said_and_stays(actions: CardActions, reader: Reader, card: Volume) -> None:
    actions._eject = lambda _volume: "Something still uses the card."
    reader.hold(card)
    actions.eject(card.root)
    (shown,) = actions.watch.model.cards
    assert shown.state is CardState.FOUND
    assert "Something still uses the card." in shown.sentence(actions.watch.now)


def test_an_import_that_ended_behind_the_page_is_not_offered_again(
    actions: CardActions, reader: Reader, card: Volume
) -> None:
    imports = cast("PretendImports", actions.watch.context.imports)
    imports.left = (UnfinishedImport("1" * 32, (card.root,), None, NOW_MS, "3A1F".ljust(32, "0")),)
    reader.hold(card)
    (shown,) = actions.watch.model.cards
    assert "not finished" in shown.sentence(actions.watch.now)
    imports.left = ()
    actions.watch.import_ended()
    (shown,) = actions.watch.model.cards
    assert shown.sentence(actions.watch.now) == "Not imported yet."


def test_two_cards_are_both_listed_and_one_is_announced(
    actions: CardActions, reader: Reader, card: Volume, tmp_path: Path
) -> None:
    second = tmp_path / "second"
    (second / "dcim" / "100CANON").mkdir(parents=True)
    (second / "dcim" / "100CANON" / "IMG_0001.CR3").write_bytes(b"raw")
    reader.hold(card, Volume(second, "/dev/sdc1", "EOS", "77AA"))
    model = actions.watch.model
    assert [one.title for one in model.cards] == [
        "Camera card\u00a0NIKON\\x1bZ, 3 photos",
        "Camera card\u00a0EOS, 1 photo",
    ]
    assert model.others_waiting == 1
    actions.import_card(card.root)
    actions.import_card(second)
    imports = actions.watch.context.imports
    assert isinstance(imports, PretendImports)
    assert imports.ran == [(card.root,), (second,)]


def test_a_known_card_says_so_and_is_not_announced_without_news(
    actions: CardActions, reader: Reader, card: Volume
) -> None:
    register = actions.watch.context.desk.cards
    register.rows["3A1F"] = CardRow("c" * 32, "3A1F", files=2, safe=2, imported_at_ms=NOW_MS)
    register.held = {f"DCIM/100NIKON/DSC_000{number}.JPG" for number in range(3)}
    reader.hold(card)
    (shown,) = actions.watch.model.cards
    assert not shown.can_import
    assert "not cleared; nothing new" in shown.sentence(actions.watch.now)
    assert actions.watch.model.announced_card is None
    actions.clear("c" * 32)
    assert actions.watch.model.uncleared == ()


def test_a_pulled_card_that_comes_back_goes_on_by_itself(actions: CardActions, reader: Reader, card: Volume) -> None:
    reader.hold(card)
    imports = actions.watch.context.imports
    assert isinstance(imports, PretendImports)
    imports.left = (UnfinishedImport("j" * 32, (card.root,), None, NOW_MS, "3A1F".ljust(32, "0")),)
    reader.hold()
    reader.hold(replace(card, root=card.root))
    assert imports.ran == [(card.root,)]
    assert BACK in said(actions)


def test_names_from_a_card_are_written_out(actions: CardActions, reader: Reader, card: Volume) -> None:
    reader.hold(card)
    (shown,) = actions.watch.model.cards
    assert "\x1b" not in shown.under
    assert "64" in shown.under


def test_erasing_asks_once_more_lists_files_and_enter_erases_nothing(dressed: QApplication, qtbot: QtBot) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1280, 800)
    began: list[bool] = []
    planned = EraseList(("DCIM/100CANON/A.JPG", "DCIM/100CANON/B.MP4"), (("C.JPG", "It stays."),), 9_000_000)
    dialog = EraseDialog(window, planned, lambda: began.append(True))
    dialog.open()
    texts = [child.text() for child in dialog.box.findChildren(QWidget) if hasattr(child, "full_text")]  # type: ignore[attr-defined]
    assert any("1 photo and 1 video" in text for text in texts)
    assert any("DCIM/100CANON/B.MP4" in text for text in texts)
    assert FLASH_WORDS in texts
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert began == []
    dialog.go.click()
    assert began == [True]
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisibleTo(window)
    dialog.ended([{"name": "A.JPG", "erased": True, "reason": None}, {"name": "B", "erased": False, "reason": "No."}])
    texts = [child.text() for child in dialog.box.findChildren(QWidget) if hasattr(child, "full_text")]  # type: ignore[attr-defined]
    assert "1 file erased, 1 stayed." in texts
