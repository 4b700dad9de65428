"""What importing needs of the signed-in desk, in one value; and the small records it keeps in the catalog."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import msgspec

from photodesk import crypto
from photodesk.clock import Clock
from photodesk.desk.actor import Actor, SignedInPerson
from photodesk.desk.card_register import CardRegister
from photodesk.desk.keeper import Keeper
from photodesk.desk.server_copies import ServerCopies
from photodesk.desk.session import Session
from photodesk.errors import Damaged
from photodesk.importing.job import Assignment
from photodesk.store.catalog import Catalog
from photodesk.store.change import Change
from photodesk.store.charts import Charts
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout

PACKS_A_RUN = 10_000


@dataclass(frozen=True)
class Workplace:
    """The store and the log as one signed-in person may use them. `role` is the one the log names.

    `alarm` hears of damage that was met and passed over, so that what is sound can still be filed.
    """

    layout: Layout
    keyset: KeySet
    catalog: Catalog
    charts: Charts
    keeper: Keeper
    clock: Clock
    role: str = ""
    alarm: Callable[[Damaged], None] = field(default=lambda _: None)
    server: ServerCopies = field(default_factory=ServerCopies)

    @property
    def person_id(self) -> str:
        """Who is signed in."""
        return self.keyset.person_id

    @property
    def cards(self) -> CardRegister:
        """The card register, for this person."""
        person = SignedInPerson(self.person_id, "", self.keyset.roles)
        return CardRegister(Actor(person, self.keeper, self.clock), self.keyset, self.catalog)

    @property
    def opens_charts(self) -> bool:
        """Whether this person's keys open charts; without them shots stay assigned until someone's do."""
        return bool(self.keyset.chart_keys)

    def content_id(self, sha256_hex: str) -> bytes:
        """The keyed content id of a file."""
        return self.keyset.content_id(bytes.fromhex(sha256_hex))

    def change(self, reason: str) -> Change:
        """A change by the signed-in person."""
        return Change(self.person_id, reason)


def workplace_of(session: Session) -> Workplace:
    """The store and the log as the person of this session may use them."""
    return Workplace(
        session.layout,
        session.keyset,
        session.catalog,
        session.charts,
        session.log,
        session.clock,
        session.actor.role,
        session.alarms,
        session.server_copies,
    )


@dataclass(frozen=True)
class CardAt:
    """A card of the register, with its names, and where it is mounted now."""

    card_id: str
    label: str
    serial: str
    root: Path


class JobRecord(msgspec.Struct):
    """What the catalog keeps of a job as its source: enough to know it again when the same command comes.

    `sources` are resolved paths as bytes in hex. A card is `card` (its id in the register) with its own paths in
    `below`, so that it is known again wherever it is mounted. `again` takes in what was deleted on purpose.
    """

    sources: list[str]
    patient_id: str = ""
    visit_id: str = ""
    day: str = ""
    body_site: str = ""
    standard_view: str = ""
    card: str = ""
    below: list[str] = []
    again: bool = False

    @classmethod
    def of(
        cls,
        paths: tuple[Path, ...],
        assignment: Assignment | None,
        card: CardAt | None = None,
        *,
        again: bool = False,
    ) -> JobRecord:
        """The record of an order."""
        real = [path.resolve() for path in paths]
        record = cls([os.fsencode(path).hex() for path in real], again=again)
        if card is not None:
            record.card = card.card_id
            record.below = [os.fsencode(path.relative_to(card.root)).hex() for path in real]
        if assignment is not None:
            record.patient_id, record.day = assignment.patient_id, assignment.day.isoformat()
            record.visit_id = assignment.visit_id
            record.body_site, record.standard_view = assignment.body_site, assignment.standard_view
        return record

    def same_order(self, other: JobRecord) -> bool:
        """Whether both ask for the same: the same files of the same card or place, for the same patient and day."""
        if self.card and self.card == other.card and self.below == other.below:
            return msgspec.structs.replace(self, sources=other.sources) == other
        return msgspec.structs.replace(self, card=other.card, below=other.below) == other

    @classmethod
    def parse(cls, text: str) -> JobRecord:
        """From the catalog's text; Damaged where it is none."""
        try:
            return msgspec.json.decode(text.encode(), type=cls)
        except (msgspec.DecodeError, UnicodeError):
            raise Damaged("job_record", "The record of an import cannot be read.") from None

    @property
    def text(self) -> str:
        """As the catalog keeps it."""
        return msgspec.json.encode(self).decode()

    @property
    def source_bytes(self) -> tuple[bytes, ...]:
        """The chosen paths."""
        return tuple(bytes.fromhex(source) for source in self.sources)

    @property
    def assignment(self) -> Assignment | None:
        """Patient, day, site and view, if the person said so at the start."""
        if not self.patient_id:
            return None
        day = date.fromisoformat(self.day)
        return Assignment(self.patient_id, day, self.body_site, self.standard_view, self.visit_id)


class JobSummary(msgspec.Struct):
    """What the catalog keeps of how a job went: runs so far, and at the end its document."""

    runs: int = 0
    ended_at_ms: int = 0
    document: dict[str, object] = {}

    @classmethod
    def parse(cls, text: str) -> JobSummary:
        """From the catalog's text; a new one from ""."""
        return msgspec.json.decode(text.encode(), type=cls) if text else cls()

    @property
    def text(self) -> str:
        """As the catalog keeps it."""
        return msgspec.json.encode(self).decode()


def seal_place(workplace: Workplace, job_id: str, body_site: str, standard_view: str) -> bytes:
    """Site and view for the catalog, which holds nothing clinical: sealed to the inbox, bound to the job."""
    record = msgspec.msgpack.encode([crypto.VERSION, crypto.SUITE, body_site, standard_view])
    keyset = workplace.keyset
    sealed = crypto.seal_to(keyset.inbox_public, record, "site-view", keyset.clinic_id, bytes.fromhex(job_id))
    return keyset.inbox_epoch.to_bytes(4, "little") + sealed


def open_place(workplace: Workplace, job_id: str, sealed: bytes) -> tuple[str, str]:
    """Site and view of an assignment, for a desk with the inbox key. Damaged where it does not open."""
    if not sealed:
        return "", ""
    key = workplace.keyset.inbox_keys.get(int.from_bytes(sealed[:4], "little"))
    if key is None:
        raise Damaged("no_inbox_key", "The inbox key of an assignment is not among this person's keys.")
    opened = crypto.seal_open(key, sealed[4:], "site-view", workplace.keyset.clinic_id, bytes.fromhex(job_id))
    version, suite, body_site, standard_view = msgspec.msgpack.decode(opened, type=tuple[int, int, str, str])
    if (version, suite) != (crypto.VERSION, crypto.SUITE):
        raise Damaged("place_format", "The site and view of an assignment are in an unknown format.")
    return body_site, standard_view
