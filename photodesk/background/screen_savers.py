"""The desktop's own lock and screen saver, and how long nobody has touched this computer, over the session's bus."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from photodesk.background.logind import Hears

if TYPE_CHECKING:
    from photodesk.background.bus_line import BusLine

SAVERS = (
    ("org.freedesktop.ScreenSaver", ("/org/freedesktop/ScreenSaver", "/ScreenSaver")),
    ("org.gnome.ScreenSaver", ("/org/gnome/ScreenSaver",)),
    ("org.cinnamon.ScreenSaver", ("/org/cinnamon/ScreenSaver",)),
    ("org.mate.ScreenSaver", ("/org/mate/ScreenSaver",)),
    ("org.xfce.ScreenSaver", ("/org/xfce/ScreenSaver",)),
)
MUTTER, MUTTER_PATH = "org.gnome.Mutter.IdleMonitor", "/org/gnome/Mutter/IdleMonitor/Core"


class ScreenSavers:
    """A screen saver that comes on locks."""

    def __init__(self, line: BusLine, hears: Hears) -> None:
        self._hears = hears
        self._there: set[str] = set()
        for service, paths in SAVERS:
            for path in paths:
                line.listen(service, path, service, "ActiveChanged", self._changed)
            line.follow(service, partial(self._owned, service))

    def _owned(self, service: str, there: bool) -> None:
        if there:
            self._there.add(service)
        else:
            self._there.discard(service)
        self._hears.heard("screen_saver", bool(self._there))

    def _changed(self, body: tuple[Any, ...]) -> None:
        if body and body[0] is True:
            self._hears.lock("screen_lock")


class MutterIdle:
    """GNOME's measure of real input to the whole computer, also under Wayland."""

    name = "desktop"

    def __init__(self, line: BusLine) -> None:
        self._line = line
        self._there = False
        line.follow(MUTTER, self._owned)

    @property
    def there(self) -> bool:
        """Whether it can be asked."""
        return self._there

    def ask(self, idle_ms: Callable[[int], None]) -> None:
        """How long nobody touched anything."""

        def took(body: tuple[Any, ...] | None) -> None:
            if body:
                idle_ms(int(body[0]))

        self._line.call(MUTTER, MUTTER_PATH, MUTTER, "GetIdletime", answered=took)

    def _owned(self, there: bool) -> None:
        self._there = there
