"""Reads what the timeline page shows, beside the GUI thread, and again by itself when the log could not be written."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from photodesk.desk.corrections import DeletedPhoto
from photodesk.desk.timeline import SeenBy, Timeline
from photodesk.patients import Patient
from photodesk.photos import Protocol
from photodesk.photos.comparison import Comparison
from photodesk.ui.page import PageContext, Request
from photodesk.ui.picture_source import PictureSource
from photodesk.ui.retry import Retry

SLOW_MS = 2000


@dataclass(frozen=True)
class ChartRead:
    """One reading of a chart. `asks`: the purpose of looking has to be asked for first."""

    timeline: Timeline
    notes: str
    seen: tuple[SeenBy, ...]
    asks: bool
    protocols: tuple[Protocol, ...]
    deleted: tuple[DeletedPhoto, ...]
    kept: tuple[Comparison, ...] = ()


class ChartReader(QObject):
    """`arrived` carries `ChartRead`, `failed` why there is none, `named` the patient of a chart that cannot be read."""

    arrived = Signal(object)
    failed = Signal(object)
    named = Signal(object)
    slow = Signal()

    def __init__(self, context: PageContext, patient_id: str, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._patient_id = context, patient_id
        self._requests: list[Request] = []
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._slow.timeout.connect(self.slow)
        self.retry = Retry(self.read, self)

    def begin(self) -> None:
        """The page is shown: say so when reading takes long."""
        self._slow.start()
        self.read()

    def read(self) -> None:
        """Read the chart; an answer still out is dropped."""
        self._drop()
        self._requests.append(self._context.tasks.store(self._work, self._took, self._refused))

    def read_again(self, *sources: PictureSource) -> None:
        """Others changed this chart: read it, and ask again for pictures that were not here."""
        for source in sources:
            source.look_again()
        self.read()

    def name(self) -> None:
        """Who the patient is, from the catalog."""
        patients, patient_id = self._context.desk.patients, self._patient_id

        def found(patient: Patient) -> None:
            self.named.emit(patient)

        self._requests.append(
            self._context.tasks.store(lambda: patients.get(patient_id), found, lambda _failure: self._slow.stop())
        )

    def stop(self) -> None:
        """The page is hidden."""
        self._slow.stop()
        self.retry.stop()
        self._drop()

    def _drop(self) -> None:
        for request in self._requests:
            request.cancel()
        self._requests.clear()

    def _work(self) -> ChartRead:
        desk, patient_id = self._context.desk, self._patient_id
        timeline = desk.timeline.refresh(patient_id)
        return ChartRead(
            timeline,
            desk.patients.all_notes(patient_id),
            desk.timeline.seen_by(patient_id),
            bool(timeline.photo_count) and desk.gate.purposes.needed(patient_id),
            desk.protocols.all(),
            desk.corrections.deleted(patient_id),
            desk.layers.comparisons(patient_id),
        )

    def _took(self, read: ChartRead) -> None:
        self._requests.clear()
        self._slow.stop()
        self.arrived.emit(read)

    def _refused(self, failure: BaseException) -> None:
        self._requests.clear()
        self._slow.stop()
        self.retry.after(failure)
        self.failed.emit(failure)
