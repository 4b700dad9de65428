"""The bytes of the first release, which every later one must read: see `tests/vectors/log.json`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from photodesk.crypto import KemPrivateKey, SigningKey
from photodesk.log.entry import Action, Entry
from photodesk.log.generations import GenerationList
from photodesk.log.reader import read
from photodesk.log.segment import frames
from photodesk.log.verify import Result, verify
from tests.log.writing import view

VECTORS = Path(__file__).parents[1] / "vectors" / "log.json"


@pytest.fixture(scope="module")
def frozen() -> dict[str, str]:
    loaded: dict[str, str] = json.loads(VECTORS.read_text("utf-8"))
    return loaded


def test_the_frozen_segment_verifies_against_its_frozen_anchor(frozen: dict[str, str], tmp_path: Path) -> None:
    place = tmp_path / frozen["workstation_id"] / "1.pdlog"
    place.parent.mkdir()
    place.write_bytes(bytes.fromhex(frozen["segment"]))
    public = SigningKey(bytes.fromhex(frozen["log_signing_key"])).public
    verdict = verify(tmp_path, public, bytes.fromhex(frozen["anchor"]))
    assert verdict.result is Result.INTACT
    assert verdict.anchored_to is not None
    assert verdict.anchored_to.generations == (("catalog", 5),)
    assert [frame.kind for frame in frames(place.read_bytes())] == [3, 1, 2, 1, 4, 3, 2, 1, 2]


def test_the_frozen_entries_read_as_they_were_written(frozen: dict[str, str], tmp_path: Path) -> None:
    place = tmp_path / frozen["workstation_id"] / "1.pdlog"
    place.parent.mkdir()
    place.write_bytes(bytes.fromhex(frozen["segment"]))
    key = KemPrivateKey(bytes.fromhex(frozen["log_kem_key"]))
    found = [one.entry for one in read(tmp_path, {1: key}, bytes.fromhex(frozen["clinic_id"]))]
    lock = Entry(Action.LOCK, person_id="07" * 16, role="clinician", outcome="idle", details={"after": "300"})
    assert found == [view(1), lock, view(3)]


def test_the_frozen_generations_read_as_they_were_written(frozen: dict[str, str]) -> None:
    assert GenerationList.decode(bytes.fromhex(frozen["generations"])).known("catalog") == 5
