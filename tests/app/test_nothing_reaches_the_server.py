"""What the server holds of a clinic's day at two workstations: neither a name, nor a note, nor EXIF, nor a pixel.

The day goes over a recorded wire; then database, photos' folder, log, the server's memory and the wire are searched.
"""

from __future__ import annotations

import io
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from tests.app.test_command_line import OTHER, PASSWORD, Clinic
from tests.journeys.processes import holds
from tests.server.running import serving
from tests.server.wire import recorded

FAMILY, GIVEN, MRN, BIRTH = "Zyxquarkson", "Wilhelmintje", "QX-7788123", "1968-05-12"
PERSON, CLINIC, ROOM, OTHER_ROOM = "Ottokarina Quist", "Praxis Zwirbelhof", "Zimmer Xanten", "Zimmer Yverdon"
NOTE, TAG, CARD_NAME = "wart near the quillwork tattoo", "qlixotherm", "IMG_CANARY_4711.JPG"
CAMERA, ARTIST = "Zenobia Kestrel 9000", "Photographer Quendolin"
JPEG_HEAD = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"


@dataclass
class Day:
    """Where the server's things lie after it, and what was found in its memory."""

    folder: Path
    needles: dict[str, bytes]
    in_memory: set[str]


def picture() -> bytes:
    """A photo that says of itself who made it with what."""
    pixels = np.random.default_rng(4711).integers(0, 255, (480, 640, 3), np.uint8)
    image = Image.fromarray(pixels)
    exif = image.getexif()
    exif[0x0110], exif[0x013B] = CAMERA, ARTIST
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, exif=exif)
    return out.getvalue()


def needles_of(photo: bytes, codes: list[str]) -> dict[str, bytes]:
    """Every canary in every dress it might wear."""
    words = [FAMILY, GIVEN, MRN, BIRTH, PERSON, CLINIC, ROOM, OTHER_ROOM, NOTE, TAG, CARD_NAME, CAMERA, ARTIST]
    words += [PASSWORD, OTHER, *codes]
    middle = len(photo) // 2
    plain = {word: word.encode() for word in words}
    plain |= {"pixels": photo[middle : middle + 48], "head": photo[:48], "any JPEG": JPEG_HEAD}
    found = dict(plain)
    for name, raw in plain.items():
        found[f"{name} in hexadecimal"] = raw.hex().encode()
        for shift in range(3):
            dressed = b64encode(bytes(shift) + raw)
            found[f"{name} in base64, {shift}"] = dressed[(shift * 8 + 5) // 6 : len(dressed) - 4]
    found |= {f"{word} in UTF-16": word.encode("utf-16-le") for word in words}
    return found


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    folder = tmp_path_factory.mktemp("day")
    for name in ("a", "b", "card"):
        (folder / name).mkdir()
    photo = picture()
    (folder / "card" / CARD_NAME).write_bytes(photo)
    a, b = Clinic(folder / "a"), Clinic(folder / "b")
    Entrance(a.store, SystemClock(), FLOOR_COST).found(CLINIC, ROOM, PERSON, PASSWORD, password_only=True)
    with (
        (folder / "log").open("wb") as log,
        serving(folder / "server", log=log) as server,
        recorded(server, folder / "wire") as wire,
    ):
        a.good("enrol", "--server", wire, "--code", server.code or "", "--pin", server.pin.hex(), user=PERSON)
        patient = ("--mrn", MRN, "--family", FAMILY, "--given", GIVEN, "--birth", BIRTH)
        a.good("patient", "add", *patient, user=PERSON)
        a.good("visit", "add", MRN, "--title", NOTE, user=PERSON)
        filed = a.good("import", str(folder / "card"), "--patient", MRN, user=PERSON)
        a.good("photo", "set", filed["files"][0]["photo_id"], "--tag", TAG, user=PERSON)
        a.good("sync", "--once", user=PERSON)
        code = a.good("enrol", "--invite", user=PERSON)["code"]
        joining = ("--code", code, "--password-only", "--workstation", OTHER_ROOM)
        b.good("enrol", "--server", wire, *joining, user=PERSON)
        b.good("sync", "--once", user=PERSON)
        shown = [one for visit in b.good("timeline", MRN, user=PERSON)["visits"] for one in visit["photos"]]
        assert [one["tags"] for one in shown] == [[TAG]]
        given = ("--to", str(b.folder), "--purpose", "Letter", "--recipient", "Dr. Roth", "--original")
        exported = b.good("export", shown[0]["photo_id"], *given, user=PERSON)
        assert Path(exported["files"][0]["path"]).read_bytes() == photo
        b.good("sync", "--once", user=PERSON)
        needles = needles_of(photo, [code])
        control = {"its own folder": str(folder / "server").encode()}
        in_memory = holds(server.process.pid, needles | control)
        assert "its own folder" in in_memory, "the search finds what is there"
    return Day(folder, needles, in_memory - set(control))


def found_in(path: Path, needles: dict[str, bytes]) -> list[tuple[str, str]]:
    """Needles in a file or its name."""
    data = path.read_bytes() + b"\0" + path.name.encode()
    return [(path.name, name) for name, needle in needles.items() if needle in data]


def test_the_servers_memory_holds_no_canary(day: Day) -> None:
    assert day.in_memory == set()


def test_database_objects_and_log_hold_no_canary(day: Day) -> None:
    files = [path for path in (day.folder / "server").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) > len((day.folder / "card" / CARD_NAME).read_bytes())
    assert [one for path in [*files, day.folder / "log"] for one in found_in(path, day.needles)] == []


def test_the_wire_carries_no_canary(day: Day) -> None:
    wire = (day.folder / "wire").read_bytes()
    assert b"POST /v1/operations" in wire
    assert b"/v1/blobs/" in wire, "the photo came down again"
    assert found_in(day.folder / "wire", day.needles) == []
