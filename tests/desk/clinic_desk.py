"""Signing in to a founded clinic with a keeper whose log is a list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST, SigningKey
from photodesk.desk.session import Session
from photodesk.desk.signing_in import sign_in
from tests.desk.conftest import ListKeeper
from tests.store.clinic import PASSWORD, Clinic
from tests.store.conftest import Keeper as Signing


def list_keeper(clinic: Clinic) -> ListKeeper:
    """A keeper of this clinic's workstation."""
    signer = clinic.signer()

    class Workstation(Signing):
        def sign(self, kind: str, data: bytes) -> bytes:
            return signer.sign(kind, data)

    return ListKeeper(Workstation(SigningKey.generate(), bytes(16)))


@contextmanager
def signed_in(
    clinic: Clinic, name: str = "Ada Byron", password: str = PASSWORD, keeper: ListKeeper | None = None
) -> Iterator[Session]:
    """A session of this person; closed at the end."""
    keeper = keeper or list_keeper(clinic)
    session = sign_in(clinic.layout, clinic.secrets, keeper, name, password, SystemClock(), cost=FLOOR_COST)
    try:
        yield session
    finally:
        session.close()
