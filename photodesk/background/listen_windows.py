"""What Windows says to a window: session locked, user switched, remote disconnect, sleep, lid, end of session.

Runs in a child of its own (`watch_child`), whose hidden window gets the messages. Written from Microsoft's
documentation; not run by us. What each message means is a table of its own, which is tested.
"""

from __future__ import annotations

import ctypes
import uuid

from photodesk.background.watch_child import Teller

WM_DESTROY, WM_QUERYENDSESSION, WM_TIMER = 0x0002, 0x0011, 0x0113
WM_POWERBROADCAST, WM_WTSSESSION_CHANGE = 0x0218, 0x02B1
SESSION_REASONS = {0x2: "user_switch", 0x4: "remote_disconnect", 0x6: "session_ended", 0x7: "system_lock"}
PBT_APMSUSPEND, PBT_POWERSETTINGCHANGE = 0x0004, 0x8013
LID = uuid.UUID("ba3e0f4d-b817-4094-a2d1-d56379e6a0f3").bytes_le
FOR_THIS_SESSION = WINDOW_HANDLE = 0
SECOND_MS = 1000


def said(message: int, word: int, lid_shut: bool | None, lid_was_shut: bool | None) -> tuple[str, str]:
    """(`lock` or `leaving`, reason) for a window message; ("", "") for one that locks nothing.

    `word` is the message's first parameter; a lid that was shut all along locks nothing.
    """
    if message == WM_WTSSESSION_CHANGE and word in SESSION_REASONS:
        return "lock", SESSION_REASONS[word]
    if message == WM_QUERYENDSESSION:
        return "leaving", "shutdown"
    if message == WM_POWERBROADCAST and word == PBT_APMSUSPEND:
        return "leaving", "suspend"
    if message == WM_POWERBROADCAST and word == PBT_POWERSETTINGCHANGE and lid_shut and lid_was_shut is False:
        return "lock", "lid"
    return "", ""


class _LastInput(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("tick_ms", ctypes.c_uint32)]


class _WindowClass(ctypes.Structure):
    _fields_ = [
        ("style", ctypes.c_uint32),
        ("procedure", ctypes.c_void_p),
        ("class_extra", ctypes.c_int),
        ("window_extra", ctypes.c_int),
        ("instance", ctypes.c_void_p),
        ("icon", ctypes.c_void_p),
        ("cursor", ctypes.c_void_p),
        ("brush", ctypes.c_void_p),
        ("menu", ctypes.c_wchar_p),
        ("name", ctypes.c_wchar_p),
    ]


class _Listener:
    """One hidden top-level window: message-only ones get no broadcasts."""

    def __init__(self, teller: Teller) -> None:
        dlls = vars(ctypes)["windll"]
        self._user, self._kernel, self._sessions = dlls.user32, dlls.kernel32, dlls.wtsapi32
        self._teller = teller
        self._lid_shut: bool | None = None
        result, word = ctypes.c_ssize_t, ctypes.c_size_t
        self._user.DefWindowProcW.restype = result
        self._user.DefWindowProcW.argtypes = [ctypes.c_void_p, ctypes.c_uint32, word, result]
        self._user.CreateWindowExW.restype = ctypes.c_void_p
        kind = vars(ctypes)["WINFUNCTYPE"](result, ctypes.c_void_p, ctypes.c_uint32, word, result)
        self._procedure = kind(self._message)

    def run(self) -> int:
        """Until the window is gone."""
        name = "PhotoDeskListener"
        kind = _WindowClass(procedure=ctypes.cast(self._procedure, ctypes.c_void_p), name=name)
        self._user.RegisterClassW(ctypes.byref(kind))
        window = ctypes.c_void_p(self._user.CreateWindowExW(0, name, name, 0, 0, 0, 0, 0, None, None, None, None))
        if not window:
            return 1
        self._sessions.WTSRegisterSessionNotification(window, FOR_THIS_SESSION)
        lid = (ctypes.c_char * 16).from_buffer_copy(LID)
        self._user.RegisterPowerSettingNotification(window, ctypes.byref(lid), WINDOW_HANDLE)
        self._user.RegisterSuspendResumeNotification(window, WINDOW_HANDLE)
        self._user.SetTimer(window, 1, SECOND_MS, None)
        self._teller.say("heard computer")
        message = ctypes.create_string_buffer(64)
        while self._user.GetMessageW(message, None, 0, 0) > 0:
            self._user.DispatchMessageW(message)
        return 0

    def _message(self, window: int, message: int, word: int, more: int) -> int:
        if message == WM_TIMER:
            self._teller.say(f"idle {self._idle_ms()}")
            return 0
        was, shut = self._lid_shut, self._lid(message, word, more)
        what, reason = said(message, word, shut, was)
        if shut is not None:
            self._lid_shut = shut
        if what == "lock":
            self._teller.say(f"lock {reason}")
        elif what == "leaving":
            self._teller.leaving(reason)
            return 1
        return int(self._user.DefWindowProcW(window, message, word, more))

    @staticmethod
    def _lid(message: int, word: int, more: int) -> bool | None:
        """`POWERBROADCAST_SETTING`: which setting (16 bytes), length (4), value: 0 is a lid that was shut."""
        if message != WM_POWERBROADCAST or word != PBT_POWERSETTINGCHANGE or not more:
            return None
        setting = ctypes.string_at(more, 21)
        return setting[20] == 0 if setting[:16] == LID else None

    def _idle_ms(self) -> int:
        last = _LastInput(size=ctypes.sizeof(_LastInput))
        self._user.GetLastInputInfo(ctypes.byref(last))
        return int(self._kernel.GetTickCount() - last.tick_ms) & 0xFFFFFFFF


def listen(teller: Teller) -> int:
    """Until the keeper is gone; the exit status."""
    return _Listener(teller).run()
