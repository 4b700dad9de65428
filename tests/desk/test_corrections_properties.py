"""Any sequence of moves, undoings, deletions, restorings, purges and days passing ends as a plain model says."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from photodesk.desk.corrections import KEPT_MS
from photodesk.errors import Fixable
from photodesk.store.catalog import ContentState
from photodesk.store.health import Parts, check
from tests.desk.conftest import Desk, ListKeeper, TestClock, session_of
from tests.store.conftest import make_store, open_store

DAY_MS = 86_400_000
PHOTOS, PATIENTS = 4, 3


@dataclass
class Model:
    """Where a photo is: the patient's number, and when it was deleted (None: it is not; -1: purged)."""

    patient: int
    deleted_at_ms: int | None = None


class Corrections(RuleBasedStateMachine):
    """A clinic with a few photos."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        store = make_store(self.folder / "store")
        keeper, clock = ListKeeper(store.keeper), TestClock()
        self.desk = Desk(session_of(store, store.keyset, keeper, clock), keeper, clock, store)
        self.patients = [store.patient(str(number), f"Family {number}") for number in range(PATIENTS)]
        self.visits = [store.visit(patient, date(2026, 11, 20)) for patient in self.patients]
        self.photos = self.desk.photos(self.patients[0], self.visits[0], PHOTOS)
        chart = store.charts.open(self.patients[0].patient_id)
        self.bytes = {one: chart.original_bytes(one) for one in self.photos}
        self.hashes = {photo.photo_id: photo.displayed.sha256 for photo in chart.photos()}
        self.model = {one: Model(0) for one in self.photos}
        self.last_move: tuple[str, int, int, list[str]] | None = None

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.store.close()
            shutil.rmtree(self.folder)

    @rule(which=st.sets(st.integers(0, PHOTOS - 1), min_size=1), to=st.integers(0, PATIENTS - 1))
    def move(self, which: set[int], to: int) -> None:
        wanted = [self.photos[one] for one in sorted(which)]
        owners = {self.model[one].patient for one in wanted}
        possible = len(owners) == 1 and all(self.model[one].deleted_at_ms is None for one in wanted)
        try:
            moved = self.desk.session.corrections.move(
                wanted, self.patients[to].patient_id, self.visits[to].visit_id, "wrong"
            )
        except Fixable:
            assert not possible
            return
        assert possible
        self.last_move = moved.move_id, owners.pop(), to, wanted
        for one in wanted:
            self.model[one].patient = to

    @rule()
    def undo(self) -> None:
        if self.last_move is None:
            return
        move_id, back_to, at, wanted = self.last_move
        models = [self.model[one] for one in wanted]
        possible = all(model.patient == at and model.deleted_at_ms is None for model in models)
        try:
            self.desk.session.corrections.undo_move(move_id)
        except Fixable as refused:
            over = refused.code == "move_over"
            if possible and not over:
                raise
            return
        assert possible
        self.last_move = None
        for model in models:
            model.patient = back_to

    @rule(which=st.sets(st.integers(0, PHOTOS - 1), min_size=1))
    def delete(self, which: set[int]) -> None:
        wanted = [self.photos[one] for one in sorted(which)]
        possible = all(self.model[one].deleted_at_ms is None for one in wanted)
        try:
            self.desk.session.corrections.delete(wanted, "not sharp")
        except Fixable:
            assert not possible
            return
        assert possible
        for one in wanted:
            self.model[one].deleted_at_ms = self.desk.clock.now_ms

    @rule(which=st.integers(0, PHOTOS - 1))
    def restore(self, which: int) -> None:
        model = self.model[self.photos[which]]
        try:
            self.desk.session.corrections.restore([self.photos[which]])
        except Fixable:
            assert model.deleted_at_ms in (None, -1)
            return
        assert model.deleted_at_ms not in (None, -1)
        model.deleted_at_ms = None

    @rule(days=st.integers(1, 20))
    def days_pass(self, days: int) -> None:
        for _ in range(days):
            self.desk.clock.now_ms += DAY_MS
            self.desk.session.corrections.purge_due()
        for model in self.model.values():
            at_ms = model.deleted_at_ms
            if at_ms not in (None, -1) and at_ms + KEPT_MS <= self.desk.clock.now_ms:
                model.deleted_at_ms = -1

    @rule(years=st.sampled_from([-3, 3]))
    def clock_jumps(self, years: int) -> None:
        before = self.desk.clock.now_ms
        self.desk.clock.now_ms += years * 365 * DAY_MS
        deleted = [one for one in self.photos if self.model[one].deleted_at_ms not in (None, -1)]
        if years < 0:
            assert self.desk.session.corrections.purge_due() == 0 or not deleted
        self.desk.clock.now_ms = before

    @rule()
    def another_desk(self) -> None:
        store = self.desk.store
        store.close()
        opened = open_store(store.layout, store.keyset, store.keeper)
        self.desk.store = opened
        self.desk.session = session_of(opened, opened.keyset, self.desk.keeper, self.desk.clock)
        self.desk.session.corrections.resume()

    @invariant()
    def charts_say_what_the_model_says(self) -> None:
        if not hasattr(self, "desk"):
            return
        session = self.desk.session
        for number, patient in enumerate(self.patients):
            mine = {one for one, model in self.model.items() if model.patient == number}
            listed = {one for one in mine if self.model[one].deleted_at_ms is None}
            hidden = {one for one in mine if self.model[one].deleted_at_ms not in (None, -1)}
            timeline = session.timeline.refresh(patient.patient_id)
            assert {photo.photo_id for visit in timeline.visits for photo in visit.photos} == listed
            assert {one.photo_id for one in session.corrections.deleted(patient.patient_id)} == hidden
            assert session.catalog.summary(patient.patient_id).photos == len(listed)
            for one in listed:
                assert self.desk.store.charts.open(patient.patient_id).original_bytes(one) == self.bytes[one]
        for one, model in self.model.items():
            known = session.catalog.known(session.keyset.content_id(bytes.fromhex(self.hashes[one])))
            assert known is not None
            assert known.patient_id == self.patients[model.patient].patient_id
            assert (known.state is ContentState.FILED) == (model.deleted_at_ms is None)

    @invariant()
    def the_check_is_clean(self) -> None:
        if not hasattr(self, "desk"):
            return
        store = self.desk.store
        found = check(Parts(store.layout, store.keyset, store.catalog, store.charts, self.desk.keeper, {}))
        assert found.problems == []
        assert found.photos == sum(1 for model in self.model.values() if model.deleted_at_ms is None)
        assert found.deleted == sum(1 for model in self.model.values() if model.deleted_at_ms not in (None, -1))


TestCorrections = Corrections.TestCase
TestCorrections.settings = settings(
    max_examples=6, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)
