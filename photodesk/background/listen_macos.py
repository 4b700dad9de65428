"""What macOS says: screen locked, another user, sleep, power off, screens asleep.

Runs in a child of its own (`watch_child`), whose main thread turns the run loop that these notifications need. The few
calls go to the Objective-C runtime through `ctypes`. Written from Apple's documentation; not run by us.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from typing import Any

from photodesk.background.watch_child import Teller

LOCKS = {
    "com.apple.screenIsLocked": "system_lock",
    "com.apple.screensaver.didstart": "screen_lock",
    "NSWorkspaceSessionDidResignActiveNotification": "user_switch",
    "NSWorkspaceScreensDidSleepNotification": "screen_lock",
}
LEAVES = {
    "NSWorkspaceWillSleepNotification": "suspend",
    "NSWorkspaceWillPowerOffNotification": "shutdown",
}
DISTRIBUTED = "com.apple."
SECOND_S = 1.0
COMBINED_SESSION, ANY_INPUT = 0, 0xFFFFFFFF


def said(name: str) -> tuple[str, str]:
    """(`lock` or `leaving`, reason) for a notification; ("", "") for another one."""
    if name in LOCKS:
        return "lock", LOCKS[name]
    return ("leaving", LEAVES[name]) if name in LEAVES else ("", "")


class _Runtime:
    """The Objective-C calls this takes."""

    def __init__(self) -> None:
        self.objc: Any = ctypes.CDLL(ctypes.util.find_library("objc"))
        ctypes.CDLL(ctypes.util.find_library("AppKit"))
        self.graphics: Any = ctypes.CDLL(ctypes.util.find_library("CoreGraphics"))
        self.graphics.CGEventSourceSecondsSinceLastEventType.restype = ctypes.c_double
        for name in ("objc_getClass", "sel_registerName", "objc_allocateClassPair"):
            getattr(self.objc, name).restype = ctypes.c_void_p

    def kind(self, name: str) -> int:
        """A class."""
        return int(self.objc.objc_getClass(name.encode()))

    def selector(self, name: str) -> ctypes.c_void_p:
        """A message's name."""
        return ctypes.c_void_p(self.objc.sel_registerName(name.encode()))

    def send(self, to: int, message: str, *arguments: Any, result: Any = ctypes.c_void_p) -> Any:
        """Send a message; arguments are pointers or `ctypes` values."""
        kinds = [type(one) if isinstance(one, ctypes.c_double) else ctypes.c_void_p for one in arguments]
        call = ctypes.CFUNCTYPE(result, ctypes.c_void_p, ctypes.c_void_p, *kinds)(("objc_msgSend", self.objc))
        return call(to, self.selector(message), *arguments)

    def text(self, words: str) -> int:
        """An NSString."""
        return int(self.send(self.kind("NSString"), "stringWithUTF8String:", ctypes.c_char_p(words.encode())))

    def words(self, text: int) -> str:
        """From an NSString."""
        found: bytes = self.send(text, "UTF8String", result=ctypes.c_char_p)
        return found.decode("utf-8", "replace")


def listen(teller: Teller) -> int:
    """Until the keeper is gone; the exit status."""
    runtime = _Runtime()
    method = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)

    def heard(_self: int, _selector: int, notification: int) -> None:
        what, reason = said(runtime.words(runtime.send(notification, "name")))
        if what == "lock":
            teller.say(f"lock {reason}")
        elif what == "leaving":
            teller.leaving(reason)

    kept = method(heard)
    base = ctypes.c_void_p(runtime.kind("NSObject"))
    made = ctypes.c_void_p(runtime.objc.objc_allocateClassPair(base, b"PhotoDeskListener", 0))
    runtime.objc.class_addMethod(made, runtime.selector("heard:"), kept, b"v@:@")
    runtime.objc.objc_registerClassPair(made)
    listener = runtime.send(runtime.send(int(made.value or 0), "alloc"), "init")
    shared = runtime.send(runtime.kind("NSWorkspace"), "sharedWorkspace")
    local = runtime.send(shared, "notificationCenter")
    distributed = runtime.send(runtime.kind("NSDistributedNotificationCenter"), "defaultCenter")
    for name in (*LOCKS, *LEAVES):
        centre = distributed if name.startswith(DISTRIBUTED) else local
        added = (listener, runtime.selector("heard:"), runtime.text(name), None)
        runtime.send(centre, "addObserver:selector:name:object:", *added)
    teller.say("heard computer")
    loop = runtime.send(runtime.kind("NSRunLoop"), "currentRunLoop")
    while True:
        until = runtime.send(runtime.kind("NSDate"), "dateWithTimeIntervalSinceNow:", ctypes.c_double(SECOND_S))
        runtime.send(loop, "runUntilDate:", until)
        idle_s = runtime.graphics.CGEventSourceSecondsSinceLastEventType(COMBINED_SESSION, ctypes.c_uint32(ANY_INPUT))
        teller.say(f"idle {int(idle_s * 1000)}")
