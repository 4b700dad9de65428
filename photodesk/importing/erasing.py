"""Erasing the card: a separate act, file by file, only where its bytes still equal what is proven to be stored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from photodesk.errors import Fixable
from photodesk.importing.job import ImportResult, Outcome
from photodesk.importing.reading import Card, NotRead, Reading
from photodesk.importing.scan import Found, scan
from photodesk.importing.workplace import Workplace
from photodesk.log.entry import Action, Entry
from photodesk.progress import Cancel, Progress, Report


def erase_source(
    workplace: Workplace, result: ImportResult, paths: Sequence[Path], card: Card, report: Report, cancel: Cancel
) -> list[dict[str, Any]]:
    """Delete from the card what is proven to be in the store; one `(name, erased, reason)` object a file.

    Refuses as a whole (`Fixable`) unless every file of the job is safe. Each deletion is logged before it happens.
    """
    if not result.all_safe:
        raise Fixable(
            "not_all_safe",
            "Not every file is safe in the store, so nothing was erased.",
            "Import again until every file is safe; then erase.",
        )
    safe = {(outcome.source, outcome.name): outcome for outcome in result.outcomes}
    found = scan(paths, workplace.layout.root).files
    erased: list[dict[str, Any]] = []
    for index, file in enumerate(found):
        if cancel.requested:
            break
        outcome = safe.get((file.source, file.name))
        reason = _erase_one(workplace, result.job_id, file, outcome, card)
        erased.append({"name": file.name, "erased": not reason, "reason": reason or None})
        report(Progress("Erasing the card", index + 1, len(found)))
    return erased


def _erase_one(workplace: Workplace, job_id: str, file: Found, outcome: Outcome | None, card: Card) -> str:
    """Erase one file; "" when it is gone, else why it stays."""
    if outcome is None or not outcome.is_safe:
        return "It was not on the card when it was imported, so it stays."
    try:
        reading = Reading(card, file)
        try:
            for _ in reading.pieces():
                continue
        finally:
            reading.close()
    except NotRead as fault:
        return fault.reason
    if reading.sha256.hex() != outcome.sha256:
        return "Its bytes are no longer those that were imported, so it stays."
    entry = Entry(
        action=Action.DELETE,
        person_id=workplace.person_id,
        role=workplace.role,
        photo_ids=(outcome.photo_id,) if outcome.photo_id else (),
        outcome="erased from card",
        details={"job": job_id},
    )
    workplace.keeper.append(entry)
    try:
        file.path.unlink()
    except OSError as error:
        return f"The card did not let it be erased ({error.strerror})."
    return ""
