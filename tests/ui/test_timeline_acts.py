"""What a clinician does with chosen photos on the timeline, key by key: and what is shown before it is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TypeVar

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from photodesk.desk.purpose import NONE_GIVEN, PURPOSES
from photodesk.errors import Fixable
from photodesk.photos import BODY_SITES, DEFAULT_PROTOCOLS, Attachment, Original, body_site
from photodesk.photos.sites import FACE
from photodesk.ui.body.figures import TABS, figure, shown_as
from photodesk.ui.body.site_popover import SitePopover
from photodesk.ui.compare.page import ComparePage
from photodesk.ui.controls.popover import Dialog, Popover
from photodesk.ui.controls.text import Text
from photodesk.ui.page import Page
from photodesk.ui.photo.page import PhotoPage
from photodesk.ui.timeline.choice_popover import ChoicePopover
from photodesk.ui.timeline.correction_dialogs import NO_REASON, DeletedDialog, DeleteDialog, MoveDialog
from photodesk.ui.timeline.menu import ActionsPopover
from photodesk.ui.timeline.page import TimelinePage
from photodesk.ui.timeline.series import begun
from photodesk.ui.viewing_page import ViewingPage
from photodesk.visits import Visit
from tests.ui.pretend_desk import (
    CHEEK,
    FOREARM,
    PATIENT,
    HandTasks,
    PretendDesk,
    PretendGate,
    Went,
    context,
    large_timeline,
    small_timeline,
)

KEY, KEY_FOCUS = Qt.Key, Qt.FocusPolicy.TabFocus
W = TypeVar("W", bound=QWidget)


class Opened:
    """A page over a pretended desk, everything answered."""

    def __init__(self, qtbot: QtBot, kind: type[Page] = TimelinePage, *, ask: bool = False, photos: int = 0) -> None:
        self.bot, self.tasks, self.went = qtbot, HandTasks(), Went()
        self.gate = PretendGate()
        self.gate.purposes.ask = ask
        self.desk = PretendDesk(large_timeline(photos) if photos else small_timeline(), self.gate)
        self.ids = [p.photo_id for v in self.desk.timeline.timeline.visits for p in v.photos]
        made = context(self.desk, self.tasks, self.went)
        arguments = (self.ids[1],) if kind is PhotoPage else ()
        self.page = kind(made, PATIENT.patient_id, *arguments)  # type: ignore[arg-type, call-arg]
        qtbot.addWidget(self.page)
        self.page.resize(1528, 944)
        self.page.show()
        self.page.entered()
        self.settle()

    @property
    def timeline(self) -> TimelinePage:
        assert isinstance(self.page, TimelinePage)
        return self.page

    def settle(self) -> None:
        self.tasks.run()
        if isinstance(self.page, TimelinePage):
            self.page.list.ask_for_visible()
        self.tasks.run()

    def press(self, *keys: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            self.bot.keyClick(self.page, key, held)
        self.tasks.run()

    def found(self, kind: type[W]) -> W:
        one = self.page.window().findChildren(kind)
        assert one, f"no {kind.__name__}"
        return one[-1]

    def site_of(self, photo_id: str) -> str:
        mark = self.timeline.model.mark(photo_id)
        assert mark is not None
        return mark.photo.body_site


def pair(opened: Opened) -> tuple[str, ...]:
    """Choose the first two photos."""
    opened.press(KEY.Key_Home)
    opened.press(KEY.Key_Right, held=Qt.KeyboardModifier.ShiftModifier)
    return opened.timeline.model.acting_on()


# -- purpose ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [TimelinePage, PhotoPage, ComparePage])
@pytest.mark.parametrize(("key", "said"), [(KEY.Key_2, PURPOSES[1]), (KEY.Key_Escape, NONE_GIVEN)])
def test_no_pixel_before_one_key_says_what_for(qtbot: QtBot, kind: type[Page], key: Qt.Key, said: str) -> None:
    opened = Opened(qtbot, kind, ask=True)
    assert [e for e in opened.gate.entries if e[0] != "VIEW_END"] == []
    bar = opened.page.purpose if isinstance(opened.page, ViewingPage) else opened.timeline.middle.purpose
    assert bar.isVisible()
    assert all(button.accessibleName() and button.focusPolicy() & KEY_FOCUS for button in bar.answers)
    if key == KEY.Key_Escape:
        assert opened.page.escape()
    else:
        opened.press(key)
    opened.settle()
    assert opened.gate.purposes.said == [said]
    assert not bar.isVisible()
    assert [e for e in opened.gate.entries if e[0] != "VIEW_END"]
    opened.page.refresh()
    opened.settle()
    assert not bar.isVisible()


@pytest.mark.parametrize("kind", [TimelinePage, PhotoPage, ComparePage])
def test_what_was_said_on_another_page_holds_here(qtbot: QtBot, kind: type[Page]) -> None:
    opened = Opened(qtbot, kind, ask=True)
    opened.page.left()
    opened.gate.purposes.say(PATIENT.patient_id, PURPOSES[0])
    opened.gate.entries.clear()
    opened.page.entered()
    opened.settle()
    bar = opened.page.purpose if isinstance(opened.page, ViewingPage) else opened.timeline.middle.purpose
    assert not bar.isVisible()
    assert [e for e in opened.gate.entries if e[0] != "VIEW_END"]


def test_nothing_is_asked_where_a_visit_is_near(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    assert not opened.timeline.middle.purpose.isVisible()
    assert opened.gate.entries


# -- trying again ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [TimelinePage, PhotoPage, ComparePage])
def test_photos_come_by_themselves_when_the_log_can_be_written_again(qtbot: QtBot, kind: type[Page]) -> None:
    opened = Opened(qtbot, kind)
    opened.page.left()
    opened.gate.broken = True
    opened.page.entered()
    opened.settle()
    retry = opened.page.retry if isinstance(opened.page, ViewingPage) else opened.timeline.reader.retry
    assert retry.isActive()
    opened.gate.entries.clear()
    opened.gate.broken = False
    retry.timeout.emit()
    opened.settle()
    assert [e for e in opened.gate.entries if e[0] != "VIEW_END"]
    message = opened.page.message if isinstance(opened.page, ViewingPage) else opened.timeline.message
    qtbot.waitUntil(lambda: not message.isVisible(), timeout=2000)


# -- many at once ---------------------------------------------------------------------------------------------------


def test_all_chosen_photos_change_as_one_and_undo(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    chosen = pair(opened)
    before = [opened.site_of(one) for one in chosen]
    opened.press(KEY.Key_S)
    popover = opened.found(SitePopover)
    qtbot.keyClick(popover.field.edit, KEY.Key_2)
    opened.tasks.run()
    assert [opened.site_of(one) for one in chosen] != before
    assert opened.desk.photo_edit.entries == [chosen]
    name, words, action, undo = opened.went.calls[-1]
    assert (name, words, action) == ("say", "2 photos changed.", "Undo")
    undo()
    opened.tasks.run()
    assert [opened.site_of(one) for one in chosen] == before
    assert opened.went.calls[-1] == ("say", "Undone.")


def test_view_by_digit_tag_by_typing_visit_by_digit(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    chosen = pair(opened)
    opened.press(KEY.Key_V)
    qtbot.keyClick(opened.found(ChoicePopover)._field.edit, KEY.Key_1)
    opened.press(KEY.Key_T)
    field = opened.found(ChoicePopover)._field.edit
    qtbot.keyClicks(field, "week 12")
    qtbot.keyClick(field, KEY.Key_Return)
    opened.press(KEY.Key_W)
    qtbot.keyClick(opened.found(ChoicePopover)._field.edit, KEY.Key_2)
    opened.tasks.run()
    marks = [opened.timeline.model.mark(one) for one in chosen]
    second = opened.desk.timeline.timeline.visits[1].visit
    assert all(mark is not None and mark.visit == second and "week 12" in mark.photo.tags for mark in marks)
    assert opened.desk.photo_edit.entries == [chosen] * 3


def test_everything_shown_is_chosen_with_one_key(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    opened.timeline.set_filter(replace(opened.timeline.model.filter, site=CHEEK))
    opened.press(KEY.Key_A, held=Qt.KeyboardModifier.ControlModifier)
    assert {opened.site_of(one) for one in opened.timeline.model.acting_on()} == {CHEEK}
    assert len(opened.timeline.model.acting_on()) == 6


# -- series ---------------------------------------------------------------------------------------------------------


def test_a_gap_of_the_series_takes_the_chosen_photo_with_its_digit(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    page = opened.timeline
    page.middle.follow("face")
    cheeks = [p for p in page.model.order if opened.site_of(p) == CHEEK]
    page.choose(cheeks[0])
    assert page.middle.series.isVisible()
    assert page.middle.series.text().startswith("Face series: 2 of 6, oblique left and 3 more missing")
    page.choose(page.model.order[page.model.order.index(cheeks[0]) - 1])  # a forearm of the same visit
    opened.press(KEY.Key_1)
    visit = page.model.series_visit
    assert visit is not None
    found = page.model.series.coverage(visit.visit_id)
    assert found is not None
    assert "oblique-left" not in [step.view for step in found.missing]
    assert page.model.series.short_words(visit.visit_id) == "3 of 6"
    buttons = [b for b in page.middle.series.findChildren(QAbstractButton) if b.isVisible()]
    assert all(button.accessibleName() for button in buttons)


# -- corrections ----------------------------------------------------------------------------------------------------


def test_delete_asks_why_and_undo_brings_back(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    chosen = pair(opened)
    opened.press(KEY.Key_Delete)
    dialog = opened.found(DeleteDialog)
    dialog.save()
    assert opened.desk.corrections.calls == []
    assert NO_REASON in [text.full_text() for text in dialog.findChildren(Text)]
    qtbot.keyClicks(dialog.fields["reason"].edit, "Taken twice")
    qtbot.keyClick(dialog.fields["reason"].edit, KEY.Key_Return)
    opened.tasks.run()
    assert opened.desk.corrections.calls == [("delete", chosen, "Taken twice")]
    assert not set(chosen) & set(opened.timeline.model.order)
    assert opened.timeline.model.focus
    said = opened.went.calls[-1]
    assert said[1:3] == ("2 photos deleted, kept for 30 days.", "Undo")
    said[3]()
    opened.tasks.run()
    assert set(chosen) <= set(opened.timeline.model.order)


def test_deleted_photos_are_listed_with_their_days(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    opened.timeline.corrections.delete((opened.ids[0],), "Out of focus")
    opened.tasks.run()
    opened.timeline.corrections.show_deleted()
    dialog = opened.found(DeletedDialog)
    [button] = dialog.buttons
    assert button.accessibleName().startswith("Restore ")
    reached = [w for w in dialog.box.findChildren(QWidget) if w.focusPolicy() & KEY_FOCUS and w.isVisible()]
    assert reached[0] is button
    button.click()
    opened.tasks.run()
    assert opened.ids[0] in opened.timeline.model.order


def test_moving_asks_visit_and_reason_and_undoes(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    chosen = pair(opened)
    other = replace(PATIENT, patient_id="q" * 32, mrn="2")
    visits = [Visit("w" * 32, other.patient_id, date(2026, 11, 20), None, "", "", "Check", "")]
    opened.desk.visits = type("Visits", (), {"of_patient": lambda self, _id: visits})()  # type: ignore[attr-defined]
    opened.timeline.corrections._ask_visit(chosen, other)
    opened.tasks.run()
    dialog = opened.found(MoveDialog)
    assert dialog.visits.value() == visits[0].visit_id
    qtbot.keyClicks(dialog.fields["reason"].edit, "Wrong patient")
    qtbot.keyClick(dialog.fields["reason"].edit, KEY.Key_Return)
    opened.tasks.run()
    assert opened.desk.corrections.calls == [("move", chosen, other.patient_id, visits[0].visit_id, "Wrong patient")]
    assert not set(chosen) & set(opened.timeline.model.order)
    opened.went.calls[-1][3]()
    opened.tasks.run()
    assert opened.desk.corrections.calls[-1] == ("undo", "m" * 32)


def test_who_may_not_correct_is_not_offered_it(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    opened.timeline.corrections.allowed = False
    opened.press(KEY.Key_Home, KEY.Key_Delete, KEY.Key_M)
    assert not opened.page.window().findChildren(DeleteDialog)
    known = opened.timeline.keys()
    assert "Delete" not in [key.words for key in known]


def test_the_menu_names_every_action_with_its_key(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    chosen = pair(opened)
    well = opened.timeline.list.well_of(chosen[1])
    assert well is not None
    qtbot.mouseClick(opened.timeline.list.viewport(), Qt.MouseButton.RightButton, pos=well.center())
    menu = opened.found(ActionsPopover)
    assert opened.timeline.model.acting_on() == chosen
    assert [row.accessibleName() for row in menu.rows][-2:] == ["Other patient", "Delete"]
    menu.rows[-1].click()
    assert opened.found(DeleteDialog)


# -- the body -------------------------------------------------------------------------------------------------------


def test_every_site_is_shown_somewhere_and_most_can_be_pointed_at() -> None:
    names = tuple(name for _, each in TABS for name in each)
    shown = [site for site in BODY_SITES if shown_as(site.code, names) is not None]
    assert shown == list(BODY_SITES)
    own = {shape.code for name in names for shape in figure(name).shapes}
    assert len(own) >= 100
    assert all(body_site(code) for code in own)


def test_right_is_right_on_every_drawing() -> None:
    for name in ("front", "head", "mouth"):
        drawn = figure(name)
        for shape in drawn.shapes:
            side = body_site(shape.code).side
            if side:
                assert (shape.middle.x() < drawn.width / 2) is (side == "right"), (name, body_site(shape.code).name)
    back = figure("back")
    knees = {body_site(s.code).side: s.middle.x() for s in back.shapes if "back of knee" in body_site(s.code).name}
    assert knees["right"] > knees["left"]


def test_the_body_is_clicked_and_walked(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    site_map = opened.timeline.panel._map.map
    at = site_map.where(FOREARM)
    assert at is not None
    qtbot.mouseClick(site_map, Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert opened.timeline.model.filter.site == FOREARM
    QApplication.sendEvent(site_map, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason))
    assert site_map.over == FOREARM
    qtbot.keyClick(site_map, KEY.Key_Up)
    assert body_site(site_map.over).name == "Left elbow"
    assert site_map.accessibleDescription() == "Left elbow"
    qtbot.keyClick(site_map, KEY.Key_Return)
    assert opened.timeline.model.filter.site == site_map.over
    assert site_map.code_at(QPointF(1, 1)) == ""


# -- files ----------------------------------------------------------------------------------------------------------


def test_files_of_a_visit_are_listed_quietly(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    held = opened.desk.timeline
    first = held.timeline.visits[0]
    files = tuple(
        Attachment(Original(f"{n:032x}", "", 34_000_000, "video/mp4", f"MVI_{n:04}.MP4"), first.visit.visit_id, "Video")
        for n in range(8)
    )
    before = opened.timeline.list.layout_of(0).height
    held.timeline = replace(held.timeline, visits=(replace(first, attachments=files), *held.timeline.visits[1:]))
    opened.page.refresh()
    opened.settle()
    layout = opened.timeline.list.layout_of(0)
    assert layout.height >= before + 6 * 24
    assert "8 files" in str(opened.timeline.list.model().index(0, 0).data())
    opened.page.grab()
    opened.timeline.set_filter(replace(opened.timeline.model.filter, site=FOREARM))
    assert opened.timeline.model.sections[0].attachments == ()


def test_a_refused_change_says_why(qtbot: QtBot) -> None:
    opened = Opened(qtbot)

    def refuse(*_: object) -> None:
        raise Fixable("disk_full", "Not enough space.", "Free some.")

    opened.desk.photo_edit.apply = refuse  # type: ignore[method-assign, assignment]
    pair(opened)
    opened.press(KEY.Key_V)
    qtbot.keyClick(opened.found(ChoicePopover)._field.edit, KEY.Key_1)
    opened.tasks.run()
    assert opened.went.calls[-1] == ("say", "Not enough space. Free some.")


# -- the whole page ---------------------------------------------------------------------------------------------------


def test_every_control_has_a_name_and_is_reached_by_tab(qtbot: QtBot) -> None:
    opened = Opened(qtbot, ask=True)
    opened.timeline.middle.follow("face")
    opened.timeline.panel.show_deleted(2)
    buttons = [b for b in opened.page.findChildren(QAbstractButton) if b.isVisible()]
    assert len(buttons) > 20
    assert all(button.accessibleName() for button in buttons)
    assert all(button.focusPolicy() & KEY_FOCUS for button in buttons)
    assert opened.timeline.panel._map.map.focusPolicy() & KEY_FOCUS


def test_what_opens_lives_in_the_window_so_that_a_lock_takes_it_too(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    pair(opened)
    for key in (KEY.Key_S, KEY.Key_V, KEY.Key_Menu, KEY.Key_Delete, KEY.Key_M):
        opened.press(key)
    opened.timeline.corrections.show_deleted()
    held = [w for w in opened.page.window().findChildren(QWidget) if isinstance(w, Popover | Dialog) and w.isVisible()]
    assert len(held) == 6
    assert not [w for w in QApplication.topLevelWidgets() if w in held]
    opened.page.left()
    assert all(opened.timeline.source.pixmap(one) is None for one in opened.ids)


def test_a_site_around_others_filters_them_and_is_named(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    opened.timeline.panel.site_chosen.emit(FACE)
    assert {opened.site_of(one) for one in opened.timeline.model.order} == {CHEEK}
    assert opened.timeline.middle.filters.site.text() == "Face"


def test_a_series_begins_by_itself_only_where_half_of_it_is_there() -> None:
    face = DEFAULT_PROTOCOLS[0]
    photos = tuple(
        replace(
            small_timeline().visits[0].photos[0], photo_id=f"{n:032x}", body_site=step.site, standard_view=step.view
        )
        for n, step in enumerate(face.steps)
    )
    assert begun(DEFAULT_PROTOCOLS, photos[:3]) == "face"
    assert begun(DEFAULT_PROTOCOLS, photos[:2]) == ""
    assert begun((), photos) == ""


def test_five_thousand_photos_follow_a_series_and_are_chosen_at_once(qtbot: QtBot) -> None:
    opened = Opened(qtbot, photos=5000)
    opened.timeline.middle.follow("dermatology-regional")
    opened.press(KEY.Key_A, held=Qt.KeyboardModifier.ControlModifier)
    assert len(opened.timeline.model.acting_on()) == 5000
    asked = {p for e in opened.gate.entries for p in e[1]}
    assert len(asked) < 80
