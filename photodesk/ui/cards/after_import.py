"""What can be done once an import is safe: its receipt, ejecting the card, erasing it after asking once more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from photodesk.errors import PhotoDeskError
from photodesk.importing.erasing import EraseList
from photodesk.importing.job import ImportResult
from photodesk.progress import Cancel, Report
from photodesk.ui.cards.erase_dialog import EraseDialog
from photodesk.ui.cards.receipt_dialog import open_receipt
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.words import counted

NOT_AGAIN = "They can still be brought back: restore them in the patient's chart."
NOT_IN = "The card is not in a reader any more."


class AfterImport(QObject):
    """`result` gives the import that is shown, once it has ended; `page` is where dialogs open.

    `erased` tells that its files are gone from the card.
    """

    erased = Signal()

    def __init__(self, page: QWidget, context: PageContext, result: Callable[[], ImportResult | None]) -> None:
        super().__init__(page)
        self._page, self._context, self._result = page, context, result

    def receipt(self) -> None:
        """Show the receipt."""
        result = self._result()
        if result is not None:
            open_receipt(self._page.window(), self._context, result.job_id)

    def eject(self) -> None:
        """Let go of the card this import came from."""
        result, imports, cards = self._result(), self._context.imports, self._context.cards
        if result is None or imports is None or cards is None:
            return

        def found(paths: tuple[Path, ...]) -> None:
            roots = [card.root for card in cards.watch.model.cards]
            root = next((one for one in roots if any(one == path or one in path.parents for path in paths)), None)
            if root is None:
                self._context.navigate.say(NOT_IN)
            else:
                cards.eject(root)

        self._context.tasks.store(lambda: imports.closing.sources(result.job_id), found, self._failed)

    def offer_again(self) -> None:
        """Say what was deleted on purpose and not taken in, with the way to take it in after all."""
        result, imports = self._result(), self._context.imports
        left = sum(1 for one in result.outcomes if one.deleted_before) if result is not None else 0
        if result is None or imports is None or not left:
            return
        was = "was" if left == 1 else "were"
        words = f"{counted(left, 'file')} {was} deleted on purpose before and {was} not taken in."
        self._context.navigate.say(words, "Take in", lambda: self._again(result.job_id))

    def _again(self, job_id: str) -> None:
        tasks, imports, navigate = self._context.tasks, self._context.imports, self._context.navigate
        if imports is None:
            return

        def work(report: Report, cancel: Cancel) -> ImportResult:
            return imports.run(imports.closing.sources(job_id), None, report, cancel, again=True, beside=True)

        def taken(result: ImportResult) -> None:
            fresh = sum(1 for one in result.outcomes if one.is_safe and not one.duplicate)
            navigate.say(f"{counted(fresh, 'file')} taken in again, waiting in the inbox." if fresh else NOT_AGAIN)
            navigate.refresh()

        tasks.long(work, taken, self._failed)

    def erase(self) -> None:
        """List what would go and ask; a sentence where the policy or the card does not allow it."""
        result, imports = self._result(), self._context.imports
        if result is None or imports is None:
            return
        closing = imports.closing

        def plan() -> tuple[tuple[Path, ...], EraseList]:
            refused = closing.why_not_erase(result)
            if refused is not None:
                raise refused
            paths = closing.sources(result.job_id)
            return paths, closing.erase_list(result, paths)

        self._context.tasks.store(plan, lambda planned: self._ask(result, *planned), self._failed)

    def _ask(self, result: ImportResult, paths: tuple[Path, ...], planned: EraseList) -> None:
        tasks, imports = self._context.tasks, self._context.imports
        if imports is None:
            return
        closing = imports.closing

        def start() -> None:
            tasks.long(
                lambda report, cancel: closing.erase(result, paths, report, cancel),
                ended,
                lambda failure: dialog.refused(sentence(failure)),
                dialog.advanced,
            )

        def ended(erased: list[dict[str, Any]]) -> None:
            dialog.ended(erased)
            if all(one["erased"] for one in erased):
                self.erased.emit()

        dialog = EraseDialog(self._page.window(), planned, start)
        if self._context.cards is not None:
            dialog.closed.connect(self._context.cards.watch.look)
        dialog.open()
        dialog.keep.setFocus()

    def _failed(self, failure: BaseException) -> None:
        words = sentence(failure)
        if isinstance(failure, PhotoDeskError) and failure.code == "path_missing":
            words = NOT_IN
        self._context.navigate.say(words)
