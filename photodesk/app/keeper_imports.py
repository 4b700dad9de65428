"""Importers: children of the keeper, so that a copy goes on while the desk is locked."""

from __future__ import annotations

from collections.abc import Callable

from photodesk.app.keeper_loop import Loop, Peer
from photodesk.errors import Fixable
from photodesk.protocol import messages as m
from photodesk.protocol.channel import pair


class Imports:
    """One importer a job. `summarised` is told whenever what the lock screen says has changed."""

    def __init__(
        self, loop: Loop, start_importer: Callable[[], Peer], summarised: Callable[[m.ImportSummary], None]
    ) -> None:
        self._loop = loop
        self._start_importer = start_importer
        self._summarised = summarised
        self._running: dict[str, tuple[Peer, m.ImportState]] = {}

    def start(self, desk: Peer, request: m.StartImport) -> None:
        """A new importer, and a stream between it and the desk."""
        if request.job_id in self._running:
            raise Fixable("import_running", "This import is running already.", "Wait until it has ended.")
        importer = self._start_importer()
        importer.job_id = request.job_id
        importer.person_id, importer.role = desk.person_id, desk.role
        self._running[request.job_id] = (importer, m.ImportState(request.job_id, "", 0, 0))
        self._join(desk, importer, request)

    def attach(self, desk: Peer, request: m.AttachImport) -> None:
        """A stream to an importer that runs; `Fixable("import_not_running")`."""
        if request.job_id not in self._running:
            raise Fixable("import_not_running", "This import is not running any more.", "Start it again.")
        self._join(desk, self._running[request.job_id][0], request)

    def told(self, peer: Peer, state: m.ImportState) -> None:
        """An importer says how far it is."""
        if self._running.get(peer.job_id, (None,))[0] is peer and state.job_id == peer.job_id:
            self._running[peer.job_id] = (peer, state)
            self._summarised(self.summary())

    def gone(self, peer: Peer) -> None:
        """An importer has ended."""
        self._running.pop(peer.job_id, None)
        self._summarised(self.summary())

    def states(self) -> tuple[m.ImportState, ...]:
        """What runs."""
        return tuple(state for _, state in self._running.values())

    def summary(self) -> m.ImportSummary:
        """All of it in one line for the lock screen; empty when nothing runs."""
        states = [state for state in self.states() if not state.finished]
        done, total = sum(state.done for state in states), sum(state.total for state in states)
        words = "Photos copied" if total and done >= total else "Copying photos"
        return m.ImportSummary(words if states else "", done, total)

    def end_all(self) -> None:
        """End every importer at once; what is verified stays, and the job is resumed by the same order."""
        for peer, _ in self._running.values():
            self._loop.drop(peer)
        self._running.clear()

    def _join(self, desk: Peer, importer: Peer, request: m.StartImport | m.AttachImport) -> None:
        theirs, ours = pair()
        self._loop.post(importer, m.ImporterAttached(0, request.job_id), (theirs.detach(),))
        self._loop.post(desk, m.ImporterAttached(request.number, request.job_id), (ours.detach(),))
