"""The worklist server of the set-up: host, port, AE titles, TLS and its certificate files; and a test."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from photodesk.ui.controls import Button, CheckBox, Text, TextField, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.visits.worklist_source import WorklistServer

PLAIN = "Without TLS names cross the network in the clear: only on a network of the clinic's own."


class ServerForm(QWidget):
    """`changed` carries (field of the server, value)."""

    changed = Signal(object, object)

    def __init__(self, server: WorklistServer) -> None:
        super().__init__()
        column = vbox(self, 12)
        self.fields: dict[str, TextField] = {}
        rows = (
            (("host", "Host name", server.host), ("port", "Port", str(server.port))),
            (
                ("called", "Server's AE title", server.called),
                ("calling", "This workstation's AE title", server.calling),
                ("station", "Only this station's AE title (empty: all)", server.station),
            ),
        )
        for row in rows:
            column.addLayout(self._row(row))
        self.tls = CheckBox("Use TLS (1.2 or 1.3)")
        self.tls.setChecked(server.tls)
        self.tls.clicked.connect(self._tls_changed)
        column.addWidget(self.tls)
        self._plain = Text(PLAIN, TextRole.SMALL, "ink3", wrap=True)
        column.addWidget(self._plain)
        files = (
            ("authority_file", "Certificate of the authority (PEM; empty: the system's)", server.authority_file),
            ("certificate_file", "This workstation's certificate (PEM)", server.certificate_file),
            ("key_file", "Its key (PEM)", server.key_file),
        )
        self._files = QWidget()
        vbox(self._files).addLayout(self._row(files))
        column.addWidget(self._files)
        foot = hbox(None, 12)
        self.test = Button("Test", icon="arrows-clockwise")
        foot.addWidget(self.test)
        self._said = Text("", TextRole.SMALL, "ink2", wrap=True)
        foot.addWidget(self._said, 1)
        column.addLayout(foot)
        self._show_tls()

    def say(self, words: str) -> None:
        """What the test found."""
        self._said.set_text(words)

    @property
    def said(self) -> str:
        """What it says now."""
        return self._said.full_text()

    def _row(self, fields: tuple[tuple[str, str, str], ...]) -> QHBoxLayout:
        row = hbox(None, 12)
        for name, label, text in fields:
            pair, field = vbox(None, 4), TextField(label, height=40)
            field.edit.setText(text)
            field.edit.textEdited.connect(partial(self._edited, name))
            pair.addWidget(Text(label, TextRole.LABEL, "ink3"))
            pair.addWidget(field)
            self.fields[name] = field
            row.addLayout(pair, 1)
        return row

    def _edited(self, name: str, text: str) -> None:
        if name == "port":
            self.changed.emit(name, int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0)
        else:
            self.changed.emit(name, text.strip())

    def _tls_changed(self, on: bool) -> None:
        self._show_tls()
        self.changed.emit("tls", bool(on))

    def _show_tls(self) -> None:
        self._files.setVisible(self.tls.isChecked())
        self._plain.setVisible(not self.tls.isChecked())
