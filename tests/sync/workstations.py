"""Workstations of one clinic with real stores and spools, and a network between them that keeps one order."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from photodesk import ids
from photodesk.clock import SystemClock
from photodesk.crypto import KemPrivateKey, SigningKey
from photodesk.desk.actor import SignedInPerson
from photodesk.desk.session import Session
from photodesk.log.entry import Entry
from photodesk.store.catalog import Catalog
from photodesk.store.keyring import LocalSecrets
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.members import Member, Members, MemberWorkstation
from photodesk.store.members_log import start_of
from photodesk.store.roles import Role
from photodesk.sync.desk_side import SyncDesk, TakenIn
from photodesk.sync.parcels import operation_head
from photodesk.sync.spool import Incoming, Spool
from photodesk.sync.spool_erasure import SpoolErasure
from tests.desk.conftest import ListKeeper
from tests.store.conftest import Keeper, Store, make_keyset, open_store


@dataclass
class Workstation:
    """One of them. `place` is how far the clinic's order was fetched."""

    root: Path
    store: Store
    keeper: Keeper
    members: Members
    spool: Spool
    place: int = 0
    entries: list[Entry] = field(default_factory=list)

    @property
    def session(self) -> Session:
        store = self.store
        keeper = ListKeeper(self.keeper, self.entries)
        person = SignedInPerson(store.keyset.person_id, "Ada Berg", store.keyset.roles)
        secrets = LocalSecrets(store.layout.secrets_local)
        session = Session(
            person, store.keyset, store.layout, secrets, keeper, SystemClock(), store.catalog, store.charts
        )
        session.conflicts._stations = dict
        return session

    @property
    def desk(self) -> SyncDesk:
        return SyncDesk(self.session, self.spool, lambda: self.members)

    def take_in(self) -> TakenIn:
        return self.desk.take_in()

    def close(self) -> None:
        self.store.close()
        self.spool.close()


@dataclass
class Network:
    """The clinic's order and its erasure keys, with nothing in between that checks."""

    order: list[bytes] = field(default_factory=list)
    erasure_keys: dict[str, bytes] = field(default_factory=dict)

    def send(self, station: Workstation) -> int:
        """Spool out and push everything; how many operations."""
        station.desk.spool_out()
        erasure = SpoolErasure(station.spool.file)
        for scope, sealed in erasure.unsent(1000):
            self.erasure_keys[scope] = sealed
            erasure.mark_sent([scope])
        rows = station.spool.file.rows("SELECT number, record FROM outgoing WHERE parcel IS NULL ORDER BY number")
        self.order += [bytes(record) for _, record in rows]
        with station.spool.file.transaction() as connection:
            connection.executemany("UPDATE outgoing SET parcel = 1 WHERE number = ?", [(row[0],) for row in rows])
        return len(rows)

    def fetch(self, station: Workstation, until: int | None = None) -> None:
        """Give it what it has not fetched yet."""
        erasure = SpoolErasure(station.spool.file)
        own = station.store.keyset.workstation_id
        erasure.add_in(
            {
                scope: key
                for scope, key in self.erasure_keys.items()
                if scope not in station.store.catalog.erasure.known()
            }
        )
        places = range(station.place, len(self.order) if until is None else until)
        incoming = []
        for place in places:
            head = operation_head(self.order[place])
            if head.workstation_id != own:
                incoming.append(
                    Incoming(place + 1, head.workstation_id, head.scope, head.compartment, self.order[place])
                )
        with station.spool.file.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO incoming (place, workstation, scope, compartment, record)"
                " VALUES (?, ?, ?, ?, ?)",
                [(one.place, one.workstation_id, one.scope, one.compartment, one.record) for one in incoming],
            )
        station.place = places.stop if places else station.place

    def exchange(self, *stations: Workstation) -> list[TakenIn]:
        """Everybody sends, everybody fetches and takes in, until nobody has anything to send."""
        taken: list[TakenIn] = []
        while sum(self.send(station) for station in stations):
            for station in stations:
                self.fetch(station)
            taken = [station.take_in() for station in stations]
        return taken


def clinic(root: Path, count: int, change: Callable[[int, KeySet], KeySet] = lambda _, keys: keys) -> list[Workstation]:
    """So many workstations; one person each, all with every role unless `change` says otherwise."""
    first = make_keyset()
    members = Members(first.clinic_id, start_of(first.clinic_id))
    made: list[Workstation] = []
    for number in range(count):
        keyset = replace(
            first,
            workstation_id=ids.random_id(),
            person_id=ids.random_id(),
            signing=SigningKey.generate(),
            kem=KemPrivateKey.generate(),
            desk_keys=dict(first.desk_keys),
            chart_keys=dict(first.chart_keys),
            database_keys={name: os.urandom(48) for name in ("catalog", "erasure", "index")},
        )
        keyset = change(number, keyset)
        keeper = Keeper(SigningKey.generate(), keyset.clinic_id)
        members.people[keyset.person_id] = _member(keyset)
        members.workstations[keyset.workstation_id] = MemberWorkstation(
            keyset.workstation_id, keeper.key.public, bytes(32), b""
        )
        layout = Layout(root / f"workstation{number}")
        layout.prepare()
        Catalog.create(layout, keyset, keeper, keeper, SystemClock()).close()
        store = open_store(layout, keyset, keeper)
        made.append(Workstation(layout.root, store, keeper, members, Spool(layout.spool)))
    return made


def _member(keyset: KeySet) -> Member:
    roles: Any = keyset.roles or frozenset(Role)
    return Member(keyset.person_id, roles, keyset.signing.public, keyset.kem.public, b"")
