"""A job that Stop left unread: opening it reads its photos, and the board shows them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from photodesk.importing.group_board import NOT_READ
from photodesk.ui.importing import InboxPage
from tests.importing.conftest import PlainDecoder, jpeg
from tests.ui.import_desk import Frame, ImportDesk, import_desk

pytestmark = pytest.mark.usefixtures("dressed")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ImportDesk]:
    with import_desk(tmp_path / "store") as made:
        yield made


def test_opening_a_job_reads_what_was_left(desk: ImportDesk, qtbot: Any) -> None:
    frames = [Frame(number * 0.1) for number in range(3)]
    frames += [Frame(1 + number * 0.1, unread=True, picture=jpeg(number)) for number in range(4)]
    job_id = desk.job(frames)
    page = InboxPage(desk.context(PlainDecoder()))
    qtbot.addWidget(page)
    page.resize(1280, 800)
    page.show()
    page.refresh()
    page.open_job(job_id)
    state = page.board.model.state
    assert state is not None
    assert all(shot.shot.has_thumbnail for shot in state.shots.values())
    assert not any(group.reason == NOT_READ for group in state.groups)


def test_without_anything_unread_nothing_is_started(desk: ImportDesk, qtbot: Any) -> None:
    job_id = desk.job([Frame(number * 0.1) for number in range(3)])
    context = desk.context(PlainDecoder())
    started: list[object] = []
    desk.tasks.long = lambda *work: started.append(work)  # type: ignore[assignment, method-assign]
    page = InboxPage(context)
    qtbot.addWidget(page)
    page.refresh()
    page.open_job(job_id)
    assert page.open_job_id == job_id
    assert not started
