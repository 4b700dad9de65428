"""Checking and repairing from the settings: progress, what was found and what to do, the last check, rights."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from photodesk.desk.health import Findings, LastCheck
from photodesk.desk.roles import Right
from photodesk.errors import Refused
from photodesk.progress import Progress
from photodesk.ui.controls import Chip, Text
from photodesk.ui.health.section import IMPORTING, HealthSection, last_words
from photodesk.ui.health.words import problem_lines, result_words
from photodesk.ui.page import PageContext
from tests.ui.conftest import TODAY, AtOnce, Went

CHART, PHOTO = "ab" * 16, "cd" * 16


def damaged() -> Findings:
    found = Findings(photos=12, charts=3, photo_bytes=9_000_000)
    found.add("database_damaged", f"The chart {CHART} is damaged.", chart_id=CHART)
    for number in range(5):
        found.add("photo_unreachable", "x.", chart_id=CHART, photo_id=f"{number:032x}")
    found.add("rendition_damaged", f"A picture made from photo {PHOTO} is damaged or missing.", repaired=True)
    return found


class Health:
    """A check that finds what it is told."""

    def __init__(self) -> None:
        self.found, self.repaired, self.refusal = Findings(photos=4, charts=2, photo_bytes=5_000_000), [], None
        self.last: LastCheck | None = None

    def last_check(self) -> LastCheck | None:
        return self.last

    def moved_aside(self) -> int:
        return 2

    def check(self, *, repair: bool, report: Any, cancel: Any) -> Findings:
        if self.refusal is not None:
            raise self.refusal
        self.repaired.append(repair)
        report(Progress("Checking charts", 1, 2, 4_000_000))
        return self.found


def shown(health: Health, rights: set[Right], jobs: frozenset[str] = frozenset()) -> tuple[HealthSection, Went]:
    went = Went()
    desk: Any = SimpleNamespace(
        health=health, may=lambda right: right in rights, clock=SimpleNamespace(wall_ms=lambda: 1_795_168_800_000)
    )
    imports: Any = SimpleNamespace(active_jobs=lambda: jobs)
    section = HealthSection(PageContext(desk, AtOnce(), went, imports=imports))  # type: ignore[arg-type]
    section.resize(1000, 800)
    section.show()
    section.refresh()
    QApplication.processEvents()
    return section, went


def words(section: HealthSection) -> list[str]:
    QApplication.processEvents()
    return [text.full_text() for text in section.findChildren(Text) if text.isVisibleTo(section)]


pytestmark = pytest.mark.usefixtures("dressed")
BOTH = {Right.CHECK_STORE, Right.REPAIR_STORE}


def test_a_clean_check_says_so_and_what_was_proven() -> None:
    section, _ = shown(Health(), BOTH)
    assert "Never yet on this workstation" in words(section)
    section.begin.setFocus()
    section.begin.click()
    assert section.focusWidget() is section.begin
    assert "All is well" in words(section)
    assert any("4 photos in 2 charts" in text for text in words(section))
    assert section.begin.isVisible()
    assert not section.stop.isVisible()


def test_damage_is_named_with_what_to_do_and_photos_out_of_reach_are_one_line() -> None:
    health = Health()
    health.found = damaged()
    section, _ = shown(health, BOTH)
    section.repair.click()
    assert health.repaired == [True]
    said = words(section)
    assert f"5 photos of chart {CHART} cannot be reached." in said
    assert said.count("A backup can bring it back: photodesk restore.") == 2
    assert {chip.accessibleName() for chip in section.findChildren(Chip)} >= {"Put right", "Damaged"}
    assert "Something is damaged" in said


def test_who_may_only_check_sees_no_repair() -> None:
    section, _ = shown(Health(), {Right.CHECK_STORE})
    assert section.begin.isVisible()
    assert not section.repair.isVisible()


def test_it_waits_for_an_import_and_tells_why_it_cannot_run() -> None:
    health = Health()
    section, went = shown(health, BOTH, frozenset({"job"}))
    section.begin.click()
    assert (went.calls[-1][1], health.repaired) == (IMPORTING, [])


def test_without_chart_keys_the_desk_says_who_can() -> None:
    health = Health()
    health.refusal = Refused("no_chart_keys", "A check reads every chart.", "Ask a clinician to run it.")

    class Tasks(AtOnce):
        def long(self, work: Any, done: Any, failed: Any = None, progress: Any = None) -> SimpleNamespace:
            try:
                done(work(progress, None))
            except Refused as refusal:
                failed(refusal)
            return SimpleNamespace(cancel=lambda: None)

    section, went = shown(health, BOTH)
    section.context = PageContext(section.context.desk, Tasks(), went, imports=section.context.imports)  # type: ignore[arg-type]
    section.begin.click()
    assert "Ask a clinician" in went.calls[-1][1]
    assert section.begin.isVisible()


def test_the_words_of_results() -> None:
    assert result_words(damaged())[0] == "Something is damaged"
    assert "backup" in result_words(damaged())[1]
    assert len(problem_lines(damaged())) == 3
    left = LastCheck(1_795_168_800_000, "damaged", 4, 1)
    assert last_words(left, TODAY).endswith("1 problem left")
    assert last_words(LastCheck(1_795_168_800_000, "repaired", 4, 0), TODAY).endswith("4 photos proven")
