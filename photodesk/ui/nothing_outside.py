"""What must not stay or go outside the desk's windows: the clipboard at a lock, photo windows in screen recordings.

Photos are never put on the clipboard and never dragged out; text fields copy text as everywhere, and what this process
put there goes with the lock. X11 lets every program of the person's session see every window: nothing can keep ours
out there. Under Wayland the desktop asks the person before a program records. Windows and macOS take a window out of
recordings when it asks; written from their documentation, not run by us.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import sys

from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QWidget

EXCLUDE_FROM_CAPTURE = 0x11  # WDA_EXCLUDEFROMCAPTURE, since Windows 10 2004
SHARING_NONE = 0  # NSWindowSharingNone


def clear_own_clipboard() -> None:
    """Take back what this process put on the clipboard; another program's stays."""
    clipboard = QGuiApplication.clipboard()
    if clipboard.ownsClipboard():
        clipboard.clear(QClipboard.Mode.Clipboard)
    if clipboard.supportsSelection() and clipboard.ownsSelection():
        clipboard.clear(QClipboard.Mode.Selection)


def keep_from_recordings(window: QWidget) -> None:
    """Ask the system to leave this window out of screenshots and recordings, where it can."""
    if sys.platform == "win32":
        ctypes.windll.user32.SetWindowDisplayAffinity(ctypes.c_void_p(int(window.winId())), EXCLUDE_FROM_CAPTURE)
    elif sys.platform == "darwin":
        _share_nothing(int(window.winId()))


def recording_words() -> str:
    """What the settings say about recordings."""
    if sys.platform in {"win32", "darwin"}:
        return "Photo windows are left out of screenshots and recordings."
    if QGuiApplication.platformName() == "wayland":
        return "The desktop asks you before a program records the screen."
    return "Other programs of this session can record PhotoDesk's windows: X11 cannot prevent it."


def _share_nothing(view: int) -> None:
    """`[[view window] setSharingType: NSWindowSharingNone]`."""
    objc = ctypes.CDLL(ctypes.util.find_library("objc"))
    objc.sel_registerName.restype = ctypes.c_void_p
    ask = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(("objc_msgSend", objc))
    tell = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong)(("objc_msgSend", objc))
    window = ask(view, objc.sel_registerName(b"window"))
    tell(window, objc.sel_registerName(b"setSharingType:"), SHARING_NONE)
