"""Power cuts in short (`python -m tests.power.cut` is the whole run), and the disk that loses what was not synced."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.power.cut import Recorded, cut, images, recorded
from tests.power.disk import KEPT, LOST, TORN, Disk
from tests.power.recording import Step

traced = pytest.mark.skipif(shutil.which("strace") is None or os.name != "posix", reason="needs strace")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return recorded(tmp_path_factory.mktemp("power"), photos=6)


@traced
def test_whatever_was_acknowledged_outlives_a_power_cut(made: Recorded, tmp_path: Path) -> None:
    seen = cut(made, tmp_path, 10, lambda _image: None, seed=os.getpid())
    assert set(seen) == {LOST, TORN, KEPT}


@traced
@pytest.mark.thorough
def test_five_hundred_power_cuts(made: Recorded, tmp_path: Path) -> None:
    assert cut(made, tmp_path, 500, lambda _image: None).total() == 500


@traced
def test_a_session_that_never_synced_would_be_found_out(made: Recorded, tmp_path: Path) -> None:
    last = max(at for at, step in enumerate(made.steps) if step.kind == "sync")
    careless = replace(
        made, steps=tuple(step for at, step in enumerate(made.steps) if step.kind != "sync" or at == last)
    )
    with pytest.raises(AssertionError, match="power cut"):
        cut(careless, tmp_path, 4, lambda _image: None)


@traced
def test_acknowledgements_grow_with_the_session(made: Recorded, tmp_path: Path) -> None:
    counts = [len(image.acks) for image in images(made, tmp_path, 6)]
    assert counts == sorted(counts)
    assert counts[-1] > 20


def disk_of(folder: Path) -> tuple[Disk, str]:
    (folder / "old").mkdir()
    (folder / "old" / "a").write_bytes(b"a" * 2000)
    return Disk(folder / "old", folder / "old"), str(folder / "old")


def test_what_was_synced_is_kept_and_the_rest_is_lost_whole_or_in_part(tmp_path: Path) -> None:
    disk, root = disk_of(tmp_path)
    for step in (
        Step("write", f"{root}/a", b"b" * 1000, 0),
        Step("sync", f"{root}/a"),
        Step("write", f"{root}/a", b"c" * 2000, 0),
    ):
        disk.take(step)
    disk.image(tmp_path / "lost", LOST)
    assert (tmp_path / "lost" / "a").read_bytes() == b"b" * 1000 + b"a" * 1000
    disk.image(tmp_path / "kept", KEPT)
    assert (tmp_path / "kept" / "a").read_bytes() == b"c" * 2000
    found = set()
    for seed in range(200):
        disk.image(tmp_path / f"torn{seed}", TORN, seed)
        found.add((tmp_path / f"torn{seed}" / "a").read_bytes().count(b"c"))
    assert {0, 512, 1024, 1536, 2000} == found


def test_a_name_is_durable_once_its_folder_was_synced(tmp_path: Path) -> None:
    disk, root = disk_of(tmp_path)
    for step in (
        Step("make", f"{root}/new"),
        Step("write", f"{root}/new", b"n", 0),
        Step("sync", f"{root}/new"),
        Step("rename", f"{root}/new", to=f"{root}/a"),
    ):
        disk.take(step)
    disk.image(tmp_path / "lost", LOST)
    assert {path.name: path.stat().st_size for path in (tmp_path / "lost").iterdir()} == {"a": 2000}
    for seed in range(20):
        disk.image(tmp_path / f"torn{seed}", TORN, seed)
        assert (tmp_path / f"torn{seed}" / "a").exists()
    disk.take(Step("sync", root))
    disk.image(tmp_path / "synced", LOST)
    assert (tmp_path / "synced" / "a").read_bytes() == b"n"
    assert [path.name for path in (tmp_path / "synced").iterdir()] == ["a"]
