"""Proving the operations of a chart's snapshot all at once, before any of them counts.

A snapshot brings the signed operations as they are and nothing else: no table, no value, no sum of anything. So whoever
made it, and whatever the server did with it, it can only leave operations out, and then it is not what was announced.

Verified, of all or the snapshot counts for nothing and the operations are taken one by one as ever:

- each workstation's operations are its chain without a gap, from the first on to exactly the announced number and
  chain; a gap is one that a later operation of that workstation says it left out;
- the last operation of each unbroken run bears its workstation's signature, and each names the hash of the one before,
  signature included: so the workstation signed every one of them. That is one signature in place of thousands;
- the workstation belongs to the clinic and was not shut out (what a stolen one may say is told by the order alone);
- every one opens under this patient's key and this chart's scope, and its person belonged to the clinic at its time;
- its person said it: that person's signature over it is verified, except where the same person signed an announcement
  whose number and chain are found again here, and it lies below them in the same unbroken run. Who signs for a chain
  signs for every byte below it, so nobody's word is taken for what another person said. (Whoever can sign in a
  person's name could have signed the operation.)

Not verified: that the snapshot holds every operation there is; what it does not cover is taken one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from photodesk.errors import Damaged, Refused
from photodesk.store.members import Members
from photodesk.store.operations import Compartment, Operation, PatientOperations, chained, verify_operation
from photodesk.store.snapshot_announcing import Covers, Vouched
from photodesk.store.taking import LEFT_OUT, OFFLINE_MS
from photodesk.store.taking_chains import LAST_CLOCK, Arrived, arrived, left_out_runs

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet

FIRST = bytes(32)


@dataclass(frozen=True)
class Proven:
    """An operation of a snapshot; `told` is None where a newer program wrote it."""

    arrived: Arrived
    told: Operation | None


@dataclass(frozen=True)
class ProvenChart:
    """Operations by workstation, each in its order, and the places (workstation, number, chain) that were left out."""

    operations: dict[str, list[Proven]]
    left_out: list[tuple[str, int, bytes]]


class SnapshotProof:
    """Proves snapshots of one chart. `vouched` is what people signed for in announcements of this chart."""

    def __init__(
        self, chart_id: str, erasure_key: bytes, keyset: KeySet, members: Members, vouched: Iterable[Vouched]
    ) -> None:
        self._chart_id = chart_id
        self._keyset = keyset
        self._members = members
        self._patient = PatientOperations(keyset, erasure_key)
        self._vouched = list(vouched)

    def prove(self, records: Sequence[bytes], covers: Covers) -> ProvenChart:
        """Damaged `snapshot_differs` where anything does not hold."""
        try:
            return self._proven(records, covers)
        except (Damaged, Refused) as error:
            if error.code == "snapshot_differs":
                raise
            raise snapshot_differs() from error

    def _proven(self, records: Sequence[bytes], covers: Covers) -> ProvenChart:
        operations: dict[str, list[Proven]] = {}
        for record in records:
            one = self._opened(arrived(record))
            operations.setdefault(one.arrived.workstation, []).append(one)
        _need(operations.keys() == covers.keys())
        left_out: list[tuple[str, int, bytes]] = []
        free: dict[tuple[str, str], list[range]] = {}
        for workstation, of_it in operations.items():
            of_it.sort(key=lambda one: one.arrived.sequence)
            places = self._chained(workstation, of_it, left_out, covers[workstation])
            for person, run in self._signed_for(workstation, places):
                free.setdefault((person, workstation), []).append(run)
        for workstation, of_it in operations.items():
            for one in of_it:
                if one.told is not None:
                    self._said(one.told, free.get((one.told.person, workstation), ()))
        return ProvenChart(operations, left_out)

    def _opened(self, one: Arrived) -> Proven:
        _need(one.scope == self._chart_id and one.compartment == Compartment.CLINICAL and one.clock < LAST_CLOCK)
        try:
            return Proven(one, self._patient.open(one.fields))
        except Refused as refused:
            _need(refused.code == "newer_format")
            return Proven(one, None)

    def _chained(
        self, workstation: str, of_it: Sequence[Proven], left_out: list[tuple[str, int, bytes]], last: tuple[int, bytes]
    ) -> dict[int, tuple[int, bytes]]:
        """Follow one workstation's chain; (first number of its run, chain after it) of each that is announced."""
        station = self._members.workstations.get(workstation)
        _need(station is not None and not station.revoked)
        public = station.signing_public if station is not None else b""
        gaps = dict(_gaps(of_it))
        wanted = {one.covers[workstation][0] for one in self._vouched if workstation in one.covers}
        places: dict[int, tuple[int, bytes]] = {}
        first, number, chain, record = 1, 0, FIRST, b""
        for one in of_it:
            each = one.arrived
            if each.sequence != number + 1:
                after = gaps.get(number + 1, (0, b""))
                _need(after[0] + 1 == each.sequence)
                self._end(record, public)
                left_out += _left_out(workstation, number + 1, *after)
                first, chain = each.sequence, after[1]
            _need(each.previous == chain)
            number, record = each.sequence, each.record
            chain = chained(record)
            if number in wanted:
                places[number] = first, chain
        self._end(record, public)
        _need((number, chain) == last)
        return places

    def _end(self, record: bytes, public: bytes) -> None:
        """The last operation of an unbroken run is signed, and with it all before."""
        _need(not record or verify_operation(record, public, self._keyset.clinic_id))

    def _signed_for(self, workstation: str, places: dict[int, tuple[int, bytes]]) -> Iterator[tuple[str, range]]:
        """(person, numbers) whose chain a person signed for and that is proven here."""
        for one in self._vouched:
            number, chain = one.covers.get(workstation, (0, b""))
            first, found = places.get(number, (0, b""))
            if first and found == chain:
                yield one.person, range(first, number + 1)

    def _said(self, told: Operation, signed_for: Sequence[range]) -> None:
        keys = self._members.signing_keys(told.person)
        left_ms = self._members.left.get(told.person)
        _need(left_ms is None or told.clock >> 16 <= left_ms + OFFLINE_MS)
        if any(told.sequence in run for run in signed_for):
            _need(bool(keys))
        else:
            _need(any(told.signed_by(key, self._keyset.clinic_id) for key in keys))


def covered(records: Iterable[bytes]) -> Covers:
    """What operations cover that nobody announced. Damaged, Refused where one cannot be read."""
    last: dict[str, Arrived] = {}
    for one in map(arrived, records):
        if one.workstation not in last or one.sequence > last[one.workstation].sequence:
            last[one.workstation] = one
    return {workstation: (one.sequence, chained(one.record)) for workstation, one in last.items()}


def snapshot_differs() -> Damaged:
    """The sentence for a snapshot that is not what was announced, or holds what nobody may take."""
    return Damaged("snapshot_differs", "A snapshot of a chart is not what was announced. It was not taken.")


def _need(holds: bool) -> None:
    if not holds:
        raise snapshot_differs()


def _gaps(of_it: Iterable[Proven]) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """(first, (last, chain)) of what a workstation says it left out."""
    for one in of_it:
        if one.told is not None and one.told.edit.entity == LEFT_OUT:
            for first, last, chain in left_out_runs(one.told):
                yield first, (last, chain)


def _left_out(workstation: str, first: int, last: int, chain: bytes) -> Iterator[tuple[str, int, bytes]]:
    for place in range(first, last + 1):
        yield workstation, place, chain if place == last else b""
