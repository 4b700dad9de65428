"""Photos first: nothing that is said beside a pair stands between the choice and the pixels."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from photodesk.ui.compare.after_paint import LONGEST_MS, AfterPaint
from photodesk.ui.compare.model import Side
from photodesk.ui.compare.page import ComparePage
from tests.ui.pretend_desk import PATIENT, HandTasks, PretendDesk, Went, context, small_timeline


def _opened(qtbot: QtBot) -> tuple[ComparePage, HandTasks]:
    tasks = HandTasks()
    page = ComparePage(context(PretendDesk(small_timeline()), tasks, Went()), PATIENT.patient_id)
    qtbot.addWidget(page)
    page.resize(1600, 1000)
    page.show()
    page.entered()
    tasks.run()
    qtbot.waitUntil(lambda: not page.beside.waits)
    return page, tasks


def test_photos_are_asked_for_before_anything_is_said_of_them(qtbot: QtBot) -> None:
    page, tasks = _opened(qtbot)
    order: list[str] = []
    show, changed = page.loader.show, page.showing.pair_changed
    page.loader.show = lambda *of: (order.append("asked"), show(*of))[1]  # type: ignore[assignment,func-returns-value]
    page.showing.pair_changed = lambda: (order.append("said"), changed())[1]  # type: ignore[method-assign,func-returns-value]
    page.beside.done.connect(lambda: order.append("beside"))
    page.acts.step(Side.B, -1)
    assert order == ["asked", "said"]
    assert page.panes.canvases[Side.B].item.image is None, "an old photo under a new date"
    assert page.header.accessibleName().count("2026"), "the date is there at once"
    tasks.run()
    assert page.panes.canvases[Side.B].item.image is not None
    assert order == ["asked", "said"], "words come a frame behind the photos"
    qtbot.waitUntil(lambda: order == ["asked", "said", "beside"])


def test_where_photos_are_long_in_coming_the_words_do_not_wait_for_them(qtbot: QtBot) -> None:
    said: list[str] = []
    coming = [True]
    page, _tasks = _opened(qtbot)
    beside = AfterPaint(lambda: said.append("said"), lambda: coming[0], page)
    beside.ask()
    beside.ask()
    assert not said
    qtbot.waitUntil(lambda: said == ["said"], timeout=LONGEST_MS * 20)
    coming[0] = False
    beside.ask()
    assert said == ["said", "said"], "with nothing on its way it is said at once"


def test_a_page_that_was_left_says_nothing_more(qtbot: QtBot) -> None:
    page, _tasks = _opened(qtbot)
    page.acts.step(Side.B, -1)
    assert page.beside.waits
    page.left()
    assert not page.beside.waits
