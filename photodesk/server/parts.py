"""Everything one server process works with, made once at its start."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from photodesk.clock import Clock
from photodesk.server.blobs import Blobs
from photodesk.server.clinics import DEFAULT_QUOTA_BYTES, Clinics
from photodesk.server.database import Database
from photodesk.server.identity import Identity, identity_of
from photodesk.server.limits import RateLimit
from photodesk.server.log_keeping import LogKeeping
from photodesk.server.meeting import ErasureKeyShelf, Invitations, KeyRecords
from photodesk.server.metrics import Metrics
from photodesk.server.objects import Objects, objects_at, refuse_unknown
from photodesk.server.operations import Operations
from photodesk.server.own_folder import ERASURE, ROWS
from photodesk.server.signing_in import SigningIn


@dataclass(frozen=True)
class Places:
    """Where a server keeps things: URLs of two databases, and a folder or `s3://…` for objects."""

    database: str
    erasure: str
    objects: str

    @classmethod
    def in_folder(cls, folder: Path, database: str = "", objects: str = "") -> Places:
        """SQLite and a folder, but for what is given. Fixable `objects_unknown`; nothing is made yet."""
        refuse_unknown(objects)
        return cls(
            database or f"sqlite:///{folder / ROWS}",
            database or f"sqlite:///{folder / ERASURE}",
            objects or str(folder / "objects"),
        )


@dataclass(frozen=True)
class Parts:
    """What the routes call."""

    database: Database
    erasure: Database
    objects: Objects
    identity: Identity
    clinics: Clinics
    signing_in: SigningIn
    operations: Operations
    blobs: Blobs
    logs: LogKeeping
    invitations: Invitations
    erasure_keys: ErasureKeyShelf
    key_records: KeyRecords
    rates: RateLimit
    metrics: Metrics
    clock: Clock

    def close(self) -> None:
        """Let go of the databases."""
        self.database.close()
        self.erasure.close()


def open_parts(places: Places, pin: bytes, clock: Clock, quota_bytes: int = DEFAULT_QUOTA_BYTES) -> Parts:
    """Open or make the databases and bring them up to this version. `pin` is the SHA-256 of the TLS public key."""
    database = Database(places.database)
    database.bring_up()
    erasure = Database(places.erasure)
    erasure.bring_up(erasure=True)
    objects, identity = objects_at(places.objects), identity_of(database)
    clinics = Clinics(database, erasure, clock, quota_bytes)
    return Parts(
        database=database,
        erasure=erasure,
        objects=objects,
        identity=identity,
        clinics=clinics,
        signing_in=SigningIn(database, clinics, identity, pin, clock),
        operations=Operations(database, clock),
        blobs=Blobs(database, objects, clock),
        logs=LogKeeping(database, objects, identity, clock),
        invitations=Invitations(database, clock),
        erasure_keys=ErasureKeyShelf(erasure, clock),
        key_records=KeyRecords(database),
        rates=RateLimit(clock),
        metrics=Metrics(),
        clock=clock,
    )
