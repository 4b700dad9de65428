"""Every regular file below what was chosen, once; nothing followed, nothing silently left out."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from photodesk.errors import Fixable
from photodesk.importing.scan import plain_name, scan


def test_names_are_relative_and_sorted_and_reading_is_not_needed(tmp_path: Path) -> None:
    (tmp_path / "b/c").mkdir(parents=True)
    for name in ("b/c/2.jpg", "b/1.jpg", "a.jpg"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "a.jpg").chmod(0)
    found = scan([tmp_path]).files
    assert [one.name for one in found] == ["a.jpg", "b/1.jpg", "b/c/2.jpg"]
    assert [one.size_bytes for one in found] == [5, 7, 9]


def test_a_single_file_has_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "one.jpg").write_bytes(b"x")
    assert [one.name for one in scan([tmp_path / "one.jpg"]).files] == ["one.jpg"]


def test_links_and_pipes_are_named_and_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.jpg").write_bytes(b"x")
    card = tmp_path / "card"
    card.mkdir()
    (card / "link.jpg").symlink_to(outside / "secret.jpg")
    (card / "folder").symlink_to(outside)
    (card / "loop").symlink_to(card)
    (card / "dangling").symlink_to(card / "nothing")
    os.mkfifo(card / "pipe")
    scanned = scan([card])
    assert scanned.files == ()
    assert sorted(name for name, _ in scanned.skipped) == ["dangling", "folder", "link.jpg", "loop", "pipe"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_names_that_are_no_text_are_shown_and_open(tmp_path: Path) -> None:
    name = b"bad-\xff\xfe\n.jpg"
    with open(os.fsencode(tmp_path) + b"/" + name, "wb") as file:  # noqa: PTH123
        file.write(b"bytes")
    (found,) = scan([tmp_path]).files
    assert found.name == "bad-\\xff\\xfe\n.jpg" == plain_name(os.fsdecode(name))
    assert found.path.read_bytes() == b"bytes"


def test_the_same_file_by_two_paths_counts_once(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/1.jpg").write_bytes(b"x")
    assert len(scan([tmp_path, tmp_path / "sub", tmp_path / "sub/1.jpg"]).files) == 1


def test_an_empty_card_is_empty(tmp_path: Path) -> None:
    assert scan([tmp_path]).files == ()


def test_nothing_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Fixable) as missing:
        scan([tmp_path / "nothing"])
    assert missing.value.code == "path_missing"
