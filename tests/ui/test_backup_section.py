"""Backups on the screen: what is said, and a run beside everything else."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from photodesk.desk.backups import BackupNote, BackupState
from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.progress import Progress
from photodesk.ui.backup import words
from photodesk.ui.backup.section import BackupSection
from photodesk.ui.backup.watch import BackupWatch
from photodesk.ui.desk_services import Clinic
from photodesk.ui.page import PageContext

TODAY = date(2026, 11, 21)
AT_MS = 1_795_250_000_000


def state(**more: Any) -> BackupState:
    note = BackupNote("/media/disk", "ab" * 16, AT_MS, 3, 1_204, 2, 4_000, 9_000_000_000)
    values = {
        "place": "/media/disk",
        "note": note,
        "every_hours": 12,
        "remind_days": 3,
        "same_disk": False,
        "due": False,
        "overdue": False,
    }
    return BackupState(**{**values, **more})


class Tasks:
    """Runs at once what is read, and long work when told."""

    def __init__(self) -> None:
        self.long_work: list[Any] = []

    def store(self, work: Any, done: Any, failed: Any = None) -> Any:
        done(work())

    def long(self, work: Any, done: Any, failed: Any = None, progress: Any = None) -> Any:
        self.long_work.append((work, done, failed, progress))
        return SimpleNamespace(cancel=lambda: None)


class Backups:
    """A desk's backups as the screen sees them."""

    def __init__(self) -> None:
        self.now = state()
        self.ran = 0
        self.error: Fixable | None = None

    def state(self) -> BackupState:
        return self.now

    def run(self, **_: Any) -> Any:
        self.ran += 1
        if self.error is not None:
            raise self.error
        return SimpleNamespace(problems=())


def made(qtbot: QtBot, rights: frozenset[Right]) -> tuple[BackupSection, BackupWatch, Tasks, Backups, list[str]]:
    tasks, backups, said = Tasks(), Backups(), []
    desk: Any = SimpleNamespace(
        backups=backups,
        has_chart_keys=Right.SEE_CHART in rights,
        may=rights.__contains__,
        clock=SimpleNamespace(wall_ms=lambda: AT_MS),
    )
    watch = BackupWatch(desk, tasks, said.append)
    navigate: Any = SimpleNamespace(say=said.append)
    context = PageContext(desk, tasks, navigate, Clinic("Clinic", "Room 1"), backups=watch)
    section = BackupSection(context)
    qtbot.addWidget(section)
    section.refresh()
    return section, watch, tasks, backups, said


def test_a_run_is_shown_and_told(qtbot: QtBot) -> None:
    section, watch, tasks, backups, said = made(qtbot, frozenset({Right.BACK_UP, Right.SEE_CHART}))
    assert section.run_button.isVisibleTo(section)
    section.run_button.click()
    assert watch.running
    assert section.stop_button.isVisibleTo(section)
    assert not section.run_button.isVisibleTo(section)
    ((work, done, _, progress),) = tasks.long_work
    progress(Progress("Backing up", 3, 10))
    done(work(lambda _: None, None))
    assert (backups.ran, watch.running) == (1, False)
    assert said == ["The backup is done and was read back."]


def test_a_failure_is_said_in_its_words(qtbot: QtBot) -> None:
    section, watch, tasks, backups, said = made(qtbot, frozenset({Right.BACK_UP, Right.SEE_CHART}))
    backups.error = Fixable("backup_full", "The backup's disk is full.", "Make room.")
    section.run_button.click()
    ((work, _, failed, _),) = tasks.long_work
    with pytest.raises(Fixable) as failure:
        work(lambda _: None, None)
    failed(failure.value)
    assert said == ["The backup's disk is full. Make room."]
    assert not watch.running


def test_the_schedule_runs_what_is_due_and_nothing_else(qtbot: QtBot) -> None:
    _, watch, tasks, backups, said = made(qtbot, frozenset({Right.BACK_UP, Right.SEE_CHART}))
    watch.look()
    assert tasks.long_work == []
    backups.now = state(due=True)
    watch.look()
    watch.look()
    ((work, done, _, _),) = tasks.long_work
    done(work(lambda _: None, None))
    assert said == [], "nobody asked"


def test_who_opens_no_charts_runs_none(qtbot: QtBot) -> None:
    section, watch, tasks, backups, _ = made(qtbot, frozenset({Right.BACK_UP, Right.USE_RECOVERY}))
    assert not section.run_button.isVisibleTo(section)
    assert section.choose_button.isVisibleTo(section)
    backups.now = state(due=True)
    watch.look()
    assert tasks.long_work == []


def test_the_words() -> None:
    assert words.reminder(state(), TODAY) == ""
    late = state(overdue=True)
    assert words.reminder(late, TODAY).startswith("The last backup is from ")
    never = state(place="", note=BackupNote(""), overdue=True)
    assert words.reminder(never, TODAY) == words.OVERDUE
    assert words.home_words(never, TODAY, running=False) == "No folder chosen"
    assert words.home_words(late, TODAY, running=True) == "Running now"
    assert "1,204 photos, 2 of them waiting" in words.holds_words(state())
    assert '"/media/disk"' in words.drill_command("/media/disk")
