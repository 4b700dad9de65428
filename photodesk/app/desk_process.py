"""The desk process: `python -m photodesk desk --keeper-fd N --store S`, a child of the keeper with windows.

It begins without any key. When the keeper is gone it ends at once, without asking anybody: that is the lock.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

from photodesk.background.processes import harden


def main(fd: int, store: Path, demo_fd: int | None = None) -> int:
    """Run one desk until the keeper ends it; the exit status. The demo's password is read from `demo_fd`."""
    harden()
    from PySide6.QtWidgets import QApplication

    from photodesk.app.clinic_publisher import ClinicPublisher
    from photodesk.app.window_outside import WindowOutside
    from photodesk.background.desk_host import DeskHost, Pushes
    from photodesk.background.keeper_link import KeeperLink
    from photodesk.clock import SystemClock
    from photodesk.store.layout import Layout
    from photodesk.ui.run_desk import run_desk

    demo_password = "" if demo_fd is None else os.pread(demo_fd, 200, 0).decode("ascii")
    application = QApplication(["photodesk"])
    application.setApplicationName("PhotoDesk")
    application.setQuitOnLastWindowClosed(False)
    pushes = Pushes()
    link = KeeperLink(socket.socket(fileno=fd), "desk", on_push=pushes.put, on_gone=end_now)
    link.publisher = ClinicPublisher(Layout(store), link, SystemClock())
    outside = WindowOutside(link, store, SystemClock())
    return run_desk(application, DeskHost(link, pushes, store, SystemClock(), demo_password), outside)


def end_now() -> None:
    """The end of the pipe means locked: nothing is saved, closed or asked."""
    os._exit(0)
