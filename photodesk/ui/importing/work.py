"""What an import page sets going: the watched import, and saving the report."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from photodesk.clock import local_today
from photodesk.errors import Fixable
from photodesk.importing.cards import is_card
from photodesk.importing.job import Assignment, ImportResult
from photodesk.importing.report import report_text
from photodesk.importing.scan import shown_name
from photodesk.progress import Cancel, Progress, Report
from photodesk.ui.controls import vbox
from photodesk.ui.desk_services import Imports
from photodesk.ui.importing.board_view import BoardView
from photodesk.ui.importing.choosing import ChoosingView, cards_in
from photodesk.ui.importing.foot import ImportFoot
from photodesk.ui.importing.header import ImportHeader
from photodesk.ui.importing.model import ImportProgress
from photodesk.ui.importing.path_dialog import PathDialog
from photodesk.ui.importing.safe_card import SafeCard
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.words import counted

STILL_RUNNING = "It is still being copied, since before the lock. Go on with it when the copy has ended."


def watched(
    imports: Imports, paths: tuple[Path, ...], assignment: Assignment | None
) -> Callable[[Report, Cancel], ImportResult]:
    """Long work that reports each file too."""

    def work(report: Report, cancel: Cancel) -> ImportResult:
        return imports.run(paths, assignment, with_files(imports, paths, report), cancel)

    return work


def with_files(imports: Imports, paths: tuple[Path, ...], report: Report) -> Report:
    """Progress that tells of each file too."""
    card = any(is_card(path) for path in paths)

    def told(now: Progress) -> None:
        counts = (now.what, now.done, now.total, now.done_bytes, now.total_bytes)
        report(ImportProgress(*counts, imports.outcomes(), card))

    return told


def source_words(paths: tuple[Path, ...]) -> str:
    """How a chosen source is called."""
    return paths[0].name if len(paths) == 1 else counted(len(paths), "chosen file")


def card_label(context: PageContext, paths: tuple[Path, ...]) -> str | None:
    """How the card that is mounted there is labelled, "" where it is not; None for what is no card."""
    cards = context.cards
    card = cards.watch.model.card(paths[0]) if cards is not None and len(paths) == 1 else None
    return None if card is None else shown_name(card.look.volume.label)


def look_for_cards(context: PageContext, view: ChoosingView) -> None:
    """Offer the cards that are in; the demo clinic takes none."""
    if not context.clinic.demo:
        context.tasks.decode(cards_in, view.show_cards)


def look_for_unfinished(context: PageContext, view: ChoosingView) -> None:
    """Offer the imports that broke off."""
    if context.imports is not None:
        context.tasks.store(
            context.imports.unfinished,
            lambda found: view.show_unfinished(found, local_today(context.desk.clock)),
            lambda failure: context.navigate.say(sentence(failure)),
        )


ASSIGNED = "Assigned. They are filed when a clinician signs in."


def filed_words(photo_ids: list[str] | None, cards: frozenset[str], *, files_here: bool) -> str:
    """What a toast says after filing; `cards` are no photos. None: only assigned, because the copy goes on."""
    if photo_ids:
        return f"{counted(len(set(photo_ids) - cards), 'photo')} filed."
    if photo_ids is None and files_here:
        return "Assigned. They are filed as soon as all are verified."
    return ASSIGNED if not files_here else "Nothing was left to file."


def count_inbox(context: PageContext) -> None:
    """The rail says how many photos wait."""

    def waiting() -> int:
        return sum(job.undecided for job in context.desk.inbox.jobs())

    context.tasks.store(waiting, context.navigate.inbox_count, lambda failure: context.navigate.say(sentence(failure)))


def why_not_started(failure: BaseException) -> str:
    """The sentence for an import that did not start, or broke off."""
    running = isinstance(failure, Fixable) and failure.code == "import_running"
    return STILL_RUNNING if running else sentence(failure)


def save_report(window: QWidget, context: PageContext, result: ImportResult | None) -> None:
    """The one-page report, without patient names, where the person says."""
    if result is None:
        return
    text = report_text(result, context.desk.clock.wall_ms())

    def write(path: Path) -> None:
        context.tasks.decode(
            partial(path.write_text, text, "utf-8"),
            lambda _: context.navigate.say("Report saved."),
            lambda _: context.navigate.say("The report could not be saved there. Choose another folder."),
        )

    PathDialog(window, "Save the report", "Save", write, name="import-report.txt").open()


class WorkView(QWidget):
    """Header, the board (its right side becomes the safe card), foot."""

    def __init__(self, context: PageContext, screen: str) -> None:
        super().__init__()
        self.header, self.foot = ImportHeader(), ImportFoot()
        self.board, self.safe = BoardView(context, screen), SafeCard()
        self.board.right.addWidget(self.safe)
        column = vbox(self)
        column.addWidget(self.header)
        column.addWidget(self.board, 1)
        column.addWidget(self.foot)
