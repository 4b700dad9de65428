"""Small stores written by earlier formats open with this program, with every photo readable.

`tests/stores/format-N.tgz` is a store as the program of that time wrote it (password only, cheap password), and
`format-N.json` what its commands said then. They must open for ever; a new format adds a pair.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.app.test_command_line import Clinic

STORES = Path(__file__).resolve().parents[1] / "stores"
FORMATS = sorted(path.stem for path in STORES.glob("*.tgz"))


def said_before(before: Any, now: Any) -> None:
    """Everything a command said then it says now; keys may have been added, and what was null may be known."""
    if isinstance(before, dict):
        assert isinstance(now, dict)
        for name, value in before.items():
            said_before(value, now[name])
    elif isinstance(before, list):
        assert len(before) == len(now)
        for one, other in zip(before, now, strict=True):
            said_before(one, other)
    elif before is not None:
        assert before == now


def unpack(name: str, folder: Path) -> None:
    """Put a kept store into a folder (`extractall` differs between the Python releases we run on)."""
    with tarfile.open(STORES / f"{name}.tgz") as packed:
        for member in packed:
            target = folder / member.name
            if member.isdir():
                target.mkdir(parents=True, exist_ok=True)
            else:
                held = packed.extractfile(member)
                assert held is not None
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(held.read())
            target.chmod(member.mode)


@pytest.mark.parametrize("name", FORMATS)
def test_a_store_of_an_earlier_format_opens_with_every_photo(name: str, tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    unpack(name, tmp_path)
    expected = json.loads((STORES / f"{name}.json").read_text(encoding="utf-8"))
    said_before(expected["inbox"], clinic.good("inbox"))
    timeline = clinic.good("timeline", "104711")
    said_before(expected["timeline"], timeline)
    checked = clinic.good("check")
    assert (checked["result"], checked["photos"], checked["originals"], checked["deleted"]) == ("clean", 4, 4, 0)
    (visit,) = timeline["visits"]
    files = {one["original_id"]: one["sha256"] for one in visit["attachments"]}
    files |= {one["photo_id"]: one["sha256"] for one in visit["photos"]}
    out = ("--to", str(tmp_path / "out"), "--purpose", "test", "--recipient", "test")
    for one in clinic.good("export", *files, *out, "--original")["files"]:
        assert hashlib.sha256(Path(one["path"]).read_bytes()).hexdigest() == one["sha256"] == files[one["photo_id"]]


def test_what_an_earlier_format_filed_is_corrected_like_anything_else(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    unpack("format-1", tmp_path)
    (job,) = clinic.good("inbox")["jobs"]
    clinic.good("inbox", "file", job["job_id"], "--patient", "104712", "--visit", "2026-11-21")
    (visit,) = clinic.good("timeline", "104711")["visits"]
    photo_id = visit["photos"][0]["photo_id"]
    clinic.good("photo", "move", photo_id, "--to", "104712", "--visit", "2026-11-21", "--reason", "wrong patient")
    clinic.good("photo", "delete", visit["photos"][1]["photo_id"], "--reason", "not sharp")
    checked = clinic.good("check")
    assert (checked["result"], checked["photos"], checked["originals"], checked["deleted"]) == ("clean", 4, 5, 1)
    what = [line["what"] for line in clinic.good("photo", "history", photo_id)["changes"]]
    assert what == ["filed", "changed", "moved here", "moved away"]
