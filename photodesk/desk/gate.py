"""The viewing gate: the only door from screens and commands to pixels.

No picture leaves before its entry is on the disk. A batch that becomes visible together is one entry; the chart is
read while the entry is on its way, inside the gate. What is logged already on a screen is not logged again until
that screen is left; coming back logs again. If the log cannot be written, nothing is returned.
Thread-safe.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import Protocol

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
from photodesk.desk.shown import Shown
from photodesk.errors import Damaged
from photodesk.imaging.decoded import Decoded, Decoder
from photodesk.log.entry import Action
from photodesk.photos import Rendition
from photodesk.store.catalog import Catalog
from photodesk.store.charts import Charts


class Inbox(Protocol):
    """Where shots wait to be filed, as the gate reads it."""

    def renditions(self, job_id: str, shot_ids: Sequence[str], rendition: Rendition) -> dict[str, bytes]:
        """JPEGs by shot id; absent where a shot has no picture or its pack is not readable here."""
        ...


class ViewingGate:
    """Pixels for entries. `purposes`: what the person said about the patient who is here."""

    def __init__(
        self,
        actor: Actor,
        catalog: Catalog,
        charts: Charts,
        decoder: Decoder | None = None,
        inbox: Inbox | None = None,
    ) -> None:
        self._actor = actor
        self._charts = charts
        self._clock = actor.clock
        self._decoder = decoder
        self._inbox = inbox
        self.purposes = Purposes(catalog, actor.clock)
        self._pictures = Pictures(actor, charts)
        self._shown = Shown(actor.clock)
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
        fresh = self._shown.fresh(screen, patient_id, photo_ids, rendition)
        pending = self._send(Action.VIEW, patient_id, fresh, rendition.value, screen, purpose) if fresh else None
        try:
            pictures = self._pictures.fetch(patient_id, photo_ids, rendition)
        finally:
            if pending is not None:  # waited for also when the chart is damaged: the entry is then on its way
                durable(pending)
        self._shown.mark(screen, patient_id, fresh, rendition)
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
        self._pictures.fetch_ahead(patient_id, photo_ids, rendition, ready)

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
        pending = self._send(Action.COMPARE, patient_id, tuple(photo_ids), rendition.value, screen, purpose)
        try:
            pictures = self.view(patient_id, photo_ids, rendition, screen, purpose)
        finally:
            durable(pending)
        return pictures

    def look(self, patient_id: str, photo_ids: Sequence[str], screen: str, purpose: str | None = None) -> Look:
        """Screen renditions that come to a screen together, to be decoded inside the gate by several threads.

        Entries as `view` writes them for one photo and `compare` for more; the errors are those of `Look.picture`.
        """
        ids, rendition = tuple(photo_ids), Rendition.SCREEN

        def send() -> tuple[PendingReceipt, ...]:
            self._actor.require(Right.SEE_CHART)
            if len(ids) > 1:
                self._actor.require(Right.COMPARE)
            fresh = self._shown.fresh(screen, patient_id, ids, rendition)
            wanted = [(Action.COMPARE, ids)] if len(ids) > 1 else []
            wanted += [(Action.VIEW, fresh)] if fresh else []
            return tuple(self._send(what, patient_id, of, rendition.value, screen, purpose) for what, of in wanted)

        return Look(
            send,
            lambda photo_id: self._pictures.one(patient_id, photo_id, rendition, alone=len(ids) == 1),
            lambda: self._shown.mark(screen, patient_id, ids, rendition),
            lambda photo_id, jpeg, how: self._pictures.ahead.take(patient_id, photo_id, jpeg, how),
        )

    def original_pixels(
        self, patient_id: str, photo_id: str, screen: str, purpose: str | None = None, long_edge_px: int | None = None
    ) -> Decoded:
        """Full-resolution pixels of the displayed original, `painted` by a decoder, after a `VIEW` entry.

        Call it from a decoding thread: it reads and decodes a whole file.
        """
        self._actor.require(Right.SEE_CHART)
        fresh = self._shown.fresh(screen, patient_id, (photo_id,), Rendition.ORIGINAL)
        pending = None
        if fresh:
            pending = self._send(Action.VIEW, patient_id, fresh, Rendition.ORIGINAL.value, screen, purpose)
        try:
            decoded = painted_original(self._charts.open(patient_id), self._decoder, photo_id, long_edge_px)
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

    # -- shots of the inbox -------------------------------------------------------------------------------------

    def view_shots(
        self, job_id: str, shot_ids: Sequence[str], screen: str = "import", rendition: Rendition = Rendition.THUMBNAIL
    ) -> dict[str, bytes]:
        """JPEGs of shots that wait in the inbox, after one `VIEW` entry naming the job; those without are absent."""
        self._actor.require(Right.SEE_INBOX)
        fresh = self._shown.fresh(screen, "", shot_ids, rendition)
        pending = None
        if fresh:
            pending = append_async(
                self._actor.keeper,
                self._actor.entry(
                    Action.VIEW,
                    photo_ids=fresh,
                    rendition=rendition.value,
                    screen=screen,
                    purpose="filing",
                    details={"job": job_id},
                ),
            )
        try:
            found = self._inbox.renditions(job_id, shot_ids, rendition) if self._inbox else {}
        finally:
            if pending is not None:
                durable(pending)
        self._shown.mark(screen, "", fresh, rendition)
        return found

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
