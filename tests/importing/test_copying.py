"""The copy with two packs written at a time: order, sizes of packs, twins, faults of one lane."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from photodesk.errors import Fixable
from photodesk.importing import filling
from photodesk.importing.filling import CopiedPack, Filler, NewShot, PackSource
from photodesk.importing.scan import Found
from photodesk.importing.twins import Twins
from photodesk.protocol.importing import FileRead
from photodesk.store import packs
from photodesk.store.layout import Layout
from photodesk.store.pack_files import remove_if_empty
from photodesk.store.packs import PackWriter, packed_jobs
from tests.importing.conftest import Clinic, jpeg


class Written:
    """A pack that only remembers."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.names: list[str] = []
        self.rested = 0
        self.fault = fault

    def add_shot(self, name: str, *_: Any, **more: Any) -> tuple[str, str]:
        if self.fault is not None:
            raise self.fault
        self.names.append(name)
        return more["shot_id"], more["sha256"]

    def rest(self) -> None:
        self.rested += 1


def filled(sizes: list[int]) -> list[CopiedPack]:
    """Packs a filler hands over for shots of these sizes."""
    handed: list[CopiedPack] = []
    source = PackSource(lambda _: Written())  # type: ignore[arg-type, return-value]
    source.number_from(1)
    with ThreadPoolExecutor(1) as lane:
        filler = Filler(lane, source, lambda pack, _: handed.append(pack))
        for number, size_bytes in enumerate(sizes):
            filler.put(NewShot(f"{number:032x}", FileRead(0, f"{number}", size_bytes, "ab"), 0, ()))
            filler.settle()
        filler.end()
        filler.settle()
    return handed


def test_packs_grow_and_keep_to_their_limits() -> None:
    packs = filled([1] * 300)
    assert [len(pack.shots) for pack in packs] == [8, 16, 32, 64, 64, 64, 52]
    assert [pack.number for pack in packs] == list(range(1, 8))
    large = filled([filling.PACK_BYTES - 1, 1, 1, 3 * filling.PACK_BYTES, 1])
    assert [pack.held_bytes for pack in large] == [filling.PACK_BYTES, 1, 3 * filling.PACK_BYTES, 1]


def test_a_filler_that_fails_hands_over_what_it_had() -> None:
    handed: list[CopiedPack] = []
    source = PackSource(lambda _: Written(Fixable("disk_full", "Full.", "Make room.")))  # type: ignore[arg-type, return-value]
    with ThreadPoolExecutor(1) as lane:
        filler = Filler(lane, source, lambda pack, _: handed.append(pack))
        filler.put(NewShot("0" * 32, FileRead(0, "a", 1, "ab"), 0, ()))
        with pytest.raises(Fixable):
            filler.settle()
        filler.end()
        filler.settle()
    assert [pack.shots for pack in handed] == [[]]


def test_equal_bytes_belong_to_the_first_who_claims_them(tmp_path: Path) -> None:
    twins = Twins()
    found, file = Found(0, "a", tmp_path, 1, 0), FileRead(0, "a", 1, "ab")
    assert twins.double_or_claim(b"x", found, file, "one") == ("", False)
    assert twins.double_or_claim(b"x", found, file, "two") == ("one", False)
    assert twins.proven("one") == [file]
    assert twins.double_or_claim(b"x", found, file, "three") == ("one", True)
    assert twins.safe == 3
    twins.broken(b"x", "one")
    assert twins.double_or_claim(b"x", found, file, "four") == ("", False)


def test_every_file_twice_side_by_side_is_written_once(clinic: Clinic, tmp_path: Path) -> None:
    card = tmp_path / "twice"
    card.mkdir()
    for number in range(40):
        for copy in "ab":
            (card / f"IMG_{number:03}{copy}.JPG").write_bytes(jpeg(number))
    written: list[str] = []

    class Counted:
        def __init__(self, pack: PackWriter) -> None:
            self._pack = pack

        def add_shot(self, name: str, *rest: Any, **more: Any) -> tuple[str, str]:
            written.append(name)
            return self._pack.add_shot(name, *rest, **more)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._pack, name)

    clinic.new_pack = lambda plain: lambda number: Counted(plain(number))
    result = clinic.run(card)
    assert result.counts == {**dict.fromkeys(result.counts, 0), "filed": 40, "duplicate": 40}
    assert len(written) == 40
    assert len(clinic.chart.photos()) == 40
    assert packed_jobs(clinic.workplace.layout) == []


def test_a_pack_begins_although_a_desk_removed_the_folder_it_found_empty(
    clinic: Clinic, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, raced = packs.write_seal, list[bool]()

    def raced_once(layout: Layout, job_id: str, *more: Any) -> None:
        if not raced:
            raced.append(True)
            remove_if_empty(layout, job_id)
        plain(layout, job_id, *more)

    monkeypatch.setattr(packs, "write_seal", raced_once)
    result = clinic.run(card)
    assert raced
    assert result.exit_code == 0, result.document()
    assert packed_jobs(clinic.workplace.layout) == []
