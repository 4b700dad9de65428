"""Cards in the readers as they are shown: what each is, what is known of it, and the one next step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from pathlib import Path

from photodesk.desk.card_register import CardRow, SeenCard
from photodesk.importing.card_look import CardIn, seen_words, short_day
from photodesk.importing.job import ImportResult
from photodesk.importing.resuming import UnfinishedImport
from photodesk.importing.scan import shown_name
from photodesk.progress import Progress
from photodesk.ui.words import card_name, counted, size_words


class CardState(Enum):
    """What can be done with a card."""

    FOUND = "found"
    COPYING = "copying"
    SAFE = "safe"
    UNSAFE = "unsafe"
    EJECTING = "ejecting"


@dataclass(frozen=True)
class ShownCard:
    """A card in a reader. `seen` is what the register says, None while it is asked."""

    look: CardIn
    seen: SeenCard | None = None
    unfinished: UnfinishedImport | None = None
    state: CardState = CardState.FOUND
    progress: Progress | None = None
    result: ImportResult | None = None
    trouble: str = ""

    @property
    def root(self) -> Path:
        """Where it is mounted: what tells cards in the readers apart."""
        return self.look.volume.root

    @property
    def title(self) -> str:
        """`Camera card EOS_DIGITAL, 214 photos`: called so in the banner, on the home page and while it is imported."""
        _, _, holds = self.look.words.partition(", ")
        return ", ".join(part for part in (card_name(shown_name(self.look.volume.label)), holds) if part)

    @property
    def under(self) -> str:
        """Whose camera's it is, and its size: `Canon card · 64 GB`."""
        made_by = self.look.contents.title
        parts = [made_by] if made_by != card_name("") else []
        if self.look.volume.size_bytes:
            parts.append(size_words(self.look.volume.size_bytes))
        return " · ".join(parts)

    @property
    def can_import(self) -> bool:
        """Whether there is something to import that is not safe yet."""
        nothing_new = self.seen is not None and self.seen.imported_before and not self.seen.new
        return self.state in {CardState.FOUND, CardState.UNSAFE} and self.look.contents.files > 0 and not nothing_new

    @property
    def may_be_erased(self) -> bool:
        """Whether all of it seems to be in the store; what is erased is proven file by file before."""
        imported = self.seen is not None and self.seen.imported_before and not self.seen.new
        known = self.result.erasable if self.result is not None else imported
        return known and self.can_eject and self.look.contents.files > 0 and self.unfinished is None

    @property
    def can_eject(self) -> bool:
        """Whether nothing reads it now."""
        return self.state not in {CardState.COPYING, CardState.EJECTING}

    def sentence(self, today: datetime) -> str:
        """What is known of it, and what is wrong with it."""
        return " ".join(part for part in (self._words(today), self.trouble, self.look.problem) if part)

    def _words(self, today: datetime) -> str:
        if self.state in {CardState.COPYING, CardState.EJECTING}:
            return self._under_way()
        if self.result is not None and self.result.receipt is not None:
            return str(self.result.receipt["statement"])
        if self.unfinished is not None:
            return "This import is not finished. Go on, and only what is missing is copied."
        if not self.look.contents.files:
            return "There is nothing on this card."
        known = seen_words(self.seen, today) if self.seen is not None else ""
        return known or "Not imported yet."

    def _under_way(self) -> str:
        if self.state is CardState.EJECTING:
            return "Ejecting…"
        if self.progress is None or not self.progress.total:
            return "It is being imported."
        return f"{self.progress.done:,} of {self.progress.total:,} copied."


def announcement(card: ShownCard, today: datetime) -> str:
    """The banner's one line. Never a patient's name, for a card has none."""
    return f"{card.title}. {card.sentence(today)}"


def uncleared_words(row: CardRow, today: datetime) -> str:
    """`EOS_DIGITAL: 112 photos, imported 12 Nov`."""
    name = shown_name(row.label or row.title or "Card")
    return f"{name}: {counted(row.safe, 'file')} safe, imported {short_day(row.imported_at_ms, today)}"


class CardsModel:
    """Every card that is in, in the order of coming."""

    def __init__(self) -> None:
        self.cards: tuple[ShownCard, ...] = ()
        self.uncleared: tuple[CardRow, ...] = ()
        self.may_erase = False
        self.dismissed: frozenset[Path] = frozenset()

    def looked(self, looks: tuple[CardIn, ...]) -> tuple[tuple[ShownCard, ...], tuple[ShownCard, ...]]:
        """What is in now: (cards that came or changed, cards that have gone)."""
        now = {look.volume.root: look for look in looks}
        before = {card.root: card for card in self.cards}
        gone = tuple(card for card in self.cards if card.root not in now)
        kept = [replace(card, look=now[card.root]) for card in self.cards if card.root in now]
        came = [ShownCard(look) for root, look in now.items() if root not in before]
        changed = [card for card in kept if card.look != before[card.root].look]
        self.cards = (*kept, *came)
        self.dismissed &= frozenset(now)
        return (*came, *changed), gone

    def card(self, root: Path | None) -> ShownCard | None:
        """The card mounted there."""
        return next((card for card in self.cards if card.root == root), None)

    def put(self, card: ShownCard) -> None:
        """Show a card as it is now; one that is out stays out."""
        self.cards = tuple(card if one.root == card.root else one for one in self.cards)

    @property
    def announced_card(self) -> ShownCard | None:
        """The card the banner tells of: the newest that can be imported and was not put off."""
        waiting = [card for card in self.cards if card.can_import and card.seen is not None]
        return next((card for card in reversed(waiting) if card.root not in self.dismissed), None)

    @property
    def others_waiting(self) -> int:
        """How many more cards could be imported besides the one announced."""
        shown = self.announced_card
        return sum(1 for card in self.cards if card.can_import and card is not shown)
