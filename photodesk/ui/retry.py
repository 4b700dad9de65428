"""Trying again by itself what the log refused: when it can be written again, the photos come without a click."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

AGAIN_AFTER_MS = 2000


class Retry(QTimer):
    """Calls `again` once, 2 s after a refusal that a freed disk mends; a further refusal starts it again."""

    def __init__(self, again: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self.setSingleShot(True)
        self.setInterval(AGAIN_AFTER_MS)
        self.timeout.connect(again)

    def after(self, failure: BaseException) -> None:
        """A request failed."""
        if getattr(failure, "code", "") in {"log_not_writable", "disk_full"} and not self.isActive():
            self.start()
