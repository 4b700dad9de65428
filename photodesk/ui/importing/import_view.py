"""The import that is watched: header, board, foot, and the safe card when all is proven; filing its groups."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QStackedWidget

from photodesk.desk.roles import Right
from photodesk.importing.job import ImportResult
from photodesk.ui.cards.after_import import AfterImport
from photodesk.ui.controls import vbox
from photodesk.ui.importing.board_model import Filing
from photodesk.ui.importing.choosing import ChoosingView
from photodesk.ui.importing.extras import extras
from photodesk.ui.importing.model import Phase
from photodesk.ui.importing.watching import WatchesImports
from photodesk.ui.importing.work import WorkView, count_inbox, filed_words, save_report
from photodesk.ui.page import PageContext, sentence

SCREEN, MANY, MANY_EVERY_MS = "import", 2_000, 1_000


class ImportView(WatchesImports):
    """Everything but choosing and keys, which are the page's."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._assigned_meanwhile = False
        self._verified_shown = 0
        self._extras_at_ms = -MANY_EVERY_MS
        self.choosing = ChoosingView(cards=not context.clinic.demo)
        self._work = WorkView(context, SCREEN)
        self.header, self.foot, self.board = self._work.header, self._work.foot, self._work.board
        self.safe, self._right = self._work.safe, self._work.board.right
        self._whole = QStackedWidget()
        self._whole.addWidget(self.choosing)
        self._whole.addWidget(self._work)
        vbox(self).addWidget(self._whole)
        self.header.stop_asked.connect(self.stop)
        self.header.report_asked.connect(self.save_report)
        self.board.file_asked.connect(self.file)
        self.board.changed.connect(self._show_extras)
        self.safe.closed.connect(self.show_photos)
        self.safe.report_asked.connect(self.save_report)
        self.after = AfterImport(self, context, lambda: self.model.result)
        self.safe.receipt_asked.connect(self.after.receipt)
        self.safe.eject_asked.connect(self.after.eject)
        self.safe.erase_asked.connect(self.after.erase)
        self.after.erased.connect(self.safe.erase.hide)

    @property
    def is_choosing(self) -> bool:
        """Whether there is no import to watch yet."""
        return self._whole.currentWidget() is self.choosing

    @property
    def is_safe_shown(self) -> bool:
        """Whether the safe card stands in place of the photos."""
        return not self.is_choosing and self._right.currentWidget() is self.safe

    def show_photos(self) -> None:
        """The photos, with the keyboard among the groups."""
        self._right.setCurrentWidget(self.board.photos)
        self.board.side.groups.setFocus()

    def _show_safe(self) -> None:
        self.safe.show_model(self.model)
        self._right.setCurrentWidget(self.safe)
        self.safe.done.setFocus()

    def ended(self, result: ImportResult) -> None:
        self.model.ended(result)
        if self.model.all_safe:
            self._show_safe()
        self.after.offer_again()
        self.show_model()
        self.board.reread()
        if self.context.desk.may(Right.SEE_INBOX):
            count_inbox(self.context)
        imports = self.context.imports
        if self._assigned_meanwhile and imports is not None:
            self._assigned_meanwhile = False
            self.context.tasks.store(partial(imports.file_parts, result.job_id, ()), self._filed_later, self._failed)

    # -- filing --

    def file(self, filing: Filing) -> None:
        """File a group; while the copy goes on it is assigned, and filed as soon as all is verified."""
        imports, job_id = self.context.imports, self._job_id()
        if imports is None or not job_id:
            return
        self.board.head.rest(True)
        if self.model.phase is Phase.RUNNING:
            self._assigned_meanwhile = True
            work = partial(imports.assign_parts, job_id, filing.parts)
            self.context.tasks.store(work, lambda _: self._filed(filing, None), self._failed)
        else:
            work_now = partial(imports.file_parts, job_id, filing.parts)
            self.context.tasks.store(work_now, partial(self._filed, filing), self._failed)

    def _filed(self, filing: Filing, photo_ids: list[str] | None) -> None:
        self.board.head.rest(False)
        if photo_ids:
            self.model.filed(frozenset(filing.shot_ids))
        else:
            self.model.assigned(frozenset(filing.shot_ids))
        self.context.navigate.say(filed_words(photo_ids, filing.label_ids, files_here=self.context.desk.has_chart_keys))
        self.board.filed(filing, in_chart=bool(photo_ids))
        count_inbox(self.context)
        if self.model.all_safe:
            self.safe.show_model(self.model)
            if not self.board.model.next_open(""):
                self._show_safe()
        self.show_model()

    def _filed_later(self, photo_ids: list[str]) -> None:
        if photo_ids:
            self.board.model.all_filed()
            self.model.filed(frozenset(self.board.model.filed_here))
        if self.model.all_safe:
            self.safe.show_model(self.model)
        self.show_model()
        self.board.reread()

    # -- showing --

    def _job_id(self) -> str:
        if self.model.result is not None:
            return self.model.result.job_id
        return self.context.imports.running_job_id() if self.context.imports is not None else ""

    def show_model(self) -> None:
        """Bring everything to what the model says."""
        model = self.model
        choosing = model.phase is Phase.CHOOSING
        self._whole.setCurrentWidget(self.choosing if choosing else self._work)
        self.choosing.say(model.failure if choosing else "")
        if choosing:
            self._right.setCurrentWidget(self.board.photos)
            return
        self.header.show_model(model, self.board.model.group_count)
        self.foot.show_words(*model.foot(), model.failure or model.trouble)
        self.board.show_job(self._job_id())
        if model.verified != self._verified_shown:
            self._verified_shown = model.verified
            self.board.reread()
        now_ms = self.context.desk.clock.monotonic_ms()
        many = model.phase is Phase.RUNNING and len(model.outcomes) > MANY
        if not many or now_ms - self._extras_at_ms >= MANY_EVERY_MS:
            self._extras_at_ms = now_ms
            self._show_extras()

    def _show_extras(self) -> None:
        model, state = self.model, self.board.model.state
        running = model.phase is Phase.RUNNING
        grouped = state.shots if state is not None else {}
        done = self.board.model.filed_here
        rows = extras(model.outcomes, model.tiles(), {*grouped, *done}, running=running, from_card=model.from_card)
        self.board.nothing = model.nothing.split(".")[0] + "." if model.nothing else ""
        self.board.model.take_extras(rows)
        self.board.show_model()
        self.header.show_groups(model, self.board.model.group_count)

    def save_report(self) -> None:
        """Save the one-page report; also after Stop."""
        save_report(self.window(), self.context, self.model.result)

    def _failed(self, failure: BaseException) -> None:
        self.board.head.rest(False)
        self.context.navigate.say(sentence(failure))
