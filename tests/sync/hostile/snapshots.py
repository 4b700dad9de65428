"""Class 9: snapshots of charts that a server, or a workstation of the clinic, made to say what nobody said.

Each is given to a workstation that joins; the honest one of the same operations is taken, and of the hostile one
nothing is. What follows is that it takes the operations one by one (`test_snapshots`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

import msgspec

from photodesk.clock import HybridClock
from photodesk.errors import Damaged
from photodesk.store.chart_schema import CHART_TABLES
from photodesk.store.member_state import Revocation
from photodesk.store.operations import Compartment, OperationBook, chained
from photodesk.store.projection import Edit
from photodesk.store.records import signed, unpack
from photodesk.store.sealed_blob import BlobKind
from photodesk.store.snapshot_announcing import Covers, Vouched
from photodesk.store.snapshot_loading import SnapshotLoading, is_empty
from photodesk.store.snapshot_proof import SnapshotProof, covered
from photodesk.store.taking_chains import arrived
from tests.sync.history import CHART, PHOTO
from tests.sync.hostile.blobs import fetch, sealed
from tests.sync.hostile.stage import SILENT, Stage, comes_to
from tests.sync.joining_history import JoiningHistory

DIFFERS = "snapshot_differs"
Change = Callable[[list[bytes]], list[bytes]]


class Scene:
    """An honest workstation, number 0, and a hostile one of the same clinic, number 1; each with a person."""

    def __init__(self) -> None:
        self.history = JoiningHistory(2, [0, 0], [False, False])
        self.honest, self.hostile = self.history.stations
        self.person = self.hostile.keyset.person_id
        for word in ("left", "right"):
            for who in (0, 1):
                self.say(who, word)
                self.history.everything_arrives()

    def say(self, who: int, word: str) -> None:
        self.history.edit(who, Edit("photo", PHOTO, "set", {"body_site": word}))

    def speak_for(self, person: str) -> None:
        """From now on the hostile one writes what it says under another person's name, and signs as it can."""
        station = self.hostile
        keyset = station.keyset = replace(station.keyset, person_id=person)
        station.books[True] = OperationBook(
            keyset, station, HybridClock(station.clock), Compartment.CLINICAL, CHART_TABLES
        )

    @property
    def records(self) -> list[bytes]:
        """All there is of the chart, in the order it was said."""
        return [one for one in self.history.sent if arrived(one).compartment == Compartment.CLINICAL]

    def load(self, records: Sequence[bytes], covers: Covers | None = None, said: Sequence[Vouched] = ()) -> None:
        """A workstation joins, and is given this snapshot."""
        history, station = self.history, self.history._newcomer(Random(0))  # noqa: S311
        proof = SnapshotProof(CHART, history.erasure_key, station.keyset, history.members, said)
        loading = SnapshotLoading(station.chart, CHART_TABLES, station.keyset, lambda _: history.erasure_key)
        station.chart.execute("BEGIN IMMEDIATE")
        try:
            loading.run(proof.prove(records, covered(records) if covers is None else covers))
        except Damaged:
            station.chart.execute("ROLLBACK")
            assert is_empty(station.chart)
            raise


def spoilt(change: Change, *, announced_too: bool = True) -> None:
    """The honest snapshot, and then a changed one, which is announced as it is or as the honest one was."""
    scene = Scene()
    honest = scene.records
    scene.load(honest)
    changed = change(list(honest))
    scene.load(changed, None if announced_too else covered(honest))


def of_hostile(scene: Scene, record: bytes, **changed: object) -> bytes:
    """An operation with other plain fields, signed by the hostile workstation."""
    fields = unpack(record, "operation", 13)
    names = {"workstation": 3, "sequence": 4, "previous": 5, "scope": 7}
    for name, value in changed.items():
        fields[names[name]] = value
    station = scene.hostile
    return signed(fields[:-1], lambda before: station.key.sign("operation", station.keyset.clinic_id, before))


@comes_to(DIFFERS)
def made_up_for_another_workstation(_stage: Stage) -> None:
    """An operation at the end of the honest workstation's chain, which that one never made."""
    scene = Scene()
    records = scene.records
    scene.load(records)
    number, chain = covered(records)[scene.honest.keyset.workstation_id]
    raw = bytes.fromhex(scene.honest.keyset.workstation_id)
    scene.load([*records, of_hostile(scene, records[-1], workstation=raw, sequence=number + 1, previous=chain)])


@comes_to(DIFFERS)
def altered_in_the_middle(_stage: Stage) -> None:
    """A bit of an operation that others follow, announced with the chain as it is."""

    def change(records: list[bytes]) -> list[bytes]:
        records[0] = records[0][:150] + bytes([records[0][150] ^ 1]) + records[0][151:]
        return records

    spoilt(change)


@comes_to(DIFFERS)
def one_left_out(_stage: Stage) -> None:
    """An operation in the middle is missing."""
    spoilt(lambda records: [records[0], *records[2:]])


@comes_to(DIFFERS)
def cut_short(_stage: Stage) -> None:
    """The last operation is missing though it was announced."""
    spoilt(lambda records: records[:-1], announced_too=False)


@comes_to(DIFFERS)
def one_twice(_stage: Stage) -> None:
    """An operation stands in it twice."""
    spoilt(lambda records: [*records, records[-1]])


