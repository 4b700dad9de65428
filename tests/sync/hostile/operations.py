"""Class 3: operations dropped, reordered, repeated, forked, rolled back, altered, moved."""

from __future__ import annotations

import os

from photodesk import ids
from photodesk.crypto import SUITE, VERSION
from photodesk.store.records import pack, signed, unpack
from photodesk.sync.heartbeats import KIND, Sight, make_heartbeat
from photodesk.sync.line import Placed
from photodesk.sync.parcels import KIND as PARCEL
from photodesk.sync.parcels import make_parcel
from tests.server.clinic import NOW_MS, Clinic, Workstation
from tests.sync.hostile.stage import Stage, chained, page_of, replace, serving


def news(stage: Stage, count: int = 4) -> tuple[list[Placed], list[bytes], int]:
    """A sends more; (what the victim knows, what is new, how much the victim knows)."""
    known = stage.b.spool.order_head()[0]
    stage.a.change(count)
    stage.go(stage.a)
    order = stage.server.order
    return order[:known], [one.record for one in order[known:]], known


def rewritten(stage: Stage, change: object) -> None:
    """The order consistently chained anew over changed operations."""
    before, fresh, _ = news(stage)
    order = chained(stage.clinic, change(fresh), before)  # type: ignore[operator]
    stage.line.pull = serving(order)
    stage.b.whole_pass()


def link_broken(stage: Stage) -> None:
    """One operation is left out of a page, the chain stays."""
    news(stage)
    order = stage.server.order
    stage.line.pull = lambda after, limit: (
        page := page_of(order, after, limit),
        replace(page, operations=page.operations[:1] + page.operations[2:]),
    )[1]
    stage.b.whole_pass()


def dropped(stage: Stage) -> None:
    """One operation never gets a place; the chain is made to fit."""
    rewritten(stage, lambda fresh: fresh[:1] + fresh[2:])


def dropped_tail(stage: Stage) -> None:
    """The last operation of a parcel never gets a place."""
    rewritten(stage, lambda fresh: fresh[:-1])


def reordered(stage: Stage) -> None:
    """Two operations change places; the chain is made to fit."""
    rewritten(stage, lambda fresh: [fresh[1], fresh[0], *fresh[2:]])


def repeated(stage: Stage) -> None:
    """One operation gets two places."""
    rewritten(stage, lambda fresh: [fresh[0], fresh[0], *fresh[1:]])


def old_again(stage: Stage) -> None:
    """An operation of long ago comes again at the end."""
    rewritten(stage, lambda fresh: [*fresh, stage.server.order[0].record])


def altered(stage: Stage) -> None:
    """A bit of an operation's ciphertext is flipped."""
    rewritten(stage, lambda fresh: [fresh[0][:100] + bytes([fresh[0][100] ^ 1]) + fresh[0][101:], *fresh[1:]])


def moved_scope(stage: Stage) -> None:
    """An operation is put under another patient's id."""

    def other(record: bytes) -> bytes:
        fields = unpack(record, "operation", 13)
        return pack([*fields[:7], os.urandom(16), *fields[8:]])

    rewritten(stage, lambda fresh: [other(fresh[0]), *fresh[1:]])


def other_clinic(stage: Stage) -> None:
    """An operation of the same workstation id from another clinic, properly signed there."""
    foreign = Workstation(Clinic().raw_id, stage.a.station.workstation_id, stage.a.station.signing)
    rewritten(stage, lambda fresh: [foreign.operation(), *fresh[1:]])


def made_up(stage: Stage) -> None:
    """An operation by a workstation that the clinic never had."""
    rewritten(stage, lambda fresh: [*fresh, Workstation(stage.clinic.raw_id).operation()])


def rolled_back(stage: Stage) -> None:
    """The order is shorter than it was."""
    news(stage)
    stage.line.pull = serving(stage.server.order[:2])
    stage.b.whole_pass()


def forked(stage: Stage) -> None:
    """The order leads elsewhere from an early place on."""
    before, fresh, known = news(stage)
    stage.line.pull = serving(chained(stage.clinic, fresh * 3, before[: known - 1]))
    stage.b.whole_pass()


