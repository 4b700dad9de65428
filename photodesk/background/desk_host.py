"""What a desk process gives the windows that run in it.

The keeper's pushes arrive on the link's reader thread; `Pushes` brings them to the GUI thread and keeps those that come
before anybody watches.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from photodesk.background.keeper_link import KeeperLink, Push
from photodesk.clock import Clock


class Pushes(QObject):
    """`Show`, `SaveDrafts`, `ImportSummary` from the keeper, on the GUI thread."""

    _came = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._early: list[Push] = []
        self._handler: Callable[[Push], None] | None = None
        self._came.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def put(self, push: Push) -> None:
        """From any thread."""
        self._came.emit(push)

    def watch(self, handler: Callable[[Push], None]) -> None:
        """Who takes them from now on, on the GUI thread; those that came before are taken at once."""
        self._handler = handler
        early, self._early = self._early, []
        for push in early:
            handler(push)

    def _take(self, push: Push) -> None:
        if self._handler is None:
            self._early.append(push)
        else:
            self._handler(push)


@dataclass(frozen=True)
class DeskHost:
    """One desk process. `folder` is the store's; with `demo_password` it is the demo's desk, which marks every screen
    and signs in by itself.

    What the windows do with the link: draw the sign-in, say `spare_ready`, show it when `link.front` or on `Show`, then
    say `shown`; after sign-in call `alive(ms until the idle lock)` about every second from the GUI thread, `keep_place`
    when the place changes, `drafts_saved` on `SaveDrafts`, `lock(reason)` to lock, `quit` to close PhotoDesk. The
    process is ended by the keeper; `link.founded` False means that set-up comes first, then `link.founded_now()`.
    """

    link: KeeperLink
    pushes: Pushes
    folder: Path
    clock: Clock
    demo_password: str = ""

    @property
    def demo(self) -> bool:
        """Whether every screen is marked DEMO."""
        return bool(self.demo_password)
