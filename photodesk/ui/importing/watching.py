"""A page that watches one import at a time: one it started, or one that went on behind the lock."""

from __future__ import annotations

from collections.abc import Callable

from photodesk.importing.job import ImportResult
from photodesk.importing.resuming import UnfinishedImport
from photodesk.progress import Cancel, Progress, Report
from photodesk.ui.importing.model import ImportModel
from photodesk.ui.importing.work import source_words, with_files
from photodesk.ui.page import Page, PageContext, Request
from photodesk.ui.words import counted


class WatchesImports(Page):
    """The page says what its end and its failure lead to (`ended`, `broke_off`) and shows the model."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.model = ImportModel()
        self._import: Request | None = None
        self._cancel = Cancel()

    def watch(self, work: Callable[[Report, Cancel], ImportResult], ended: Callable[[ImportResult], None]) -> None:
        """Long work; the page's leaving stops nothing, only `stop` does."""
        self._cancel = cancel = Cancel()
        self._import = self.context.tasks.long(
            lambda report, _dropped: work(report, cancel), ended, self.broke_off, self._advanced
        )
        self.show_model()

    def join(self, order: UnfinishedImport, see_through: Callable[[Report, Cancel], ImportResult]) -> None:
        """Show an import that went on behind the lock, and see it through: Stop stops it as any other."""
        imports, paths = self.context.imports, order.paths
        if imports is None:
            return
        now_ms = self.context.desk.clock.monotonic_ms()
        self.model.began(source_words(paths), now_ms, from_card=False, joined=True)
        self.watch(lambda report, cancel: see_through(with_files(imports, paths, report), cancel), self._joined_ended)

    def stop(self) -> None:
        """Stop copying; what is verified is kept."""
        self.model.stopping = True
        self._cancel.set()
        self.show_model()

    def ended(self, result: ImportResult) -> None:
        """It came to its end."""
        self.model.ended(result)

    def broke_off(self, failure: BaseException) -> None:
        """It did not start, or broke off."""
        self.model.failed(str(failure))

    def show_model(self) -> None:
        """Bring everything to what the model says."""

    def _joined_ended(self, result: ImportResult) -> None:
        self.ended(result)
        safe = sum(outcome.is_safe for outcome in result.outcomes)
        if safe and not self.isVisible():
            self.context.navigate.say(f"{counted(safe, 'photo')} copied while the desk was locked are safe.")
            self.context.navigate.refresh()

    def _advanced(self, progress: Progress) -> None:
        self.model.advanced(progress, self.context.desk.clock.monotonic_ms())
        self.show_model()
