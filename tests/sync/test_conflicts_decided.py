"""Deciding once more what is decided: said so where it is known, and never that there was no such conflict."""

from __future__ import annotations

import pytest

from photodesk.errors import Fixable
from tests.sync.test_conflicts import Three, renamed, same, three
from tests.sync.workstations import Network

__all__ = ["three"]


def test_what_is_decided_is_said_to_be(three: Three) -> None:
    a, b, _ = three
    network = Network()
    patient = a.store.patient()
    network.exchange(*three)
    for station, family in ((a, "Maier"), (b, "Meier")):
        renamed(station, patient, family=family)
    network.exchange(*three)
    (conflict,) = same(three)
    a.desk.resolve(conflict.conflict_id, "here")
    with pytest.raises(Fixable, match="decided already") as told:
        a.desk.resolve(conflict.conflict_id, "there")
    assert told.value.code == "conflict_decided"
    with pytest.raises(Fixable, match="no such conflict to decide") as told:
        a.desk.resolve("00" * 16, "here")
    assert told.value.code == "conflict_unknown"
