"""Histories in which workstations make snapshots of the chart, and others join and fill it from one of them.

What a joiner is given may be any snapshot that was ever made, spoilt or whole; where it is not taken, the operations
are, one by one. In the end all have the same tables (`History.check`), whichever way they came to them.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from photodesk import ids
from photodesk.crypto import SigningKey
from photodesk.errors import Damaged
from photodesk.store.chart_schema import CHART_TABLES
from photodesk.store.members import Member, MemberWorkstation
from photodesk.store.operations import chained
from photodesk.store.snapshot_announcing import Announced, Covers, announcing, vouched
from photodesk.store.snapshot_loading import SnapshotLoading
from photodesk.store.snapshot_proof import SnapshotProof
from photodesk.store.taking_chains import arrived
from tests.sync.history import CHART, HOUR_MS, NEWER_TABLES, History, SkewedClock, Workstation, some_edit

EVERY = 3
MOST = 8


class JoiningHistory(History):
    """`loaded` and `refused` count what became of snapshots; `made_snapshots` are all there ever were."""

    def __init__(self, count: int, skews_h: list[int], newer: list[bool]) -> None:
        self.made_snapshots: list[tuple[list[bytes], Covers]] = []
        self.sent: list[bytes] = []
        self.loaded = self.refused = 0
        super().__init__(count, skews_h, newer)

    def edit(self, who: int, edit: Any, *, clinical: bool = True) -> None:
        other = self.stations[(who + 1) % len(self.stations)]
        before = len(other.arriving)
        super().edit(who, edit, clinical=clinical)
        self.sent += other.arriving[before:]

    def snapshot(self, who: int) -> None:
        """One is made where enough was said since the last one, and announced."""
        station = self.stations[who]
        rows = station.chart.execute(
            "SELECT workstation, sequence, record FROM operation ORDER BY workstation, sequence"
        ).fetchall()
        last = self.made_snapshots[-1][1] if self.made_snapshots else {}
        if len(rows) < sum(number for number, _ in last.values()) + EVERY:
            return
        covers = {str(row[0]): (int(row[1]), chained(bytes(row[2]))) for row in rows}
        self.made_snapshots.append(([bytes(row[2]) for row in rows], covers))
        self.edit(who, announcing(CHART, Announced(bytes(32), 1, 1, covers)), clinical=False)

    def join(self, chance: Random) -> None:
        """A workstation more: it hears of some of what was said, and fills its chart from a snapshot."""
        if len(self.stations) >= MOST:
            return
        station = self._newcomer(chance)
        self.stations.append(station)
        station.arriving = list(self.sent)
        who = len(self.stations) - 1
        self._take(station, [one for one in station.arriving if arrived(one).compartment == 1])
        if self.made_snapshots and chance.random() < 0.9:
            self._load(station, *chance.choice(self.made_snapshots), chance)
        self.deliver(who, chance)

    def _newcomer(self, chance: Random) -> Workstation:
        keyset = replace(
            self.stations[0].keyset,
            workstation_id=ids.random_id(),
            person_id=ids.random_id(),
            signing=SigningKey.generate(),
        )
        station = Workstation(
            keyset, SigningKey.generate(), SkewedClock(chance.randint(-48, 48) * HOUR_MS), chance.random() < 0.3
        )
        self.members.people[keyset.person_id] = Member(
            keyset.person_id, keyset.roles, keyset.signing.public, keyset.kem.public, b""
        )
        self.members.workstations[keyset.workstation_id] = MemberWorkstation(
            keyset.workstation_id, station.key.public, bytes(32), b""
        )
        return station

    def _load(self, station: Workstation, records: list[bytes], covers: Covers, chance: Random) -> None:
        records, spoilt = list(records), chance.random() < 0.2
        if spoilt:
            _spoil(records, chance)
        chance.shuffle(records)
        said = vouched(station.catalog, station.keyset, CHART, self.erasure_key)
        proof = SnapshotProof(CHART, self.erasure_key, station.keyset, self.members, said)
        tables = NEWER_TABLES if station.newer else CHART_TABLES
        with station.program():
            station.chart.execute("BEGIN IMMEDIATE")
            try:
                proven = proof.prove(records, covers)
                loading = SnapshotLoading(station.chart, tables, station.keyset, lambda _: self.erasure_key)
                loading.run(proven)
            except Damaged:
                station.chart.execute("ROLLBACK")
                self.refused += 1
                return
            killed = chance.random() < 0.1
            station.chart.execute("ROLLBACK" if killed else "COMMIT")
        assert not spoilt, "a spoilt snapshot was taken"
        if not killed:
            self.loaded += 1
            station.knows |= {arrived(one).operation_id for one in records}


def _spoil(records: list[bytes], chance: Random) -> None:
    """One is missing, doubled or altered."""
    at = chance.randrange(len(records))
    one = records.pop(at)
    kind = chance.randrange(3)
    if kind == 0:
        records += [one, one]
    elif kind == 1:
        place = chance.randrange(len(one))
        records.append(one[:place] + bytes([one[place] ^ 1]) + one[place + 1 :])


def joining_by_chance(seed: int, steps: int = 40) -> JoiningHistory:
    """One history, made and checked."""
    chance = Random(seed)  # noqa: S311
    count = chance.randint(2, 4)
    history = JoiningHistory(
        count, [chance.randint(-48, 48) for _ in range(count)], [chance.random() < 0.3 for _ in range(count)]
    )
    for _ in range(steps):
        who, step = chance.randrange(len(history.stations)), chance.random()
        if step < 0.45:
            edit, clinical = some_edit(who, history.stations[who].newer, chance)
            history.edit(who, edit, clinical=clinical)
        elif step < 0.7:
            history.deliver(who, chance, kill=chance.choice(("", "", "", "before", "after")))
        elif step < 0.74:
            history.settle(who, chance)
        elif step < 0.87:
            history.snapshot(who)
        elif step < 0.97:
            history.join(chance)
        else:
            history.stations[who].update()
    history.check()
    return history
