"""`C` on the timeline compares what a person chose: two, several, one beside its partner; A and B where marked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from photodesk.ui.controls.hints import KeyHint
from photodesk.ui.timeline.menu import ActionsPopover
from photodesk.ui.timeline.page import TimelinePage
from tests.ui.pretend_desk import PATIENT, HandTasks, PretendDesk, Went, context, small_timeline

KEY, CONTROL, NONE = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
LAID_OUT_PX = 700  # narrower, photos of one visit wrap into rows


class Opened:
    """A chart whose A and B were taken off."""

    def __init__(self, qtbot: QtBot, *, marked: bool = False) -> None:
        self.bot, self.tasks, self.went = qtbot, HandTasks(), Went()
        self.desk = PretendDesk(small_timeline())
        self.page = TimelinePage(context(self.desk, self.tasks, self.went), PATIENT.patient_id)
        qtbot.addWidget(self.page)
        self.page.resize(1528, 1600)
        self.page.show()
        self.page.entered()
        self.tasks.run()
        qtbot.waitUntil(lambda: self.page.list.viewport().width() > LAID_OUT_PX)
        assert self.page.model.can_compare
        if not marked:
            assert self.page.escape()
        self.visits = [[p.photo_id for p in v.photos] for v in self.desk.timeline.timeline.visits]

    def click(self, photo_id: str, held: Qt.KeyboardModifier = NONE) -> None:
        well = self.page.list.well_of(photo_id)
        assert well is not None
        self.bot.mouseClick(self.page.list.viewport(), Qt.MouseButton.LeftButton, held, well.center())

    def choose(self, *photo_ids: str) -> None:
        self.click(photo_ids[0])
        for photo_id in photo_ids[1:]:
            self.click(photo_id, CONTROL)

    def press_c(self) -> tuple[object, ...]:
        self.bot.keyClick(self.page, KEY.Key_C)
        return self.went.calls[-1]

    def menu(self) -> ActionsPopover:
        self.bot.keyClick(self.page, KEY.Key_Menu)
        found = self.page.window().findChildren(ActionsPopover)[-1]
        assert isinstance(found, ActionsPopover)
        return found


def test_two_chosen_photos_are_compared_the_earlier_as_a(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    latest, before = opened.visits[0][0], opened.visits[2][2]  # of another site, with the newer one clicked first
    opened.choose(latest, before)
    assert opened.press_c() == ("open_compare", PATIENT.patient_id, before, latest)
    one, other = opened.visits[0][3], opened.visits[0][1]  # of one visit: in the order they were taken
    opened.choose(one, other)
    assert opened.press_c() == ("open_compare", PATIENT.patient_id, other, one)


def test_three_to_six_chosen_open_together_and_more_say_so(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    close_ups = [photos[1] for photos in opened.visits]
    opened.choose(*close_ups[:3])
    assert opened.press_c() == ("open_photos", PATIENT.patient_id, tuple(reversed(close_ups[:3])))
    opened.choose(*close_ups)
    assert opened.press_c() == ("open_photos", PATIENT.patient_id, tuple(reversed(close_ups)))
    opened.click(opened.visits[0][0], CONTROL)
    assert opened.press_c() == ("say", "At most 6 photos stand side by side. 7 are chosen.")


def test_what_cannot_be_shown_does_not_stand_among_several(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    mark = opened.page.model.mark(opened.visits[1][1])
    assert mark is not None
    facts = replace(mark.photo.facts, undecodable="not a picture")
    opened.page.model._photos[mark.photo.photo_id] = replace(mark, photo=replace(mark.photo, facts=facts))
    opened.choose(*(photos[1] for photos in opened.visits[:3]))
    assert "cannot be shown" in str(opened.press_c()[1])


@pytest.mark.parametrize(
    ("at", "wanted"),
    [(0, (5, 0)), (5, (5, 0)), (2, (5, 2)), (1, (1, 0))],
    ids=["the latest", "the first", "between: beside the first", "the one before the latest"],
)
def test_one_chosen_photo_stands_beside_its_partner(qtbot: QtBot, at: int, wanted: tuple[int, int]) -> None:
    opened = Opened(qtbot)
    opened.choose(opened.visits[at][1])
    assert opened.press_c() == ("open_compare", PATIENT.patient_id, *(opened.visits[one][1] for one in wanted))


def test_one_without_a_partner_is_not_swapped_for_others(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    alone = opened.visits[0][0]
    mark = opened.page.model.mark(alone)
    assert mark is not None
    held = opened.desk.timeline
    visits = tuple(
        replace(v, photos=tuple(replace(p, body_site="") if p.photo_id == alone else p for p in v.photos))
        for v in held.timeline.visits
    )
    held.timeline = replace(held.timeline, visits=visits)
    opened.page.refresh()
    opened.tasks.run()
    opened.choose(alone)
    assert opened.press_c()[0] == "say"


def test_marks_keep_their_meaning(qtbot: QtBot) -> None:
    opened = Opened(qtbot, marked=True)
    model = opened.page.model
    opened.choose(opened.visits[3][0], opened.visits[4][0])
    assert opened.press_c() == ("open_compare", PATIENT.patient_id, model.before, model.after)
    assert opened.page.escape()
    opened.bot.keyClick(opened.page, KEY.Key_A)
    assert opened.press_c() == ("say", "Choose the other photo with B first.")


def test_the_menu_of_several_photos_compares_them(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    close_ups = [photos[1] for photos in opened.visits[:3]]
    opened.choose(*close_ups)
    (row,) = [row for row in opened.menu().rows if row.accessibleName() == "Compare"]
    assert [hint.accessibleName() for hint in row.findChildren(KeyHint)] == ["Key C"]
    row.click()
    assert opened.went.calls[-1] == ("open_photos", PATIENT.patient_id, tuple(reversed(close_ups)))


def test_beside_marks_the_menu_compares_what_is_chosen_and_claims_no_key(qtbot: QtBot) -> None:
    opened = Opened(qtbot, marked=True)
    opened.choose(opened.visits[3][0], opened.visits[4][0])
    (row,) = [row for row in opened.menu().rows if row.accessibleName().startswith("Compare")]
    assert row.findChildren(KeyHint) == []
    row.click()
    assert opened.went.calls[-1] == ("open_compare", PATIENT.patient_id, opened.visits[4][0], opened.visits[3][0])
