"""The clinic's protocols on the settings page: a row each, to change and to add, for whoever may."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from photodesk.desk.roles import Right
from photodesk.photos import Protocol
from photodesk.ui.controls import Button, Card, LinkButton, Text, empty, hbox, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.settings.protocol_dialog import ProtocolDialog
from photodesk.ui.words import counted

WORDS = "A series of standard views. The timeline shows what a visit still lacks of the series you follow."


class ProtocolsSection(Card):
    """Reads the protocols when it is shown."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(24, 12)
        self._context = context
        self._may = context.desk.may(Right.EDIT_PROTOCOLS)
        self.body.addWidget(Text("Photo series", TextRole.SUBHEADING))
        self.body.addWidget(Text(WORDS, TextRole.SMALL, "ink2", wrap=True))
        self.rows = vbox(None, 4)
        self.body.addLayout(self.rows)
        self.add = Button("New series", icon="stack", height=36)
        self.add.clicked.connect(lambda: self._edit(None))
        self.add.setVisible(self._may)
        self.body.addWidget(self.add)
        self.protocols: tuple[Protocol, ...] = ()

    def refresh(self) -> None:
        """Read them again."""
        self._context.tasks.store(self._context.desk.protocols.all, self._took, self._failed)

    def _took(self, protocols: tuple[Protocol, ...]) -> None:
        self.protocols = protocols
        empty(self.rows)
        for one in protocols:
            holder = QWidget()
            row = hbox(holder, 16)
            row.addWidget(Text(one.name, TextRole.BODY), 1)
            row.addWidget(Text(counted(len(one.steps), "view"), TextRole.BODY, "ink3"))
            if self._may:
                change = LinkButton("Change")
                change.setAccessibleName(f"Change {one.name}")
                change.clicked.connect(partial(self._edit, one))
                row.addWidget(change)
            self.rows.addWidget(holder)

    def _edit(self, protocol: Protocol | None, _checked: bool = False) -> None:
        remove: Callable[[], None] | None = None
        if protocol is not None:
            remove = partial(
                self._store, partial(self._context.desk.protocols.remove, protocol.code), "Series removed."
            )
        ProtocolDialog(self.window(), protocol, self.save, remove).open()

    def save(self, name: str, protocol: Protocol) -> None:
        """Keep a series; a new one gets its code from its name."""
        code = protocol.code or self._new_code(name)
        kept = Protocol(code, name, protocol.steps)
        self._store(partial(self._context.desk.protocols.save, kept), "Series saved.")

    def _new_code(self, name: str) -> str:
        plain = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:32] or "series"
        taken = {one.code for one in self.protocols}
        return next(code for code in (plain, *(f"{plain}-{n}" for n in range(2, 99))) if code not in taken)

    def _store(self, work: Callable[[], object], words: str) -> None:
        def done(_answer: object) -> None:
            self._context.navigate.say(words)
            self.refresh()

        self._context.tasks.store(work, done, self._failed)

    def _failed(self, failure: BaseException) -> None:
        self._context.navigate.say(sentence(failure))
