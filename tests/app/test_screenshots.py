"""Drawing screens says nothing that a person does not need."""

from __future__ import annotations

import pytest
from PySide6.QtCore import qWarning

from photodesk.app.screenshots import CHATTER, _without_chatter


def test_only_the_one_line_of_qt_is_left_out(capfd: pytest.CaptureFixture[str]) -> None:
    with _without_chatter():
        qWarning(CHATTER)
        qWarning("something else")
    assert capfd.readouterr().err == "something else\n"
