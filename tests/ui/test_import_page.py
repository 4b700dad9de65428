"""The import page: what went on behind the lock, what is dropped on a timeline, and the report."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from photodesk.importing.job import ImportResult, Outcome, Stage
from photodesk.importing.resuming import UnfinishedImport
from photodesk.progress import Cancel, Progress, Report
from photodesk.ui.importing import ImportPage
from photodesk.ui.importing.model import ImportModel, Phase
from photodesk.ui.page import PageContext
from tests.ui.conftest import AtOnce, Went, pretend_session

JOB = "9" * 32


def page_of(went: Went, tasks: Any, **imports: Any) -> ImportPage:
    known = {"unfinished": lambda: (), "running_job_id": lambda: JOB, "outcomes": lambda: (), **imports}
    context = PageContext(pretend_session(), tasks, went, imports=SimpleNamespace(**known))  # type: ignore[arg-type]
    return ImportPage(context)


class Later(AtOnce):
    """Long work waits until it is let go."""

    def long(self, work: Any, done: Any, failed: Any = None, progress: Any = None) -> Any:
        """Keep it."""
        self.kept = (work, done, failed, progress)
        return SimpleNamespace(cancel=lambda: None)

    def go(self) -> None:
        """Do it now."""
        work, done, _failed, progress = self.kept
        done(work(progress, Cancel()))


@pytest.mark.usefixtures("dressed")
def test_an_import_from_behind_the_lock_is_shown_going_on_and_ending(qtbot: Any) -> None:
    files = (Outcome(0, "a.jpg", 10, stage=Stage.VERIFIED, shot_id="1" * 32), Outcome(0, "b.jpg", 10))
    went, tasks = Went(), Later()
    heard: list[tuple[int, int, bool]] = []
    page = page_of(went, tasks, outcomes=lambda: files)
    qtbot.addWidget(page)

    def see_through(report: Report, cancel: Cancel) -> ImportResult:
        report(Progress("Copying b.jpg", 1, 2, 10, 20))
        heard.append((page.model.copied, page.model.total, cancel.requested))
        files[1].stage, files[1].shot_id = Stage.VERIFIED, "2" * 32
        return ImportResult(JOB, list(files), [], None, None)

    page.join(UnfinishedImport(JOB, (Path("card"),), None, 0), see_through)
    assert (page.model.phase, page.model.source) == (Phase.RUNNING, "card")
    page.stop()
    tasks.go()
    assert heard == [(1, 2, True)]
    assert (page.model.phase, page.model.verified) == (Phase.DONE, 2)
    assert went.calls == [("say", "2 photos copied while the desk was locked are safe."), ("refresh",)]


def test_the_rate_of_a_joined_import_counts_only_what_this_desk_saw() -> None:
    model = ImportModel()
    model.began("card", 0, from_card=True, joined=True)
    model.advanced(Progress("Copying", 5, 10, 500_000_000, 1_000_000_000), 100)
    model.advanced(Progress("Copying", 6, 10, 600_000_000, 1_000_000_000), 1000)
    assert model.rate_words[0].startswith("100")
