"""With a clinic server the membership log counts there: a change is published before it is written here.

The server takes entries by compare-and-swap. A power cut between publishing and writing heals by itself: the records
were prepared in the files before, and the entries come back with the next fetch. Offline, people and policies do not
change; what happens by itself (grants, epochs) waits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar, runtime_checkable

from photodesk.errors import Fixable, PhotoDeskError
from photodesk.store.changing import changing_members
from photodesk.store.layout import Layout
from photodesk.store.signer import Signer

SERVER_URL, SERVER_PIN, SERVER_RECEIPT_KEY = "server.url", "server.pin", "server.receipt-key"
"""Policies of the membership log: the only place where facts about the server are believed from."""
WAITS = frozenset({"server_offline", "server_busy", "members_changed", "members_busy"})
Result = TypeVar("Result")


class Publisher(Protocol):
    """The way to the server for whoever changes the membership log."""

    def publish(self, sequence: int, previous: bytes, entries: Sequence[bytes]) -> None:
        """Append the entries behind (sequence, previous); durable there when it returns.

        Fixable `server_offline`, `members_changed` where the log grew there.
        """
        ...

    def take(self) -> None:
        """Fetch what came since, and take it."""
        ...


@runtime_checkable
class PublishingSigner(Protocol):
    """A signer that also knows the way to the server; None where it is not known (yet)."""

    @property
    def publisher(self) -> Publisher | None:
        """The way."""
        ...


def publisher_of(signer: Signer) -> Publisher | None:
    """The way to the server that comes with the workstation's signature."""
    return signer.publisher if isinstance(signer, PublishingSigner) else None


def once_more(layout: Layout, signer: Signer, change: Callable[[], Result]) -> Result:
    """Make a change, nobody else changing members meanwhile; where the log grew at the server, take that and make it
    once more.
    """
    try:
        with changing_members(layout):
            return change()
    except PhotoDeskError as error:
        publisher = publisher_of(signer)
        if error.code != "members_changed" or publisher is None:
            raise
    publisher.take()
    with changing_members(layout):
        return change()


def server_needed() -> Fixable:
    """What is changed for the whole clinic is changed where the whole clinic sees it."""
    return Fixable(
        "server_offline",
        "The clinic server cannot be reached. People and policies are changed while it is.",
        "Everything else goes on here. Try again when this workstation is online.",
    )
