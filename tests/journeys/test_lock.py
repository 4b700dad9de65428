"""A person signs in, looks at a photo, locks: nothing is left in any memory; the same person comes back."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import simplejpeg

from photodesk.store.keyring import LocalSecrets
from photodesk.store.layout import Layout
from photodesk.store.signin import open_slot, people_for_signin
from tests.journeys.commands import PASSWORD, Clinic
from tests.journeys.processes import family, holds, kind
from tests.journeys.screen import Screen, available, wait_until

FAMILY, MRN = "Zyxquarkson", "QX-7788123"
COLOUR = (37, 201, 119)

pytestmark = [pytest.mark.journey, pytest.mark.skipif(not available(), reason="no X tools here")]


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    made = Clinic(tmp_path)
    made.found()
    made.json(
        "patient",
        "add",
        "--mrn",
        "@-",
        "--family",
        "@-",
        "--given",
        "Ada",
        "--birth",
        "1968-05-12",
        lines=(MRN, FAMILY),
    )
    card = tmp_path / "card"
    card.mkdir()
    flat = np.full((900, 1200, 3), COLOUR, np.uint8)
    (card / "flat.jpg").write_bytes(simplejpeg.encode_jpeg(flat, quality=95))
    shutil.copy(Path(__file__).parents[2] / "resources" / "demo" / "scar0.jpg", card)
    made.json("import", str(card), "--patient", "@-", lines=(MRN,))
    return made


@pytest.fixture
def screen() -> Iterator[Screen]:
    with Screen() as made:
        yield made


@pytest.fixture
def desk(clinic: Clinic, screen: Screen) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **clinic.environment(),
        **{k: v for k, v in screen.environment().items() if k not in {"HOME", "TMPDIR"}},
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "photodesk", "--store", str(clinic.store)],
        env=environment,
        stderr=subprocess.PIPE,
    )
    yield process
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=20)
    assert said.decode() == ""


def entries(clinic: Clinic) -> int:
    """How many entries the log has: read without a password while the desk is open."""
    return int(json.loads(clinic.run("log", "verify", "--json", sign_in=False).stdout)["entries"])


def desks(root: int) -> list[int]:
    return [pid for pid in family(root) if kind(pid) == "desk"]


def sign_in(screen: Screen) -> None:
    screen.type(PASSWORD)
    screen.key("Return")


def needles(clinic: Clinic) -> dict[str, bytes]:
    """What must be in no memory after a lock: password, name, number, painted pixels, every key of the person."""
    layout = Layout(clinic.store)
    secrets = LocalSecrets(layout.secrets_local)
    who = people_for_signin(layout, secrets)[0]
    keyset = open_slot(layout, secrets, who.slot_id, PASSWORD)
    blue, green, red = COLOUR[2], COLOUR[1], COLOUR[0]
    found = {
        "password": PASSWORD.encode(),
        "password utf-16": PASSWORD.encode("utf-16-le"),
        "name": FAMILY.encode(),
        "name utf-16": FAMILY.encode("utf-16-le"),
        "number utf-16": MRN.encode("utf-16-le"),
        "pixels": bytes((blue, green, red, 255)) * 12,
        "person signing key": keyset.signing.raw,
        "person KEM key": keyset.kem.raw,
    }
    found |= {f"DK {epoch}": key for epoch, key in keyset.desk_keys.items()}
    found |= {f"CK {epoch}": key for epoch, key in keyset.chart_keys.items()}
    found |= {f"LK {epoch}": key.raw for epoch, key in keyset.log_keys.items()}
    found |= {f"inbox {epoch}": key.raw for epoch, key in keyset.inbox_keys.items()}
    found |= {f"{name} database key": key[:32] for name, key in keyset.database_keys.items()}
    return found


def test_nothing_is_left_after_a_lock_and_the_person_comes_back(
    clinic: Clinic, screen: Screen, desk: subprocess.Popen[bytes]
) -> None:
    wanted = needles(clinic)
    wait_until(lambda: len(desks(desk.pid)) == 2 and bool(screen.windows()), "the sign-in and its spare")
    before = entries(clinic)
    sign_in(screen)
    wait_until(lambda: entries(clinic) > before, "the sign-in to be logged")
    (front,) = [pid for pid in desks(desk.pid) if holds(pid, {"key": wanted["DK 1"]})]
    screen.type(FAMILY[:4])
    screen.key("Return")
    wait_until(lambda: {"name utf-16", "pixels"} <= holds(front, wanted), "the photo on the screen")

    screen.key("ctrl+l")
    wait_until(lambda: front not in family(desk.pid), "the desk to end")
    wait_until(lambda: len(desks(desk.pid)) == 2, "the next spare")
    left = {(kind(pid), name) for pid in family(desk.pid) for name in holds(pid, wanted)}
    assert left == set()

    locked = entries(clinic)
    sign_in(screen)
    wait_until(lambda: entries(clinic) >= locked + 3, "the same timeline, logged again")
    desk.send_signal(signal.SIGTERM)
    desk.wait(20)
    said = clinic.json("log", "show", "--limit", "100")["entries"]
    actions = [entry["action"] for entry in reversed(said)]
    again = actions[actions.index("LOCK") :]
    assert "UNLOCK" in again
    assert "VIEW" in again
    assert "RECORD_OPENED" in again
