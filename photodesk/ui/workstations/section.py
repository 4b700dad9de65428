"""Settings, section "Workstations": the clinic's computers, inviting one, shutting one out, one that was lost."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from photodesk.clock import local_today
from photodesk.desk.roles import Right
from photodesk.sync import status as states
from photodesk.sync.enrolling import Invited
from photodesk.sync.workstations import LostWorkstation, WorkstationLine
from photodesk.ui.controls import Card, Dialog, Text, empty, vbox
from photodesk.ui.fonts import TextRole
from photodesk.ui.page import PageContext
from photodesk.ui.settings.section import Section
from photodesk.ui.sync.watch import watch_of
from photodesk.ui.workstations.invite_dialog import InviteDialog
from photodesk.ui.workstations.lost_dialog import LostDialog
from photodesk.ui.workstations.revoke_dialog import RevokeDialog
from photodesk.ui.workstations.roster import Roster

NO_SERVER = "A second workstation joins through a clinic server. Connect one under Clinic server first."
SHUT_OUT = "It is shut out. Tell its people that they can go on working at another workstation."
LOST = (
    "A computer is lost or stolen? Choose it: the page says which patients and photos it held and whether anybody can "
    "open them, and shuts it out."
)


class WorkstationsSection(Section):
    """Read again after each change."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "Workstations")
        self._watch = watch_of(context)
        self._may = context.desk.may(Right.MANAGE_PEOPLE)
        self._cards = vbox(None, 16)
        self.column.addLayout(self._cards)
        self.column.addWidget(_note(LOST))
        self.roster: Roster | None = None
        self.dialog: Dialog | None = None
        self._watch.changed.connect(self._changed)

    def refresh(self) -> None:
        self.context.tasks.store(self._watch.workstations.everyone, self._show, self.failed)

    def invite(self) -> None:
        """Make a code and show it."""
        self.context.tasks.store(self._watch.workstations.invite, self._invited, self.failed)

    def open_line(self, line: WorkstationLine) -> None:
        """What is known of one."""
        work = partial(self._watch.workstations.lost, line.workstation_id)
        self.context.tasks.store(work, self._found, self.failed)

    def revoke(self, line: WorkstationLine) -> None:
        """Ask whether it is shut out."""
        stations, done = self._watch.workstations, self.said(SHUT_OUT)
        self._open(RevokeDialog(self.window(), self.context, stations, line, done))

    def _show(self, lines: Sequence[WorkstationLine]) -> None:
        clock = self.context.desk.clock
        empty(self._cards)
        has_server = self._watch.now.state != states.NONE
        if not has_server:
            self._cards.addWidget(_note(NO_SERVER))
        self.roster = Roster(lines, clock.wall_ms(), local_today(clock), may_manage=self._may and has_server)
        self.roster.invite_asked.connect(self.invite)
        self.roster.chosen.connect(self.open_line)
        self._cards.addWidget(self.roster)

    def _invited(self, invited: Invited) -> None:
        self._open(InviteDialog(self.window(), self.context, invited))

    def _found(self, lost: LostWorkstation) -> None:
        dialog = LostDialog(self.window(), self.context, lost, may_manage=self._may)
        dialog.revoke_asked.connect(partial(self.revoke, lost.line))
        self._open(dialog)

    def _open(self, dialog: Dialog) -> None:
        self.dialog = dialog
        dialog.open()

    def _changed(self) -> None:
        if self.isVisible():
            self.refresh()


def _note(words: str) -> Card:
    card = Card(24, 12)
    card.body.addWidget(Text(words, TextRole.BODY, "ink2", wrap=True))
    return card
