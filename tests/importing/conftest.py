"""A store with keys made directly, a card in a folder, and the importer on a thread of this process."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from photodesk.app.importer_line import ImporterLine
from photodesk.clock import SystemClock
from photodesk.crypto import SigningKey
from photodesk.imaging import Decoded, sniff
from photodesk.importing.copying import copy_job
from photodesk.importing.finishing import Lanes
from photodesk.importing.job import Assignment, ImportResult
from photodesk.importing.line import DeskLine
from photodesk.importing.outbox import Outbox
from photodesk.importing.reading import Card, DiskCard
from photodesk.importing.service import ImportService
from photodesk.importing.volume import Volume
from photodesk.importing.workplace import Workplace
from photodesk.log.entry import Action, Entry, Receipt
from photodesk.log.records import sign_checkpoint
from photodesk.patients import Patient, PatientDraft
from photodesk.photos import PhotoFacts
from photodesk.progress import Cancel
from photodesk.protocol.channel import pair
from photodesk.protocol.importing import StartJob
from photodesk.store.catalog import Catalog
from photodesk.store.change import Change
from photodesk.store.charts import Charts
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.packs import PackWriter
from photodesk.store.signer import UnwatchedGenerations
from tests.store.conftest import front_desk, make_keyset

DAY = date(2026, 11, 20)


@dataclass
class Keeper:
    """Remembers entries; signs as the workstation."""

    key: SigningKey
    clinic_id: bytes
    entries: list[Entry] = field(default_factory=list)
    refuse: Exception | None = None

    def append(self, entry: Entry) -> Receipt:
        if self.refuse is not None:
            raise self.refuse
        self.entries.append(entry)
        return Receipt("0" * 32, len(self.entries), b"")

    def append_async(self, entry: Entry) -> Future[Receipt]:
        done: Future[Receipt] = Future()
        done.set_result(self.append(entry))
        return done

    def sign(self, kind: str, data: bytes) -> bytes:
        return self.key.sign(kind, self.clinic_id, data)

    def checkpoint(self) -> bytes:
        sequence = len(self.entries)
        return sign_checkpoint(
            self.key, self.clinic_id, "0" * 32, sequence, bytes(32), 1_795_168_800_000, (), b"", b""
        ).encoded

    def committed(self, database: str, generation: int) -> None:
        """Generations are the store's own tests' matter."""

    def actions(self, action: Action) -> list[Entry]:
        return [entry for entry in self.entries if entry.action is action]


class PlainDecoder:
    """Stands in for the decoder processes with Pillow: what it cannot read is undecodable."""

    def decode(
        self,
        data: bytes | bytearray | memoryview | int,
        long_edge_px: int | None = None,
        *,
        read_codes: bool = False,
        painted: bool = False,
    ) -> Decoded:
        assert not isinstance(data, int)
        media_type = sniff(bytes(data[:4096]))
        try:
            with Image.open(io.BytesIO(bytes(data))) as picture:
                pixels = np.asarray(picture.convert("RGB"))
        except (OSError, ValueError, SyntaxError):
            return Decoded(PhotoFacts(media_type, undecodable="This file cannot be decoded; it is kept as it is."))
        height, width = pixels.shape[:2]
        return Decoded(PhotoFacts(media_type, width, height), pixels)


@dataclass
class Clinic:
    """One store, one signed-in person, and imports that run in this process."""

    workplace: Workplace
    patient: Patient
    keeper: Keeper
    catalogs: list[tuple[Catalog, Charts]]
    card: Card = field(default_factory=DiskCard)
    free_bytes: Callable[[], int] | None = None
    new_pack: Callable[[Callable[[int], Any]], Callable[[int], Any]] | None = None
    threads: list[threading.Thread] = field(default_factory=list)
    volumes: Callable[[], tuple[Volume, ...]] = tuple

    def service(self) -> ImportService:
        return ImportService(self.workplace, self.connect, PlainDecoder(), self.volumes)

    def run(self, *paths: Path, assigned: bool = True, **more: Any) -> ImportResult:
        assignment = Assignment(self.patient.patient_id, DAY, "89545001", "frontal") if assigned else None
        result = self.service().run(paths, assignment, **more)
        self.join()
        return result

    def connect(self, job_id: str) -> DeskLine:
        ours, theirs = pair()
        thread = threading.Thread(target=self._importer, args=(theirs,), name="test-importer", daemon=True)
        thread.start()
        self.threads.append(thread)
        return DeskLine(ours)

    def join(self) -> None:
        for thread in self.threads:
            thread.join(20)
            assert not thread.is_alive()
        self.threads.clear()

    def _importer(self, sock: socket.socket) -> None:
        line = ImporterLine(sock)
        cancel, over = Cancel(), threading.Event()
        outbox = Outbox(cancel, over.set, lambda _: None)
        messages = line.messages()
        start = next(messages)
        assert isinstance(start, StartJob)
        outbox.attach(line)

        def hear() -> None:
            for message in messages:
                outbox.hear(message)
            outbox.detach(line)

        hearing = threading.Thread(target=hear, daemon=True)
        hearing.start()
        layout = self.workplace.layout

        def plain_pack(number: int) -> PackWriter:
            return PackWriter.create(
                layout,
                start.job_id,
                number,
                start.clinic_id,
                start.inbox_public,
                start.inbox_epoch,
                start.starter_kem_public,
                UnwatchedGenerations(),
            )

        new_pack = self.new_pack(plain_pack) if self.new_pack else plain_pack
        with ExitStack() as stack:
            one = [stack.enter_context(ThreadPoolExecutor(threads)) for threads in (2, 1, 1, 2, 1)]
            lanes = Lanes(one[0], (one[1], one[2]), one[3], one[4], stack.enter_context(ThreadPoolExecutor(2)))
            copy_job(start, self.card, outbox, cancel, lanes, PlainDecoder(), new_pack, SystemClock(), self.free_bytes)
        hearing.join(10)
        line.close()

    def sign_in(self, keyset: KeySet) -> None:
        """Another person at the same store."""
        old = self.workplace
        catalog = Catalog.open(old.layout, keyset, self.keeper, self.keeper, old.clock)
        charts = Charts(old.layout, keyset, catalog, catalog.erasure, self.keeper, self.keeper, old.clock)
        self.catalogs.append((catalog, charts))
        self.workplace = Workplace(old.layout, keyset, catalog, charts, self.keeper, old.clock, "role")

    @property
    def chart(self) -> Any:
        return self.workplace.charts.open(self.patient.patient_id)


@contextmanager
def clinic_in(folder: Path) -> Iterator[Clinic]:
    """A store in this folder."""
    keyset = make_keyset()
    layout = Layout(folder / "store")
    layout.prepare()
    clock = SystemClock()
    keeper = Keeper(SigningKey.generate(), keyset.clinic_id)
    catalog = Catalog.create(layout, keyset, keeper, keeper, clock)
    charts = Charts(layout, keyset, catalog, catalog.erasure, keeper, keeper, clock)
    draft = PatientDraft("P-1", "Muster", "Maria", date(1980, 1, 2))
    patient = catalog.add_patient(Change(keyset.person_id, "test"), draft)
    workplace = Workplace(layout, keyset, catalog, charts, keeper, clock, "clinician")
    made = Clinic(workplace, patient, keeper, [(catalog, charts)])
    try:
        yield made
        made.join()
    finally:
        for one, two in made.catalogs:
            two.close_all()
            one.close()


@contextmanager
def clinic_again(first: Clinic, store: Path) -> Iterator[Clinic]:
    """A copy of a clinic's store, opened by the same person."""
    keyset, clock, keeper = first.workplace.keyset, SystemClock(), first.keeper
    layout = Layout(store)
    catalog = Catalog.open(layout, keyset, keeper, keeper, clock)
    charts = Charts(layout, keyset, catalog, catalog.erasure, keeper, keeper, clock)
    workplace = Workplace(layout, keyset, catalog, charts, keeper, clock, "clinician")
    try:
        made = Clinic(workplace, first.patient, keeper, [(catalog, charts)])
        yield made
        made.join()
    finally:
        charts.close_all()
        catalog.close()


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    with clinic_in(tmp_path) as made:
        yield made


