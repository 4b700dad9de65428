"""The keeper when desks crash, and what it knows of databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from photodesk.app import keeper_requests
from photodesk.store.signer import REMOVED_GENERATION
from tests.app.keeping import PERSON, SLOT, Clinic, Room, command_link


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    return Clinic(tmp_path / "store")


def test_a_desk_that_keeps_crashing_ends_in_one_plain_sentence(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    room = Room(clinic)
    try:
        for _ in range(4):
            room.desks.get(timeout=5).link.close()
        room.wait()
    finally:
        room.end()
    said = capsys.readouterr().err
    assert "four times in a row" in said
    assert "Traceback" not in said
    assert said.count("\n") == 1
    assert room.keeper.problem is not None
    assert room.keeper.problem.exit_code == 1


def test_roles_are_written_the_same_in_every_entry(clinic: Clinic) -> None:
    with command_link(clinic) as link:
        link.begin_attempt(SLOT, PERSON)
        link.unlocked(PERSON, ("privacy-officer", "clinician"))
    assert {entry.role for entry in clinic.entries() if entry.person_id} == {"clinician privacy-officer"}


def test_all_generations_come_in_pages_and_survive_the_loss_of_their_list(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper_requests, "LISTED_GENERATIONS", 2)
    told = {"catalog": 3, "chart": 7, "gone": REMOVED_GENERATION, "index": 1, "pack/1": 2}
    with command_link(clinic) as link:
        link.begin_attempt(SLOT, PERSON)
        link.unlocked(PERSON)
        for name, generation in told.items():
            link.committed(name, generation)
        assert link.generations() == told
    clinic.layout.generations.unlink()
    with command_link(clinic) as link:
        link.begin_attempt(SLOT, PERSON)
        link.unlocked(PERSON)
        assert link.generations() == told
