"""What a killed importer left: packs it never finished. Proven shots are kept, the rest is copied again."""

from __future__ import annotations

from collections.abc import Container

from photodesk.errors import Damaged, Fixable, PhotoDeskError, Refused
from photodesk.importing.workplace import Workplace
from photodesk.store.catalog import ContentState
from photodesk.store.pack_files import remove_if_empty, remove_stray_seals, remove_torn_seals
from photodesk.store.packs import PackReader, pack_numbers


def adopt_packs(workplace: Workplace, job_id: str, only: Container[int] | None = None) -> list[int]:
    """Make every pack (or `only` these) of a job whose importer is gone whole: numbers of those with verified shots.

    A shot that was copied but not proven is read back here: equal bytes are verified, others are dropped (their file
    is still on the card, for nothing ever called it safe). What a living importer still writes, and a pack this
    person holds no key for, is left alone. A damaged pack, or one that has lost its seal, is an alarm and stays.
    """
    kept: list[int] = []
    in_hand = False
    for number in pack_numbers(workplace.layout, job_id):
        if only is not None and number not in only:
            continue
        try:
            reader = PackReader.open(workplace.layout, job_id, number, workplace.keyset, workplace.keeper)
        except (Fixable, Refused) as closed:
            in_hand = in_hand or closed.code == "pack_in_hand"
            continue
        except Damaged as damage:
            workplace.alarm(damage)
            continue
        try:
            _prove(reader)
            if not reader.remove_if_empty():
                kept.append(number)
        except Damaged as damage:
            workplace.alarm(damage)
        finally:
            reader.close()
    _remove_stray_seals(workplace, job_id)
    if not in_hand:
        remove_torn_seals(workplace.layout, job_id)
    remove_if_empty(workplace.layout, job_id)
    return kept


def _prove(reader: PackReader) -> None:
    """Read back what was not proven; keep what is equal."""
    proven: list[str] = []
    for shot in reader.shots():
        if shot.stage == "verified":
            continue
        if _reads_back(reader, shot.shot_id) == shot.sha256:
            proven.append(shot.shot_id)
        else:
            reader.delete_shot(shot.shot_id)
    if proven:
        reader.mark_verified(proven)


def _reads_back(reader: PackReader, shot_id: str) -> str:
    try:
        return reader.read_back(shot_id)
    except PhotoDeskError:
        return ""


def _remove_stray_seals(workplace: Workplace, job_id: str) -> None:
    """A seal whose database was never made opens nothing; one whose database is lost may find it again, and stays."""
    folder, numbers = workplace.layout.inbox(job_id), set(pack_numbers(workplace.layout, job_id))
    if not any(seal.stem.isdigit() and int(seal.stem) not in numbers for seal in folder.glob("*.seal")):
        return
    if all(known.job_id != job_id for known in workplace.catalog.contents(ContentState.INBOX)):
        remove_stray_seals(workplace.layout, job_id)
