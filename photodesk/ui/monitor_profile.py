"""The colour profile of the screen a window is on, as the platform keeps it; b"" where it keeps none.

X11 says it as a property of the root window (`_ICC_PROFILE`, `_ICC_PROFILE_1` … for further screens: the "ICC Profiles
in X" specification), Windows by screen device, macOS by display. Under Wayland the compositor itself matches colours,
so nothing is asked there. What was read is data of somebody else: `photodesk.ui.display_colours` takes only what Qt
reads as the profile of an RGB screen.

Only the part for X11 has been run by us; those for Windows and macOS are written from their documentation.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import sys
from pathlib import Path
from typing import Any

from PySide6.QtGui import QGuiApplication, QScreen

MOST_BYTES = 4 << 20
"""Profiles with large tables have about a megabyte; what is larger is none."""

_ANY_TYPE = 0


def profile_of(screen: QScreen) -> bytes:
    """The ICC profile of this screen."""
    platform = QGuiApplication.platformName()
    try:
        if platform == "xcb":
            return x11_profile(os.environ.get("DISPLAY", ""), QGuiApplication.screens().index(screen))
        if platform == "windows":
            return _windows_profile(screen.name())
        if platform == "cocoa":
            return _mac_profile(QGuiApplication.screens().index(screen))
    except (OSError, AttributeError, ValueError):  # a library that is not there, or a screen that has just gone
        return b""
    return b""


class _Reply(ctypes.Structure):
    """`xcb_get_property_reply_t`, and the beginning of `xcb_intern_atom_reply_t` in its first three fields."""

    _fields_ = (
        ("response_type", ctypes.c_uint8),
        ("format", ctypes.c_uint8),
        ("sequence", ctypes.c_uint16),
        ("length", ctypes.c_uint32),
        ("type", ctypes.c_uint32),
        ("bytes_after", ctypes.c_uint32),
        ("value_len", ctypes.c_uint32),
        ("pad", ctypes.c_uint8 * 12),
    )


class _Cookie(ctypes.Structure):
    _fields_ = (("sequence", ctypes.c_uint),)


class _Roots(ctypes.Structure):
    """`xcb_screen_iterator_t`; a screen begins with its root window."""

    _fields_ = (("data", ctypes.POINTER(ctypes.c_uint32)), ("rem", ctypes.c_int), ("index", ctypes.c_int))


def x11_profile(display: str, screen: int) -> bytes:
    """The profile a display of X11 keeps for one of its screens. OSError without libxcb; b"" where it keeps none."""
    xcb, libc = _libraries()
    connection = xcb.xcb_connect(display.encode(), None)
    try:
        if xcb.xcb_connection_has_error(connection):
            return b""
        root = int(xcb.xcb_setup_roots_iterator(xcb.xcb_get_setup(connection)).data[0])
        name = b"_ICC_PROFILE" + (f"_{screen}".encode() if screen else b"")
        atom = _reply(xcb.xcb_intern_atom_reply, connection, xcb.xcb_intern_atom(connection, 1, len(name), name))
        if not atom:
            return b""
        number = ctypes.cast(atom, ctypes.POINTER(ctypes.c_uint32))[2]
        libc.free(atom)
        asked = xcb.xcb_get_property(connection, 0, root, number, _ANY_TYPE, 0, MOST_BYTES // 4)
        found = _reply(xcb.xcb_get_property_reply, connection, asked)
        if not number or not found:
            return b""
        reply = ctypes.cast(found, ctypes.POINTER(_Reply)).contents
        whole = reply.format == 8 and not reply.bytes_after
        data = ctypes.string_at(xcb.xcb_get_property_value(found), reply.value_len) if whole else b""
        libc.free(found)
        return data
    finally:
        xcb.xcb_disconnect(connection)


def _libraries() -> tuple[Any, Any]:
    """libxcb, which Qt's own X11 part stands on, and the C library whose memory its answers are."""
    xcb, libc = ctypes.CDLL("libxcb.so.1"), ctypes.CDLL(None)
    pointer = ctypes.c_void_p
    for name, gives, takes in (
        ("xcb_connect", pointer, (ctypes.c_char_p, pointer)),
        ("xcb_connection_has_error", ctypes.c_int, (pointer,)),
        ("xcb_get_setup", pointer, (pointer,)),
        ("xcb_disconnect", None, (pointer,)),
        ("xcb_intern_atom", _Cookie, (pointer, ctypes.c_uint8, ctypes.c_uint16, ctypes.c_char_p)),
        ("xcb_intern_atom_reply", pointer, (pointer, _Cookie, pointer)),
        ("xcb_get_property", _Cookie, (pointer, ctypes.c_uint8, *(ctypes.c_uint32,) * 5)),
        ("xcb_get_property_reply", pointer, (pointer, _Cookie, pointer)),
        ("xcb_get_property_value", pointer, (pointer,)),
        ("xcb_setup_roots_iterator", _Roots, (pointer,)),
    ):
        function = getattr(xcb, name)
        function.restype, function.argtypes = gives, takes
    libc.free.restype, libc.free.argtypes = None, (pointer,)
    return xcb, libc