def shown_to_others_only(stage: Stage) -> None:
    """The victim is shown an order of its own, until somebody's heartbeat tells what they saw."""
    known = stage.b.spool.order_head()[0]
    stage.c.change(1)
    stage.go(stage.c)
    stage.a.change(2)
    stage.go(stage.a, stage.c)
    order, hidden = stage.server.order, stage.c.station.workstation_id
    fresh = [one.record for one in order[known:] if unpack(one.record, "operation", 13)[3].hex() != hidden]
    stage.line.pull = serving(chained(stage.clinic, [*fresh, order[-1].record], order[:known]))
    stage.b.whole_pass()


def parcels_hidden(stage: Stage) -> None:
    """Operations come without the parcel that lists them."""
    news(stage)
    known = len(stage.server.held[stage.a.station.workstation_id]) - 1
    stage.line.parcels = lambda station, after: stage.server.parcels(station, after)[: max(0, known - after)]
    stage.b.whole_pass()


def own_dropped(stage: Stage) -> None:
    """What the victim sent is acknowledged and gets no place."""
    known = len(stage.server.order)
    stage.b.change(3)
    stage.line.pull = serving(stage.server.order[:known])
    stage.b.whole_pass()


def own_forked(stage: Stage) -> None:
    """Another parcel under the victim's own number is said to be there."""
    held = stage.server.held[stage.b.station.workstation_id]
    held.append(held[-1])
    stage.b.change(1)
    stage.b.whole_pass()


def heartbeat_forged(stage: Stage) -> None:
    """A heartbeat in a workstation's name, signed as an operation is."""
    station = stage.a.station
    sight = Sight(1, bytes(32), 1, bytes(32), (), ())
    beat = make_heartbeat(
        station.workstation_id, 9, bytes(32), NOW_MS, sight,
        lambda data: station.signing.sign("operation", stage.clinic.raw_id, data),
    )  # fmt: skip
    rewritten(stage, lambda fresh: [*fresh, beat])


def heartbeat_replayed(stage: Stage) -> None:
    """An old heartbeat comes again."""
    beats = [one.record for one in stage.server.order if unpack(one.record, "operation", 13)[8] == 0]
    rewritten(stage, lambda fresh: [*fresh, beats[0]])


def operation_as_heartbeat(stage: Stage) -> None:
    """A patient's operation dressed as a control record, so that it is never applied."""
    station = stage.a.station
    fields = [VERSION, SUITE, os.urandom(16), ids.to_bytes(station.workstation_id), 99, bytes(32)]
    fields += [NOW_MS << 16, bytes(16), 0, 0, bytes(12), os.urandom(40)]
    made = signed(fields, lambda data: station.signing.sign(KIND, stage.clinic.raw_id, data))
    rewritten(stage, lambda fresh: [*fresh, made])


def parcel_forged(stage: Stage) -> None:
    """A parcel that leaves an operation out, signed by another workstation of the clinic."""
    before, fresh, _ = news(stage)
    held = stage.server.held[stage.a.station.workstation_id]
    number, previous = len(held), stage.b.spool.file.rows(
        "SELECT hash FROM parcel_seen WHERE workstation = ? ORDER BY send_sequence DESC LIMIT 1",
        (stage.a.station.workstation_id,),
    )[0][0]  # fmt: skip
    forged = make_parcel(
        stage.a.station.workstation_id, number - 1, previous, fresh[:1],
        lambda data: stage.c.station.signing.sign(PARCEL, stage.clinic.raw_id, data),
    )  # fmt: skip
    stage.line.pull = serving(chained(stage.clinic, fresh[:1], before))
    stage.line.parcels = lambda station, after: (
        [forged] if station == stage.a.station.workstation_id else stage.server.parcels(station, after)
    )
    stage.b.whole_pass()


ATTACKS = (
    link_broken,
    dropped,
    dropped_tail,
    reordered,
    repeated,
    old_again,
    altered,
    moved_scope,
    other_clinic,
    made_up,
    rolled_back,
    forked,
    shown_to_others_only,
    parcels_hidden,
    own_dropped,
    own_forked,
    heartbeat_forged,
    heartbeat_replayed,
    operation_as_heartbeat,
    parcel_forged,
)
