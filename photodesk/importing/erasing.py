"""Erasing the card: a separate act, file by file, only where its bytes still equal what is proven to be stored.

Never formats. Before it begins nothing has been written to the card. Each deletion is an entry in the log first.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from photodesk.errors import Fixable, PhotoDeskError, Refused
from photodesk.importing.camera_folders import CardContents, contents_of
from photodesk.importing.job import ImportResult, Outcome, Stage
from photodesk.importing.reading import Card, NotRead, Reading
from photodesk.importing.scan import Found, scan
from photodesk.importing.workplace import Workplace
from photodesk.log.entry import Action, Entry
from photodesk.progress import Cancel, Progress, Report

FLASH_WORDS = (
    "Erasing deletes these files and nothing else. A deleted file can sometimes be recovered from a card, and writing"
    " over it proves nothing, so keep cards in the clinic."
)
NEW = "It was not on the card when it was imported, so it stays."
DELETED_BEFORE = "It was deleted from PhotoDesk on purpose and is only here, so it stays."
CHANGED = "Its bytes are no longer those that were imported, so it stays."
PROTECTED = "The card is protected against writing. Move its switch, then erase again."


class EraseWhen(StrEnum):
    """What the clinic's policy demands before a card may be erased."""

    VERIFIED = "verified"
    FILED = "filed"
    SERVER = "server"


@dataclass(frozen=True)
class EraseList:
    """What would go, by name, and what stays with its reason."""

    goes: tuple[str, ...]
    stays: tuple[tuple[str, str], ...]
    size_bytes: int

    @property
    def contents(self) -> CardContents:
        """How many photos, videos and other files would go."""
        return contents_of(self.goes)


def check_policy(workplace: Workplace) -> None:
    """Refused `erase_needs_server` where the policy asks for a copy that this workstation cannot make."""
    if workplace.cards.erase_when == EraseWhen.SERVER and not workplace.server.kept:
        raise Refused(
            "erase_needs_server",
            "This clinic erases cards only once their photos are on the clinic server, and this workstation has none.",
            "Keep the card, or ask an administrator to change the policy.",
        )


def why_not(workplace: Workplace, result: ImportResult) -> PhotoDeskError | None:
    """What keeps a whole job's card from being erased now, or None."""
    when = workplace.cards.erase_when
    try:
        check_policy(workplace)
    except Refused as refused:
        return refused
    if not result.erasable:
        return Fixable(
            "not_all_safe",
            "Not every file is safe in the store, so nothing was erased.",
            "Import again until every file is safe; then erase.",
        )
    waiting = sum(1 for one in result.outcomes if one.is_safe and not _in_a_chart(one))
    if when in {EraseWhen.FILED, EraseWhen.SERVER} and waiting:
        return Fixable(
            "not_all_filed",
            f"This clinic erases cards only once all photos are in charts; {waiting:,} wait in the inbox.",
            "File them first, then erase.",
        )
    left = awaited_on_server(workplace, result)
    if left:
        words = waits_for_server(left)
        return Fixable("not_all_on_server", words[0].upper() + words[1:], "Wait until they were sent, then erase.")
    return None


def awaited_on_server(workplace: Workplace, result: ImportResult) -> int:
    """Where the policy waits for the clinic server: how many safe files it does not hold whole, or nobody can tell."""
    if workplace.cards.erase_when != EraseWhen.SERVER:
        return 0
    safe = {one.sha256 for one in result.outcomes if one.is_safe}
    lacking = workplace.server.lacking
    try:
        return lacking(safe) if lacking is not None else len(safe)
    except PhotoDeskError:  # a chart that cannot be read is told elsewhere
        return len(safe)


def waits_for_server(left: int) -> str:
    """Why a card is kept, as the rest of a sentence."""
    are = "is" if left == 1 else "are"
    return f"this clinic erases cards only once all photos are on the clinic server; {left:,} {are} not there yet."


def erase_list(workplace: Workplace, result: ImportResult, paths: Sequence[Path]) -> EraseList:
    """What erasing would delete now, before any byte is compared. Lists names: not for the GUI thread."""
    known = _by_name(result)
    found = scan(paths, workplace.layout.root).files
    goes = [file for file in found if not _stays(known.get((file.source, file.name)))]
    stays = [(file.name, _stays(known.get((file.source, file.name)))) for file in found]
    return EraseList(
        tuple(file.name for file in goes),
        tuple((name, why) for name, why in stays if why),
        sum(file.size_bytes for file in goes),
    )


def erase_source(
    workplace: Workplace, result: ImportResult, paths: Sequence[Path], card: Card, report: Report, cancel: Cancel
) -> list[dict[str, Any]]:
    """Delete from the card what is proven to be in the store; one `(name, erased, reason)` object a file.

    Refuses as a whole (`Fixable`, `Refused`) unless the policy is met. Each deletion is logged before it happens.
    """
    refused = why_not(workplace, result)
    if refused is not None:
        raise refused
    known = _by_name(result)
    found = scan(paths, workplace.layout.root).files
    erased: list[dict[str, Any]] = []
    for index, file in enumerate(found):
        if cancel.requested:
            break
        outcome = known.get((file.source, file.name))
        reason = _erase_one(workplace, result.job_id, file, outcome, card)
        erased.append({"name": file.name, "erased": not reason, "reason": reason or None})
        report(Progress("Erasing the card", index + 1, len(found)))
    return erased


def _by_name(result: ImportResult) -> dict[tuple[int, str], Outcome]:
    return {(outcome.source, outcome.name): outcome for outcome in result.outcomes}


def _in_a_chart(outcome: Outcome) -> bool:
    return outcome.stage is Stage.FILED


def _stays(outcome: Outcome | None) -> str:
    """Why a file is not even looked at, or ""."""
    if outcome is not None and outcome.deleted_before:
        return DELETED_BEFORE
    return "" if outcome is not None and outcome.is_safe else NEW


def _erase_one(workplace: Workplace, job_id: str, file: Found, outcome: Outcome | None, card: Card) -> str:
    """Erase one file; "" when it is gone, else why it stays."""
    why = _stays(outcome)
    if why or outcome is None:
        return why
    if not os.access(file.path.parent, os.W_OK):
        return PROTECTED
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
        return CHANGED
    entry = Entry(
        action=Action.DELETE,
        person_id=workplace.person_id,
        role=workplace.role,
        photo_ids=(outcome.photo_id,) if outcome.photo_id else (),
        outcome="erased from card",
        details={"job": job_id, "content": workplace.content_id(outcome.sha256).hex()},
    )
    workplace.keeper.append(entry)
    try:
        file.path.unlink()
    except OSError as error:
        return PROTECTED if error.errno == errno.EROFS else f"The card did not let it be erased ({error.strerror})."
    _settle(file.path.parent)
    return ""


def _settle(folder: Path) -> None:
    """Let the deletion reach the card before the next one; a card that cannot is no reason to stop."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
