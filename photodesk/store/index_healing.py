"""The photo index catches up with charts that it missed a change of."""

from __future__ import annotations

from photodesk.errors import Damaged, Fixable
from photodesk.progress import Cancel
from photodesk.store.charts import Charts
from photodesk.store.photo_index import PhotoIndex


def heal_index(index: PhotoIndex | None, charts: Charts, most: int | None = None, cancel: Cancel | None = None) -> int:
    """Bring up to date what an earlier session left, at most so many charts: how many were looked at.

    What cannot be read or written now stays marked for the next time; damage of a chart is the chart's own matter.
    """
    if index is None or index.marks is None:
        return 0
    done = 0
    for patient_id in index.marks.left()[:most]:
        if cancel is not None and cancel.requested:
            break
        try:
            _follow(index, charts, patient_id)
        except (Damaged, Fixable):
            continue
        index.marks.healed(patient_id)
        done += 1
    return done


def _follow(index: PhotoIndex, charts: Charts, patient_id: str) -> None:
    """Read again after writing: a change that another thread made meanwhile was told to the index before or after."""
    chart = charts.open(patient_id) if charts.exists(patient_id) else None
    for _ in range(3):
        photos = chart.photos() if chart is not None else ()
        if not index.differs(patient_id, photos):
            return
        index.replace_patient(patient_id, photos)