def _reply(wait: Any, connection: int, cookie: _Cookie) -> int | None:
    """The answer's address, None where the display refused; errors are not asked for, so they are not answers."""
    error = ctypes.c_void_p()
    answer: int | None = wait(connection, cookie, ctypes.byref(error))
    return answer


def _windows_profile(device: str) -> bytes:
    """Not run by us: `GetICMProfileW` names the file of the profile of a screen's device context."""
    if sys.platform == "win32":
        gdi = ctypes.windll.gdi32
        context = gdi.CreateDCW(device, device, None, None)
        if not context:
            return b""
        try:
            size = ctypes.c_uint32(0)
            gdi.GetICMProfileW(context, ctypes.byref(size), None)
            path = ctypes.create_unicode_buffer(size.value or 1)
            if not size.value or not gdi.GetICMProfileW(context, ctypes.byref(size), path):
                return b""
            file = Path(path.value)
            return file.read_bytes() if file.stat().st_size <= MOST_BYTES else b""
        finally:
            gdi.DeleteDC(context)
    return b""


def _mac_profile(index: int) -> bytes:
    """Not run by us: the colour space CoreGraphics keeps for the display, as its ICC data."""
    if sys.platform == "darwin":
        graphics = ctypes.CDLL(ctypes.util.find_library("CoreGraphics"))
        core = ctypes.CDLL(ctypes.util.find_library("CoreFoundation"))
        pointer = ctypes.c_void_p
        graphics.CGDisplayCopyColorSpace.restype, graphics.CGDisplayCopyColorSpace.argtypes = (
            pointer,
            (ctypes.c_uint32,),
        )
        graphics.CGColorSpaceCopyICCData.restype, graphics.CGColorSpaceCopyICCData.argtypes = pointer, (pointer,)
        core.CFDataGetLength.restype, core.CFDataGetLength.argtypes = ctypes.c_long, (pointer,)
        core.CFDataGetBytePtr.restype, core.CFDataGetBytePtr.argtypes = pointer, (pointer,)
        core.CFRelease.argtypes = (pointer,)
        displays, count = (ctypes.c_uint32 * 16)(), ctypes.c_uint32(0)
        graphics.CGGetActiveDisplayList(16, displays, ctypes.byref(count))
        if index >= count.value:
            return b""
        space = graphics.CGDisplayCopyColorSpace(displays[index])
        data = graphics.CGColorSpaceCopyICCData(space) if space else None
        try:
            if not data or core.CFDataGetLength(data) > MOST_BYTES:
                return b""
            return ctypes.string_at(core.CFDataGetBytePtr(data), core.CFDataGetLength(data))
        finally:
            for each in filter(None, (data, space)):
                core.CFRelease(each)
    return b""
