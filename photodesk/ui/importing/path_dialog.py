"""Choose a folder on this computer. Our own: the toolkit's file dialog keeps a history of paths outside the store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDir, QModelIndex, QTimer
from PySide6.QtWidgets import QFileSystemModel, QTreeView, QWidget

from photodesk.ui.controls import Button, ButtonKind, Dialog, Text, TextField, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.theme import DESK

TREE_PX, ROW_PX = 280, 28


class PathDialog(Dialog):
    """`chosen` is called with the folder, or with the path of the file (`naming` it) that `name` proposes to save."""

    def __init__(
        self,
        window: QWidget,
        title: str,
        action: str,
        chosen: Callable[[Path], None],
        *,
        name: str = "",
        naming: str = "File name",
        start: Path | None = None,
        warning: str = "",
    ) -> None:
        super().__init__(window, title, 720)
        self._chosen = chosen
        self.body.addWidget(Text(title, TextRole.HEADING))
        if warning:
            self.body.addWidget(Text(warning, TextRole.BODY, "warn", wrap=True))
        self._model = QFileSystemModel(self)
        self._model.setFilter(QDir.Filter.AllDirs | QDir.Filter.NoDotAndDotDot)
        self._model.setRootPath("")
        self._tree = QTreeView()
        self._tree.setModel(self._model)
        self._tree.setAccessibleName("Folders")
        self._tree.setFixedHeight(TREE_PX)
        self._tree.setHeaderHidden(True)
        for column in range(1, 4):
            self._tree.hideColumn(column)
        self._tree.setStyleSheet(
            f"QTreeView {{ border: 1px solid {DESK.line}; border-radius: 6px; background: {DESK.panel}; outline: 0; }}"
            f"QTreeView:focus {{ border: 2px solid {DESK.accent}; }} QTreeView::item {{ height: {ROW_PX}px; }}"
            f"QTreeView::item:selected {{ background: {DESK.accent_soft}; color: {DESK.ink}; }}"
        )
        self.body.addWidget(self._tree)
        self.folder = self._field("Folder")
        self.name = self._field(naming) if name else None
        if self.name is not None:
            self.name.edit.setText(name)
        self._wrong = Text("", TextRole.SMALL, "bad", wrap=True)
        self._wrong.hide()
        self.body.addWidget(self._wrong)
        self._add_buttons(action)
        self._tree.selectionModel().currentChanged.connect(self._selected)
        self._start = str(start or Path.home())
        self._open_start()

    def _add_buttons(self, action: str) -> None:
        row = hbox(None, 12)
        row.addStretch(1)
        cancel = Button("Cancel", key="Esc", height=40)
        cancel.clicked.connect(self.dismiss)
        accept = Button(action, ButtonKind.PRIMARY, key="Enter", height=40)
        accept.clicked.connect(self.accept_path)
        row.addWidget(cancel)
        row.addWidget(accept)
        self.body.addLayout(row)
        self.on_accept(self.accept_path)

    def _open_start(self) -> None:
        """Choose where to begin, and show it again whenever folders before it come in."""
        index = self._model.index(self._start)
        self._tree.setCurrentIndex(index)
        self._tree.expand(index)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(0)
        self._settle.timeout.connect(self._show_start)
        for changed in (self._model.directoryLoaded, self._model.rowsInserted, self._model.layoutChanged):
            changed.connect(self._settle.start)

    def _field(self, label: str) -> TextField:
        pair, made = vbox(None, 4), TextField(label, height=40)
        pair.addWidget(Text(label, TextRole.LABEL, "ink3"))
        pair.addWidget(made)
        self.body.addLayout(pair)
        return made

    def _show_start(self) -> None:
        """The folder to start in at the top, however the folders before it come in; until another one is chosen."""
        start = self._model.index(self._start)
        if self._tree.currentIndex() == start:
            self._tree.scrollTo(start, QTreeView.ScrollHint.PositionAtTop)

    def _selected(self, index: QModelIndex) -> None:
        self.folder.edit.setText(self._model.filePath(index))

    def accept_path(self) -> None:
        """Take the path, or say why not."""
        folder = Path(self.folder.text()).expanduser()
        if not folder.is_dir():
            self._wrong.set_text("There is no such folder. Choose one from the list.")
            self._wrong.show()
            self.folder.set_bad(True)
            return
        path = folder / self.name.text() if self.name is not None else folder
        self.dismiss()
        self._chosen(path)
