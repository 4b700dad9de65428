"""`F1`: all keys of the screen, and those that work everywhere."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from photodesk.ui.controls.hints import KeyHint
from photodesk.ui.controls.popover import Dialog
from photodesk.ui.controls.text import Line, Text, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import Key

EVERYWHERE = (
    Key(("Ctrl K",), "Find patient"),
    Key(("Ctrl N",), "New patient"),
    Key(("Ctrl I",), "Inbox"),
    Key(("Ctrl L",), "Lock"),
    Key(("Ctrl Shift L",), "Hand over"),
    Key(("F1",), "Keys"),
    Key(("Esc",), "Back"),
)


def open_keys(window: QWidget, page_keys: tuple[Key, ...], title: str) -> Dialog:
    """Show the keys; `Esc`, `Enter` or `F1` again closes."""
    dialog = Dialog(window, "Keys", 560)
    dialog.body.addWidget(Text("Keys", TextRole.HEADING))
    columns = hbox(None, 32)
    for words, keys in ((title, page_keys), ("Everywhere", EVERYWHERE)):
        if not keys:
            continue
        column = vbox(None, 10)
        column.addWidget(Text(words, TextRole.LABEL, "ink3"))
        column.addWidget(Line())
        for key in keys:
            row = hbox(None, 6)
            row.addWidget(Text(key.words, TextRole.BODY))
            row.addStretch(1)
            for plate in key.keys:
                row.addWidget(KeyHint(plate))
            column.addLayout(row)
        column.addStretch(1)
        columns.addLayout(column, 1)
    dialog.body.addLayout(columns)
    dialog.on_accept(dialog.dismiss)
    dialog.open()
    return dialog
