"""The activity page: who saw what. Only a privacy officer reads, and reading is an entry too.

The log holds ids; names are joined here, at the moment a permitted reader looks. `ask` gives a `Reading`, which
`activity_reading` describes; what is flagged and why, `activity_flags`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from photodesk.desk.actor import Actor
from photodesk.desk.log_policy import Get, LogPolicy
from photodesk.desk.roles import Right
from photodesk.log.entry import Action
from photodesk.log.verify import verify
from photodesk.store.catalog import Catalog
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.store_json import read_store

if TYPE_CHECKING:
    from photodesk.desk.activity_names import ActivityNames
    from photodesk.desk.activity_reading import Reading
    from photodesk.log.index import LogIndex


@dataclass(frozen=True)
class ActivityQuery:
    """What the reader asks. Empty means any; `since_ms`, `until_ms` are wall times; the newest `limit` are given.

    `flagged` asks for flagged entries alone.
    """

    patient_id: str = ""
    person_id: str = ""
    actions: frozenset[str] = frozenset()
    since_ms: int | None = None
    until_ms: int | None = None
    limit: int | None = 500
    workstation_id: str = ""
    flagged: bool = False


@dataclass(frozen=True)
class ActivityLine:
    """One entry with its names. `user` and `patient` are empty where there is none, or an id that has no name here.

    `chain` covers the entry and follows `previous_chain`; a checkpoint signed it at `signed_ms`, if one did already.
    """

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
    workstation: str = ""
    mrn: str = ""
    previous_chain: bytes = b""
    signed_ms: int | None = None

    @property
    def key(self) -> tuple[str, int]:
        """Its place in the log."""
        return self.workstation_id, self.sequence


@dataclass(frozen=True)
class Summary:
    """How an answer is made up: all its entries by local day, and who, what and where occurs in the time asked for.

    The choices are (id, name), of the whole time, whatever else was asked.
    """

    total: int
    days: Mapping[date, int]
    people: tuple[tuple[str, str], ...]
    actions: tuple[str, ...]
    workstations: tuple[tuple[str, str], ...]


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

    def __init__(
        self, actor: Actor, layout: Layout, keyset: KeySet, catalog: Catalog, policy: Get = lambda _: None
    ) -> None:
        self._actor = actor
        self._layout = layout
        self._keyset = keyset
        self._catalog = catalog
        self.policy = LogPolicy(policy)

    def ask(self, query: ActivityQuery, purpose: str = "", details: Mapping[str, str] | None = None) -> Reading:
        """An answer to read from, after a `LOG_READ` entry that says what was asked, and what for.

        Refused `no_right`, Fixable `log_not_writable`. OSError.
        """
        self._actor.require(Right.READ_LOG)
        asked = _asked(query) | dict(details or {})
        self._actor.log(self._actor.entry(Action.LOG_READ, query.patient_id, purpose=purpose, details=asked))
        return self.reading(query)

    def read(self, query: ActivityQuery = ActivityQuery()) -> list[ActivityLine]:
        """The newest entries that answer, newest first, after a `LOG_READ` entry."""
        return self.ask(query).lines(query.limit)

    def reading(self, query: ActivityQuery) -> Reading:
        """An answer whose reading is logged elsewhere."""
        from photodesk.desk.activity_flags import FlagRules
        from photodesk.desk.activity_reading import Reading

        self._actor.require(Right.READ_LOG)
        self.index.refresh()
        names = self.names()
        rules = FlagRules(self.index, names, self._catalog, self.policy)
        return Reading(query, self.index, names, rules, self._entries(query))

    def of_others(self, folder: Path, query: ActivityQuery) -> list[ActivityLine]:
        """The same question to the logs of other workstations, whose segments were brought into a folder.

        Part of an answer that was asked for by `read`, which is the entry.
        """
        from photodesk.desk.activity_flags import FlagRules
        from photodesk.desk.activity_reading import Reading
        from photodesk.log.index import LogIndex

        self._actor.require(Right.READ_LOG)
        index, names = LogIndex(folder, self._keyset.log_keys, self._keyset.clinic_id), self.names()
        index.refresh()
        rules = FlagRules(index, names, self._catalog, self.policy)
        return Reading(query, index, names, rules, self._entries(query)).lines(query.limit)

    def _entries(self, query: ActivityQuery) -> tuple[str, ...]:
        """What is asked about a patient is asked about every entry of that person."""
        return self._catalog.persons.entries(query.patient_id, hidden_too=True) if query.patient_id else ()

    def names(self) -> ActivityNames:
        """Names as of now."""
        from photodesk.desk.activity_names import ActivityNames

        return ActivityNames(self._layout, self._keyset, self._catalog)

    @cached_property
    def index(self) -> LogIndex:
        """Where everything lies; built as far as it is asked."""
        from photodesk.log.index import LogIndex  # numpy: only who reads the log pays for it

        return LogIndex(self._layout.log, self._keyset.log_keys, self._keyset.clinic_id)

    @property
    def clinic_id(self) -> str:
        """32 hex digits: how exports name the clinic."""
        return self._keyset.clinic_id.hex()

    def check(self) -> ChainCheck:
        """Check every byte of the log against the workstations' keys."""
        self._actor.require(Right.READ_LOG)
        store = read_store(self._layout)
        verdict = verify(self._layout.log, store.log_signing_keys, None, (store.workstation_id,))
        at_ms, where = self._actor.clock.wall_ms(), verdict.where
        if verdict.exit_code == 0 or where is None:
            return ChainCheck(verdict.exit_code == 0, verdict.entries, at_ms)
        return ChainCheck(False, verdict.entries, at_ms, where.workstation_id, where.sequence)


def _asked(query: ActivityQuery) -> dict[str, str]:
    asked = {
        "person": query.person_id,
        "actions": " ".join(sorted(query.actions)),
        "since_ms": str(query.since_ms or ""),
        "until_ms": str(query.until_ms or ""),
        "workstation": query.workstation_id,
        "flagged": "yes" if query.flagged else "",
    }
    return {name: value for name, value in asked.items() if value}
