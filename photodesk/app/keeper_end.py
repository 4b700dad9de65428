"""The end of a workstation's store: the keeper carries out the clinic's signed order to erase it."""

from __future__ import annotations

import logging
from typing import Protocol

from photodesk.app.keeper_books import Books
from photodesk.app.keeper_loop import Peer
from photodesk.errors import PhotoDeskError
from photodesk.log.entry import Action, Entry
from photodesk.protocol.messages import MembersTaken
from photodesk.store.keyring import Secrets, secrets_of
from photodesk.store.layout import Layout
from photodesk.store.members_log import MembersLog
from photodesk.store.wiping import is_wiped, remove_rest, wipe_store, wiped

SHUT_OUT = "This workstation was shut out of the clinic."
CHANGED = "Your account was changed at another workstation."
_log = logging.getLogger("photodesk.keeper")


class Ending(Protocol):
    """Something with children that is ended at once."""

    def end_all(self) -> None:
        """End them."""
        ...


class Locking(Ending, Protocol):
    """The desks."""

    def start_anew(self) -> None:
        """Once all were ended: one that says why nobody signs in."""
        ...

    @property
    def front(self) -> Peer | None:
        """Who is seen."""
        ...

    def lock(self, reason: str, next_slot: str = "") -> None:
        """Lock the one in front."""
        ...


class Carrying(Protocol):
    """The syncer's keeper."""

    def end(self) -> None:
        """End it."""
        ...


class House(Protocol):
    """What of the keeper has to end first."""

    layout: Layout
    books: Books | None
    problem: PhotoDeskError | None

    @property
    def desks(self) -> Locking:
        """Who works at it."""
        ...

    @property
    def imports(self) -> Ending:
        """What comes in."""
        ...

    @property
    def syncing(self) -> Carrying:
        """What travels."""
        ...

    def quit(self) -> None:
        """End everything."""
        ...


def after_taking(house: House, taken: MembersTaken) -> None:
    """Others changed the membership log: whoever is not what they were when they signed in is locked out, and where
    this workstation was shut out everybody is.
    """
    if taken.revoked:
        house.desks.lock(SHUT_OUT)
    elif _is_another(house):
        house.desks.lock(CHANGED)
    if taken.wipe:
        _wipe(house)


def _is_another(house: House) -> bool:
    """Whether the person at the desk left the clinic, or has other roles now."""
    front = house.desks.front
    if front is None or not front.person_id or house.books is None:
        return False
    members = MembersLog.open(house.layout.members, house.books.keys.clinic_id).members
    member = members.person(front.person_id)
    return member is None or " ".join(sorted(member.roles)) != front.role


def _wipe(house: House) -> None:
    if house.books is None:
        return
    books, house.books = house.books, None
    clinic_id, workstation_id, secrets = books.keys.clinic_id, books.keys.workstation_id, secrets_of(house.layout)
    windows = house.desks.front is not None
    house.desks.end_all()
    house.imports.end_all()
    house.syncing.end()
    try:
        books.close(Entry(Action.WORKSTATION, details={"what": "wiped"}))
    except PhotoDeskError as error:
        _log.warning("the log was not written: %s", error.code)
    house.problem = _erased(house.layout, secrets, clinic_id, workstation_id)
    if windows:
        house.desks.start_anew()
    else:
        house.quit()


def _erased(layout: Layout, secrets: Secrets, clinic_id: bytes, workstation_id: str) -> PhotoDeskError:
    try:
        wipe_store(layout, secrets, clinic_id, workstation_id)
    except PhotoDeskError as error:
        return error
    return wiped()


def refuse_wiped(layout: Layout) -> None:
    """Refused `wiped` where an order was carried out here; what a power cut left of the store goes first."""
    if is_wiped(layout):
        remove_rest(layout)
        raise wiped()
