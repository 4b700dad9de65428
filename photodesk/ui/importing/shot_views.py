"""Pictures of waiting shots for a board: through the gate only, logged for its screen, dropped when it is left."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from photodesk.desk.roles import Right
from photodesk.ui.importing.group_list import GroupList
from photodesk.ui.importing.model import Tile
from photodesk.ui.importing.tile_grid import TileGrid
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.screen_watch import ScreenWatch


class ShotViews(QObject):
    """At the counter (a role that opens no chart) wells stay empty until one is pointed at.

    `made`: there are pictures where there were none.
    """

    made = Signal()

    def __init__(self, context: PageContext, screen: str, grid: TileGrid, groups: GroupList) -> None:
        super().__init__(grid)
        self._context, self._screen, self._grid, self._groups = context, screen, grid, groups
        self.job_id = ""
        grid.tile_model.colours = groups.colours = context.colours
        self._screens = ScreenWatch(grid, context.colours, self._anew)
        if not context.desk.may(Right.SEE_CHART):
            grid.hide_until_pointed()
            groups.previews = False
        grid.looked_away.connect(self._leave_gate)
        grid.wanted.connect(self._fetch)
        groups.wanted.connect(self._fetch_for_groups)

    def show_job(self, job_id: str) -> None:
        """Pictures of another job."""
        if job_id != self.job_id:
            self.forget()
            self.job_id = job_id

    def ask(self) -> None:
        """The page is shown: ask again for what is in sight."""
        self._screens.look(self._grid.screen())
        self._grid.ask()
        self._groups.ask()

    def look_again(self) -> None:
        """Pictures were made meanwhile: what is in sight is asked for anew."""
        self._anew()
        self.made.emit()

    def _anew(self) -> None:
        self.forget()
        self._grid.ask()
        self._groups.ask()

    def forget(self) -> None:
        """What was seen is dropped."""
        self._grid.forget()
        self._groups.forget()

    def leave(self) -> None:
        """The page is left: the gate hears it."""
        self.forget()
        self._leave_gate()

    def _leave_gate(self) -> None:
        leave = partial(self._context.desk.gate.leave, self._screen)
        self._context.tasks.store(leave, lambda _: None, self._failed)

    def _fetch(self, tiles: tuple[Tile, ...]) -> None:
        asked = tuple(tile.shot_id for tile in tiles if not tile.filed)
        if asked and self.job_id:
            work = partial(self._context.desk.gate.view_shots, self.job_id, asked, self._screen)
            self._context.tasks.store(work, lambda found: self._grid.took(found, asked), self._failed)

    def _fetch_for_groups(self, shot_ids: tuple[str, ...]) -> None:
        if self.job_id:
            work = partial(self._context.desk.gate.view_shots, self.job_id, shot_ids, self._screen)
            self._context.tasks.store(work, self._groups.took, self._failed)

    def _failed(self, failure: BaseException) -> None:
        self._context.navigate.say(sentence(failure))