@comes_to(DIFFERS)
def put_into_another_persons_mouth(_stage: Stage) -> None:
    """The hostile workstation says what the honest one's person never said, and its own person signs for it all."""
    scene = Scene()
    scene.load(scene.records)
    scene.speak_for(scene.honest.keyset.person_id)
    scene.say(1, "forged")
    records = scene.records
    scene.load(records, said=[Vouched(scene.person, covered(records))])


@comes_to(DIFFERS)
def after_what_that_person_signed_for(_stage: Stage) -> None:
    """The honest person signed for the chain so far; the forged operation follows."""
    scene = Scene()
    before = covered(scene.records)
    scene.load(scene.records, said=[Vouched(scene.honest.keyset.person_id, before)])
    scene.speak_for(scene.honest.keyset.person_id)
    scene.say(1, "forged")
    scene.load(scene.records, said=[Vouched(scene.honest.keyset.person_id, before)])


@comes_to(DIFFERS)
def behind_a_gap(_stage: Stage) -> None:
    """The forged operation lies before a gap, what its person signed for after it: a gap breaks the chain."""
    scene = Scene()
    records = _with_gap(scene)
    scene.load(records)
    scene = Scene()
    scene.speak_for(scene.honest.keyset.person_id)
    records = _with_gap(scene)
    scene.load(records, said=[Vouched(scene.honest.keyset.person_id, covered(records))])


def _with_gap(scene: Scene) -> list[bytes]:
    """All there is, with one more operation of the hostile workstation, and another that it says it left out."""
    scene.say(1, "said")
    scene.speak_for(scene.person)
    scene.say(1, "left out")
    left = scene.records[-1]
    run = [[arrived(left).sequence, arrived(left).sequence, chained(left).hex()]]
    fields = {"runs": msgspec.json.encode(run).decode()}
    scene.history.edit(1, Edit("left_out", "ab" * 16, "add", fields))
    return [one for one in scene.records if one != left]


@comes_to(DIFFERS)
def of_another_patient(_stage: Stage) -> None:
    """An operation about another patient, properly signed, in this one's chart."""
    scene = Scene()
    records = scene.records
    scene.load(records)
    number, chain = covered(records)[scene.hostile.keyset.workstation_id]
    scene.load([*records, of_hostile(scene, records[-1], sequence=number + 1, previous=chain, scope=bytes(16))])


@comes_to(DIFFERS)
def of_a_workstation_that_was_shut_out(_stage: Stage) -> None:
    """What a stolen workstation may say is told by the order, not by whoever heard it."""
    scene = Scene()
    records, station = scene.records, scene.hostile.keyset.workstation_id
    scene.load(records)
    known = scene.history.members.workstations
    known[station] = replace(known[station], revocation=Revocation(1, bytes(32), wipe=False))
    scene.load(records)


@comes_to(DIFFERS)
def of_a_workstation_nobody_knows(_stage: Stage) -> None:
    """A workstation the clinic never had."""
    scene, stranger = Scene(), Scene()
    scene.load([*scene.records, *stranger.records])


@comes_to(DIFFERS)
def of_another_clinic(_stage: Stage) -> None:
    """The same workstations and persons, under another clinic's keys."""
    scene = Scene()
    stranger = Scene()
    stranger.history.members.workstations = scene.history.members.workstations
    stranger.history.members.people = scene.history.members.people
    stranger.load(scene.records)


@comes_to(DIFFERS)
def what_fits_no_column(_stage: Stage) -> None:
    """A value that no table takes: taken one by one it has no effect, here as everywhere."""
    scene = Scene()
    scene.load(scene.records)
    said: object = {"gone": None, "photo_id": PHOTO}
    record = _raw(scene, Edit("mark", "0b" * 16, "add", said))  # type: ignore[arg-type]
    scene.load([*scene.records, record])


def _raw(scene: Scene, edit: Edit) -> bytes:
    """An operation whose effect its own workstation did not try."""
    station = scene.hostile
    tables = {**CHART_TABLES, edit.entity: replace(CHART_TABLES[edit.entity], columns=frozenset())}
    book = OperationBook(station.keyset, station, HybridClock(station.clock), Compartment.CLINICAL, tables)
    station.books[True] = book
    scene.history.edit(1, edit)
    return scene.history.sent.pop()


@comes_to(SILENT)
def older_snapshot(stage: Stage) -> None:
    """The server gives the snapshot before the one that was announced."""
    old, new = (sealed(word, kind=BlobKind.SNAPSHOT) for word in (b"old operations", b"new operations"))
    fetch(stage, new, lambda _whole: old)


@comes_to("server_offline")
def truncated_snapshot(stage: Stage) -> None:
    """The server gives half of it."""
    fetch(stage, sealed(b"operations", kind=BlobKind.SNAPSHOT), lambda whole: whole[: len(whole) // 2])


@comes_to(SILENT)
def altered_snapshot(stage: Stage) -> None:
    """A bit of it is flipped."""
    data = sealed(b"operations", kind=BlobKind.SNAPSHOT)
    fetch(stage, data, lambda whole: whole[:110] + bytes([whole[110] ^ 1]) + whole[111:])


ATTACKS = (
    made_up_for_another_workstation,
    altered_in_the_middle,
    one_left_out,
    cut_short,
    one_twice,
    put_into_another_persons_mouth,
    after_what_that_person_signed_for,
    behind_a_gap,
    of_another_patient,
    of_a_workstation_that_was_shut_out,
    of_a_workstation_nobody_knows,
    of_another_clinic,
    what_fits_no_column,
    older_snapshot,
    truncated_snapshot,
    altered_snapshot,
)
