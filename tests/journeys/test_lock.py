"""A person signs in, looks at a photo, locks: nothing is left in any memory; the same person comes back."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from photodesk.store.keyring import LocalSecrets
from photodesk.store.layout import Layout
from photodesk.store.signin import open_slot, people_for_signin
from tests.journeys.commands import PASSWORD, Clinic
from tests.journeys.processes import family, holds, kind
from tests.journeys.screen import Screen, available, wait_until
from tests.journeys.windows import Colour, Windows, exact, flat_photo, shows

FAMILY, MRN = "Zyxquarkson", "QX-7788123"
COLOUR: Colour = (37, 201, 119)
CARD_COLOUR: Colour = (201, 37, 119)

pytestmark = [pytest.mark.journey, pytest.mark.skipif(not available(), reason="no X tools here")]


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    made = Clinic(tmp_path)
    made.found()
    who = ("--mrn", "@-", "--family", "@-", "--given", "Ada", "--birth", "1968-05-12")
    made.json("patient", "add", *who, lines=(MRN, FAMILY))
    card = tmp_path / "card"
    card.mkdir()
    flat_photo(card / "flat.jpg", COLOUR)
    shutil.copy(Path(__file__).parents[2] / "resources" / "demo" / "scar0.jpg", card)
    made.json("import", str(card), "--patient", "@-", lines=(MRN,))
    return made


@pytest.fixture
def windows(clinic: Clinic) -> Iterator[Windows]:
    with Screen() as screen, Windows(clinic, screen) as made:
        made.wait_for_sign_in()
        yield made


def needles(clinic: Clinic) -> dict[str, bytes]:
    """What must be in no memory after a lock: password, name, number, painted pixels, every key of the person."""
    layout = Layout(clinic.store)
    secrets = LocalSecrets(layout.secrets_local)
    who = people_for_signin(layout, secrets)[0]
    keyset = open_slot(layout, secrets, who.slot_id, PASSWORD)
    found = {
        "password": PASSWORD.encode(),
        "password utf-16": PASSWORD.encode("utf-16-le"),
        "name": FAMILY.encode(),
        "name utf-16": FAMILY.encode("utf-16-le"),
        "number": MRN.encode(),
        "number utf-16": MRN.encode("utf-16-le"),
        "person signing key": keyset.signing.raw,
        "person KEM key": keyset.kem.raw,
    }
    found |= {f"DK {epoch}": key for epoch, key in keyset.desk_keys.items()}
    found |= {f"CK {epoch}": key for epoch, key in keyset.chart_keys.items()}
    found |= {f"LK {epoch}": key.raw for epoch, key in keyset.log_keys.items()}
    found |= {f"inbox {epoch}": key.raw for epoch, key in keyset.inbox_keys.items()}
    found |= {f"{name} database key": key[:32] for name, key in keyset.database_keys.items()}
    return found


def left_in_memory(windows: Windows, wanted: dict[str, bytes]) -> set[tuple[str, str]]:
    """(part, needle) for every needle in the memory of any process of PhotoDesk."""
    return {(kind(pid), name) for pid in family(windows.process.pid) for name in holds(pid, wanted)}


def view_a_photo(windows: Windows, wanted: dict[str, bytes]) -> int:
    """Sign in and open the chart; the process in front, which holds what the needles are made of.

    The pixels as painted join `wanted`.
    """
    windows.sign_in()
    windows.open_patient(FAMILY[:4])
    red, green, blue = exact(windows.wait_for(COLOUR), COLOUR)
    wanted["pixels"], wanted["decoded pixels"] = bytes((blue, green, red, 255)) * 12, bytes((red, green, blue)) * 12
    (front,) = [pid for pid in windows.of_kind("desk") if "DK 1" in holds(pid, wanted)]
    assert {"name utf-16", "pixels", "CK 1", "catalog database key"} <= holds(front, wanted)
    return front


def test_nothing_is_left_after_a_lock_and_the_person_comes_back(clinic: Clinic, windows: Windows) -> None:
    wanted = needles(clinic)
    front = view_a_photo(windows, wanted)
    windows.lock()
    wait_until(lambda: front not in family(windows.process.pid), "the desk to end")
    assert not shows(windows.screen.pixels(), COLOUR, 20)
    assert left_in_memory(windows, wanted) == set()
    wait_until(lambda: len(windows.of_kind("desk")) == 2, "the next spare")
    assert left_in_memory(windows, wanted) == set()

    windows.sign_in()
    windows.wait_for(COLOUR)
    windows.end()
    said = clinic.json("log", "show", "--limit", "100")["entries"]
    actions = [entry["action"] + ":" + (entry["outcome"] or "") for entry in reversed(said)]
    again = [action.partition(":")[0] for action in actions[actions.index("LOCK:asked") :]]
    assert again.index("UNLOCK") < again.index("RECORD_OPENED") < again.index("VIEW")


def test_an_import_goes_on_behind_the_lock_and_holds_only_its_own_pack(
    clinic: Clinic, windows: Windows, tmp_path: Path
) -> None:
    wanted = needles(clinic)
    card = tmp_path / "second card"
    card.mkdir()
    flat_photo(card / "IMG_0.JPG", CARD_COLOUR, (3000, 2000))
    for number in range(1, 40):
        (card / f"IMG_{number}.JPG").write_bytes((card / "IMG_0.JPG").read_bytes() + bytes([number]))
    front = view_a_photo(windows, wanted)
    windows.import_folder(card)
    wait_until(lambda: bool(windows.of_kind("importer")), "the importer")
    (importer,) = windows.of_kind("importer")
    os.kill(importer, signal.SIGSTOP)
    try:
        windows.lock()
        wait_until(lambda: front not in family(windows.process.pid), "the desk to end")
        assert windows.of_kind("importer") == [importer], "the import did not outlive the desk"
        assert left_in_memory(windows, wanted) == set()
    finally:
        os.kill(importer, signal.SIGCONT)
    windows.sign_in()
    wait_until(lambda: not windows.of_kind("importer"), "the import to be handed over", 60)
    windows.end()
    jobs = clinic.json("inbox", "list")["jobs"]
    assert sorted(one["name"] for job in jobs for one in job["shots"]) == sorted(p.name for p in card.iterdir())
