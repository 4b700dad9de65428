"""Cards heard, looked at and known again, for as long as a person is signed in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from photodesk.background import volumes
from photodesk.desk.card_register import SeenCard
from photodesk.importing.card_look import CardIn, look_at
from photodesk.importing.erasing import EraseWhen
from photodesk.importing.reading import rest_in_words
from photodesk.importing.resuming import UnfinishedImport
from photodesk.importing.volume import Volume
from photodesk.ui.cards.model import CardsModel, CardState, ShownCard
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.words import moment

LOOK_AGAIN_MS = 1000


class Watch(Protocol):
    """A running watch."""

    def close(self) -> None:
        """End it."""
        ...


class CardWatch(QObject):
    """`changed` tells that the model did; `came` that a card which can be imported has just come in.

    `back` names the root of a card that was pulled while it was imported, and is in again.
    """

    changed = Signal()
    came = Signal(object)
    back = Signal(object)
    _heard = Signal()
    _ended = Signal()

    def __init__(
        self,
        context: PageContext,
        watch: Callable[[Callable[[], None]], Watch] = volumes.VolumeWatch,
        mounted: Callable[[], tuple[Volume, ...]] = volumes.mounted,
    ) -> None:
        super().__init__()
        self.context, self.model = context, CardsModel()
        self._mounted = mounted
        self._looking, self._again = False, False
        self._pulled: set[str] = set()
        self._ends = QTimer(self)
        self._ends.setInterval(LOOK_AGAIN_MS)
        self._ends.timeout.connect(self._look_for_ends)
        self._heard.connect(self.look)
        self._ended.connect(self._ask_about_unfinished)
        self._watch = watch(self._tell)

    def _tell(self) -> None:
        """On the watch's thread. When the window is gone already, nobody needs to hear."""
        with suppress(RuntimeError):
            self._heard.emit()

    def close(self) -> None:
        """Hear no more."""
        self._ends.stop()
        self._watch.close()

    @property
    def now(self) -> datetime:
        """For words about days."""
        return moment(self.context.desk.clock.wall_ms())

    # -- what is in --

    def look(self) -> None:
        """Look at what is in now; one look at a time."""
        if self._looking:
            self._again = True
            return
        self._looking = True
        self.context.tasks.decode(self._cards_in, self._looked, self._not_looked)

    def _cards_in(self) -> tuple[CardIn, ...]:
        return tuple(look for volume in self._mounted() if (look := look_at(volume)) is not None)

    def _not_looked(self, failure: BaseException) -> None:
        self._looking = False
        self.context.navigate.say(sentence(failure))

    def _looked(self, looks: tuple[CardIn, ...]) -> None:
        self._looking = False
        came, gone = self.model.looked(looks)
        for card in gone:
            self._went(card)
        for card in came:
            self._ask_about(card.look)
        if gone:
            self.changed.emit()
        if self._again:
            self._again = False
            self.look()

    def _ask(self, look: CardIn) -> tuple[SeenCard, UnfinishedImport | None]:
        """On the store's thread: enter the card in the register, and find what was not finished on it."""
        seen = self.context.desk.cards.seen(look.facts)
        imports = self.context.imports
        unfinished = imports.unfinished() if imports is not None else ()
        return seen, next((one for one in unfinished if one.card_id == seen.row.card_id), None)

    def _known(self, root: Path, answer: tuple[SeenCard, UnfinishedImport | None]) -> None:
        card = self.model.card(root)
        if card is None:
            return
        first, (seen, unfinished) = card.seen is None, answer
        card = replace(card, seen=seen, unfinished=unfinished)
        if unfinished is not None and self._is_active(unfinished.job_id):
            card = replace(card, state=CardState.COPYING)
            self._ends.start()
        self.model.put(card)
        back = first and card.can_import and unfinished is not None and seen.row.card_id in self._pulled
        if back:
            self._pulled.discard(seen.row.card_id)
            self.back.emit(root)
        elif first and card.can_import:
            self.came.emit(card)
        self.read_register()
        self.changed.emit()

    def _went(self, card: ShownCard) -> None:
        """A card was pulled. Put back, an import that it broke off goes on by itself."""
        if card.seen is not None:
            self._pulled.add(card.seen.row.card_id)
        if card.progress is not None and card.state is CardState.COPYING and card.progress.total:
            done = card.progress.done
            self.context.navigate.say(rest_in_words(done, max(0, card.progress.total - done)))

    def _is_active(self, job_id: str) -> bool:
        return self.context.imports is not None and job_id in self.context.imports.active_jobs()

    def begun(self, root: Path, order: UnfinishedImport | None) -> None:
        """The import page has this card now: the end of its import is looked for."""
        card = self.model.card(root)
        if card is not None:
            self.model.put(replace(card, unfinished=order or card.unfinished))
            self._ends.start()

    def import_ended(self) -> None:
        """An import that went on behind the lock has come to its end. From any thread."""
        with suppress(RuntimeError):
            self._ended.emit()

    def _ask_about_unfinished(self) -> None:
        for card in self.model.cards:
            if card.unfinished is not None and card.progress is None:
                self.model.put(replace(card, state=CardState.FOUND))
                self._ask_about(card.look)

    def _look_for_ends(self) -> None:
        """An import on the import page may have ended: ask about its card again."""
        waiting = False
        for card in self.model.cards:
            if card.state is not CardState.COPYING or card.progress is not None:
                continue  # what is imported beside the page tells of its own end
            if card.unfinished is not None and self._is_active(card.unfinished.job_id):
                waiting = True
            else:
                self.model.put(replace(card, state=CardState.FOUND))
                self._ask_about(card.look)
        if not waiting:
            self._ends.stop()

    def _ask_about(self, look: CardIn) -> None:
        self.context.tasks.store(partial(self._ask, look), partial(self._known, look.volume.root), self._failed)

    def read_register(self) -> None:
        """Ask again which cards are not cleared, and whether the clinic's policy lets any be erased."""
        cards = self.context.desk.cards
        self.context.tasks.store(lambda: (cards.uncleared(), cards.erase_when), self._took_register, self._failed)

    def _took_register(self, register: tuple[object, str]) -> None:
        rows, erase_when = register
        self.model.uncleared = rows if isinstance(rows, tuple) else ()
        self.model.may_erase = erase_when != EraseWhen.SERVER or self.context.desk.server_copies.kept
        self.changed.emit()

    def put(self, card: ShownCard, **changes: object) -> None:
        self.model.put(replace(card, **changes))  # type: ignore[arg-type]  # fields of a card by name
        self.changed.emit()

    def _failed(self, failure: BaseException) -> None:
        self.context.navigate.say(sentence(failure))
