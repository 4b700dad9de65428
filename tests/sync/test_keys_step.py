"""Erasure keys: all once, later those of patients that operations have brought; a server without end is an alarm."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from photodesk.progress import Cancel
from photodesk.sync.contradictions import Contradiction
from photodesk.sync.keys_step import ErasureStep, KeysStep
from photodesk.sync.line import PAGE, SealedErasureKey
from photodesk.sync.spool import Incoming, Spool
from photodesk.sync.spool_erasure import SpoolErasure
from photodesk.sync.spool_members import SpoolMembers
from photodesk.sync.spool_seen import PageSeen


@dataclass
class Shelf:
    """The server's keys; counts what it is asked."""

    keys: dict[str, bytes] = field(default_factory=dict)
    records: list[bytes] = field(default_factory=list)
    asked: int = 0
    spoil: bool = False

    def erasure_keys(self, after: str) -> list[SealedErasureKey]:
        self.asked += 1
        page = [SealedErasureKey(one, self.keys[one]) for one in sorted(self.keys) if one > after][:PAGE]
        return list(reversed(page)) if self.spoil else page

    def put_erasure_keys(self, keys: list[SealedErasureKey]) -> None:
        self.keys |= {one.scope: one.sealed for one in keys}

    def put_key_records(self, records: list[bytes]) -> None:
        self.records += records

    def drop_key_records(self, hashes: list[bytes]) -> None:
        raise AssertionError("not asked")

    def key_records(self, after: int) -> list[object]:
        raise AssertionError("not asked")


def scope(number: int) -> str:
    return f"{number:032x}"


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path)


def run(step: KeysStep | ErasureStep) -> int:
    return step.run(Cancel())


def bring(spool: Spool, *scopes: str) -> None:
    place = spool.order_head()[0]
    found = [Incoming(place + n, "ab" * 16, one, 1, b"operation") for n, one in enumerate(scopes, start=1)]
    spool.add_incoming(found, place + len(found), bytes(32), PageSeen())


def test_everything_is_listed_once_and_then_only_what_operations_are_about(spool: Spool) -> None:
    shelf = Shelf({scope(number): b"sealed" for number in range(1, PAGE + 20)})
    assert run(KeysStep(shelf, spool)) == PAGE + 19  # type: ignore[arg-type]
    asked = shelf.asked
    shelf.keys[scope(9000)] = b"new"
    assert run(KeysStep(shelf, spool)) == 0  # type: ignore[arg-type]
    run(ErasureStep(shelf, spool))  # type: ignore[arg-type]
    assert shelf.asked == asked, "no operation of a patient that is not known"
    bring(spool, scope(9000), scope(3), scope(0), scope(9001))
    run(ErasureStep(shelf, spool))  # type: ignore[arg-type]
    assert shelf.asked == asked + 2
    assert (scope(9000), b"new") in SpoolErasure(spool.file).waiting_in()
    run(ErasureStep(shelf, spool))  # type: ignore[arg-type]
    assert shelf.asked == asked + 3, "one that did not come is asked for again"


def test_own_keys_and_records_are_sent_once(spool: Spool) -> None:
    shelf = Shelf()
    SpoolErasure(spool.file).add_out({scope(number): b"sealed" for number in range(1, PAGE + 2)})
    SpoolMembers(spool.file).add_own([(bytes([n]) * 32, bytes([n])) for n in range(10)])
    assert run(KeysStep(shelf, spool)) == 2 * (PAGE + 1) + 10, "the list brings them back"  # type: ignore[arg-type]
    assert (len(shelf.keys), len(shelf.records)) == (PAGE + 1, 10)
    assert run(KeysStep(shelf, spool)) == 0  # type: ignore[arg-type]
    assert len(shelf.records) == 10


def test_a_server_that_lists_out_of_order_is_an_alarm(spool: Spool) -> None:
    shelf = Shelf({scope(1): b"a", scope(2): b"b"}, spoil=True)
    with pytest.raises(Contradiction):
        run(KeysStep(shelf, spool))  # type: ignore[arg-type]
    bring(spool, scope(1))
    with pytest.raises(Contradiction):
        run(ErasureStep(shelf, spool))  # type: ignore[arg-type]


def test_a_key_that_is_too_large_is_an_alarm(spool: Spool) -> None:
    with pytest.raises(Contradiction):
        run(KeysStep(Shelf({scope(1): bytes(5000)}), spool))  # type: ignore[arg-type]
