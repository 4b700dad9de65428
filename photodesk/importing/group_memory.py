"""What the catalog keeps of an import's groups: edits by hand, and what is needed of shots that were filed already.

Ids, names on the card, camera times and what cards said; nothing clinical. Kept as settings, each change an operation,
so that a lock, another person or another workstation goes on where this one stopped.
"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median_low
from typing import TypeVar

import msgspec

from photodesk.desk.camera_clock import local_number, number_of
from photodesk.errors import Damaged
from photodesk.importing.grouping import GAP_MS, Edit, GroupShot, Separators
from photodesk.importing.labels import Label
from photodesk.store.catalog import Catalog
from photodesk.store.change import Change
from photodesk.store.packs import Shot

GAP_SETTING = "import.gap_ms"
SEPARATORS_SETTING = "import.separators"
AGREE_MS = 120_000
LEAST_GAP_MS, LARGEST_GAP_MS = 1_000, 24 * 3_600_000


Decoded = TypeVar("Decoded")


class _Kept(msgspec.Struct):
    done: list[Edit] = []
    undone: list[Edit] = []
    gap_ms: int = 0


class GroupMemory:
    """One job's, in the catalog."""

    def __init__(self, catalog: Catalog, job_id: str) -> None:
        self._catalog = catalog
        self._name = f"import.groups.{job_id}"
        self._gone_name = f"import.gone.{job_id}"

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What was changed by hand, in order."""
        return tuple(self._read().done)

    @property
    def gap_ms(self) -> int:
        """The pause that begins a new group: this import's own, else the clinic's."""
        return self._read().gap_ms or clinic_gap_ms(self._catalog)

    def add(self, change: Change, edit: Edit) -> None:
        """One more edit; what was undone cannot be made again after it."""
        kept = self._read()
        self._write(change, _Kept([*kept.done, edit], [], kept.gap_ms))

    def undo(self, change: Change) -> bool:
        """Take the last edit back; False where there is none."""
        kept = self._read()
        if kept.done:
            self._write(change, _Kept(kept.done[:-1], [*kept.undone, kept.done[-1]], kept.gap_ms))
        return bool(kept.done)

    def redo(self, change: Change) -> bool:
        """Make the last edit that was taken back again; False where there is none."""
        kept = self._read()
        if kept.undone:
            self._write(change, _Kept([*kept.done, kept.undone[-1]], kept.undone[:-1], kept.gap_ms))
        return bool(kept.undone)

    def set_gap(self, change: Change, gap_ms: int) -> None:
        """This import's own pause, within a second and a day."""
        kept = self._read()
        self._write(change, _Kept(kept.done, kept.undone, min(max(gap_ms, LEAST_GAP_MS), LARGEST_GAP_MS)))

    def gone(self) -> tuple[GroupShot, ...]:
        """Shots that were filed: without them the others would be grouped differently."""
        found: list[GroupShot] = []
        number = 1
        while text := self._catalog.setting(f"{self._gone_name}.{number}"):
            found += _decoded(text, list[GroupShot])
            number += 1
        return tuple(found)

    def remember_gone(self, change: Change, shots: Iterable[GroupShot]) -> None:
        """These are about to leave the inbox."""
        known = {shot.shot_id for shot in self.gone()}
        fresh = [shot for shot in shots if shot.shot_id not in known]
        if not fresh:
            return
        number = 1
        while self._catalog.setting(f"{self._gone_name}.{number}"):
            number += 1
        self._catalog.set_setting(change, f"{self._gone_name}.{number}", msgspec.json.encode(fresh).decode())

    def _read(self) -> _Kept:
        text = self._catalog.setting(self._name)
        return _decoded(text, _Kept) if text else _Kept()

    def _write(self, change: Change, kept: _Kept) -> None:
        self._catalog.set_setting(change, self._name, msgspec.json.encode(kept).decode())


def group_shot(shot: Shot, label: Label | None) -> GroupShot:
    """A shot as grouping sees it."""
    facts = shot.facts
    camera = " ".join(text for text in (facts.capture.make, facts.capture.model, facts.capture.serial) if text)
    time_ms = number_of(facts.camera_time) if facts.camera_time is not None else None
    return GroupShot(shot.shot_id, shot.name, time_ms, camera, label)


def clinic_gap_ms(catalog: Catalog) -> int:
    """The clinic's pause between two groups; 3 minutes until somebody changes it."""
    text = catalog.setting(GAP_SETTING) or ""
    return int(text) if text else GAP_MS


def clinic_separators(catalog: Catalog) -> Separators:
    """When the clinic photographs separator cards; found out from the photos until somebody says."""
    return Separators(catalog.setting(SEPARATORS_SETTING) or Separators.AUTO.value)


def offset_of_cards(shots: Iterable[GroupShot]) -> int | None:
    """By how much the camera was wrong, from cards on a screen; to the second. None where they do not agree."""
    found = [
        local_number(shot.label.at_ms) - shot.time_ms
        for shot in shots
        if shot.label is not None and shot.label.is_sound and shot.label.shown and shot.time_ms is not None
    ]
    if not found or max(found) - min(found) > AGREE_MS:
        return None
    return round(median_low(found) / 1000) * 1000


def _decoded(text: str, kind: type[Decoded]) -> Decoded:
    try:
        return msgspec.json.decode(text.encode(), type=kind)
    except (msgspec.DecodeError, UnicodeError):
        raise Damaged("groups", "The groups of an import cannot be read.") from None
