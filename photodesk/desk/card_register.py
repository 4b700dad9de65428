"""The card register: which camera cards were seen, what became of the photos on them, and which are not cleared yet.

A card is known again by its file system's serial and label, and by what lies on it, never by where it is mounted:
files are compared as keyed marks of name, size and time. A card found without any of the files it held is cleared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from photodesk import ids
from photodesk.desk.actor import Actor
from photodesk.desk.roles import Right
from photodesk.errors import Refused
from photodesk.log.entry import Action
from photodesk.store.catalog import CardRow, Catalog
from photodesk.store.keyset import KeySet

__all__ = ["CardFacts", "CardFile", "CardRegister", "CardRow", "SeenCard", "age_days", "not_cleared"]

ERASE_SETTING = "erase_card_when"
MARK_BYTES = 16
DAY_MS = 86_400_000
QUARTER_HOUR = 450  # of two seconds each


@dataclass(frozen=True)
class CardFile:
    """A file of a card by name (below the card's root, `/` between folders), size and time."""

    name: str
    size_bytes: int
    mtime_ms: int


@dataclass(frozen=True)
class CardFacts:
    """A card that is in: what its volume and its folders say, and its files."""

    serial: str
    label: str
    title: str
    size_bytes: int
    photos: int
    files: tuple[CardFile, ...]


@dataclass(frozen=True)
class SeenCard:
    """A card that is in. `row` is what was known of it before it came in; `new` are the files not imported from it."""

    row: CardRow
    files: int
    new: tuple[CardFile, ...]

    @property
    def held(self) -> int:
        """How many of its files are safe in the store since an import of this card."""
        return self.files - len(self.new)

    @property
    def imported_before(self) -> bool:
        """Whether files of an earlier import still lie on it."""
        return bool(self.row.imported_at_ms and self.held)


class CardRegister:
    """Cards of this clinic as this desk knows them."""

    def __init__(self, actor: Actor, keyset: KeySet, catalog: Catalog) -> None:
        self._actor = actor
        self._keyset = keyset
        self._catalog = catalog

    def everyone(self) -> tuple[CardRow, ...]:
        """All cards, the one seen last first."""
        self._actor.require(Right.IMPORT)
        return tuple(self._catalog.cards())

    def uncleared(self) -> tuple[CardRow, ...]:
        """Cards that were imported and still held their photos when they were last seen, oldest import first."""
        found = [card for card in self.everyone() if not_cleared(card)]
        return tuple(sorted(found, key=lambda card: card.imported_at_ms))

    def card(self, card_id: str) -> CardRow:
        """One card; Fixable `card_unknown`."""
        self._actor.require(Right.IMPORT)
        return self._catalog.card(card_id)

    def seen(self, facts: CardFacts) -> SeenCard:
        """A card has come in: know it again or enter it, and notice when it was cleared meanwhile."""
        self._actor.require(Right.IMPORT)
        marks = {self._mark(file): file for file in facts.files}
        row = self._known(facts, frozenset(marks))
        known = self._catalog.card_marks(row.card_id)
        new = tuple(file for mark, file in marks.items() if not known.get(mark))
        held = len(facts.files) - len(new)
        now_ms = self._actor.clock.wall_ms()
        after = replace(
            row,
            serial=facts.serial,
            label=facts.label,
            title=facts.title,
            size_bytes=facts.size_bytes,
            first_seen_ms=row.first_seen_ms or now_ms,
            seen_at_ms=now_ms,
            photos=facts.photos,
        )
        if not_cleared(row) and any(known.values()) and not held:
            after = replace(after, cleared_at_ms=now_ms)
        if known.keys() != marks.keys():
            self._catalog.set_card_marks(row.card_id, {mark: known.get(mark, False) for mark in marks})
        self._catalog.set_card(self._actor.change("card seen"), after)
        return SeenCard(row, len(facts.files), new)

    def imported(self, card_id: str, job_id: str, held: Sequence[CardFile], safe: int, total: int) -> None:
        """An import of this card has ended: `safe` of its `total` files are proven to be in the store.

        `held` are those whose time and size on the card are known.
        """
        if held:
            marks = dict.fromkeys(self._catalog.card_marks(card_id), False)
            self._catalog.set_card_marks(card_id, marks | dict.fromkeys(map(self._mark, held), True))
        row = replace(
            self._catalog.card(card_id),
            files=total,
            safe=safe,
            imported_at_ms=self._actor.clock.wall_ms(),
            job_id=job_id,
            cleared_at_ms=0,
        )
        self._catalog.set_card(self._actor.change("card imported"), row)

    def cleared(self, card_id: str) -> None:
        """Its photos are gone from it: erased by PhotoDesk, or formatted in the camera as a person says."""
        self._actor.require(Right.IMPORT)
        row = self._catalog.card(card_id)
        self._catalog.set_card_marks(card_id, {})
        row = replace(row, cleared_at_ms=self._actor.clock.wall_ms(), photos=0)
        self._catalog.set_card(self._actor.change("card cleared"), row)

    def _known(self, facts: CardFacts, marks: frozenset[bytes]) -> CardRow:
        """The card; a new one where none fits.

        A serial decides, together with the label. Without one (a folder, some readers) the card with most files in
        common is it, when they are at least half of what was known of it.
        """
        rows = self._catalog.cards()
        holding = self._catalog.cards_holding(marks)
        same = [row for row in rows if facts.serial and (row.serial, row.label) == (facts.serial, facts.label)]
        if same:
            return max(same, key=lambda row: holding.get(row.card_id, 0))
        for card_id, held in sorted(holding.items(), key=lambda pair: -pair[1]):
            row = next((one for one in rows if one.card_id == card_id), None)
            other = row is None or (row.serial and facts.serial)
            if row is not None and not other and held * 2 >= len(self._catalog.card_marks(card_id)):
                return row
        return CardRow(ids.random_id())

    def _mark(self, file: CardFile) -> bytes:
        within = file.mtime_ms // 2000 % QUARTER_HOUR  # FAT keeps even seconds, and its hours move with the time zone
        text = f"{file.name}\0{file.size_bytes}\0{within}"
        return self._keyset.content_id(hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest())[:MARK_BYTES]

    # -- policy --

    @property
    def erase_when(self) -> str:
        """When cards may be erased: `verified`, `filed` or `server`."""
        return self._catalog.setting(ERASE_SETTING) or "verified"

    def set_erase_when(self, when: str) -> None:
        """Change that; Refused `no_right`. Logged."""
        self._actor.require(Right.MANAGE_POLICY)
        if when not in {"verified", "filed", "server"}:
            raise Refused("policy_unknown", "There is no such policy.", "Choose verified, filed or server.")
        details = {"setting": ERASE_SETTING, "value": when, "before": self.erase_when}
        with self._actor.logged(self._actor.entry(Action.POLICY, details=details)):
            self._catalog.set_setting(self._actor.change("policy"), ERASE_SETTING, when)


def not_cleared(card: CardRow) -> bool:
    """Whether photos that were imported from this card may still lie on it."""
    return bool(card.imported_at_ms and card.safe) and card.cleared_at_ms < card.imported_at_ms


def age_days(card: CardRow, now_ms: int) -> int:
    """Whole days since the card's last import."""
    return max(0, now_ms - card.imported_at_ms) // DAY_MS
