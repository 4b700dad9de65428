"""How long records are kept, and erasing, as a signed-in person's workplace has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from photodesk.desk.backups import BackupNote
from photodesk.desk.erasing import ErasureDesk
from photodesk.desk.erasure_places import ErasurePlaces
from photodesk.desk.retention import RetentionDesk
from photodesk.store.keeping_book import KeepingBook

if TYPE_CHECKING:
    from photodesk.desk.session import Session


def record_keeping(session: Session) -> tuple[RetentionDesk, ErasureDesk]:
    """How long records are kept, and erasing, in a signed-in person's workplace."""
    retention = RetentionDesk(session.actor, session.catalog, session.policy.get)

    def backups() -> tuple[BackupNote, ...]:  # asked for when it is needed, as the session makes it
        return session.backups.places()

    confirmations = KeepingBook(session.catalog).confirmations
    places = ErasurePlaces(session.layout, session.keyset, backups, confirmations)
    erasures = ErasureDesk(
        session.actor,
        session.layout,
        session.keyset,
        session.secrets,
        session.catalog,
        session.charts,
        retention,
        session.gate.forget,
        places,
        session.alarms,
    )
    return retention, erasures
