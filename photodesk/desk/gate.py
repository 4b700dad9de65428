"""The viewing gate: the only door from screens and commands to pixels.

No picture leaves before its entry is on the disk. A batch that becomes visible together is one entry; the chart is
read while the entry is on its way, inside the gate. What is logged already on a screen is not logged again until
that screen is left; coming back logs again. If the log cannot be written, nothing is returned.
Thread-safe.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

from photodesk.clock import rfc3339
from photodesk.desk.actor import Actor
from photodesk.desk.ahead import Ready
from photodesk.desk.disclosure import painted_original
from photodesk.desk.durable import append_async, durable
from photodesk.desk.keeper import PendingReceipt
from photodesk.desk.look import Look
from photodesk.desk.pictures import Pictures
from photodesk.desk.purpose import Purposes
from photodesk.desk.roles import Right
from photodesk.desk.shot_gate import Inbox, ShotGate
from photodesk.desk.shown import Shown
from photodesk.errors import Damaged
from photodesk.imaging.decoded import Decoded, Decoder
from photodesk.log.entry import Action
from photodesk.photos import Rendition
from photodesk.store.catalog import Catalog
from photodesk.store.charts import Charts


class ViewingGate(ShotGate):
    """Pixels for entries. `purposes`: what the person said about the patient who is here."""

    def __init__(
        self,
        actor: Actor,
        catalog: Catalog,
        charts: Charts,
        decoder: Decoder | None = None,
        inbox: Inbox | None = None,
    ) -> None:
        super().__init__(actor, Shown(actor.clock), inbox)
        self._charts = charts
        self._clock = actor.clock
        self._decoder = decoder
        self.purposes = Purposes(catalog, actor.clock)
        self._pictures = Pictures(actor, charts)
        self._seen: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    # -- photos of a chart --------------------------------------------------------------------------------------

    def view(
        self, patient_id: str, photo_ids: Sequence[str], rendition: Rendition, screen: str, purpose: str | None = None
    ) -> dict[str, bytes]:
        """JPEGs by photo id, after one durable `VIEW` entry for those not yet logged on this screen.

        `purpose` None: the rule of `Purposes.of`. A photo whose rendition is missing or damaged (see `damage`) is
        absent from the answer. Fixable `log_not_writable`: nothing is returned. Damaged: the chart, or the only
        photo asked for.
        """
        self._actor.require(Right.SEE_CHART)
        pictures: dict[str, bytes] = {}
        pending, parts = list[PendingReceipt](), self._charts.split(patient_id, photo_ids)
        new = {entry: self._shown.fresh(screen, entry, held, rendition) for entry, held in parts.items()}
        pending += [self._send(Action.VIEW, one, of, rendition.value, screen, purpose) for one, of in new.items() if of]
        try:
            for entry, held in parts.items():
                pictures |= self._pictures.fetch(entry, held, rendition, alone=len(photo_ids) == 1)
        finally:
            for receipt in pending:  # waited for also when the chart is damaged: the entry is then on its way
                durable(receipt)
        for entry, fresh in new.items():
            self._shown.mark(screen, entry, fresh, rendition)
        return pictures

    def damage(self, photo_id: str) -> Damaged | None:
        """Why this photo could not be read, if that was so."""
        return self._pictures.damage(photo_id)

    def coming(self, photo_id: str) -> bool:
        """Whether its thumbnail was still on its way from another workstation."""
        return self._pictures.coming(photo_id)

    def prefetch(
        self, patient_id: str, photo_ids: Sequence[str], rendition: Rendition, ready: Ready | None = None
    ) -> None:
        """Read renditions that may be asked for soon, and make them `ready`; they stay inside the gate."""
        self._actor.require(Right.SEE_CHART)
        for entry, held in self._charts.split(patient_id, photo_ids).items():
            self._pictures.fetch_ahead(entry, held, rendition, ready)

    def compare(
        self,
        patient_id: str,
        photo_ids: Sequence[str],
        screen: str = "compare",
        purpose: str | None = None,
        rendition: Rendition = Rendition.SCREEN,
    ) -> dict[str, bytes]:
        """JPEGs of photos seen side by side: a `COMPARE` entry, and `VIEW` for those not yet logged here."""
        self._actor.require(Right.COMPARE)
        parts = self._charts.split(patient_id, photo_ids).items()
        pending = [self._send(Action.COMPARE, one, of, rendition.value, screen, purpose) for one, of in parts]
        try:
            pictures = self.view(patient_id, photo_ids, rendition, screen, purpose)
        finally:
            for receipt in pending:
                durable(receipt)
        return pictures

    def look(self, patient_id: str, photo_ids: Sequence[str], screen: str, purpose: str | None = None) -> Look:
        """Screen renditions that come to a screen together, to be decoded inside the gate by several threads.

        Entries as `view` writes them for one photo and `compare` for more; the errors are those of `Look.picture`.
        """
        ids, rendition = tuple(photo_ids), Rendition.SCREEN
        parts = self._charts.split(patient_id, ids)
        whose = {photo_id: entry for entry, held in parts.items() for photo_id in held}

        def send() -> tuple[PendingReceipt, ...]:
            self._actor.require(Right.SEE_CHART)
            if len(ids) > 1:
                self._actor.require(Right.COMPARE)
            wanted = [(Action.COMPARE, entry, held) for entry, held in parts.items()] if len(ids) > 1 else []
            new = [(entry, self._shown.fresh(screen, entry, held, rendition)) for entry, held in parts.items()]
            wanted += [(Action.VIEW, entry, fresh) for entry, fresh in new if fresh]
            return tuple(self._send(what, entry, of, rendition.value, screen, purpose) for what, entry, of in wanted)

        def logged() -> None:
            for entry, held in parts.items():
                self._shown.mark(screen, entry, held, rendition)

        return Look(
            send,
            lambda photo_id: self._pictures.one(whose[photo_id], photo_id, rendition, alone=len(ids) == 1),
            logged,
            lambda photo_id, jpeg, how: self._pictures.ahead.take(whose[photo_id], photo_id, jpeg, how),
        )

    def original_pixels(
        self, patient_id: str, photo_id: str, screen: str, purpose: str | None = None, long_edge_px: int | None = None
    ) -> Decoded:
        """Full-resolution pixels of the displayed original, `painted` by a decoder, after a `VIEW` entry.

        Call it from a decoding thread: it reads and decodes a whole file.
        """
        self._actor.require(Right.SEE_CHART)
        chart = self._charts.holding(patient_id, photo_id)
        patient_id, pending = chart.patient_id, None
        fresh = self._shown.fresh(screen, patient_id, (photo_id,), Rendition.ORIGINAL)
        if fresh:
            pending = self._send(Action.VIEW, patient_id, fresh, Rendition.ORIGINAL.value, screen, purpose)
        try:
            decoded = painted_original(chart, self._decoder, photo_id, long_edge_px)
        finally:
            if pending is not None:
                durable(pending)
        self._shown.mark(screen, patient_id, fresh, Rendition.ORIGINAL)
        return decoded

    def leave(self, screen: str) -> None:
        """The screen is gone: `VIEW_END` says for how long; the next look is logged again."""
        self._pictures.ahead.clear()
        for patient_id, photo_ids, duration_ms in self._shown.leave(screen):
            lasting = _lasting(duration_ms)
            entry = self._actor.entry(Action.VIEW_END, patient_id, photo_ids=photo_ids, screen=screen, details=lasting)
            durable(append_async(self._actor.keeper, entry))
            if patient_id:
                self._remember_seen(patient_id)

    def leave_all(self) -> None:
        """Every screen is gone: the desk is closing."""
        for screen in self._shown.screens():
            self.leave(screen)
        self._pictures.clear()

    def forget(self, patient_id: str, photo_ids: Iterable[str]) -> None:
        """Drop remembered renditions that have changed."""
        self._pictures.forget(patient_id, photo_ids)

    # -- inside -------------------------------------------------------------------------------------------------

    def _remember_seen(self, patient_id: str) -> None:
        """The chart's own seen list, once a day, and not on the way to a picture: it is a convenience."""
        day = rfc3339(self._clock.wall_ms())[:10]
        with self._lock:
            known = (patient_id, day) in self._seen
            self._seen.add((patient_id, day))
        if not known:
            self._charts.open(patient_id).seen(self._actor.person_id, self._clock.wall_ms())

    def _send(
        self,
        action: Action,
        patient_id: str,
        photo_ids: tuple[str, ...],
        rendition: str,
        screen: str,
        purpose: str | None,
    ) -> PendingReceipt:
        return append_async(
            self._actor.keeper,
            self._actor.entry(
                action,
                patient_id,
                photo_ids=photo_ids,
                rendition=rendition,
                screen=screen,
                purpose=self.purposes.of(patient_id, purpose),
            ),
        )


def _lasting(duration_ms: int) -> dict[str, str]:
    return {"duration_ms": str(duration_ms)}
