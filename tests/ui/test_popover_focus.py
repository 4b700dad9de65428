"""A popover gives the focus back to what had it, unless that was made anew meanwhile."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from photodesk.ui.controls.popover import Popover


@pytest.mark.parametrize("made_anew", [False, True])
def test_closing_after_the_opener_went_is_no_fault(qtbot: QtBot, dressed: QApplication, made_anew: bool) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    stays, opener = QPushButton("stays"), QPushButton("opens")
    column.addWidget(stays)
    column.addWidget(opener)
    window.show()
    opener.setFocus()
    popover = Popover(stays, 200)
    popover.open()
    if made_anew:
        opener.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    closed: list[bool] = []
    popover.closed.connect(lambda: closed.append(True))
    popover.dismiss()
    assert closed == [True]
    assert made_anew or window.focusWidget() is opener
