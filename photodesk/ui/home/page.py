"""The home page: wires its parts to the desk."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QMargins, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from photodesk.clock import local_today
from photodesk.desk.chain import broken_sentence
from photodesk.desk.roles import Right
from photodesk.importing.waiting import Waiting, WaitingGroup, waiting
from photodesk.patients import PatientSummary
from photodesk.ui.cards.home_card import CardsCard
from photodesk.ui.controls import ThumbnailWell, hbox, vbox
from photodesk.ui.home.backup_part import BackupPart
from photodesk.ui.home.cards import SHOWN_GROUPS, InboxCard, WorkstationCard
from photodesk.ui.home.model import HomeModel
from photodesk.ui.home.search import SearchPanel
from photodesk.ui.home.server_part import ServerPart
from photodesk.ui.home.today import TodayTable
from photodesk.ui.home.worklist_part import WorklistPart
from photodesk.ui.importing.separator_dialog import SeparatorDialog
from photodesk.ui.page import Heading, Key, Page, PageContext, Request, sentence
from photodesk.ui.screen_watch import ScreenWatch

if TYPE_CHECKING:
    from photodesk.desk.activity import ChainCheck
    from photodesk.desk.visits import PlannedVisit

SCREEN, FOUND = "home", 50


class HomePage(Page):
    """Typing anywhere goes to the search. `refresh` asks for visits and inbox again."""

    section = "home"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        desk = context.desk
        self._may_find = desk.may(Right.FIND_PATIENTS)
        self._may_chart = desk.may(Right.SEE_CHART)
        self._may_inbox = desk.may(Right.SEE_INBOX)
        self.model = HomeModel(local_today(desk.clock), desk.person.person_id, context.clinic.workstation)
        self.model.may_add = desk.may(Right.EDIT_PATIENTS)
        self._searching: Request | None = None
        self._checking = False
        self.backup = BackupPart(context, self.model.today, self._show_facts, self)
        self.server = ServerPart(context, self.model.today, self._show_facts, self)
        may_plan = self._may_find and desk.may(Right.PLAN_VISITS)
        self.search = SearchPanel(
            self.model,
            may_compare=desk.may(Right.COMPARE),
            may_add=desk.may(Right.EDIT_PATIENTS),
            may_plan=may_plan,
            opens=self._opens(),
        )
        self._may_file = self._may_find and desk.may(Right.FILE_SHOTS)
        self.today = TodayTable(self.model, may_plan=may_plan, may_file=self._may_file)
        self.worklist = WorklistPart(context, self.search, self.today, self._read_visits)
        self.inbox = InboxCard()
        self.workstation = WorkstationCard()
        self._arrange()
        self.search.typed.connect(self._typed)
        self.search.opened.connect(self._open)
        self.search.compared.connect(context.navigate.open_compare)
        self.today.opened.connect(self._open)
        self.today.separators_asked.connect(self.show_separators)
        for keys, act in (("Ctrl+Shift+N", self.worklist.add_visit), ("Ctrl+Shift+S", self.show_separators)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)
        self.inbox.opened.connect(context.navigate.inbox)
        self.search.setVisible(self._may_find)
        self.today.setVisible(self._may_find)
        self.inbox.setVisible(self._may_inbox)
        self._screens = ScreenWatch(self, context.colours, partial(_ask_pictures, self))

    def _arrange(self) -> None:
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        vbox(self).addWidget(scroll)
        holder = QWidget()
        holder.setObjectName("scrolled")
        scroll.setWidget(holder)
        self._columns = hbox(holder, 28, QMargins(32, 28, 32, 28))
        left = vbox(None, 32)
        left.addWidget(self.search)
        left.addWidget(self.today)
        left.addWidget(self.worklist)
        left.addStretch(1)
        self._columns.addLayout(left, 1)
        self._side = QWidget()
        side = vbox(self._side, 20)
        side.addWidget(self.inbox)
        if self.context.cards is not None:
            side.addWidget(CardsCard(self.context.cards))
        side.addWidget(self.workstation)
        side.addStretch(1)
        self._columns.addWidget(self._side)

    def heading(self) -> Heading:
        return Heading("Home", self.context.clinic.workstation)

    def keys(self) -> tuple[Key, ...]:
        found = [Key(("Enter",), self._opens().capitalize())]
        if self.context.desk.may(Right.COMPARE):
            found.append(Key(("Ctrl Enter",), "Compare latest pair"))
        if self.context.desk.may(Right.PLAN_VISITS):
            found.append(Key(("Ctrl Shift N",), "Add a visit of the patient found"))
        if self._may_file:
            found.append(Key(("Ctrl Shift S",), "Separator cards of today's visits"))
        return (Key(("A … Z",), "Type to search"), Key(("↑", "↓"), "Move"), *found)

    def entered(self) -> None:
        self._screens.look(self.screen())
        self.search.edit.setFocus()
        self.search.edit.selectAll()  # typing begins a new search; what was found stays until then
        self.refresh()

    def left(self) -> None:
        gate = self.context.desk.gate
        self.context.tasks.store(partial(gate.leave, SCREEN), lambda _: None, self._failed)

    def refresh(self) -> None:
        desk, tasks = self.context.desk, self.context.tasks
        self._read_visits()
        self.worklist.refresh()
        if self._may_inbox:
            tasks.store(partial(waiting, desk, SHOWN_GROUPS), self._took_waiting, self._failed)
        self._show_facts()
        self.backup.read()
        if desk.chain.last is None and not self._checking:
            self._checking = True
            tasks.decode(desk.chain.check, self._chain_checked, self._chain_unread)

    def _read_visits(self) -> None:
        if self._may_find:
            self.context.tasks.store(self.context.desk.visits.today, self._took_visits, self._failed)

    def show_separators(self) -> None:
        """Print today's separator cards, or show one to the camera."""
        if self._may_file:
            SeparatorDialog(self.window(), self.context).open()

    def escape(self) -> bool:
        return True

    def resizeEvent(self, _event: QResizeEvent) -> None:
        wide = self.width() >= 1400
        margin = 32 if wide else 24
        self._columns.setContentsMargins(margin, 28, margin, 28)
        self._side.setFixedWidth(372 if wide else 320)
        self.search.show_wide(wide)
        self.today.show_wide(wide)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().isprintable() and event.text() and self._may_find:
            self.search.edit.setFocus()
            self.search.edit.insert(event.text())
            return
        super().keyPressEvent(event)

    def _opens(self) -> str:
        """What `Enter` does with a found patient, in this person's roles."""
        desk = self.context.desk
        if desk.may(Right.SEE_CHART):
            return "open timeline"
        return "open" if desk.may(Right.EDIT_PATIENTS) else "who saw this patient"

    def _typed(self, text: str) -> None:
        if self._searching is not None:
            self._searching.cancel()
            self._searching = None
        if not self.model.typed(text):
            self.search.show_model()
            return
        search = partial(self.context.desk.patients.search, text, FOUND)
        self._searching = self.context.tasks.store(search, partial(self._found, text), self._failed)

    def _found(self, text: str, summaries: list[PatientSummary]) -> None:
        if self.model.answered(text, summaries):
            self.search.show_model()

    def _open(self, patient_id: str) -> None:
        navigate, desk = self.context.navigate, self.context.desk
        if self._may_chart:
            navigate.open_patient(patient_id)
        elif desk.may(Right.READ_LOG) and not desk.may(Right.EDIT_PATIENTS):
            navigate.activity(patient_id)
        else:
            navigate.edit_patient(patient_id)

    def _took_visits(self, visits: list[PlannedVisit]) -> None:
        self.model.take_visits(visits)
        self.today.show_model()

    def _took_waiting(self, found: Waiting) -> None:
        self.inbox.show_waiting(found, self.model.today, pictures=self._may_chart)
        self.context.navigate.inbox_count(found.photos - found.assigned)
        _ask_pictures(self)

    def _show_facts(self) -> None:
        desk = self.context.desk
        check = desk.chain.last
        broken = check is not None and not check.intact
        words = (broken_sentence(check, self.context.clinic.workstation),) if check is not None and broken else ()
        self.workstation.show_alarms((*words, *desk.alarms.sentences, *self.server.alarms(), *self.backup.alarms()))
        chain = ("shield-warning" if broken else "shield-check", "Activity log", self.model.chain_words(check))
        facts = [*self.server.facts(), chain, *self.backup.facts()]
        if not desk.has_chart_keys:
            facts.append(("lock-simple", "Charts", "No chart opens at this desk"))
        foot = "Put in a camera card, or choose a folder, to import it." if desk.may(Right.IMPORT) else ""
        self.workstation.show_facts(tuple(facts), foot)

    def _chain_checked(self, _check: ChainCheck) -> None:
        self._show_facts()

    def _chain_unread(self, failure: BaseException) -> None:
        self._checking = False
        self._failed(failure)

    def _failed(self, failure: BaseException) -> None:
        self.context.navigate.say(sentence(failure))


def _ask_pictures(page: HomePage) -> None:
    """Two pictures of each group that waits, in the colours of the screen."""
    context = page.context
    for group, wells in page.inbox.wells:
        if group.picture_ids:
            view = partial(context.desk.gate.view_shots, group.job_id, group.picture_ids, SCREEN)
            context.tasks.store(view, partial(_show_pictures, page, group, wells), page._failed)


def _show_pictures(
    page: HomePage, group: WaitingGroup, wells: tuple[ThumbnailWell, ...], pictures: dict[str, bytes]
) -> None:
    if (group, wells) in page.inbox.wells:
        for well, shot_id in zip(wells, group.picture_ids, strict=False):
            well.show_rendition(pictures.get(shot_id), page.context.colours)
