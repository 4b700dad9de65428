"""Renditions as the gate reads them: from memory or the chart. Nothing here leaves the gate by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

from photodesk.desk.actor import Actor
from photodesk.desk.ahead import Ahead, Ready
from photodesk.desk.picture_memory import PictureMemory
from photodesk.errors import Damaged, Fixable
from photodesk.log.entry import Action
from photodesk.photos import Rendition
from photodesk.store.charts import Charts


class Pictures:
    """Renditions of charts, remembered for a while. Thread-safe."""

    def __init__(self, actor: Actor, charts: Charts) -> None:
        self._actor = actor
        self._charts = charts
        self._memory = PictureMemory()
        self.ahead = Ahead()
        self._damaged: dict[str, Damaged] = {}
        self._coming: set[str] = set()
        self._lock = threading.Lock()

    def fetch(
        self, patient_id: str, photo_ids: Sequence[str], rendition: Rendition, *, alone: bool
    ) -> dict[str, bytes]:
        """JPEGs by photo id; missing and damaged ones are absent. Damaged for the chart, or a photo `alone`."""
        found = ((photo_id, self.one(patient_id, photo_id, rendition, alone=alone)) for photo_id in photo_ids)
        pictures = {photo_id: picture for photo_id, picture in found if picture is not None}
        absent = [photo_id for photo_id in photo_ids if photo_id not in pictures]
        with self._lock:
            self._coming.difference_update(photo_ids)
        if absent and rendition is Rendition.THUMBNAIL:
            coming = self._charts.open(patient_id).coming_thumbnails(absent)
            with self._lock:
                self._coming |= coming
        return pictures

    def fetch_ahead(self, patient_id: str, photo_ids: Sequence[str], rendition: Rendition, ready: Ready | None) -> None:
        """Read what may be asked for soon, and make it ready."""
        for photo_id, jpeg in self.fetch(patient_id, photo_ids, rendition, alone=len(photo_ids) == 1).items():
            if ready is not None:
                self.ahead.make(patient_id, photo_id, jpeg, ready)

    def one(self, patient_id: str, photo_id: str, rendition: Rendition, *, alone: bool) -> bytes | None:
        """One JPEG; None where it is missing, or damaged and not `alone`. Damaged: the chart, or a photo alone."""
        picture = self._memory.get(patient_id, photo_id, rendition)
        if picture is not None:
            return picture
        chart = self._charts.open(patient_id)
        try:
            picture = chart.rendition(photo_id, rendition)
        except Damaged as damage:
            self._met(patient_id, photo_id, damage)
            if alone:
                raise
            return None
        except Fixable as problem:
            if problem.code != "no_rendition":
                raise
            return chart.coming_screen(photo_id) if rendition is Rendition.SCREEN else None
        self._memory.keep(patient_id, photo_id, rendition, picture)
        return picture

    def damage(self, photo_id: str) -> Damaged | None:
        """Why this photo could not be read, if that was so."""
        with self._lock:
            return self._damaged.get(photo_id)

    def coming(self, photo_id: str) -> bool:
        """Whether its thumbnail was on its way from another workstation when it was last asked for."""
        with self._lock:
            return photo_id in self._coming

    def forget(self, patient_id: str, photo_ids: Iterable[str]) -> None:
        """Drop what is remembered of these photos."""
        gone = set(photo_ids)
        self._memory.forget(patient_id, gone)
        self.ahead.forget(patient_id, gone)

    def clear(self) -> None:
        """Drop everything remembered."""
        self._memory.clear()
        self.ahead.clear()

    def _met(self, patient_id: str, photo_id: str, damage: Damaged) -> None:
        """One damaged photo costs itself and not the batch; it is an entry, once."""
        with self._lock:
            known = photo_id in self._damaged
            self._damaged[photo_id] = damage
        if not known:
            self._actor.log(
                self._actor.entry(
                    Action.DAMAGE,
                    patient_id,
                    photo_ids=(photo_id,),
                    outcome=damage.code,
                    details={"chart": damage.chart_id or ""},
                )
            )
