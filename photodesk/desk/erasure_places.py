"""Where something of an erased patient may still lie, and has to be confirmed: workstations, server, backup folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from photodesk import ids
from photodesk.desk.erasing import ErasureDesk
from photodesk.desk.retention import RetentionDesk
from photodesk.store.catalog import Catalog
from photodesk.store.keeping_book import Place
from photodesk.store.member_entry import open_name
from photodesk.store.members_log import MembersLog

if TYPE_CHECKING:
    from photodesk.desk.session import Session
    from photodesk.store.keyset import KeySet
    from photodesk.store.layout import Layout

WORKSTATION, BACKUP = "workstation", "backup"


class ErasurePlaces:
    """The places of this clinic. There is no clinic server yet, so none is named."""

    def __init__(self, layout: Layout, keyset: KeySet, catalog: Catalog) -> None:
        self._layout = layout
        self._keyset = keyset
        self._catalog = catalog

    def now(self, at_ms: int) -> tuple[Place, ...]:
        """This workstation confirms at `at_ms`; the others and the backup have not yet."""
        keyset = self._keyset
        members = MembersLog.open(self._layout.members, keyset.clinic_id).members
        stations = tuple(
            Place(
                WORKSTATION,
                open_name(one.sealed_name, ids.to_bytes(one.workstation_id), keyset.clinic_id, keyset.desk_keys),
                at_ms if one.workstation_id == keyset.workstation_id else 0,
            )
            for one in members.workstations.values()
            if not one.revoked
        )
        return (*stations, *self._backups())

    def _backups(self) -> tuple[Place, ...]:
        return ()


def record_keeping(session: Session) -> tuple[RetentionDesk, ErasureDesk]:
    """How long records are kept, and erasing, in a signed-in person's workplace."""
    retention = RetentionDesk(session.actor, session.catalog, session.policy.get)
    places = ErasurePlaces(session.layout, session.keyset, session.catalog)
    erasures = ErasureDesk(
        session.actor,
        session.layout,
        session.keyset,
        session.secrets,
        session.catalog,
        session.charts,
        retention,
        session.gate.forget,
        places.now,
        session.alarms,
    )
    return retention, erasures
