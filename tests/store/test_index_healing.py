"""The photo index misses a write and catches up: at the next write, at the next sign-in, or when a check looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from photodesk.errors import Damaged, Fixable
from photodesk.photos import PhotoChange
from photodesk.store.database import Database
from photodesk.store.health import Findings, Parts, check
from photodesk.store.index_healing import heal_index
from photodesk.store.photo_index import PhotoIndex
from tests.store.conftest import Store, open_store
from tests.store.inbox import RENDITIONS, random_files, shot_of

FACE, HAND = "89545001", "66480008"


def index_of(store: Store) -> PhotoIndex:
    index = store.catalog.index
    assert index is not None
    index.alarm = lambda _: None
    return index


def file_one(store: Store, patient_id: str) -> str:
    shot, source = shot_of(random_files(1)[0])
    return store.charts.open(patient_id).file_shot(store.change, shot, source, RENDITIONS, "v").photo_id


def agrees(store: Store, *patient_ids: str) -> bool:
    index = index_of(store)
    return not any(index.differs(one, store.charts.open(one).photos()) for one in patient_ids)


def run(store: Store) -> Findings:
    return check(
        Parts(store.layout, store.keyset, store.catalog, store.charts, store.keeper, dict(store.keeper.generations))
    )


@contextmanager
def index_refuses(monkeypatch: pytest.MonkeyPatch, refusal: Exception) -> Iterator[None]:
    """Every write of the index fails; all others succeed."""
    whole = Database.transaction

    def refused(self: Database, *rest: Any, **more: Any) -> Any:
        if self.name == "index":
            raise refusal
        return whole(self, *rest, **more)

    with monkeypatch.context() as patched:
        patched.setattr(Database, "transaction", refused)
        yield


REFUSALS = [Fixable("disk_full", "The disk is full.", "Free some."), Damaged("disk_failed", "The disk failed.")]


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_photo_is_filed_although_the_index_cannot_be_written_and_the_next_write_tells_it(
    store: Store, monkeypatch: pytest.MonkeyPatch, refusal: Exception
) -> None:
    first, second = store.patient("1"), store.patient("2", "Young")
    file_one(store, second.patient_id)
    alarms: list[Damaged] = []
    index_of(store).alarm = alarms.append
    with index_refuses(monkeypatch, refusal):
        photo_id = file_one(store, first.patient_id)
    assert [alarm.code for alarm in alarms] == ["index_not_written"]
    assert "repair" not in alarms[0].remedy
    assert store.charts.open(first.patient_id).photo(photo_id)
    assert not agrees(store, first.patient_id)
    file_one(store, second.patient_id)
    assert agrees(store, first.patient_id, second.patient_id)


@pytest.mark.parametrize("clean", [True, False], ids=["closed", "killed"])
def test_the_next_desk_tells_the_index_what_it_missed(
    store: Store, monkeypatch: pytest.MonkeyPatch, clean: bool
) -> None:
    first, second = store.patient("1"), store.patient("2", "Young")
    photo_id = file_one(store, first.patient_id)
    file_one(store, second.patient_id)
    store = store.reopened()
    with index_refuses(monkeypatch, REFUSALS[1]):
        store.charts.open(first.patient_id).set_photos(store.change, {photo_id: PhotoChange(FACE)})
        index_of(store)
    again = store.reopened() if clean else open_store(store.layout, store.keyset, store.keeper)
    try:
        assert not agrees(again, first.patient_id)
        assert index_of(again).marks is not None
        assert heal_index(again.catalog.index, again.charts) == 1
        assert agrees(again, first.patient_id, second.patient_id)
        assert heal_index(again.catalog.index, again.charts) == 0
    finally:
        again.close()


def test_a_desk_that_was_ended_between_chart_and_index_is_caught_up_with(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = store.patient()
    photo_id = file_one(store, patient.patient_id)
    store = store.reopened()

    class Killed(BaseException):
        pass

    def killed(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(PhotoIndex, "put", killed)
        with pytest.raises(Killed):
            store.charts.open(patient.patient_id).set_photos(store.change, {photo_id: PhotoChange(HAND)})
    again = open_store(store.layout, store.keyset, store.keeper)
    assert not agrees(again, patient.patient_id)
    assert heal_index(again.catalog.index, again.charts) == 1
    assert agrees(again, patient.patient_id)
    again.close()


def test_a_clean_end_leaves_nothing_to_look_at(store: Store) -> None:
    patient = store.patient()
    photo_id = file_one(store, patient.patient_id)
    store.charts.open(patient.patient_id).set_photo(store.change, photo_id, FACE)
    again = store.reopened()
    marks = index_of(again).marks
    assert marks is not None
    assert marks.left() == ()
    again.close()


def test_a_lost_index_is_filled_again_by_the_desk_that_finds_it_missing(store: Store) -> None:
    patients = [store.patient(str(number), f"Name{number}") for number in range(5)]
    for patient in patients:
        file_one(store, patient.patient_id)
    store.close()
    for path in store.layout.root.glob("index.db*"):
        path.unlink()
    store.keeper.generations.pop("index")  # this keeper tells nobody where to go on
    again = open_store(store.layout, store.keyset, store.keeper)
    ids = [patient.patient_id for patient in patients]
    assert index_of(again).counts(ids) == {}
    assert heal_index(again.catalog.index, again.charts, most=2) == 2
    assert heal_index(again.catalog.index, again.charts) == 3
    assert index_of(again).counts(ids) == dict.fromkeys(ids, 1)
    again.close()


def test_a_check_puts_right_what_would_heal_by_itself(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    patient = store.patient()
    photo_id = file_one(store, patient.patient_id)
    store = store.reopened()
    with index_refuses(monkeypatch, REFUSALS[0]):
        store.charts.open(patient.patient_id).set_photos(store.change, {photo_id: PhotoChange(FACE)})
        index_of(store)
    again = open_store(store.layout, store.keyset, store.keeper)
    found = run(again)
    assert [(one.kind, one.repaired) for one in found.problems] == [("index_differs", True)]
    assert found.result == "repaired"
    assert run(again).result == "clean"
    again.close()


def test_an_index_that_still_refuses_stays_marked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    patient = store.patient()
    photo_id = file_one(store, patient.patient_id)
    store = store.reopened()
    with index_refuses(monkeypatch, REFUSALS[0]):
        store.charts.open(patient.patient_id).set_photos(store.change, {photo_id: PhotoChange(FACE)})
        again = open_store(store.layout, store.keyset, store.keeper)
        assert heal_index(again.catalog.index, again.charts) == 0
        found = run(again)
        assert [(one.kind, one.repaired) for one in found.problems] == [("index_differs", False)]
    assert heal_index(again.catalog.index, again.charts) == 1
    assert agrees(again, patient.patient_id)
    again.close()
