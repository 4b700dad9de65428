"""A workstation that was shut out: an order to erase itself reaches it whatever was done before and after."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from photodesk.errors import Fixable
from photodesk.store import slots
from photodesk.store.epochs import raise_epochs
from photodesk.store.taking_members import standing
from photodesk.sync.workstations import WorkstationDesk
from tests.sync.server_of_members import Station, quick
from tests.sync.test_members_travel import fetch, refused, revoke, two

__all__ = ["two"]


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "password_key", quick)


def shut_out(first: Station, second: Station, *, wipe: bool) -> None:
    """As an administrator does it: new keys are made at once."""
    revoke(first, second, wipe=wipe)
    raise_epochs(first.membership(first.sign_in()))


def test_who_is_shut_out_again_without_an_order_erases_itself_all_the_same(two: tuple[Station, Station]) -> None:
    first, second = two
    shut_out(first, second, wipe=True)
    ordered = first.members.workstations[second.workstation_id].revocation
    first.clock.now_ms += 60_000
    shut_out(first, second, wipe=False)
    again = first.members.workstations[second.workstation_id].revocation
    assert ordered is not None
    assert again == ordered, "also since when it is to"
    refused("revoked", fetch(second, list(first.server.entries)))
    assert standing(second.members, second.workstation_id).wipe


def test_an_order_that_follows_reaches_who_has_no_new_keys(two: tuple[Station, Station]) -> None:
    """New keys are made when one is shut out; whoever is shut out gets none of them, and the order lies behind them."""
    first, second = two
    shut_out(first, second, wipe=False)
    refused("revoked", fetch(second, list(first.server.entries)))
    shut_out(first, second, wipe=True)
    for _ in range(2):  # the second time as after a power cut before anything was erased
        refused("revoked", fetch(second, list(first.server.entries)))
        assert standing(second.members, second.workstation_id).wipe


def test_shutting_out_once_more_says_that_it_changes_nothing(two: tuple[Station, Station]) -> None:
    first, second = two
    renewed: list[None] = []
    people = SimpleNamespace(renew_keys=lambda: renewed.append(None))
    session: Any = SimpleNamespace(
        layout=first.layout, keyset=first.sign_in(), require=lambda _right: None, people=people
    )
    desk = WorkstationDesk(session, first.spool, pytest.fail)
    for ordered in (False, True):
        revoke(first, second, wipe=ordered)
        before = first.members.sequence
        with pytest.raises(Fixable, match="order stands" if ordered else "nothing was changed"):
            desk.revoke(second.workstation_id, wipe=False)
        assert first.members.sequence == before
    with pytest.raises(Fixable, match="order stands"):
        desk.revoke(second.workstation_id, wipe=True)
    assert len(renewed) == 3, "new keys are made where that was cut off"
