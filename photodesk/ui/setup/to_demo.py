"""From set-up to the demo clinic: another PhotoDesk makes and opens it; the window stays until that has come."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer

from photodesk.background.processes import spawn
from photodesk.clock import Clock
from photodesk.ui.setup.view import SetupView

WITHIN_MS, LOOK_MS = 60_000, 200
NOT_MADE = "The demo clinic could not be made. Free some space, or start it with photodesk demo."


def leave_for_demo(setup: SetupView, clock: Clock, leave: Callable[[], None]) -> None:
    """Start the demo; `leave` is called once its window is in front, or after a minute."""
    child, end_ms = spawn(["demo"]), clock.monotonic_ms() + WITHIN_MS
    setup.wait_for_demo(True)
    look = QTimer(setup)

    def looked() -> None:
        if child.poll() is not None:
            look.stop()
            setup.wait_for_demo(False)
            setup.say(NOT_MADE)
        elif not setup.isActiveWindow() or clock.monotonic_ms() > end_ms:
            look.stop()
            leave()

    look.timeout.connect(looked)
    look.start(LOOK_MS)
