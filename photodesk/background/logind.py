"""What logind says of the person's session and of the computer: locked, another user, sleep, shutdown, lid.

Sleep and shutdown are held back by a *delay* inhibitor until the desk is locked (logind waits 5 s at most). The lid is
told by UPower where it runs; elsewhere logind is asked twice a second, for it tells its own lid to nobody. `Unlock` is
not heard on purpose: only a password opens a desk.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from photodesk.background.bus_line import BusLine

SERVICE, MANAGER_PATH = "org.freedesktop.login1", "/org/freedesktop/login1"
MANAGER, SESSION, USER = f"{SERVICE}.Manager", f"{SERVICE}.Session", f"{SERVICE}.User"
UPOWER, UPOWER_PATH = "org.freedesktop.UPower", "/org/freedesktop/UPower"
PROPERTIES = "org.freedesktop.DBus.Properties"
WHY = "The desk locks first"


class Hears(Protocol):
    """Who is told."""

    def lock(self, reason: str) -> None:
        """Lock now."""
        ...

    def leaving(self, reason: str, may_go: Callable[[], None]) -> None:
        """The computer is about to sleep or end: lock, then say that it may go."""
        ...

    def heard(self, what: str, there: bool) -> None:
        """Something that locks is listened to, or not any more."""
        ...


class Logind:
    """Listens on the system's bus. `lid_due` is called about twice a second."""

    def __init__(self, line: BusLine, hears: Hears) -> None:
        self._line, self._hears = line, hears
        self._session = ""
        self._delay: Any = None  # the inhibitor's descriptor: sleep waits while it is open
        self._lid_closed: bool | None = None
        self._upower = False
        for what, reason in (("PrepareForSleep", "suspend"), ("PrepareForShutdown", "shutdown")):
            line.listen(SERVICE, MANAGER_PATH, MANAGER, what, partial(self._prepare, reason))
        line.listen(SERVICE, MANAGER_PATH, MANAGER, "SessionRemoved", self._removed)
        line.listen(UPOWER, UPOWER_PATH, PROPERTIES, "PropertiesChanged", self._upower_changed)
        line.follow(SERVICE, self._owned)
        line.follow(UPOWER, self._upower_owned)

    def close(self) -> None:
        """Nothing is held back any more."""
        self._let_go()

    def lid_due(self) -> None:
        """Ask for the lid where nobody tells."""
        if self._session and not self._upower:
            self._line.get(SERVICE, MANAGER_PATH, MANAGER, "LidClosed", self._lid)

    # -- finding the session --

    def _owned(self, there: bool) -> None:
        if there:
            self._hold_back()
            body = (os.getpid(),)
            self._line.call(SERVICE, MANAGER_PATH, MANAGER, "GetSessionByPID", "u", body, self._by_process)
        else:
            self._session = ""
            self._let_go()
            self._hears.heard("session", False)

    def _by_process(self, body: tuple[Any, ...] | None) -> None:
        if body:
            self._found(body[0])
            return
        named = os.environ.get("XDG_SESSION_ID", "")
        if named:
            self._line.call(SERVICE, MANAGER_PATH, MANAGER, "GetSession", "s", (named,), self._by_name)
        else:
            self._by_name(None)

    def _by_name(self, body: tuple[Any, ...] | None) -> None:
        """A program that the desktop started as the user's service has no session of its own: the one shown is it."""
        if body:
            self._found(body[0])
            return
        self._line.call(SERVICE, MANAGER_PATH, MANAGER, "GetUser", "u", (os.getuid(),), self._of_user)

    def _of_user(self, body: tuple[Any, ...] | None) -> None:
        if body:
            self._line.get(SERVICE, body[0], USER, "Display", self._shown)

    def _shown(self, display: tuple[str, str] | None) -> None:
        if display:
            self._found(display[1])

    def _found(self, path: str) -> None:
        if path in {"", "/"} or path == self._session:
            return
        self._session = path
        self._line.listen(SERVICE, path, SESSION, "Lock", lambda _body: self._hears.lock("system_lock"))
        self._line.listen(SERVICE, path, PROPERTIES, "PropertiesChanged", self._changed)
        self._hears.heard("session", True)

    # -- what it says --

    def _changed(self, body: tuple[Any, ...]) -> None:
        interface, changed, _ = body
        now = {name: value[1] for name, value in changed.items()} if interface == SESSION else {}
        if now.get("LockedHint") is True:
            self._hears.lock("system_lock")
        if now.get("Active") is False:
            self._hears.lock("user_switch")
        if now.get("State") == "closing":
            self._hears.lock("session_ended")

    def _removed(self, body: tuple[Any, ...]) -> None:
        if self._session and body[1] == self._session:
            self._hears.lock("session_ended")

    def _prepare(self, reason: str, body: tuple[Any, ...]) -> None:
        if body[0]:
            self._hears.leaving(reason, self._let_go)
        else:  # awake again, or the shutdown was taken back
            self._hold_back()

    # -- holding sleep back --

    def _hold_back(self) -> None:
        body = ("sleep:shutdown", "PhotoDesk", WHY, "delay")
        self._line.call(SERVICE, MANAGER_PATH, MANAGER, "Inhibit", "ssss", body, self._holds)

    def _holds(self, body: tuple[Any, ...] | None) -> None:
        self._let_go()
        if body:
            self._delay = body[0]
        self._hears.heard("delay", body is not None)

    def _let_go(self) -> None:
        if self._delay is not None:
            self._delay.close()
            self._delay = None

    # -- the lid --

    def _upower_owned(self, there: bool) -> None:
        self._upower = there

    def _upower_changed(self, body: tuple[Any, ...]) -> None:
        interface, changed, _ = body
        if interface == UPOWER and "LidIsClosed" in changed:
            self._lid(changed["LidIsClosed"][1])

    def _lid(self, closed: bool | None) -> None:
        """The lid as it is now; one that was shut all along (a docked computer) locks nothing."""
        if closed is None:
            return
        if closed and self._lid_closed is False:
            self._hears.lock("lid")
        self._lid_closed = closed
