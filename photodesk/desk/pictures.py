"""Renditions as the gate reads them: from memory or the chart. Nothing here leaves the gate by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

from photodesk.desk.actor import Actor
from photodesk.desk.picture_memory import PictureMemory
from photodesk.errors import Damaged
from photodesk.log.entry import Action
from photodesk.photos import Rendition
from photodesk.store.charts import Charts


class Pictures:
    """Renditions of charts, remembered for a while. Thread-safe."""

    def __init__(self, actor: Actor, charts: Charts) -> None:
        self._actor = actor
        self._charts = charts
        self._memory = PictureMemory()
        self._damaged: dict[str, Damaged] = {}
        self._lock = threading.Lock()

    def fetch(self, patient_id: str, photo_ids: Sequence[str], rendition: Rendition) -> dict[str, bytes]:
        """JPEGs by photo id; missing and damaged ones are absent. Damaged for the chart, or an only photo."""
        found: dict[str, bytes] = {}
        chart = None
        for photo_id in photo_ids:
            picture = self._memory.get(patient_id, photo_id, rendition)
            if picture is None:
                chart = chart or self._charts.open(patient_id)
                try:
                    picture = chart.rendition(photo_id, rendition)
                except Damaged as damage:
                    self._met(patient_id, photo_id, damage)
                    if len(photo_ids) == 1:
                        raise
                    continue
                if not picture:
                    continue
                self._memory.keep(patient_id, photo_id, rendition, picture)
            found[photo_id] = picture
        return found

    def damage(self, photo_id: str) -> Damaged | None:
        """Why this photo could not be read, if that was so."""
        with self._lock:
            return self._damaged.get(photo_id)

    def forget(self, patient_id: str, photo_ids: Iterable[str]) -> None:
        """Drop what is remembered of these photos."""
        self._memory.forget(patient_id, photo_ids)

    def clear(self) -> None:
        """Drop everything remembered."""
        self._memory.clear()

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
