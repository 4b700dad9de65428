"""The keeper and its syncer: what it may sign, whom its news reach, and that another one follows where it ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from photodesk.app.keeper_syncer import has_server
from photodesk.crypto import verify
from photodesk.errors import Refused
from photodesk.log.entry import Action, Entry
from photodesk.protocol import messages as m
from photodesk.sync.server_facts import URL
from photodesk.sync.spool import Spool
from tests.app.keeping import PERSON, Clinic, Room


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    made = Clinic(tmp_path / "store")
    assert not has_server(made.layout)
    spool = Spool(made.layout.spool)
    assert not has_server(made.layout)
    spool.set_facts({URL: b"https://photos.example:8443"})
    spool.close()
    assert has_server(made.layout)
    return made


@pytest.fixture
def room(clinic: Clinic) -> Iterator[Room]:
    made = Room(clinic)
    yield made
    made.end()


def test_it_signs_what_travels_and_nothing_else_while_nobody_is_signed_in(clinic: Clinic, room: Room) -> None:
    syncer = room.importers.get(timeout=10)
    for kind in ("server-sign-in", "parcel", "heartbeat"):
        assert verify(clinic.signing.public, syncer.link.sign(kind, b"data"), kind, clinic.clinic_id, b"data")
    for kind in ("operation", "members", "checkpoint", ""):
        with pytest.raises(Refused, match="Nobody is signed in"):
            syncer.link.sign(kind, b"data")
    with pytest.raises(Refused):
        syncer.link.append(Entry(Action.VIEW, person_id=PERSON))
    assert syncer.link.generations() == {}
    desk = room.desks.get(timeout=10)
    for ask in (lambda: desk.link.sign("parcel", b"data"), desk.link.take_members, desk.link.generations):
        with pytest.raises(Refused, match="Nobody is signed in"):
            ask()


def test_news_reach_the_other_side_and_another_one_follows(room: Room) -> None:
    syncer, desk = room.importers.get(timeout=10), room.desks.get(timeout=10)
    syncer.link.sync_state(b"{}")
    assert desk.heard(m.SyncState) == m.SyncState(b"{}")
    desk.link.spare_ready()
    assert desk.heard(m.SyncState) == m.SyncState(b"{}"), "a desk that comes later hears it too"
    desk.sign_in()
    desk.link.sync_now()
    assert syncer.heard(m.SyncNow) == m.SyncNow()
    syncer.link.close()
    another = room.importers.get(timeout=10)
    assert another is not syncer
    desk.link.sync_now()
    assert another.heard(m.SyncNow) == m.SyncNow()
    room.keeper.quit()
    another.ended.wait(5)
    assert another.ended.is_set(), "it ends with the keeper"
