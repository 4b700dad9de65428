"""Every attack by name: what it comes to, that nothing of it is kept, and that no key was said to the server."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from photodesk.errors import PhotoDeskError
from tests.sync.hostile import blobs, keys, logs, membership, operations, resources, slots, snapshots, transport
from tests.sync.hostile.stage import ALARM, EXPECTED, SILENT, Attack, Stage, staged

CLASSES = {
    "1 keys": keys.ATTACKS,
    "2 slots and policy": slots.ATTACKS,
    "3 operations": operations.ATTACKS,
    "4 blobs": blobs.ATTACKS,
    "5 membership": membership.ATTACKS,
    "6 log": logs.ATTACKS,
    "7 transport": transport.ATTACKS,
    "8 resources": resources.ATTACKS,
    "9 snapshots": snapshots.ATTACKS,
}
ROWS = [
    pytest.param(attack, EXPECTED.get(attack, ALARM), id=f"{name}: {attack.__name__}")
    for name, attacks in CLASSES.items()
    for attack in attacks
]


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setattr(os, "fsync", lambda _fd: None)  # nothing here is about a power cut
    return staged(tmp_path)


@pytest.mark.parametrize(("attack", "code"), ROWS)
def test_each_attack_is_refused_and_nothing_of_it_is_kept(stage: Stage, attack: Attack, code: str) -> None:
    came_to = SILENT
    try:
        attack(stage)
    except PhotoDeskError as told:
        came_to = told.code
    assert came_to == code
    if code == ALARM:
        assert stage.b.alarms.standing()
        assert stage.b.records() == []
        stage.b.alarms.clear()
    assert stage.held_by_victim() == stage.held
    heard = repr(stage.line.overheard)
    for desk in (stage.a, stage.b, stage.c):
        assert repr(desk.station.signing.raw) not in heard
        assert repr(desk.station.log_signing.raw) not in heard


def test_there_are_five_of_each_class() -> None:
    assert all(len(attacks) >= 5 for attacks in CLASSES.values())
