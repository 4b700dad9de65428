"""After erasing one patient: no canary of theirs anywhere, everybody else whole, and the same after a kill."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from photodesk.clock import SystemClock
from photodesk.errors import Fixable
from photodesk.patients import PatientDraft
from photodesk.store.catalog import ContentState
from photodesk.store.health import Parts, check
from photodesk.store.keeping_book import ErasureState
from photodesk.store.operations import check_history
from photodesk.store.packs import PackReader, packed_jobs
from photodesk.store.quarantine import Quarantine
from tests.store.erased_clinic import PLACES, Open, Planted, erase, everything, opened, request, two_patients


def traces(there: Open, planted: Planted) -> list[str]:
    """Where a canary, an id or a hash of a file is still found."""
    wanted = [canary.encode() for canary in planted.canaries]
    found = []
    for place, value in everything(there):
        folded = value.lower()
        if any(canary.lower() in folded for canary in wanted):
            found.append(f"{place}: {value[:200]!r}")
    return found


def whole(there: Open, planted: Planted) -> None:
    """The patient is found, and every photo is what was filed."""
    assert there.catalog.patient_by_mrn(planted.patient.mrn) == planted.patient
    assert [one.patient for one in there.catalog.search(planted.patient.family)] == [planted.patient]
    chart = there.charts.open(planted.patient.patient_id)
    held = sorted(chart.verify_original(one.original_id) for photo in chart.photos() for one in photo.originals)
    hidden = [one.sha256 for item in chart.hidden() for one in (item.photo.originals if item.photo else ())]
    assert sorted([*held, *hidden]) == sorted(planted.hashes)
    for pointer in there.catalog.chart_pointers():
        database = there.charts.open_pointer(pointer).ledger.database
        check_history(database, there.keyset.workstation_id)
        database.close()
    check_history(there.catalog.ledger.database, there.keyset.workstation_id)


def sound(there: Open) -> list[str]:
    parts = Parts(there.layout, there.keyset, there.catalog, there.charts, there.watching, dict(there.watching.known))
    found = check(parts)
    return [problem.message for problem in found.problems]


def test_nothing_of_the_patient_is_left_and_everybody_else_is_whole(tmp_path: Path) -> None:
    clinic, goes, stays, known = two_patients(tmp_path / "store")
    with opened(clinic, known) as there:
        before = traces(there, goes)
        assert {place.partition(".")[2].partition(":")[0].partition(" ")[0] for place in before} >= {
            "patient",
            "visit",
            "planned",
            "please_look",
            "keeping",
            "job",
            "setting",
            "card",
            "photo",
            "original",
            "record",
            "visit_text",
            "shot",
        }
        old = dict(there.keyset.database_keys)
        done = erase(there, goes)
        assert done.state is ErasureState.ERASED
        assert traces(there, goes) == []
        whole(there, stays)
        assert old.keys() == there.keyset.database_keys.keys()
        assert all(there.keyset.database_keys[name] != key for name, key in old.items())
        assert goes.chart_id not in there.catalog.erasure.known()
        assert not there.layout.charts(goes.chart_id).exists()
        assert sound(there) == []
    with opened(clinic, known) as there:
        assert traces(there, goes) == []
        whole(there, stays)
        (kept,) = there.book.erasures()
        assert (kept.state, kept.places) == (ErasureState.ERASED, PLACES)
        assert '"photos":3' in kept.counts
        states = {there.catalog.known(there.keyset.content_id(bytes.fromhex(one))) for one in goes.hashes}
        assert {one.state for one in states if one} == {ContentState.DELETED}
        assert {(one.patient_id, one.photo_id) for one in states if one} == {("", "")}
        whole_jobs = [there.catalog.job(one.job_id) for one in there.catalog.jobs()]
        (job,) = [one for one in whole_jobs if "other.JPG" in one.summary and "STAY" not in one.summary]
        assert there.catalog.setting(f"import.gone.{job.job_id}.1").count("shot_id") == 1  # type: ignore[union-attr]
        assert there.catalog.receipt(job.job_id) is not None
        left = [shot.name for one in packed_jobs(there.layout) for shot in _shots(there, one)]
        assert len(left) == 4, "the other patient's two, and one of nobody's in each import"
        again = there.catalog.add_patient(there.change, _draft(goes))
        assert again.patient_id != goes.patient.patient_id, "the number is free again"


def _draft(planted: Planted) -> PatientDraft:
    one = planted.patient
    return PatientDraft(one.mrn, one.family, one.given, one.birth)


def _shots(there: Open, job_id: str) -> list[object]:
    pack = PackReader.open(there.layout, job_id, 1, there.keyset)
    try:
        return list(pack.shots())
    finally:
        pack.close()


def test_a_hidden_patient_is_found_nowhere_and_comes_back_when_revoked(tmp_path: Path) -> None:
    clinic, goes, _, known = two_patients(tmp_path / "store")
    with opened(clinic, known) as there:
        request_made = request(there, goes)
        catalog, mrn = there.catalog, goes.patient.mrn
        for text in ("", mrn, goes.patient.family, goes.patient.given, "1980-05-12"):
            assert goes.patient not in [one.patient for one in catalog.search(text)]
        assert goes.patient not in catalog.patients()
        assert all(visit.patient_id != goes.patient.patient_id for visit in catalog.visits_on(date(2026, 11, 20)))
        for refused in (
            lambda: catalog.patient_by_mrn(mrn),
            lambda: catalog.add_patient(there.change, _draft(goes)),
            lambda: there.charts.open(goes.patient.patient_id),
        ):
            with pytest.raises(Fixable) as caught:
                refused()
            assert caught.value.code == "patient_hidden"
        there.book.revoke(there.change, [request_made])
        whole(there, goes)
        assert [one.state for one in there.book.erasures()] == [ErasureState.REVOKED]
        assert sound(there) == []


def test_what_was_moved_aside_of_the_patient_goes_too(tmp_path: Path) -> None:
    """A damaged chart and an old catalog in the quarantine; a pack that others' photos lie in stays and is named."""
    clinic, goes, stays, known = two_patients(tmp_path / "store")
    with opened(clinic, known) as there:
        quarantine = Quarantine(there.layout, SystemClock())
        mine, shared = tmp_path / "store" / "odd.db", tmp_path / "store" / "old.db"
        mine.write_bytes(b"the patient's damaged chart")
        chart = quarantine.put_aside("chart_damaged", "x", [mine], chart_id=goes.chart_id)
        other = quarantine.put_aside("chart_damaged", "x", [], chart_id=stays.chart_id)
        rows = there.catalog.ledger.database.rows
        ((job_id,),) = rows("SELECT job_id FROM assignment WHERE patient_id = ?", (goes.patient.patient_id,))
        shared.write_bytes(b"a damaged pack")
        pack = quarantine.put_aside("pack_damaged", "x", [shared], job_id=job_id)
        visit = there.catalog.visits(stays.patient.patient_id)[0].visit_id
        there.catalog.assign(there.change, job_id, ["ab" * 16], stays.patient.patient_id, visit, b"")
        done = erase(there, goes)
        assert [one.case_id for one in quarantine.cases()] == [other.case_id, pack.case_id]
        assert not (there.layout.quarantine / chart.case_id).exists()
        assert [one.name for one in done.places if one.kind == "quarantine"] == [pack.case_id]
