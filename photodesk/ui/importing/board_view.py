"""Groups at the left, the chosen one's files at the right, and the keys that sort, place and file them."""

from __future__ import annotations

from datetime import date
from functools import partial

from PySide6.QtCore import QMargins, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from photodesk.clock import local_today
from photodesk.desk.roles import Right
from photodesk.patients import Patient
from photodesk.ui.controls import Line, hbox, vbox
from photodesk.ui.importing.board import Board, BoardState
from photodesk.ui.importing.board_changes import BoardChanges
from photodesk.ui.importing.board_keys import BoardKeys
from photodesk.ui.importing.board_model import BoardModel, Filing
from photodesk.ui.importing.group_head import GroupHead
from photodesk.ui.importing.groups_side import GAPS, GroupsSide
from photodesk.ui.importing.places_strip import PlacesStrip
from photodesk.ui.importing.reading_on import ReadingOn
from photodesk.ui.importing.shot_views import ShotViews
from photodesk.ui.importing.tile_grid import TileGrid
from photodesk.ui.page import PageContext, sentence

WIDE_PX, NARROW_PX, NARROW_BELOW_PX = 372, 344, 1360


class BoardView(QWidget):
    """One job's board. `file_asked` carries a `Filing`; `changed` says that something else is to be shown."""

    file_asked = Signal(object)
    changed = Signal()

    def __init__(self, context: PageContext, screen: str) -> None:
        super().__init__()
        self.context = context
        self.board: Board | None = None
        self.nothing = ""  # what is said where there is no group at all
        self._reading = False
        self._read_again = False
        self.model = BoardModel(local_today(context.desk.clock))
        self.side, self.head, self.places, self.grid = GroupsSide(), GroupHead(context), PlacesStrip(), TileGrid()
        self.views = ShotViews(context, screen, self.grid, self.side.groups)
        self._unread = ReadingOn(context, self.views)
        right = QWidget()
        column = vbox(right, 12, QMargins(20, 16, 4, 0))
        upper = vbox(None, 12, QMargins(4, 0, 20, 0))
        upper.addWidget(self.head)
        upper.addWidget(self.places)
        column.addLayout(upper)
        column.addWidget(self.grid, 1)
        self.right = QStackedWidget()
        self.right.addWidget(right)
        self.photos = right
        row = hbox(self)
        row.addWidget(self.side)
        row.addWidget(Line(vertical=True))
        row.addWidget(self.right, 1)
        self.changes = BoardChanges(self)
        self._keys = BoardKeys(self)
        self._connect()

    def _connect(self) -> None:
        groups = self.side.groups
        groups.picked.connect(self.pick)
        groups.dropped.connect(self.changes.drop)
        groups.into_tiles.connect(self.grid.step_in)
        self.grid.beyond.connect(self.step)
        self.views.made.connect(self.reread)
        self.grid.selectionModel().selectionChanged.connect(lambda *_: self._show_choice())
        self.places.placed.connect(self.changes.place)
        self.head.patient_chosen.connect(self._patient_chosen)
        self.head.file_asked.connect(self._file)
        self.side.clock.changed.connect(lambda ms: self.changes.make(lambda board: board.set_offset(ms)))
        self.side.gap.picked.connect(lambda ms: self.changes.make(lambda board: board.set_gap(int(ms))))

    # -- which job --

    def show_job(self, job_id: str) -> None:
        """Show a job's board; "" is none yet."""
        if job_id == (self.board.job_id if self.board is not None else ""):
            return
        self.model.forget()
        self.views.show_job(job_id)
        self._unread.leave()
        self.board = Board(self.context.desk, job_id) if job_id and self.context.desk.may(Right.SEE_INBOX) else None
        self.reread()

    def reread(self) -> None:
        """Ask the desk how the groups are now; while one answer is on its way only one more is asked for."""
        if self.board is None:
            self.show_model()
        elif self._reading:
            self._read_again = True
        else:
            self._reading = True
            self.context.tasks.store(self.board.read, partial(self._read, self.board), self.failed)

    def _read(self, board: Board, state: BoardState) -> None:
        self._reading = False
        if board is self.board:
            self.took(state)
        if self._read_again:
            self._read_again = False
            self.reread()

    def failed(self, failure: BaseException) -> None:
        """Something could not be read or changed: a sentence, and the board as it was."""
        self._reading = self._read_again = False
        self.context.navigate.say(sentence(failure))

    def took(self, state: BoardState) -> None:
        """The groups as they are now."""
        if self.board is not None and state.job_id == self.board.job_id:
            self.model.take(state)
            self.show_model()
            self._ask_recent()
            self._unread.look_at(self.board, state)
            self.changed.emit()

    # -- showing --

    def show_model(self) -> None:
        """Bring everything to what the model says."""
        model, side = self.model, self.side
        side.count.set_text(model.count_words())
        if model.state is not None:
            side.clock.show_offset(model.state.offset_ms, model.state.suggested_offset_ms)
            if side.gap.value != str(model.state.gap_ms):
                side.gap.set_choices(GAPS, str(model.state.gap_ms))
        side.groups.show_lines(model.lines(), model.chosen)
        self._show_group()

    def _show_group(self) -> None:
        model = self.model
        title = model.title() or self.nothing
        may = {"can_file": model.can_file(), "can_change": model.can_change()}
        self.head.show_group(title, model.under(), model.patient(), (model.day(), model.visit_id()), **may)
        self.grid.show_tiles(model.tiles())
        self.places.setVisible(model.can_file())
        self._show_choice()

    def _show_choice(self) -> None:
        group = self.model.group
        self.places.show_choice(len(self.grid.chosen()), len(group.shot_ids) if group is not None else 0)

    def _ask_recent(self) -> None:
        patient, board = self.model.patient(), self.board
        if board is None or patient is None or self.model.is_guess():
            self.places.show_recent(())
            return
        self.context.tasks.store(
            partial(board.recent, patient.patient_id), self.places.show_recent, lambda _: self.places.show_recent(())
        )

    # -- choosing --

    def pick(self, group_id: str) -> None:
        """Show this group."""
        if group_id != self.model.chosen:
            self.model.chosen, self.model.picked_by_hand = group_id, True
            self.grid.choose_none()
            self.grid.scrollToTop()
            self.show_model()
            self._ask_recent()

    def step(self, by: int) -> None:
        """The group above or below, with the keyboard back among the groups."""
        self.side.groups.setFocus()
        self.pick(self.model.neighbour(by))

    def escape(self) -> bool:
        """`Esc` chooses nothing and leaves the tiles; False when there was nothing to leave."""
        if self.grid.choose_none() or self.grid.hasFocus():
            self.side.groups.setFocus()
            return True
        return False

    def acting_on(self) -> tuple[str, ...]:
        """The photos a choice is for: those chosen, or the whole group."""
        group = self.model.group
        return self.grid.chosen() or (group.shot_ids if group is not None else ())

    def _patient_chosen(self, patient: Patient) -> None:
        self.model.choose_patient(patient)
        self.show_model()
        self._ask_recent()
        self.side.groups.setFocus()

    # -- filing --

    def _file(self, when: tuple[date, str]) -> None:
        filing = self.model.filing(*when)
        if filing is not None:
            self.file_asked.emit(filing)

    def filed(self, filing: Filing, *, in_chart: bool) -> None:
        """The desk has filed or assigned them."""
        self.model.filed(filing, in_chart=in_chart)
        self.grid.choose_none()
        self.show_model()
        if in_chart:
            self.changes.make(lambda board: board.forget_filed(filing.shot_ids))
        else:
            self.reread()

    # -- keys --

    def key(self, event: QKeyEvent) -> bool:
        """The page got a key; True when it was for the board."""
        return self._keys.press(event)

    def resizeEvent(self, _event: object) -> None:
        self.side.setFixedWidth(WIDE_PX if self.width() >= NARROW_BELOW_PX else NARROW_PX)
