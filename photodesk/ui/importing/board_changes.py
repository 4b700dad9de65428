"""What a person does with groups and photos of a board: each change is made on the store thread, then shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from photodesk.ui.importing.board import Board, BoardState

if TYPE_CHECKING:
    from photodesk.ui.importing.board_view import BoardView

WHERE_TO_SPLIT = "Choose the photo the new group begins with: press → and walk there."
WHAT_TO_GROUP = "Choose the photos of the new group first."


class BoardChanges:
    """Split, join, move, place, undo."""

    def __init__(self, view: BoardView) -> None:
        self._view = view

    def make(self, change: Callable[[Board], BoardState]) -> None:
        """Change something and show what is then."""
        view, board = self._view, self._view.board
        if board is not None:
            view.context.tasks.store(lambda: change(board), view.took, view.failed)

    def split(self) -> None:
        """A new group begins at the tile with the focus."""
        shot_id = self._view.grid.current()
        if shot_id:
            self.make(lambda board: board.split(shot_id))
        else:
            self._view.context.navigate.say(WHERE_TO_SPLIT)

    def join(self) -> None:
        """The next group becomes part of this one."""
        chosen, after = self._view.model.chosen, self._view.model.after()
        if after and self._view.model.can_file():
            self.make(lambda board: board.join(chosen, after))

    def new_group(self) -> None:
        """The photos chosen make a group of their own."""
        shots = self._view.grid.chosen()
        if shots:
            self.make(lambda board: board.move(shots, None))
        else:
            self._view.context.navigate.say(WHAT_TO_GROUP)

    def drop(self, shot_ids: Sequence[str], group_id: str | None) -> None:
        """Tiles were dragged to a group, or below the last one."""
        if group_id is None or group_id in {group.group_id for group in self._view.model.groups}:
            self.make(lambda board: board.move(shot_ids, group_id))

    def place(self, site: str | None, view: str | None) -> None:
        """Site and view of the photos chosen, or of the whole group."""
        shots = self._view.acting_on()
        if shots and self._view.model.can_file():
            self.make(lambda board: board.place(shots, site=site, view=view))

    def not_cards(self) -> None:
        """What was taken for separator cards are photos."""
        group = self._view.model.group
        shots = [one for one in self._view.grid.chosen() if group is not None and one in group.label_ids]
        if shots:
            self.make(lambda board: board.not_cards(shots))

    def undo(self) -> None:
        """Take the last change back."""
        self.make(lambda board: board.undo())

    def redo(self) -> None:
        """Make it again."""
        self.make(lambda board: board.redo())
