"""A screen of its own for one journey: Xvfb, the keyboard and mouse through xdotool, and what a person would see."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
TOOLS = ("Xvfb", "xdotool", "openbox", "import")


def available() -> bool:
    """Whether this machine can run a journey."""
    return all(shutil.which(tool) for tool in TOOLS)


def wait_until(true: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Poll until `true()`; AssertionError naming `what` after `seconds`."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.05)


class Screen:
    """One X display. Use as a context manager."""

    def __init__(self, width: int = 1280, height: int = 800) -> None:
        read, write = os.pipe()
        self.width, self.height = width, height
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"],
            pass_fds=(write,),
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as pipe:
            self.display = f":{pipe.readline().strip()}"
        self._manager = self._manage()
        try:
            wait_until(self._is_managed, "the window manager")
        except AssertionError:
            self.__exit__()
            raise

    def __enter__(self) -> Screen:
        return self

    def __exit__(self, *_: object) -> None:
        for child in (self._manager, self._server):
            child.terminate()
            child.wait(10)

    def _manage(self) -> subprocess.Popen[bytes]:
        command, nowhere = ["openbox"], subprocess.DEVNULL
        return subprocess.Popen(command, env=self.environment(), stdout=nowhere, stderr=nowhere)

    def _is_managed(self) -> bool:
        """Whether the window manager says how many desktops there are; one that came before the display comes again."""
        if self._manager.poll() is not None:
            self._manager = self._manage()
        return self._tool("get_num_desktops").returncode == 0

    def environment(self) -> dict[str, str]:
        """The environment of a program on this screen."""
        kept = {k: v for k, v in os.environ.items() if k not in {"QT_QPA_PLATFORM", "WAYLAND_DISPLAY"}}
        return {**kept, "DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb"}

    def windows(self) -> list[str]:
        """Ids of the visible PhotoDesk windows."""
        found = self._tool("search", "--onlyvisible", "--name", "^PhotoDesk")
        return found.stdout.split()

    def key(self, *keys: str) -> None:
        """Press keys, one after the other: `ctrl+l`, `Return`, `c`."""
        self._tool("key", "--delay", "30", *keys)

    def type(self, text: str) -> None:
        """Type text as a person would."""
        self._tool("type", "--delay", "15", text)

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Move there and click."""
        self._tool("mousemove", str(x), str(y), "click", str(button))

    def move(self, x: int, y: int) -> None:
        """Move the pointer."""
        self._tool("mousemove", str(x), str(y))

    def shot(self, path: Path) -> Path:
        """A screenshot as PNG."""
        subprocess.run(["import", "-window", "root", str(path)], env=self.environment(), check=True, timeout=30)
        return path

    def pixels(self) -> Pixels:
        """What is seen now: (height, width, 3), sRGB."""
        command = ["import", "-window", "root", "-depth", "8", "rgb:-"]
        raw = subprocess.run(command, env=self.environment(), check=True, timeout=30, stdout=subprocess.PIPE).stdout
        return np.frombuffer(raw, np.uint8).reshape(self.height, self.width, 3)

    def _tool(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["xdotool", *arguments], env=self.environment(), capture_output=True, text=True, check=False, timeout=60
        )
