"""Comparisons kept in the chart are found on the timeline, and opened as they were seen."""

from __future__ import annotations

from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from photodesk.compare import LinkedView
from photodesk.desk.roles import Right
from photodesk.photos.comparison import Comparison, Laid, SeenPart
from photodesk.ui.compare.keeping import taken_down
from photodesk.ui.compare.model import Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.page import ComparePage
from photodesk.ui.navigation import Navigator
from photodesk.ui.timeline.page import TimelinePage
from tests.ui.pretend_desk import PATIENT, HandTasks, PretendDesk, Went, context, small_timeline

KEY = Qt.Key
SEEN = SeenPart(2.5, 0.4, 0.6, 30.0)


def _kept(desk: PretendDesk, count: int = 2, surround: str = "middle") -> Comparison:
    """Close-ups of the first visits, under a curtain where they are two."""
    visits = reversed(desk.timeline.timeline.visits)
    laid = tuple(Laid(each.photos[1].photo_id) for each in visits)[:count]
    mode = Mode.CURTAIN if count == 2 else Mode.SIDE_BY_SIDE
    made = Comparison("", "Naevus, edge", laid, mode.value, (SEEN,) * count, 0.31, surround=surround)
    return desk.layers.keep(PATIENT.patient_id, made)


class Opened:
    """The timeline of a chart that keeps comparisons."""

    def __init__(self, qtbot: QtBot, *, kept: int = 1, rights: frozenset[Right] | None = None) -> None:
        self.bot, self.tasks, self.went = qtbot, HandTasks(), Went()
        self.desk = PretendDesk(small_timeline(), rights=rights)
        self.kept = [_kept(self.desk) for _ in range(kept)]
        self.page = TimelinePage(context(self.desk, self.tasks, self.went), PATIENT.patient_id)
        qtbot.addWidget(self.page)
        self.page.resize(1208, 744)
        self.page.show()
        self.page.entered()
        self.tasks.run()

    def known(self) -> list[str]:
        return [key.words for key in TimelinePage.keys(self.page)]

    def dialog(self) -> Any:
        self.bot.keyClick(self.page, KEY.Key_K)
        return self.page.kept.dialog


def test_without_kept_ones_nothing_is_offered(qtbot: QtBot) -> None:
    opened = Opened(qtbot, kept=0)
    assert opened.dialog() is None
    assert not opened.page.panel._kept.isVisible()
    assert "Kept comparisons" not in opened.known()


def test_a_key_and_a_button_list_them_and_a_row_opens_one(qtbot: QtBot, dressed: QApplication) -> None:
    opened = Opened(qtbot)
    assert "Kept comparisons" in opened.known()
    button = opened.page.panel._kept
    assert button.isVisible()
    assert button.sizeHint().width() <= opened.page.panel.width()
    button.click()
    dialog = opened.page.kept.dialog
    assert dialog is not None
    assert not dialog.name.isVisible()
    assert [row.accessibleName() for row in dialog.rows] == ["Open Naevus, edge"]
    dialog.rows[0].click()
    assert opened.went.calls[-1] == ("open_kept", PATIENT.patient_id, opened.kept[0])


def test_they_are_renamed_and_removed_here_too(qtbot: QtBot, dressed: QApplication) -> None:
    opened = Opened(qtbot)
    dialog = opened.dialog()
    dialog._begin_renaming(opened.kept[0])
    assert dialog.name.isVisible()
    dialog.name.edit.setText("Second")
    dialog.save()
    opened.tasks.run()
    assert [one.name for one in opened.page.kept.kept] == ["Second"]
    opened.dialog().remove_asked.emit(opened.page.kept.kept[0])
    opened.tasks.run()
    assert opened.page.kept.kept == ()
    assert not opened.page.panel._kept.isVisible()
    opened.went.calls[-1][3]()  # undo
    opened.tasks.run()
    assert opened.page.panel._kept.isVisible()


def test_who_may_not_change_the_chart_opens_only(qtbot: QtBot) -> None:
    opened = Opened(qtbot, rights=frozenset({Right.SEE_CHART}))
    (row,) = opened.dialog().rows
    assert [name for name in ("Rename", "Remove") if row.findChild(type(row), name)] == []
    assert len(row.findChildren(type(opened.page.panel._kept))) == 0


@pytest.mark.parametrize("count", [2, 3])
def test_it_comes_as_it_was_seen_in_one_entry(qtbot: QtBot, dressed: QApplication, count: int) -> None:
    tasks = HandTasks()
    desk: Any = PretendDesk(small_timeline())
    kept = _kept(desk, count)
    went = Went()
    page = ComparePage(context(desk, tasks, went), PATIENT.patient_id, *kept.photo_ids[:2])
    qtbot.addWidget(page)
    page.resize(1600, 1000)
    window = type("Window", (), {"page": page})()
    navigator = type("Navigator", (), {"window": window, "open_compare": lambda *_: None})()
    Navigator.open_kept(cast("Navigator", navigator), PATIENT.patient_id, kept)
    page.show()
    page.entered()
    tasks.run()
    assert page.model.surround == 1
    assert [set(e[1]) for e in desk.gate.entries if e[0] == "COMPARE"] == [set(kept.photo_ids)]
    if count > 2:
        assert page.several.active
        assert page.several.ids == list(kept.photo_ids)
        assert page.several.views[kept.photo_ids[2]] == LinkedView(2.5, 0.4, 0.6, 30.0)
    else:
        assert page.model.pair() == kept.photo_ids
        assert (page.model.mode, page.model.curtain) == (Mode.CURTAIN, 0.31)
        assert page.model.view(Side.A) == page.model.view(Side.B) == LinkedView(2.5, 0.4, 0.6, 30.0)
        assert taken_down(page.model, kept.name).divider == kept.divider
    page.refresh()  # read again: what a hand changed meanwhile stays
    tasks.run()
    assert page.model.surround == 1
