"""Photos of a job that were copied and never looked at are read while its board is open."""

from __future__ import annotations

from functools import partial

from photodesk.importing.unread import not_looked_at
from photodesk.progress import Progress
from photodesk.ui.importing.board import Board, BoardState
from photodesk.ui.importing.shot_views import ShotViews
from photodesk.ui.page import PageContext, Request, sentence

REREAD_EVERY = 24


class ReadingOn:
    """One job at a time, in the background; the board is read again every few photos and at the end."""

    def __init__(self, context: PageContext, views: ShotViews) -> None:
        self._context = context
        self._views = views
        self._board: Board | None = None
        self._request: Request | None = None

    def look_at(self, board: Board, state: BoardState) -> None:
        """Begin where a shot of this board was not read; once for each time it is opened."""
        imports = self._context.imports
        if board is self._board or imports is None:
            return
        if not any(not_looked_at(one.shot) for one in state.shots.values()) or board.job_id in imports.active_jobs():
            return
        self.leave()
        self._board = board
        self._request = self._context.tasks.long(
            partial(imports.read_unread, board.job_id),
            partial(self._read, board),
            lambda failure: self._context.navigate.say(sentence(failure)),
            partial(self._advanced, board),
        )

    def leave(self) -> None:
        """Another job is shown, or none."""
        if self._request is not None:
            self._request.cancel()
        self._board, self._request = None, None

    def _advanced(self, board: Board, progress: Progress) -> None:
        if progress.done and progress.done % REREAD_EVERY == 0:
            self._read(board, progress.done)

    def _read(self, board: Board, photos: int) -> None:
        if board is self._board and photos:
            self._views.look_again()
