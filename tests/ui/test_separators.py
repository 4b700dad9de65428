"""Separator cards in the window: chosen, saved, shown to a camera that can read them; each one logged."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from photodesk.imaging.code_reading import read_codes
from photodesk.importing.separators import LabelReader
from photodesk.log.entry import Action
from photodesk.patients import PatientDraft
from photodesk.photos import Code
from photodesk.ui.importing import separator_dialog
from photodesk.ui.importing.separator_dialog import SeparatorDialog
from photodesk.ui.importing.separator_screen import SeparatorScreen
from photodesk.ui.page import PageContext
from photodesk.visits import Visit, VisitDraft
from tests.desk.conftest import NOW_MS, Desk, desk
from tests.ui.conftest import AtOnce, Went

__all__ = ["desk"]


@pytest.fixture
def visit(desk: Desk) -> Visit:
    patient = desk.session.patients.add(PatientDraft("104711", "Sample", "Ben", date(1980, 1, 2)))
    return desk.session.visits.add(VisitDraft(patient.patient_id, date.fromisoformat(desk.session.today), time(9, 40)))


@pytest.fixture
def window(qtbot: Any, dressed: object) -> QWidget:
    made = QWidget()
    made.resize(1280, 800)
    qtbot.addWidget(made)
    made.show()
    return made


def opened(window: QWidget, desk: Desk) -> SeparatorDialog:
    dialog = SeparatorDialog(window, PageContext(desk.session, AtOnce(), Went()))
    dialog.open()
    return dialog


def printed(desk: Desk) -> list[tuple[str, str, str]]:
    entries = [entry for entry in desk.keeper.entries if entry.action is Action.PRINT]
    return [(entry.patient_id, entry.visit_id, entry.details["to"]) for entry in entries]


def codes_in(image: QImage) -> tuple[Code, ...]:
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return read_codes(np.ascontiguousarray(rows[:, : grey.width()]))


def test_todays_cards_are_saved_as_a_pdf_and_logged(
    window: QWidget, desk: Desk, visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cards.pdf"

    class Chosen:
        def __init__(self, _window: object, _title: str, _action: str, chosen: Any, **_more: object) -> None:
            self.open = lambda: chosen(path)

    monkeypatch.setattr(separator_dialog, "PathDialog", Chosen)
    dialog = opened(window, desk)
    assert dialog.save.isEnabled()
    dialog.save.click()
    assert path.read_bytes().startswith(b"%PDF")
    assert printed(desk) == [(visit.patient_id, visit.visit_id, "file")]
    assert not dialog.isVisible()


def test_without_visits_nothing_can_be_printed(window: QWidget, desk: Desk) -> None:
    dialog = opened(window, desk)
    assert not dialog.save.isEnabled()
    assert not printed(desk)


def test_a_card_on_the_monitor_is_read_by_a_camera_and_names_the_time(
    window: QWidget, desk: Desk, visit: Visit, qtbot: Any
) -> None:
    dialog = opened(window, desk)
    dialog.shows[0].click()
    (screen,) = window.findChildren(SeparatorScreen)
    assert printed(desk) == [(visit.patient_id, visit.visit_id, "screen")]
    session = desk.session

    def seen() -> Any:
        return LabelReader(session.keyset, session.catalog).of(codes_in(screen.grab().toImage()))

    first = seen()
    assert (first.patient_id, first.visit_id, first.at_ms, first.shown) == (
        visit.patient_id,
        visit.visit_id,
        NOW_MS,
        True,
    )
    desk.clock.now_ms += 5_000
    qtbot.waitUntil(lambda: seen().at_ms == NOW_MS + 5_000, timeout=8_000)
    qtbot.waitUntil(lambda: screen.size() == window.size())
    qtbot.keyClick(screen, Qt.Key.Key_Escape)
    assert not screen.isVisible()
    assert dialog.isVisible()


def test_a_card_is_not_shown_when_the_log_cannot_be_written(window: QWidget, desk: Desk, visit: Visit) -> None:
    dialog = opened(window, desk)
    desk.keeper.full = True
    dialog.shows[0].click()
    assert not window.findChildren(SeparatorScreen)
    assert visit.visit_id
