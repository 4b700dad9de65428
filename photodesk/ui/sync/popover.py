"""The popover of the clinic server: how it stands, three figures, and conflicts to review one by one.

Keys while a conflict is shown: `1` `2` choose, `Enter` keeps, `Esc` decides later, `Space` opens the photo.
"""

from __future__ import annotations

from datetime import date
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from photodesk.photos import Rendition
from photodesk.sync import status as states
from photodesk.ui.controls import Popover
from photodesk.ui.controls.popover import POINTER_PX
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.sync import words
from photodesk.ui.sync.conflict_part import ConflictPart
from photodesk.ui.sync.evidence import save_evidence
from photodesk.ui.sync.head_part import EDGE_PX, Figures, HeadPart
from photodesk.ui.sync.model import ReviewModel
from photodesk.ui.sync.watch import ServerWatch

WIDTH_PX = 712
SCREEN = "conflict"


class ServerPopover(Popover):
    """Follows the watch while it is open; what was looked at ends with it."""

    def __init__(self, anchor: QWidget, context: PageContext, watch: ServerWatch, today: date) -> None:
        super().__init__(anchor, WIDTH_PX, padding_px=0)
        self._context, self._watch, self._today = context, watch, today
        self._shown = ""
        self.model = ReviewModel(watch.view.conflicts)
        self.body.setSpacing(0)
        self.body.setContentsMargins(1, POINTER_PX + 1, 1, EDGE_PX // 2)  # the plate's corners stay round
        self.head = HeadPart()
        self.head.acted.connect(self._act)
        self.body.addWidget(self.head)
        self.figures = Figures()
        self.body.addWidget(self.figures)
        self.review = ConflictPart(self.model, today)
        self.review.chose.connect(self._choose)
        self.review.kept.connect(self._keep)
        self.review.left.connect(self._later)
        self.review.opened.connect(self._open_photo)
        self.body.addWidget(self.review)
        watch.changed.connect(self._show)
        self._show()

    def open(self) -> None:
        super().open()
        if self.model.line is not None:
            self.setFocus(Qt.FocusReason.PopupFocusReason)

    def dismiss(self) -> None:
        self._watch.changed.disconnect(self._show)
        gate = self._context.desk.gate
        self._context.tasks.store(partial(gate.leave, SCREEN), lambda _: None, self._failed)
        super().dismiss()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if self.model.line is not None and self._choose(key - Qt.Key.Key_0):
            self.setFocus(Qt.FocusReason.ShortcutFocusReason)  # from here `Enter` keeps what was chosen
        elif self.model.line is None or (self.focused_button() is not None and key != Qt.Key.Key_Escape):
            super().keyPressEvent(event)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._keep()
        elif key == Qt.Key.Key_Escape:
            self._later()
        elif key == Qt.Key.Key_Space:
            self._open_photo()
        else:
            super().keyPressEvent(event)

    def _show(self) -> None:
        view = self._watch.view
        if not self.model.busy:
            self.model.take(view.conflicts)
        self.head.show_head(words.head(view.now, self._today))
        self.figures.show_figures(words.figures(view.now))
        self.figures.setVisible(view.now.state != states.NONE)
        self._show_conflict()

    def _show_conflict(self) -> None:
        line = self.model.line
        self.review.setVisible(line is not None)
        self.review.show_model()
        QTimer.singleShot(0, self, self._arrange)
        if line is None or line.key == self._shown:
            return
        if not self._shown and self.isVisible():  # it came while the popover was open, after *Sync now*
            self.setFocus(Qt.FocusReason.PopupFocusReason)
        self._shown = line.key
        self.review.well.show_rendition(None)
        photo_id = line.conflict.photo_id
        if photo_id and self._context.desk.has_chart_keys:
            gate, patient_id = self._context.desk.gate, line.conflict.patient_id
            view = partial(gate.view, patient_id, (photo_id,), Rendition.THUMBNAIL, SCREEN, "review")
            self._context.tasks.store(view, partial(self._took_photo, photo_id), self._failed)

    def _took_photo(self, photo_id: str, found: dict[str, bytes]) -> None:
        line = self.model.line
        if line is not None and line.conflict.photo_id == photo_id:
            self.review.well.show_rendition(found.get(photo_id), self._context.colours)

    def _choose(self, number: object) -> bool:
        chosen = isinstance(number, int) and self.model.choose(int(number))
        if chosen:
            self.review.show_model()
        return chosen

    def _keep(self) -> None:
        line = self.model.line
        if line is None or self.model.busy:
            return
        self.model.busy = True
        self.review.show_model()
        self._watch.resolve(line, self.model.here_chosen, partial(self._kept, line.key), self._not_kept)

    def _kept(self, key: str) -> None:
        if not self.model.decided(key):
            self.dismiss()
            return
        self._show_conflict()

    def _not_kept(self, failure: BaseException) -> None:
        self.model.busy = False
        self.review.show_model()
        self._failed(failure)

    def _later(self) -> None:
        if self.model.later():
            self._show_conflict()
        else:
            self.dismiss()

    def _open_photo(self) -> None:
        line = self.model.line
        if line is None or not line.conflict.patient_id:
            return
        self.dismiss()
        patient_id, photo_id = line.conflict.patient_id, line.conflict.photo_id
        if photo_id:
            self._context.navigate.open_photo(patient_id, photo_id)
        else:
            self._context.navigate.open_patient(patient_id)

    def _act(self) -> None:
        state = self._watch.view.now.state
        if state == states.NONE or (state == states.PAUSED and self._watch.now.metered):
            self.dismiss()
            self._context.navigate.settings("server")
        elif state == states.ALARM:
            save_evidence(self.window(), self._context, self._watch)
        elif state == states.PAUSED:
            self._watch.pause(False)
        else:
            self._watch.sync_now()

    def _failed(self, failure: BaseException) -> None:
        self._context.navigate.say(sentence(failure))
