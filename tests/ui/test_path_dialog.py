"""Choosing a folder begins in the person's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QTreeView, QWidget

from photodesk.ui.importing.path_dialog import PathDialog


@pytest.mark.usefixtures("dressed")
def test_it_begins_in_the_home_folder_and_shows_it(qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(40):
        (tmp_path / f"person{number:02}").mkdir()
    home = tmp_path / "person39"
    (home / "Pictures").mkdir()
    monkeypatch.setattr(Path, "home", lambda: home)
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1200, 800)
    window.show()
    dialog = PathDialog(window, "Import a folder", "Import", lambda _path: None)
    dialog.open()
    assert dialog.folder.text() == str(home)
    tree = dialog.findChild(QTreeView)

    def shown() -> bool:
        index = tree.currentIndex()
        inside = tree.viewport().rect().contains(tree.visualRect(index).center())
        return inside and tree.isExpanded(index) and bool(tree.model().rowCount(index) == 1)

    qtbot.waitUntil(shown, timeout=10_000)
    assert tree.currentIndex().data() == "person39"
