"""Erasing killed at any step: the patient is hidden and then nothing is left; it always ends the same."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from photodesk.store import rewriting
from photodesk.store.keeping_book import ErasureState
from tests.store.clinic import Clinic
from tests.store.erased_clinic import PLACES, Planted, erase, opened, two_patients
from tests.store.test_erasing import sound, traces, whole
from tests.store.test_filing_faults import steps_until

KILLS = 14
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills are tried where a process can be forked")


def _erase(clinic: Clinic, goes: Planted) -> None:
    with opened(clinic) as there:
        erase(there, goes)


@forks
def test_killed_anywhere_it_ends_the_same(tmp_path: Path) -> None:
    made, goes, stays, _ = two_patients(tmp_path / "made")
    first = made.copied(tmp_path / "whole")
    total, finished = steps_until(0, lambda: _erase(first, goes))
    assert finished
    ended: list[ErasureState] = []
    for place in range(KILLS):
        root = tmp_path / f"kill{place}"
        clinic = made.copied(root)
        at = 1 + (place * total + total // 2) // KILLS
        assert not steps_until(at, lambda: _erase(clinic, goes))[1]  # noqa: B023
        with opened(clinic) as there:
            whole(there, stays)
            assert not any(rewriting.new_path(path).exists() for path in rewriting.paths(there.layout).values())
            cases = there.book.erasures(ErasureState.REQUESTED, ErasureState.RUNNING)
            if there.book.erasures(ErasureState.ERASED):
                assert traces(there, goes) == []
                assert cases == []
                ended.append(ErasureState.ERASED)
            elif not cases:
                whole(there, goes)
                ended.append(ErasureState.REVOKED)
            for case in cases:
                assert goes.patient not in there.catalog.patients()
                running = case if case.state is ErasureState.RUNNING else there.book.authorise(there.change, case, "")
                there.erasing.carry_out(there.change, running, PLACES)
                ended.append(ErasureState.RUNNING)
            if ended[-1] is not ErasureState.REVOKED:
                assert traces(there, goes) == []
                assert [one.state for one in there.book.erasures()] == [ErasureState.ERASED]
            whole(there, stays)
            assert sound(there) == []
        shutil.rmtree(root)
    assert ended.count(ErasureState.RUNNING) > KILLS // 3, ended


def test_a_new_file_that_no_key_names_is_dropped_and_one_that_is_named_takes_over(tmp_path: Path) -> None:
    """Both sides of the one moment at which everything changes, without a kill."""
    clinic, goes, _, _ = two_patients(tmp_path / "store")
    with opened(clinic) as there:
        catalog = there.layout.catalog
        fresh = rewriting.new_path(catalog)
    shutil.copy(catalog, fresh)
    with fresh.open("r+b") as file:
        file.write(os.urandom(16))
    with opened(clinic) as there:
        assert not fresh.exists()
        assert there.catalog.patient_by_mrn(goes.patient.mrn) == goes.patient
    shutil.copy(catalog, fresh)
    with catalog.open("r+b") as file:
        file.write(os.urandom(64))
    with opened(clinic) as there:
        assert not fresh.exists()
        assert there.catalog.patient_by_mrn(goes.patient.mrn) == goes.patient
