"""The drop folder is not ours: files are read once they are still, and go only where the set-up says so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from photodesk.errors import Fixable
from photodesk.interop.drop_folder import STILL_MS, DropFolder, FileRead
from photodesk.interop.texts import MAX_BYTES
from photodesk.visits.worklist import RowProblem, WorklistRow
from photodesk.visits.worklist_source import Column, SourceKind, TableFormat, WorklistSource

TABLE = TableFormat(columns={Column.MRN: "no", Column.FAMILY: "family", Column.DAY: "day"})
ROWS = b"no,family,day\n1,Test,2026-11-20\n"


@pytest.fixture
def folder(tmp_path: Path) -> DropFolder:
    return DropFolder(WorklistSource(SourceKind.CSV, str(tmp_path), table=TABLE))


def read(folder: DropFolder, now_ms: int) -> list[FileRead]:
    return [one for file in folder.still(now_ms) if (one := folder.read(file)) is not None]


def test_a_file_is_read_once_it_is_still(folder: DropFolder, tmp_path: Path) -> None:
    path = tmp_path / "visits.csv"
    path.write_bytes(ROWS[:20])
    assert read(folder, 0) == []
    path.write_bytes(ROWS)
    assert read(folder, STILL_MS) == []
    (one,) = read(folder, 2 * STILL_MS)
    assert [type(row) for row in one.read] == [WorklistRow]
    assert read(folder, 3 * STILL_MS) == []
    path.write_bytes(ROWS + b"2,Sample,2026-11-20\n")
    assert read(folder, 4 * STILL_MS) == []
    (again,) = read(folder, 5 * STILL_MS)
    assert len(again.read) == 2


def test_what_is_being_written_hidden_linked_or_no_file_is_left_alone(folder: DropFolder, tmp_path: Path) -> None:
    outside = tmp_path.parent / "outside.csv"
    outside.write_bytes(ROWS)
    for name in (".hidden.csv", "visits.csv.part", "visits.tmp", "visits.csv~", "~lock.csv", "photo.jpg"):
        (tmp_path / name).write_bytes(ROWS)
    (tmp_path / "link.csv").symlink_to(outside)
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    assert read(folder, 0) == []
    assert read(folder, STILL_MS) == []


def test_a_file_is_removed_only_while_it_is_the_file_that_was_read(folder: DropFolder, tmp_path: Path) -> None:
    path = tmp_path / "visits.csv"
    path.write_bytes(ROWS)
    folder.still(0)
    (one,) = read(folder, STILL_MS)
    path.write_bytes(ROWS + b"2,Sample,2026-11-20\n")
    assert not folder.remove(one)
    assert path.exists()
    folder.still(2 * STILL_MS)
    (one,) = read(folder, 3 * STILL_MS)
    assert folder.remove(one)
    assert not path.exists()
    assert not folder.remove(one)


def test_a_folder_that_is_gone_is_said_and_a_large_file_is_a_line(folder: DropFolder, tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    with large.open("wb") as stream:
        stream.truncate(MAX_BYTES * 10)
    folder.still(0)
    (one,) = read(folder, STILL_MS)
    assert [row.code for row in one.read if isinstance(row, RowProblem)] == ["file_too_large"]
    large.unlink()
    tmp_path.rmdir()
    with pytest.raises(Fixable) as gone:
        folder.still(0)
    assert gone.value.code == "drop_folder_gone"
    tmp_path.mkdir()
