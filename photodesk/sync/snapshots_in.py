"""A chart of which nothing is here yet is filled from its announced snapshot, where there is one and it comes soon.

What waits of such a chart is left alone until the snapshot is here, was refused, is not on the server, or did not come
in `HOLD_MS`; then it is loaded, or everything is taken one by one as ever. Whether the server gave another, an older or
no snapshot makes no other difference: its id is over its bytes, its key is the patient's, and what it holds is proven
(`store.snapshot_proof`). What the snapshot does not cover stays in the spool and is taken one by one after it.

A chart of which nothing is here and of which there is no snapshot is filled in the same way from what waits of it in
the spool, where that proves whole; else it is taken one by one.
"""

from __future__ import annotations

import io
from enum import Enum

from photodesk.desk.session import Session
from photodesk.errors import Damaged, Refused
from photodesk.store.backup_chart import read_chart_payload
from photodesk.store.backup_seal import chart_secret
from photodesk.store.operations import Compartment
from photodesk.store.sealed_blob import BlobKind, open_blob
from photodesk.store.snapshot_announcing import Announced, announced
from photodesk.store.snapshot_loading import is_empty
from photodesk.store.snapshot_proof import covered
from photodesk.store.taking import Outcome
from photodesk.store.taking_in import TakingIn
from photodesk.sync.spool import Spool
from photodesk.sync.spool_alarm import is_alarm
from photodesk.sync.spool_blobs import BlobSpool, In, SpooledBlob
from photodesk.sync.spool_taking import SpoolTaking

HOLD_MS = 120_000
MOST_AT_ONCE = 50_000
RANK = 0
_AT_ONCE = 2_000
_ASKED = "snapshot-in:"
_GIVEN_UP = (0).to_bytes(8, "little")


class Turn(Enum):
    """What becomes of a chart in this pass where no snapshot was loaded."""

    ONE_BY_ONE = 1
    WAIT = 2


class SnapshotsIn:
    """One signed-in person's side; in the desk's one writing lane. `asked` counts snapshots that were asked for."""

    def __init__(self, session: Session, spool: Spool) -> None:
        self._session = session
        self._spool = spool
        self._blobs = BlobSpool(spool.file)
        self._waiting = SpoolTaking(spool.file)
        self._tried: dict[str, int] = {}
        self.asked = 0

    def look(self, taking: TakingIn, scope: str, patient_id: str) -> Outcome | Turn:
        """Ask for the chart's snapshot, wait for it, load it, or do without."""
        if is_alarm(self._spool.file) or self._spool.fact(_ASKED + scope) == _GIVEN_UP:
            return Turn.ONE_BY_ONE
        one = announced(self._session.catalog, scope)
        if one is None:
            return self._from_spool(taking, scope, patient_id)
        return (
            self._announced(taking, scope, patient_id, one) if self._is_new(patient_id) else self._give_up(scope, one)
        )

    def _announced(self, taking: TakingIn, scope: str, patient_id: str, one: Announced) -> Outcome | Turn:
        stands = self._blobs.stands(one.blob_id)
        if stands is None:
            return self._ask(scope, one)
        state, tries = stands
        if state is In.HERE:
            outcome = self._loaded(taking, scope, patient_id, one)
            return outcome if outcome is not None else self._give_up(scope, one)
        waited = self._session.clock.wall_ms() - self._spool.number(_ASKED + scope)
        if state is In.WANTED and not tries and 0 <= waited < HOLD_MS:
            return Turn.WAIT
        return self._give_up(scope, one)

    def _is_new(self, patient_id: str) -> bool:
        """Whether nothing of this chart was taken or said here."""
        session = self._session
        if not session.catalog.chart_pointer(patient_id, hidden_too=True).made:
            return True
        with session.charts.open(patient_id, hidden_too=True).ledger.database.reader() as connection:
            return is_empty(connection)

    def _ask(self, scope: str, one: Announced) -> Turn:
        now = self._session.clock.wall_ms()
        if self._spool.number(_ASKED + scope) == 0:  # whoever announces one after the other wins no time
            self._spool.set_facts({_ASKED + scope: max(1, now).to_bytes(8, "little")})
        elif not 0 <= now - self._spool.number(_ASKED + scope) < HOLD_MS:
            return self._give_up(scope, one)
        self._blobs.want_snapshot(_spooled(scope, one), now)
        self.asked += 1
        return Turn.WAIT

    def _give_up(self, scope: str, one: Announced) -> Turn:
        self._blobs.unwanted([one.blob_id])
        self._spool.set_facts({_ASKED + scope: _GIVEN_UP})
        return Turn.ONE_BY_ONE

    def _loaded(self, taking: TakingIn, scope: str, patient_id: str, one: Announced) -> Outcome | None:
        try:
            records = self._records(scope, one)
            outcome = taking.chart_snapshot(patient_id, records, one.covers)
        except (Damaged, Refused, OSError):
            return None
        self._leave_out(scope, frozenset(records))
        self._blobs.taken([_spooled(scope, one)])
        return outcome

    def _from_spool(self, taking: TakingIn, scope: str, patient_id: str) -> Outcome | Turn:
        """All that waits of a chart at once, unless just that was tried before."""
        if self._session.catalog.erasure.key_if_known(scope) is None or not self._is_new(patient_id):
            return Turn.ONE_BY_ONE
        records: list[bytes] = []
        for page in self._waiting.pages(Compartment.CLINICAL, scope, _AT_ONCE):
            records += [one.record for one in page]
            if len(records) > MOST_AT_ONCE:
                return Turn.ONE_BY_ONE
        if self._tried.get(scope) == len(records):
            return Turn.ONE_BY_ONE
        self._tried[scope] = len(records)
        try:
            outcome = taking.chart_snapshot(patient_id, records, covered(records))
        except (Damaged, Refused):
            return Turn.ONE_BY_ONE
        del self._tried[scope]
        self._leave_out(scope, frozenset(records))
        return outcome

    def _records(self, scope: str, one: Announced) -> list[bytes]:
        keyset, erasure = self._session.keyset, self._session.catalog.erasure
        if one.epoch not in keyset.chart_keys:
            raise Refused("no_key", "The key of a snapshot is not among this person's keys.")
        secret = chart_secret(keyset.chart_keys[one.epoch], erasure.key(scope))
        with self._blobs.in_path(one.blob_id).open("rb") as file:
            data = file.read(one.size_bytes + 1)
        payload = b"".join(open_blob(io.BytesIO(data), secret, keyset.clinic_id, BlobKind.SNAPSHOT))
        return read_chart_payload(payload, scope)[0]

    def _leave_out(self, scope: str, loaded: frozenset[bytes]) -> None:
        """What the snapshot brought needs not be taken again; what is not byte for byte the same is looked at."""
        for page in self._waiting.pages(Compartment.CLINICAL, scope, _AT_ONCE):
            self._spool.mark_taken([one.place for one in page if one.record in loaded])


def _spooled(scope: str, one: Announced) -> SpooledBlob:
    return SpooledBlob(one.blob_id, scope, BlobKind.SNAPSHOT, one.size_bytes, RANK)
