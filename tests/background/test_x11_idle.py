"""An X display tells how long nobody touched the computer, and its end is told and survived."""

from __future__ import annotations

import selectors
import shutil
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from photodesk.background import x11_idle
from photodesk.background.x11_idle import X11Idle, display_number
from tests.journeys.screen import Screen, available

pytestmark = pytest.mark.skipif(not available(), reason="no X tools here")


@pytest.fixture
def screen() -> Iterator[Screen]:
    with Screen(640, 480) as made:
        yield made


def asked(display: X11Idle) -> int:
    """The display's answer."""
    answers: list[int] = []
    with selectors.DefaultSelector() as selector:
        selector.register(display, selectors.EVENT_READ)
        display.turn()
        end = time.monotonic() + 10
        while not answers:
            assert time.monotonic() < end
            display.ask(answers.append)
            display.turn()
            if selector.select(0.2):
                display.turn()
    return answers[0]


def test_it_counts_and_input_anywhere_begins_it_again(screen: Screen) -> None:
    display = X11Idle(screen.display[1:])
    try:
        before = asked(display)
        time.sleep(0.3)
        assert asked(display) >= before + 250
        screen.move(100, 100)
        screen.move(120, 120)
        assert asked(display) < before + 250
    finally:
        display.close()


def test_a_display_that_ends_is_an_error_and_nothing_else(screen: Screen) -> None:
    display = X11Idle(screen.display[1:])
    asked(display)
    screen._server.kill()
    screen._server.wait(10)

    def turns() -> None:
        for _ in range(100):
            display.ask(lambda _: None)
            display.turn()
            time.sleep(0.05)

    with pytest.raises(OSError, match=r"."):
        turns()
    display.close()


def test_only_a_display_of_this_computer_that_hears_everything_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for display, wayland, number in (
        (":33", "", "33"),
        (":1.0", "", "1"),
        ("unix:2", "", "2"),
        ("far:0", "", ""),
        ("", "", ""),
        (":0", "wayland-0", ""),
    ):
        monkeypatch.setenv("DISPLAY", display)
        monkeypatch.setenv("WAYLAND_DISPLAY", wayland)
        monkeypatch.delenv("XDG_SESSION_TYPE", raising=False)
        assert display_number() == number


def test_the_cookie_of_the_right_display_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def entry(family: int, *parts: bytes) -> bytes:
        return struct.pack(">H", family) + b"".join(struct.pack(">H", len(part)) + part for part in parts)

    name = b"MIT-MAGIC-COOKIE-1"
    path = tmp_path / "authority"
    path.write_bytes(entry(256, b"room", b"7", name, b"seven") + entry(256, b"room", b"33", name, b"right") + b"\0")
    monkeypatch.setenv("XAUTHORITY", str(path))
    assert x11_idle._cookie("33") == (name, b"right")
    assert x11_idle._cookie("8") == (b"", b"")
    path.write_bytes(path.read_bytes()[:40])
    assert x11_idle._cookie("33") == (b"", b"")


def test_a_display_with_a_cookie_lets_us_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not shutil.which("xauth"):
        pytest.skip("no xauth here")
    path = tmp_path / "authority"
    add = ["xauth", "-f", str(path), "add", ":94", ".", "00112233445566778899aabbccddeeff"]
    subprocess.run(add, check=True, capture_output=True)
    server = subprocess.Popen(
        ["Xvfb", ":94", "-auth", str(path), "-screen", "0", "320x240x24", "-nolisten", "tcp"], stderr=subprocess.DEVNULL
    )
    try:
        monkeypatch.setenv("XAUTHORITY", str(path))
        end = time.monotonic() + 10
        while True:
            try:
                display = X11Idle("94")
                break
            except OSError:
                assert time.monotonic() < end
                time.sleep(0.05)
        assert asked(display) >= 0
        display.close()
    finally:
        server.terminate()
        server.wait(10)
