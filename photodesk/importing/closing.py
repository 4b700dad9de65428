"""The end of an import: its entry in the log, its receipt, its report, the card's state, and erasing when asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from photodesk.errors import Fixable, PhotoDeskError
from photodesk.importing.card_notes import CardNotes
from photodesk.importing.erasing import EraseList, check_policy, erase_list, erase_source, why_not
from photodesk.importing.job import ImportResult, Stop
from photodesk.importing.reading import Card, DiskCard
from photodesk.importing.receipt import make_receipt, receipt_document
from photodesk.importing.report import report_of_document
from photodesk.importing.resuming import order_of
from photodesk.importing.scan import Found
from photodesk.importing.volume import Volume
from photodesk.importing.workplace import JobSummary, Workplace
from photodesk.log.entry import Action, Entry
from photodesk.progress import Cancel, Report, silent
from photodesk.store.packs import pack_numbers


class ImportClosing:
    """What is done with an import once nothing more is copied. `volumes` tells what is mounted."""

    def __init__(self, workplace: Workplace, volumes: Callable[[], tuple[Volume, ...]]) -> None:
        self._workplace = workplace
        self.notes = CardNotes(workplace, volumes)

    def close(self, result: ImportResult, found: Sequence[Found] = ()) -> ImportResult:
        """Log the end, make and keep the receipt, note the card's state, keep the job's document.

        `found` are the files as they were when the import began. An interrupted job stays resumable.
        """
        workplace = self._workplace
        self.log(result.job_id, "", "interrupted" if result.stopped else "ended", result.counts)
        at = self.notes.of_job(result.job_id)
        label, serial, card_id = (at.label, at.serial, at.card_id) if at else ("", "", "")
        receipt = make_receipt(workplace, result, label, serial, card_id)
        workplace.catalog.keep_receipt(workplace.change("import"), receipt)
        result.receipt = receipt_document(receipt)
        if at is not None:
            self.notes.was_imported(result, at, found)
        summary = JobSummary.parse(workplace.catalog.job(result.job_id).summary)
        summary.ended_at_ms = workplace.clock.wall_ms()
        summary.document = result.document()
        state = "interrupted" if result.stopped is not None else "copied"
        if state == "copied" and not pack_numbers(workplace.layout, result.job_id):
            state = "done"
        workplace.catalog.update_job(workplace.change("import"), result.job_id, state=state, summary=summary.text)
        return result

    def log(self, job_id: str, patient_id: str, outcome: str, counts: dict[str, int]) -> None:
        """An import's entry: that it began, or how it ended."""
        self._workplace.keeper.append(
            Entry(
                action=Action.IMPORT,
                person_id=self._workplace.person_id,
                role=self._workplace.role,
                patient_id=patient_id,
                outcome=outcome,
                details={"job": job_id, **{name: str(count) for name, count in counts.items()}},
            )
        )

    def erase(
        self,
        result: ImportResult,
        paths: Sequence[Path],
        report: Report = silent,
        cancel: Cancel | None = None,
        card: Card | None = None,
    ) -> list[dict[str, Any]]:
        """Erase a finished import's files from its card: one `(name, erased, reason)` object a file.

        Fixable or Refused with why not, then nothing was erased.
        """
        check_policy(self._workplace)
        erased = erase_source(self._workplace, result, paths, card or DiskCard(paths), report, cancel or Cancel())
        result.erased = erased
        self.notes.was_erased(result)
        return erased

    def erase_at_end(
        self, result: ImportResult, paths: Sequence[Path], report: Report, cancel: Cancel, card: Card | None
    ) -> None:
        """The same, as part of an import: what keeps the files on the card is told with the result."""
        try:
            self.erase(result, paths, report, cancel, card)
        except PhotoDeskError as refused:
            result.not_erased = Stop(refused.code, refused.message, refused.remedy)

    def why_not_erase(self, result: ImportResult) -> PhotoDeskError | None:
        """What keeps this import's card from being erased now, or None."""
        return why_not(self._workplace, result)

    def erase_list(self, result: ImportResult, paths: Sequence[Path]) -> EraseList:
        """What erasing would delete now. Fixable `path_missing` where the card is not in."""
        return erase_list(self._workplace, result, paths)

    # -- later --

    def sources(self, job_id: str) -> tuple[Path, ...]:
        """What a job was told to import; the paths may be gone."""
        return order_of(self._workplace.catalog.job(job_id)).paths

    def receipt(self, job_id: str) -> dict[str, Any]:
        """The receipt of a job; Fixable `job_unknown`, `no_receipt` while it runs."""
        self._workplace.catalog.job(job_id)
        kept = self._workplace.catalog.receipt(job_id)
        if kept is None:
            raise Fixable("no_receipt", "This import has no receipt yet.", "It is made when the import ends.")
        return receipt_document(kept)

    def report(self, job_id: str) -> str:
        """The one-page report of a job that has ended or was stopped, without patient names. Fixable as `receipt`."""
        summary = JobSummary.parse(self._workplace.catalog.job(job_id).summary)
        if not summary.document:
            raise Fixable("no_report", "This import has no report yet.", "It is made when the import ends.")
        return report_of_document(summary.document, summary.ended_at_ms)
