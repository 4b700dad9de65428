"""When the open desk locks by itself: the idle time in force, the countdown, what the keeper hears of the computer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from photodesk.clock import Clock
from photodesk.desk.idle import IdleWatch, limits_of
from photodesk.protocol.messages import Computer
from photodesk.ui.controls.toast import Toast
from photodesk.ui.idle_filter import IdleFilter

WATCH_MS, SOON_MS = 1000, 50


class DeskLock(QObject):
    """One per open desk. `countdown` is where the last seconds are shown, `alive` tells the keeper when it is due."""

    def __init__(
        self,
        clock: Clock,
        roles: frozenset[str],
        countdown: Callable[[], Toast],
        lock: Callable[[str], None],
        alive: Callable[[int], None],
    ) -> None:
        super().__init__()
        self._clock, self._roles, self._countdown, self._lock, self._alive = clock, roles, countdown, lock, alive
        self._presenting = False
        self.computer = Computer()
        self._working_ms, self._presenting_ms = limits_of(roles)
        self.watch = IdleWatch(self._working_ms, clock.monotonic_ms())
        self._filter = IdleFilter(self.watch, clock, lambda: lock("asked"))
        self._ticks = QTimer(self)
        self._ticks.setInterval(WATCH_MS)
        self._ticks.timeout.connect(self.tick)

    def start(self, application: QApplication) -> None:
        """Hear input, and count."""
        application.installEventFilter(self._filter)
        self.tick()
        self._ticks.start()

    def stop(self) -> None:
        """Hear and count no more."""
        self._ticks.stop()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self._filter)

    @property
    def limits_ms(self) -> tuple[int, int]:
        """What holds here: working, presenting."""
        return self._working_ms, self._presenting_ms

    def choose(self, policy: Callable[[str], str]) -> None:
        """What the clinic has decided, now or just now; what was counted stays."""
        self._working_ms, self._presenting_ms = limits_of(self._roles, policy)
        self._set()

    def set_presenting(self, presenting: bool) -> None:
        """Another idle time while a person presents; what was counted stays."""
        self._presenting = presenting
        self._set()

    def _set(self) -> None:
        self.watch.set_limit(self._presenting_ms if self._presenting else self._working_ms)

    def hear(self, computer: Computer) -> None:
        """The keeper says what it hears: input anywhere on this computer counts where somebody tells of it."""
        self.computer = computer
        if computer.idle_from and computer.idle_ms >= 0:
            self.watch.input(self._clock.monotonic_ms() - computer.idle_ms)

    def tick(self) -> None:
        """Once a second: the countdown, the lock, and a sign of life for the keeper."""
        state = self.watch.state(self._clock.monotonic_ms())
        countdown = self._countdown()
        if state.lock:
            self._ticks.stop()
            self._lock("idle")
            return
        if state.counting:
            countdown.say(state.words, stays=True)
        elif countdown.isVisible():
            countdown.hide()
        self._ticks.setInterval(min(WATCH_MS, max(SOON_MS, state.remaining_ms)))  # on time, not up to a second late
        self._alive(state.remaining_ms)
