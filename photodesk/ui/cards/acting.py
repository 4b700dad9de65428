"""What is done with a card that is in: imported, ejected, dismissed, noted as cleared."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from photodesk.background import volumes
from photodesk.importing.job import Assignment, ImportResult
from photodesk.importing.resuming import UnfinishedImport
from photodesk.importing.volume import Volume
from photodesk.progress import Cancel, Progress, Report
from photodesk.ui.cards.model import CardState
from photodesk.ui.cards.watching import CardWatch
from photodesk.ui.page import sentence

BACK = "The card is back. Copying goes on where it stopped."
SAFE_OUT = "The card may be taken out."


class CardActions:
    """Acts on the cards of a watch. Everything that waits is done elsewhere; answers come as sentences."""

    def __init__(self, watch: CardWatch, eject: Callable[[Volume], str] = volumes.eject) -> None:
        self.watch, self._eject = watch, eject
        watch.back.connect(self.go_on)

    def go_on(self, root: Path) -> None:
        """A pulled card is in again: its import goes on by itself."""
        self.watch.context.navigate.say(BACK)
        self.import_card(root)

    def dismiss(self, root: Path) -> None:
        """The banner may go; the card stays on the home page."""
        self.watch.model.dismissed |= {root}
        self.watch.changed.emit()

    def import_card(self, root: Path) -> None:
        """Import it: on the import page, or beside the import that is shown there."""
        card = self.watch.model.card(root)
        if card is None or not card.can_import:
            return
        assignment = card.unfinished.assignment if card.unfinished is not None else None
        if self.watch.context.navigate.import_card(root, assignment):
            self.watch.put(card, state=CardState.COPYING)
            self.watch.context.tasks.store(partial(self._job_of, root), partial(self.watch.begun, root), self._failed)
            return
        self.watch.put(card, state=CardState.COPYING, progress=Progress("Looking at the files"))
        self._run_beside(root, assignment, partial(self.imported, root))

    def _run_beside(self, root: Path, assignment: Assignment | None, ended: Callable[[ImportResult], None]) -> None:
        imports = self.watch.context.imports
        if imports is None:
            return

        def work(report: Report, cancel: Cancel) -> ImportResult:
            return imports.run((root,), assignment, report, cancel, beside=True)

        self.watch.context.tasks.long(work, ended, partial(self._not_imported, root), partial(self._advanced, root))

    def erase(self, root: Path, page: QWidget) -> None:
        """Ask whether a card that is in the store may be erased; one of an earlier day is read again for it first."""
        card = self.watch.model.card(root)
        if card is None or not card.may_be_erased:
            return
        if card.result is not None:
            self._ask_to_erase(page, card.result)
            return

        def read_again(result: ImportResult) -> None:
            self.imported(root, result)
            self._ask_to_erase(page, result)

        self.watch.put(card, state=CardState.COPYING, progress=Progress("Looking at the files"))
        self._run_beside(root, None, read_again)

    def _ask_to_erase(self, page: QWidget, result: ImportResult) -> None:
        from photodesk.ui.cards.after_import import AfterImport  # it opens dialogs of the import page, made of cards

        AfterImport(page, self.watch.context, lambda: result).erase()

    def _job_of(self, root: Path) -> UnfinishedImport | None:
        imports = self.watch.context.imports
        unfinished = imports.unfinished() if imports is not None else ()
        return next((one for one in unfinished if root in one.paths), None)

    def _advanced(self, root: Path, progress: Progress) -> None:
        card = self.watch.model.card(root)
        if card is not None:
            self.watch.put(card, progress=progress)

    def imported(self, root: Path, result: ImportResult) -> None:
        """An import of this card has ended."""
        card = self.watch.model.card(root)
        if card is not None:
            state = CardState.SAFE if result.all_safe else CardState.UNSAFE
            self.watch.put(card, state=state, result=result, unfinished=None)
        if result.receipt is not None:
            name = f"{card.title}: " if card is not None else ""
            self.watch.context.navigate.say(f"{name}{result.receipt['statement']}")
        self.watch.read_register()
        self.watch.context.navigate.refresh()

    def _not_imported(self, root: Path, failure: BaseException) -> None:
        card = self.watch.model.card(root)
        if card is not None:
            self.watch.put(card, state=CardState.FOUND, trouble=sentence(failure))

    def eject(self, root: Path) -> None:
        """Let go of the card; the answer is told in words."""
        card = self.watch.model.card(root)
        if card is None or not card.can_eject:
            return
        self.watch.put(card, state=CardState.EJECTING, trouble="")
        work = partial(self._eject, card.look.volume)
        self.watch.context.tasks.decode(
            work, partial(self._ejected, root, card.state), partial(self._not_ejected, root)
        )

    def _ejected(self, root: Path, before: CardState, why_not: str) -> None:
        card = self.watch.model.card(root)
        if card is not None and why_not:
            self.watch.put(card, state=before, trouble=why_not)
        self.watch.context.navigate.say(why_not or SAFE_OUT)
        self.watch.look()

    def _not_ejected(self, root: Path, failure: BaseException) -> None:
        self._ejected(root, CardState.FOUND, sentence(failure))

    def clear(self, card_id: str) -> None:
        """A person says that a card was formatted in the camera."""
        work = partial(self.watch.context.desk.cards.cleared, card_id)
        self.watch.context.tasks.store(work, lambda _: self.watch.read_register(), self._failed)

    def _failed(self, failure: BaseException) -> None:
        self.watch.context.navigate.say(sentence(failure))
