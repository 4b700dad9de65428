"""The line between the keeper and a listening child, and what Windows' and macOS' messages mean (their tables only)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from photodesk.background import listen_macos, listen_windows
from photodesk.background.watch_child import Teller, WatchLine


class Hears:
    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.go: Callable[[], None] = lambda: None

    def lock(self, reason: str) -> None:
        self.told.append(("lock", reason))

    def leaving(self, reason: str, may_go: Callable[[], None]) -> None:
        self.told.append(("leaving", reason))
        self.go = may_go

    def heard(self, what: str, there: bool) -> None:
        self.told.append((what, str(there)))


def test_a_child_tells_and_sleep_waits_for_the_lock() -> None:
    ours, theirs = socket.socketpair()
    hears = Hears()
    line, teller = WatchLine(ours, hears), Teller(theirs)
    teller.say("heard computer")
    teller.say("lock user_switch")
    teller.say("idle 4200")
    line.turn()
    assert hears.told == [("computer", "True"), ("lock", "user_switch")]
    asked: list[int] = []
    line.ask(asked.append)
    assert (line.there, asked) == (True, [4200])
    waits = threading.Thread(target=teller.leaving, args=("suspend",))
    waits.start()
    while hears.told[-1] != ("leaving", "suspend"):
        line.turn()
    assert waits.is_alive()
    hears.go()
    waits.join(1)
    assert not waits.is_alive()
    theirs.close()
    with pytest.raises(OSError, match="gone"):
        line.turn()
    line.close()


def test_a_child_that_talks_nonsense_is_left() -> None:
    ours, theirs = socket.socketpair()
    line = WatchLine(ours, Hears())
    theirs.send(b"x" * 300)
    with pytest.raises(OSError, match="nonsense"):
        line.turn()
    line.close()
    theirs.close()


@pytest.mark.parametrize(
    ("message", "word", "shut", "was", "means"),
    [
        (0x02B1, 0x7, None, None, ("lock", "system_lock")),
        (0x02B1, 0x4, None, None, ("lock", "remote_disconnect")),
        (0x02B1, 0x2, None, None, ("lock", "user_switch")),
        (0x02B1, 0x8, None, None, ("", "")),
        (0x0218, 0x4, None, None, ("leaving", "suspend")),
        (0x0011, 0, None, None, ("leaving", "shutdown")),
        (0x0218, 0x8013, True, False, ("lock", "lid")),
        (0x0218, 0x8013, True, None, ("", "")),
        (0x0218, 0x8013, False, True, ("", "")),
    ],
)
def test_windows_messages(message: int, word: int, shut: bool | None, was: bool | None, means: tuple[str, str]) -> None:
    assert listen_windows.said(message, word, shut, was) == means


def test_macos_notifications() -> None:
    assert listen_macos.said("com.apple.screenIsLocked") == ("lock", "system_lock")
    assert listen_macos.said("NSWorkspaceWillSleepNotification") == ("leaving", "suspend")
    assert listen_macos.said("com.apple.screenIsUnlocked") == ("", "")
