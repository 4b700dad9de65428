"""The one crash handler of every process: kind and places of a fault, never its values, for they may be a patient's."""

from __future__ import annotations

import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

from photodesk.errors import PhotoDeskError

SHOWN_FRAMES = 6


def describe(error: BaseException) -> str:
    """`ValueError at store/chart.py:12 ui/page.py:34`: no message, since messages quote values."""
    frames = traceback.extract_tb(error.__traceback__)[-SHOWN_FRAMES:]
    places = [f"{Path(frame.filename).parent.name}/{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
    return f"{type(error).__name__} at {' '.join(places)}"


def install(part: str) -> None:
    """From now on a fault in this process, on any thread, is one line on standard error."""

    def on_main(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            _tell(part, error)

    def on_thread(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            _tell(part, arguments.exc_value)

    def on_lost(unraisable: sys.UnraisableHookArgs) -> None:
        if unraisable.exc_value is not None:
            _tell(part, unraisable.exc_value)

    sys.excepthook = on_main
    threading.excepthook = on_thread
    sys.unraisablehook = on_lost


def _tell(part: str, error: BaseException) -> None:
    """An error of ours is no fault: a part whose keeper went, for one, says why it ended, by the code alone."""
    if isinstance(error, PhotoDeskError):
        sys.stderr.write(f"photodesk {part}: ended before its work was done ({error.code}). What was saved is safe.\n")
    else:
        sys.stderr.write(f"photodesk {part}: a fault in the program ({describe(error)}). What was saved is safe.\n")
