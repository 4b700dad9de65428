"""What is said beside two photos waits until they are painted, so that nothing stands between a key and the skin."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

PAINTED_MS, LONGEST_MS = 12, 150
"""After the last pixels came: one frame. Where they are long in coming: what is known is said without them."""


class AfterPaint(QObject):
    """Does `work` once after each `ask`, however often it was asked. `coming` tells whether photos are on their way."""

    done = Signal()

    def __init__(self, work: Callable[[], None], coming: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._work, self._coming, self.waits = work, coming, False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.now)

    def ask(self) -> None:
        """Something beside the photos is another: say it behind them, at once where none are on their way."""
        if self._coming():
            if not self.waits:
                self.waits = True
                self._timer.start(LONGEST_MS)
            return
        self.now()

    def arrived(self) -> None:
        """Pixels came: if they were the last, the next frame shows them."""
        if self.waits and not self._coming():
            self._timer.start(PAINTED_MS)

    def now(self) -> None:
        """Say it now."""
        self.waits = False
        self._timer.stop()
        self._work()
        self.done.emit()

    def drop(self) -> None:
        """The page is left: there is nothing to say it beside."""
        self.waits = False
        self._timer.stop()
