"""Sees a few pixels of an X display within a millisecond, so that a cover can be timed."""

from __future__ import annotations

import ctypes
import time
from typing import Any

Colour = tuple[int, int, int]
ALL_PLANES, Z_PIXMAP = 0xFFFFFFFF, 2
LOOK_S = 0.002


class Eye:
    """One connection to a display, through Xlib."""

    def __init__(self, display: str) -> None:
        self._x: Any = ctypes.CDLL("libX11.so.6")
        for name in ("XOpenDisplay", "XGetImage"):
            getattr(self._x, name).restype = ctypes.c_void_p
        self._x.XDefaultRootWindow.restype = ctypes.c_ulong
        self._x.XGetPixel.restype = ctypes.c_ulong
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(display.encode()))
        self._root = ctypes.c_ulong(self._x.XDefaultRootWindow(self._display))

    def at(self, x: int, y: int) -> Colour:
        """The colour seen at a point."""
        where = (ctypes.c_int(x), ctypes.c_int(y), ctypes.c_uint(1), ctypes.c_uint(1))
        image = ctypes.c_void_p(
            self._x.XGetImage(self._display, self._root, *where, ctypes.c_ulong(ALL_PLANES), Z_PIXMAP)
        )
        value = int(self._x.XGetPixel(image, 0, 0))
        self._x.XDestroyImage(image)
        return value >> 16 & 255, value >> 8 & 255, value & 255

    def until(self, points: dict[tuple[int, int], Colour], seconds: float) -> bool:
        """Wait until every point has its colour; whether that happened."""
        end = time.monotonic() + seconds
        while any(self.at(*point) != colour for point, colour in points.items()):
            if time.monotonic() > end:
                return False
            time.sleep(LOOK_S)
        return True

    def press(self, *names: str) -> None:
        """Press keys together and let them go, as a keyboard does (the XTEST extension)."""
        test = ctypes.CDLL("libXtst.so.6")
        self._x.XStringToKeysym.restype = ctypes.c_ulong
        codes = [
            self._x.XKeysymToKeycode(self._display, ctypes.c_ulong(self._x.XStringToKeysym(name.encode())))
            for name in names
        ]
        for down, order in ((1, codes), (0, codes[::-1])):
            for code in order:
                test.XTestFakeKeyEvent(self._display, ctypes.c_uint(code), down, ctypes.c_ulong(0))
        self._x.XFlush(self._display)

    def close(self) -> None:
        """Leave the display."""
        self._x.XCloseDisplay(self._display)
