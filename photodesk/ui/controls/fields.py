"""Text fields: 1 px control outline, 2 px accent when focused, the inside never moves."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMargins, QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QPlainTextEdit, QWidget

from photodesk.ui.controls.painting import rounded
from photodesk.ui.controls.text import hbox
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.icons import Icon
from photodesk.ui.theme import DESK, Theme


class _Outlined(QWidget):
    """Paints the outline around one editing widget and follows its focus."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._bad = theme, False
        self._inside: QWidget | None = None

    def _follow(self, inside: QWidget) -> None:
        self._inside = inside
        inside.installEventFilter(self)
        self.setFocusProxy(inside)

    def set_bad(self, bad: bool) -> None:
        """Mark the field whose input needs a look."""
        self._bad = bad
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
            self.update()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = self._theme
        focused = self._inside is not None and self._inside.hasFocus()
        outline = t.accent if focused else t.bad if self._bad else t.control
        rounded(QPainter(self), QRectF(self.rect()), 6, t.panel, outline, 2 if focused else 1)


class TextField(_Outlined):
    """One line of text. `edit` is the `QLineEdit`; `row` takes what stands at its right (chips, buttons)."""

    def __init__(
        self,
        name: str,
        *,
        placeholder: str = "",
        icon: str = "",
        height: int = 36,
        role: TextRole = TextRole.BODY,
        password: bool = False,
        theme: Theme = DESK,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, parent)
        self.setFixedHeight(height)
        self.edit = QLineEdit()
        self.edit.setFont(font(role))
        self.edit.setPlaceholderText(placeholder)
        self.edit.setAccessibleName(name)
        self.edit.setFrame(False)
        self.edit.setAttribute(Qt.WidgetAttribute.WA_MacShowFocusRect, False)
        if password:
            self.edit.setEchoMode(QLineEdit.EchoMode.Password)
            self.edit.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
            self.edit.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.row = hbox(self, 8, QMargins(12, 0, 12, 0))
        if icon:
            self.row.addWidget(Icon(icon, theme.ink3, 18))
        self.row.addWidget(self.edit, 1)
        self._follow(self.edit)

    def text(self) -> str:
        """What was typed."""
        return self.edit.text()


class TextArea(_Outlined):
    """Several lines of text; `edit` is the `QPlainTextEdit`."""

    def __init__(self, name: str, *, height: int = 92, theme: Theme = DESK, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setFixedHeight(height)
        self.edit = QPlainTextEdit()
        self.edit.setFont(font())
        self.edit.setAccessibleName(name)
        self.edit.setFrameShape(QFrame.Shape.NoFrame)
        self.edit.setTabChangesFocus(True)
        hbox(self, 0, QMargins(9, 8, 4, 8)).addWidget(self.edit)
        self._follow(self.edit)

    def text(self) -> str:
        """What was typed."""
        return self.edit.toPlainText()
