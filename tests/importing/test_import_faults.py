"""Cards that are pulled, files that cannot be read, disks that are full: nothing lost, nothing doubled."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from photodesk.errors import Fixable
from photodesk.importing import shot_filer
from photodesk.importing.job import FileState, Stage
from photodesk.importing.reading import DiskCard, OpenSource
from photodesk.photos import Rendition
from photodesk.progress import Cancel, Progress
from photodesk.store.files import disk_full
from photodesk.store.packs import PackWriter, packed_jobs
from tests.importing.conftest import Clinic, jpeg


class FaultyFile:
    """A file of the card that fails at its first read."""

    def __init__(self, file: OpenSource, number: int) -> None:
        self._file = file
        self._number = number

    @property
    def size_bytes(self) -> int:
        return self._file.size_bytes

    def read(self, size: int) -> bytes:
        raise OSError(self._number, os.strerror(self._number))

    def unchanged(self) -> bool:
        return self._file.unchanged()

    def close(self) -> None:
        self._file.close()


@dataclass
class FaultyCard:
    """Fails reading files of a name with an errno; `out` means that the whole card is gone from there on."""

    name: str
    number: int = errno.EIO
    out: bool = False
    gone: bool = False

    def open(self, path: Path) -> OpenSource:
        if self.gone:
            raise OSError(errno.ENOENT, "gone")
        if path.name != self.name:
            return DiskCard().open(path)
        self.gone = self.out
        return FaultyFile(DiskCard().open(path), self.number)

    def present(self, root: Path) -> bool:
        return not self.gone and DiskCard().present(root)


def photos(clinic: Clinic) -> int:
    return len(clinic.chart.photos()) + len(clinic.chart.attachments())


@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES, errno.ENOENT, errno.ETIMEDOUT])
def test_a_file_that_cannot_be_read_fails_alone(clinic: Clinic, card: Path, number: int) -> None:
    clinic.card = FaultyCard("IMG_0007.JPG", number)
    result = clinic.run(card)
    failed = [outcome for outcome in result.outcomes if outcome.state is FileState.FAILED]
    assert [outcome.name for outcome in failed] == ["DCIM/100CANON/IMG_0007.JPG"]
    assert failed[0].stage is Stage.FOUND
    assert failed[0].reason
    assert result.exit_code == 1
    assert result.receipt is not None
    assert not result.receipt["all_safe"]
    clinic.card = DiskCard()
    again = clinic.run(card)
    assert again.counts == {**dict.fromkeys(again.counts, 0), "filed": 1, "duplicate": 12, "kept_as_is": 3}


def test_a_pulled_card_says_how_many_are_safe_and_resumes(clinic: Clinic, card: Path) -> None:
    clinic.card = FaultyCard("IMG_0007.JPG", out=True)
    result = clinic.run(card)
    assert result.stopped is not None
    assert result.stopped.message == ("The card was taken out. 7 files are safe. Put it back to copy the other 9.")
    assert result.counts["filed"] == 7
    assert result.counts["failed"] == 9
    clinic.card = DiskCard()
    again = clinic.run(card)
    assert again.job_id == result.job_id
    assert again.counts == {**dict.fromkeys(again.counts, 0), "filed": 12, "duplicate": 1, "kept_as_is": 3}
    assert photos(clinic) == 15


def test_a_full_disk_names_the_bytes_and_leaves_nothing_half_written(clinic: Clinic, card: Path) -> None:
    rooms = iter([1 << 40] * 5)
    clinic.free_bytes = lambda: next(rooms, 1000)
    result = clinic.run(card)
    assert result.stopped is not None
    assert result.stopped.code == "disk_full"
    assert "more bytes are needed" in result.stopped.message
    assert result.counts["filed"] == 5
    assert result.counts["failed"] == 11
    clinic.free_bytes = None
    again = clinic.run(card)
    assert again.exit_code == 0
    assert photos(clinic) == 15
    assert packed_jobs(clinic.workplace.layout) == []


class BrokenPack:
    """A pack whose disk fails at one step."""

    def __init__(self, pack: PackWriter, step: str, error: Exception | str) -> None:
        self._pack = pack
        self._step = step
        self._error = error

    def __getattr__(self, name: str) -> Any:
        if name != self._step:
            return getattr(self._pack, name)
        if isinstance(self._error, str):
            return lambda *_, **__: self._error

        def fail(*_: Any, **__: Any) -> Any:
            assert isinstance(self._error, Exception)
            raise self._error

        return fail


@pytest.mark.parametrize("step", ["add_shot", "rest", "mark_verified", "set_renditions", "finish", "read_back"])
def test_every_step_of_a_pack_may_fail(clinic: Clinic, card: Path, step: str) -> None:
    clinic.new_pack = lambda plain: lambda number: BrokenPack(plain(number), step, disk_full(4096))
    result = clinic.run(card)
    assert result.stopped is not None
    assert result.stopped.code == "disk_full"
    assert result.counts["failed"] == 0 or result.exit_code == 1
    for outcome in result.outcomes:
        if outcome.is_safe:
            assert clinic.chart.original_bytes(outcome.photo_id) == (card / outcome.name).read_bytes()
    clinic.new_pack = None
    again = clinic.run(card)
    assert again.exit_code == 0
    assert again.counts["failed"] == 0
    assert photos(clinic) == 15
    assert packed_jobs(clinic.workplace.layout) == []


def test_what_does_not_read_back_equal_is_not_called_safe_and_its_twin_is_copied(clinic: Clinic, card: Path) -> None:
    lies: set[str] = set()

    class Liar:
        def __init__(self, pack: PackWriter) -> None:
            self._pack = pack

        def add_shot(self, name: str, *rest: Any, **more: Any) -> tuple[str, str]:
            added = self._pack.add_shot(name, *rest, **more)
            lies.update(added[:1] if name == "DCIM/100CANON/IMG_0000.JPG" else ())
            return added

        def read_back(self, shot_id: str) -> str:
            return "0" * 64 if shot_id in lies else self._pack.read_back(shot_id)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._pack, name)

    twin = card / "DCIM/101CANON/IMG_0000.JPG"
    twin.write_bytes(jpeg(0))
    clinic.new_pack = lambda plain: lambda number: Liar(plain(number))
    result = clinic.run(card)
    states = {outcome.name: outcome for outcome in result.outcomes}
    first = states["DCIM/100CANON/IMG_0000.JPG"]
    assert (first.state, first.stage) == (FileState.FAILED, Stage.COPIED)
    assert "read back" in first.reason
    assert states["DCIM/101CANON/IMG_0000.JPG"].state is FileState.FILED


def test_a_file_that_grows_while_it_is_read_fails_with_its_reason(clinic: Clinic, card: Path) -> None:
    class Growing(DiskCard):
        def open(self, path: Path) -> OpenSource:
            file = super().open(path)
            if path.name == "notes.txt":
                path.write_bytes(b"and more and more and more")
            return file

    clinic.card = Growing()
    result = clinic.run(card)
    failed = {outcome.name: outcome.reason for outcome in result.outcomes if outcome.state is FileState.FAILED}
    assert failed == {
        "DCIM/100CANON/notes.txt": "This file changed while it was read. Import again when nothing writes to it."
    }


def test_cancel_keeps_what_is_verified(clinic: Clinic, card: Path) -> None:
    cancel = Cancel()
    cancel.set()
    result = clinic.run(card, cancel=cancel)
    assert result.stopped is not None
    assert result.stopped.code == "cancelled"
    again = clinic.run(card)
    assert again.job_id == result.job_id
    assert again.exit_code == 0
    assert photos(clinic) == 15


def test_the_log_that_cannot_be_written_stops_the_import_before_it_starts(clinic: Clinic, card: Path) -> None:
    clinic.keeper.refuse = Fixable("log_not_writable", "The log cannot be written.")
    with pytest.raises(Fixable, match="log"):
        clinic.run(card)
    assert packed_jobs(clinic.workplace.layout) == []


def test_a_missing_path_and_the_store_itself_are_refused(clinic: Clinic, card: Path) -> None:
    with pytest.raises(Fixable) as missing:
        clinic.run(card / "nothing")
    assert missing.value.code == "path_missing"
    with pytest.raises(Fixable) as inside:
        clinic.run(clinic.workplace.layout.root)
    assert inside.value.code == "path_is_store"


def test_front_desk_assigns_and_a_clinician_files_at_sign_in(
    clinic: Clinic, card: Path, at_front_desk: Callable[[Any], Any]
) -> None:
    clinician = clinic.workplace.keyset
    desk = at_front_desk(clinician)
    clinic.sign_in(desk)
    result = clinic.run(card)
    assert result.counts == {**dict.fromkeys(result.counts, 0), "assigned": 12, "duplicate": 1, "kept_as_is": 3}
    assert clinic.service().file_waiting() == 0
    clinic.sign_in(clinician)
    assert clinic.service().file_waiting() == 15
    assert photos(clinic) == 15
    assert packed_jobs(clinic.workplace.layout) == []
    assert {photo.body_site for photo in clinic.chart.photos()} == {"89545001"}


def test_erasing_deletes_only_what_is_proven_and_unchanged(clinic: Clinic, card: Path) -> None:
    changed = card / "DCIM/100CANON/IMG_0002.JPG"

    def swap(progress: Progress) -> None:
        if progress.what == "Filing photos":
            changed.write_bytes(b"something else")

    result = clinic.run(card, erase=True, report=swap)
    left = [path.name for path in card.rglob("*") if path.is_file() and not path.is_symlink()]
    assert left == ["IMG_0002.JPG"]
    assert result.erased is not None
    assert [one["name"] for one in result.erased if not one["erased"]] == ["DCIM/100CANON/IMG_0002.JPG"]
    deleted = [entry for entry in clinic.keeper.entries if entry.outcome == "erased from card"]
    assert len(deleted) == 15


def test_nothing_is_erased_unless_all_is_safe(clinic: Clinic, card: Path) -> None:
    clinic.card = FaultyCard("IMG_0007.JPG")
    result = clinic.run(card, erase=True)
    assert result.not_erased is not None
    assert result.not_erased.code == "not_all_safe"
    assert result.exit_code == 1
    assert len(list(card.rglob("*.JPG"))) == 15


def test_stopped_while_filing_the_same_order_files_the_rest_and_doubles_nothing(
    clinic: Clinic, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shot_filer, "BATCH_SHOTS", 3)
    cancel = Cancel()

    filed: list[int] = []

    def stop_at_the_third(now: Progress) -> None:
        if now.what == "Filing photos" and now.done >= 3:
            filed.append(now.done)
            cancel.set()

    result = clinic.run(card, cancel=cancel, report=stop_at_the_third)
    assert result.stopped is not None
    assert (result.stopped.code, result.exit_code) == ("cancelled", 1)
    assert len(filed) == 1
    assert 3 <= photos(clinic) == filed[0] < 15
    assert all(outcome.is_safe for outcome in result.outcomes)
    assert result.counts["failed"] == 0
    again = clinic.run(card)
    assert (again.job_id, again.exit_code) == (result.job_id, 0)
    assert photos(clinic) == 15
    assert packed_jobs(clinic.workplace.layout) == []
    assert clinic.workplace.catalog.job(again.job_id).state == "done"


def test_stopped_before_anything_is_filed_leaves_no_photo_behind_without_its_preview(
    clinic: Clinic, card: Path
) -> None:
    cancel = Cancel()

    def stop_when_copied(now: Progress) -> None:
        if now.total and now.done == now.total:
            cancel.set()

    result = clinic.run(card, cancel=cancel, report=stop_when_copied)
    again = clinic.run(card)
    assert (again.job_id, again.exit_code) == (result.job_id, 0)
    assert photos(clinic) == 15
    shown = [photo for photo in clinic.chart.photos() if not photo.facts.undecodable]
    assert len(shown) == 12
    assert all(clinic.chart.rendition(photo.photo_id, Rendition.THUMBNAIL) for photo in shown)