@pytest.fixture
def at_front_desk() -> Callable[[KeySet], KeySet]:
    return front_desk


def jpeg(number: int, size: tuple[int, int] = (64, 48)) -> bytes:
    """A small JPEG unlike those of other numbers."""
    pixels = np.random.default_rng(number).integers(0, 255, (*size[::-1], 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=80)
    return out.getvalue()


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """Twelve pictures, one broken, a video, a note, two equal files in two folders, a link."""
    root = tmp_path / "card"
    for slot in ("DCIM/100CANON", "DCIM/101CANON"):
        (root / slot).mkdir(parents=True)
    for number in range(12):
        (root / "DCIM/100CANON" / f"IMG_{number:04}.JPG").write_bytes(jpeg(number))
    (root / "DCIM/101CANON/IMG_0003.JPG").write_bytes(jpeg(3))
    (root / "DCIM/100CANON/IMG_0900.JPG").write_bytes(jpeg(900)[:300])
    (root / "DCIM/100CANON/MVI_0001.MP4").write_bytes(b"\0\0\0\x18ftypisom" + bytes(range(256)) * 40)
    (root / "DCIM/100CANON/notes.txt").write_bytes(b"left eye first\n")
    (root / "DCIM/link.JPG").symlink_to(root / "DCIM/100CANON/IMG_0001.JPG")
    return root
