"""Class 8: endless pages, wrong counts, huge lengths, slow answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from photodesk.background import clinic_http
from photodesk.sync import exchange
from photodesk.sync.keys_step import LISTED
from photodesk.sync.line import KeyRecord, OrderPage, SealedErasureKey
from photodesk.sync.parcels import OPERATION_BYTES
from tests.sync.hostile.operations import news
from tests.sync.hostile.stage import Stage, chained, comes_to, page_of, replace, serving


def endless_order(stage: Stage) -> None:
    """The order repeats one signed operation without end, chained as it must be."""
    before, fresh, known = news(stage, 1)
    order = chained(stage.clinic, fresh[:1] * 2_000, before[:known])
    stage.line.pull = lambda after, limit: replace(page_of(order, after, limit), last_place=1 << 40)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exchange, "PAGES_UNPROVED", 2)
        stage.b.whole_pass()


def page_too_long(stage: Stage) -> None:
    """A page of more operations than were asked for."""
    before, fresh, _ = news(stage, 1)
    order = chained(stage.clinic, fresh[:1] * 800, before)
    stage.line.pull = lambda after, _limit: page_of(order, after, 800)
    stage.b.whole_pass()


def empty_page_of_a_long_order(stage: Stage) -> None:
    """There is always more, and never anything."""
    stage.line.pull = lambda _after, _limit: OrderPage((), 1 << 40, bytes(32))
    stage.b.whole_pass()


def page_longer_than_its_order(stage: Stage) -> None:
    """More operations than the order has places."""
    news(stage)
    stage.line.pull = lambda after, limit: replace(
        page_of(stage.server.order, after, limit), last_place=stage.server.order[-1].place - 1
    )
    stage.b.whole_pass()


def operation_too_large(stage: Stage) -> None:
    """An operation of more bytes than one may have."""
    before, fresh, _ = news(stage, 1)
    order = chained(stage.clinic, fresh[:1], before)
    huge = replace(order[-1], record=bytes(OPERATION_BYTES + 1))
    stage.line.pull = serving((*order[:-1], huge))
    stage.b.whole_pass()


def nested_without_end(stage: Stage) -> None:
    """An operation that is arrays in arrays."""
    before, fresh, _ = news(stage, 1)
    order = chained(stage.clinic, fresh[:1], before)
    stage.line.pull = serving((*order[:-1], replace(order[-1], record=b"\x91" * 100_000)))
    stage.b.whole_pass()


def parcels_without_end(stage: Stage) -> None:
    """More parcels than were asked for."""
    news(stage)
    stage.line.parcels = lambda _station, _after: [b"\x00"] * 501
    stage.b.whole_pass()


def wrong_count_pushed(stage: Stage) -> None:
    """What was taken is not what was sent."""
    stage.b.change(2)
    stage.line.push = lambda parcel, operations: replace(stage.server.push(parcel, operations), last_place=1 << 40)
    stage.b.whole_pass()


def members_without_end(stage: Stage) -> None:
    """More membership entries than a page holds."""
    stage.line.members = lambda _after: [stage.clinic.entries[-1]] * 501
    stage.members_pass()


def member_entry_too_large(stage: Stage) -> None:
    """An entry of a million bytes."""
    stage.line.members = lambda after: [*stage.clinic.entries[after:], bytes(1_000_000)]
    stage.members_pass()


def key_records_without_end(stage: Stage) -> None:
    """More key records than a page holds."""
    stage.line.key_records = lambda after: [KeyRecord(after + n, b"\x00") for n in range(1, 502)]
    stage.members_pass()


def erasure_keys_without_end(stage: Stage) -> None:
    """More erasure keys than a page holds."""
    stage.b.spool.set_facts({LISTED: b""})
    stage.b.spool.set_facts({"erasure-listed": b""})
    stage.line.erasure_keys = lambda _after: [SealedErasureKey(f"{n:032x}", b"x") for n in range(1, 502)]
    stage.members_pass()


def erasure_key_too_large(stage: Stage) -> None:
    """An erasure key of a megabyte."""
    stage.b.spool.set_facts({LISTED: b""})
    stage.b.spool.set_facts({"erasure-listed": b""})
    stage.line.erasure_keys = lambda _after: [SealedErasureKey("ab" * 16, bytes(1 << 20))]
    stage.members_pass()


def checkpoints_without_end(stage: Stage) -> None:
    """More checkpoints than a page holds."""
    held = stage.server.kept_checkpoints[stage.a.station.workstation_id]
    stage.line.checkpoints = lambda _station, _after: held * 501
    stage.log_pass()


@comes_to("server_not_understood")
def answer_too_long(_stage: Stage) -> None:
    """An answer of more bytes than any answer has."""

    def pieces() -> Iterator[bytes]:
        while True:
            yield bytes(1 << 20)

    clinic_http._bounded(pieces(), 8 << 20)


@comes_to("server_offline")
def answer_too_slow(_stage: Stage) -> None:
    """A byte now and then, for ever."""
    now = iter(range(0, 1 << 30, 50))

    def pieces() -> Iterator[bytes]:
        while True:
            yield b"."

    clinic_http._bounded(pieces(), 8 << 20, lambda: float(next(now)))


@comes_to("server_not_understood")
def answer_nested(_stage: Stage) -> None:
    """JSON arrays in arrays."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clinic_http.ClinicHttp, "fetch", lambda *_a, **_k: b"[" * 200_000)
        http = object.__new__(clinic_http.ClinicHttp)
        http.ask("GET", "/v1/server", dict)


ATTACKS = (
    endless_order,
    page_too_long,
    empty_page_of_a_long_order,
    page_longer_than_its_order,
    operation_too_large,
    nested_without_end,
    parcels_without_end,
    wrong_count_pushed,
    members_without_end,
    member_entry_too_large,
    key_records_without_end,
    erasure_keys_without_end,
    erasure_key_too_large,
    checkpoints_without_end,
    answer_too_long,
    answer_too_slow,
    answer_nested,
)
