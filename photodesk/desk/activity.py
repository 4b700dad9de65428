"""The activity page: who saw what. Only a privacy officer reads, and reading is an entry too.

The log holds ids; names are joined here, at the moment a permitted reader looks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from photodesk.desk.actor import Actor
from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.log.entry import Action
from photodesk.log.reader import LoggedEntry, read
from photodesk.log.verify import verify
from photodesk.store.catalog import Catalog
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.store_json import read_store


@dataclass(frozen=True)
class ActivityQuery:
    """What the reader asks. Empty means any; `since_ms`, `until_ms` are wall times; the newest `limit` are given."""

    patient_id: str = ""
    person_id: str = ""
    actions: frozenset[Action] = frozenset()
    since_ms: int | None = None
    until_ms: int | None = None
    limit: int | None = 500

    def matches(self, logged: LoggedEntry) -> bool:
        """Whether an entry answers the question."""
        entry = logged.entry
        return (
            (not self.patient_id or entry.patient_id == self.patient_id)
            and (not self.person_id or entry.person_id == self.person_id)
            and (not self.actions or entry.action in self.actions)
            and (self.since_ms is None or logged.at_ms >= self.since_ms)
            and (self.until_ms is None or logged.at_ms < self.until_ms)
        )


@dataclass(frozen=True)
class ActivityLine:
    """One entry with its names. `user` and `patient` are empty where there is none, or an id that has no name here."""

    sequence: int
    at_ms: int
    workstation_id: str
    person_id: str
    user: str
    role: str
    action: Action
    patient_id: str
    patient: str
    visit_id: str
    photo_ids: tuple[str, ...]
    rendition: str
    screen: str
    purpose: str
    outcome: str
    details: Mapping[str, str]
    chain: bytes = b""


@dataclass(frozen=True)
class ChainCheck:
    """What checking every byte of the log found. `workstation_id` and `sequence` name the first bad place."""

    intact: bool
    entries: int
    at_ms: int
    workstation_id: str = ""
    sequence: int = 0


class ActivityDesk:
    """Reads the log for a privacy officer."""

    def __init__(self, actor: Actor, layout: Layout, keyset: KeySet, catalog: Catalog) -> None:
        self._actor = actor
        self._layout = layout
        self._keyset = keyset
        self._catalog = catalog

    def read(self, query: ActivityQuery = ActivityQuery()) -> list[ActivityLine]:
        """Entries newest first, after a `LOG_READ` entry that says what was asked for."""
        self._actor.require(Right.READ_LOG)
        self._actor.log(self._actor.entry(Action.LOG_READ, query.patient_id, details=_asked(query)))
        newest: list[LoggedEntry] = []
        for _, entries in groupby(self._entries(query.since_ms or 0), key=lambda logged: logged.workstation_id):
            newest += deque((logged for logged in entries if query.matches(logged)), maxlen=query.limit)
        newest.sort(key=lambda logged: (logged.at_ms, logged.sequence), reverse=True)
        names: dict[str, str] = {}
        patients: dict[str, str] = {}
        return [self._line(logged, names, patients) for logged in newest[: query.limit]]

    def check(self) -> ChainCheck:
        """Check every byte of the log against the workstations' keys."""
        self._actor.require(Right.READ_LOG)
        store = read_store(self._layout)
        verdict = verify(self._layout.log, store.log_signing_keys, None, (store.workstation_id,))
        at_ms, where = self._actor.clock.wall_ms(), verdict.where
        if verdict.exit_code == 0 or where is None:
            return ChainCheck(verdict.exit_code == 0, verdict.entries, at_ms)
        return ChainCheck(False, verdict.entries, at_ms, where.workstation_id, where.sequence)

    def _entries(self, since_ms: int) -> Iterator[LoggedEntry]:
        return read(self._layout.log, self._keyset.log_keys, self._keyset.clinic_id, since_ms)

    def _line(self, logged: LoggedEntry, names: dict[str, str], patients: dict[str, str]) -> ActivityLine:
        entry = logged.entry
        if entry.person_id not in names:
            names[entry.person_id] = self._catalog.person_name(entry.person_id) if entry.person_id else ""
        if entry.patient_id not in patients:
            patients[entry.patient_id] = self._patient_name(entry.patient_id)
        return ActivityLine(
            logged.sequence,
            logged.at_ms,
            logged.workstation_id,
            entry.person_id,
            names[entry.person_id],
            entry.role,
            entry.action,
            entry.patient_id,
            patients[entry.patient_id],
            entry.visit_id,
            entry.photo_ids,
            entry.rendition,
            entry.screen,
            entry.purpose,
            entry.outcome,
            entry.details,
            logged.chain,
        )

    def _patient_name(self, patient_id: str) -> str:
        if not patient_id:
            return ""
        try:
            return self._catalog.patient(patient_id).display_name
        except Fixable:
            return patient_id  # erased since


def _asked(query: ActivityQuery) -> dict[str, str]:
    asked = {
        "person": query.person_id,
        "actions": " ".join(sorted(query.actions)),
        "since_ms": str(query.since_ms or ""),
        "until_ms": str(query.until_ms or ""),
    }
    return {name: value for name, value in asked.items() if value}
