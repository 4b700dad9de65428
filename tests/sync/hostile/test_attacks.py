"""Every attack by name: what it comes to, that nothing of it is kept, and that no key was said to the server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from photodesk.errors import PhotoDeskError
from tests.sync.hostile import operations
from tests.sync.hostile.stage import ALARM, Stage, staged

CLASSES: dict[str, ModuleType] = {"3-operations": operations}
ROWS = [
    pytest.param(attack, id=f"{name}: {attack.__name__}") for name, held in CLASSES.items() for attack in held.ATTACKS
]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return staged(tmp_path)


@pytest.mark.parametrize("attack", ROWS)
def test_each_attack_is_refused_and_nothing_of_it_is_kept(stage: Stage, attack: Callable[[Stage], None]) -> None:
    held = stage.held_by_victim()
    with pytest.raises(PhotoDeskError) as told:
        attack(stage)
    assert told.value.code == ALARM
    assert stage.b.alarms.standing()
    assert stage.b.records() == []
    stage.b.alarms.clear()
    assert stage.held_by_victim() == held
    heard = repr(stage.line.overheard)
    for desk in (stage.a, stage.b, stage.c):
        assert repr(desk.station.signing.raw) not in heard
        assert repr(desk.station.log_signing.raw) not in heard
