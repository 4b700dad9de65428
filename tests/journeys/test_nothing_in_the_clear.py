"""A scripted day under strace: no name, number, card name, password or picture in the clear; no writing elsewhere."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.journeys.commands import PASSWORD, Clinic

FAMILY, GIVEN, MRN, CARD_NAME = "Zyxquarkson", "Wilhelmintje", "QX-7788123", "IMG_CANARY_4711.JPG"
WRITING = re.compile(
    r'(?:openat|open|creat)\((?:AT_FDCWD(?:<[^>]*>)?, |\d+(?:<[^>]*>)?, )?"([^"]*)", ([^)]*?)\)? *(?:=|<unfinished)'
)
MAKING = re.compile(r'(?<![a-z])(?:mkdir|mkdirat|rename|renameat2?|link|symlink|unlink)\(.*?"([^"]+)"')

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not here"),
]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One clinic's day, traced. The folder holds store, home, tmp, card, trace and out."""
    folder = tmp_path_factory.mktemp("day")
    card = folder / "card"
    card.mkdir()
    samples = sorted((Path(__file__).resolve().parents[2] / "resources" / "demo").glob("scar*.jpg"))
    shutil.copy(samples[0], card / CARD_NAME)
    trace = ("strace", "-f", "-qq", "-s", "4096", "-e", "trace=%file,execve", "-v", "-o", str(folder / "trace"), "-A")
    clinic = Clinic(folder, prefix=trace)
    clinic.found()
    clinic.json(
        "patient",
        "add",
        "--mrn",
        "@-",
        "--family",
        "@-",
        "--given",
        "@-",
        "--birth",
        "1968-05-12",
        lines=(MRN, FAMILY, GIVEN),
    )
    filed = clinic.json("import", str(card), "--patient", "@-", lines=(MRN,))
    photo = filed["files"][0]["photo_id"]
    clinic.json("patient", "list", "--search", "@-", lines=(FAMILY[:4],))
    clinic.json("timeline", "@-", lines=(MRN,))
    clinic.json("photo", "set", photo, "--site", "818983003", "--view", "frontal")
    clinic.json("log", "show")
    clinic.json("check")
    wrong = Clinic(folder, password="not-" + PASSWORD, prefix=trace)
    wrong.json("patient", "list", code=3)
    return folder


@pytest.fixture(scope="module")
def needles(day: Path) -> dict[str, bytes]:
    picture = (day / "card" / CARD_NAME).read_bytes()
    return {
        "family": FAMILY.encode(),
        "given": GIVEN.encode(),
        "mrn": MRN.encode(),
        "card name": CARD_NAME.encode(),
        "password": PASSWORD.encode(),
        "picture": picture[len(picture) // 2 : len(picture) // 2 + 24],
        "picture head": picture[:24],
        "utf-16 family": FAMILY.encode("utf-16-le"),
    }


def test_no_file_holds_a_needle(day: Path, needles: dict[str, bytes]) -> None:
    found = [
        (str(path.relative_to(day)), name)
        for part in ("store", "home", "tmp")
        for path in (day / part).rglob("*")
        if path.is_file()
        for name, needle in needles.items()
        if needle in path.read_bytes() or needle in path.name.encode()
    ]
    assert found == []


def test_no_argument_and_no_environment_holds_a_needle(day: Path, needles: dict[str, bytes]) -> None:
    started = [line for line in (day / "trace").read_bytes().splitlines() if b"execve(" in line]
    assert started
    assert [(name, line[:200]) for line in started for name, needle in needles.items() if needle in line] == []


def test_writes_happen_only_inside_the_store(day: Path) -> None:
    outside = set()
    for line in (day / "trace").read_text(encoding="utf-8", errors="replace").splitlines():
        match = WRITING.search(line)
        written = match and re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", match[2])
        made = MAKING.search(line)
        path = match[1] if match and written else made[1] if made else ""
        if (
            path.startswith("/")
            and not path.startswith((str(day / "store"), "/dev/", "/proc/"))
            and " = -1 " not in line
        ):
            outside.add(path)
    assert outside <= {str(day / "home"), str(day / "tmp")}
