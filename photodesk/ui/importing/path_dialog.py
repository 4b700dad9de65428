"""Choose a folder on this computer. Our own: the toolkit's file dialog keeps a history of paths outside the store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDir, QModelIndex
from PySide6.QtWidgets import QFileSystemModel, QTreeView, QWidget

from photodesk.ui.controls import Button, ButtonKind, Dialog, Text, TextField, hbox
from photodesk.ui.fonts import TextRole

TREE_PX = 360


class PathDialog(Dialog):
    """`chosen` is called with the folder, or with the file's path where `name` proposes a file to save."""

    def __init__(
        self, window: QWidget, title: str, action: str, chosen: Callable[[Path], None], *, name: str = "",
        start: Path | None = None,
    ) -> None:
        super().__init__(window, title, 720)
        self._chosen = chosen
        self.body.addWidget(Text(title, TextRole.HEADING))
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
        self._tree.setStyleSheet("QTreeView { border: 1px solid #DEDEDE; border-radius: 6px; background: #FFFFFF; }")
        self.body.addWidget(self._tree)
        self.folder = TextField("Folder", height=40)
        self.body.addWidget(self.folder)
        self.name = TextField("File name", height=40) if name else None
        if self.name is not None:
            self.name.edit.setText(name)
            self.body.addWidget(self.name)
        self._wrong = Text("", TextRole.SMALL, "bad", wrap=True)
        self._wrong.hide()
        self.body.addWidget(self._wrong)
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
        self._tree.selectionModel().currentChanged.connect(self._selected)
        index = self._model.index(str(start or Path.home()))
        self._tree.setCurrentIndex(index)
        self._tree.expand(index)
        self._tree.scrollTo(index)

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
