"""Comparisons kept under a name come back exactly; a picture leaves only for a purpose and to somebody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from photodesk.compare import LinkedView
from photodesk.compare import Mode as Way
from photodesk.compare.light_match import LightMatch, Source
from photodesk.desk.roles import Right
from photodesk.photos.comparison import LaidBy
from photodesk.ui.compare.export_dialog import ExportDialog
from photodesk.ui.compare.exporting import look_of, picture_of
from photodesk.ui.compare.keeping import taken_down
from photodesk.ui.compare.kept_dialog import KeptDialog
from photodesk.ui.compare.laying import Laying
from photodesk.ui.compare.model import SURROUND_NAMES, Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.compare.page import ComparePage
from photodesk.ui.compare.picture import Look, PairPicture
from photodesk.ui.theme import SURROUNDS
from tests.ui.pretend_desk import PATIENT, HandTasks, PretendDesk, Went, context, small_timeline

CONTROL = Qt.KeyboardModifier.ControlModifier
MATRIX = ((1.0, 0.01, 3.0), (-0.01, 1.0, 5.0), (0.0, 0.0, 1.0))
POINTS = (
    (10.0, 20.0, 30.0, 40.0),
    (500.0, 20.0, 520.0, 40.0),
    (10.0, 900.0, 30.0, 930.0),
    (700.0, 800.0, 730.0, 830.0),
)


class Opened:
    """A comparison and all it talks to."""

    def __init__(self, qtbot: QtBot, *, rights: frozenset[Right] | None = None) -> None:
        self.qtbot, self.tasks, self.went = qtbot, HandTasks(), Went()
        self.tasks.long = lambda work, done, failed=None, _progress=None: self.tasks.store(  # type: ignore[attr-defined]
            lambda: work(None, None), done, failed
        )
        self.desk = PretendDesk(small_timeline(), rights=rights)
        self.page = ComparePage(context(self.desk, self.tasks, self.went), PATIENT.patient_id)
        qtbot.addWidget(self.page)
        self.page.resize(1600, 1000)
        self.page.show()
        self.page.entered()
        self.tasks.run()

    def said(self) -> list[str]:
        return [call[1] for call in self.went.calls if call[0] == "say"]

    def kept_dialog(self) -> KeptDialog:
        self.qtbot.keyClick(self.page, Qt.Key.Key_S, CONTROL)
        self.tasks.run()
        dialog = self.page.outward.keeping.dialog
        assert dialog is not None
        return dialog

    def keep(self, name: str) -> None:
        dialog = self.kept_dialog()
        dialog.name.edit.setText(name)
        dialog.save()
        self.tasks.run()


@pytest.fixture
def opened(qtbot: QtBot, dressed: QApplication) -> Opened:
    return Opened(qtbot)


def test_a_comparison_comes_back_exactly(opened: Opened) -> None:
    page, model = opened.page, opened.page.model
    opened.qtbot.keyClick(page, Qt.Key.Key_Left)
    opened.tasks.run()
    pair = model.pair()
    page.laying.lay(pair, Laying(LaidBy.LANDMARKS, MATRIX, 0.0, POINTS, bent=True))
    page.acts.set_mode(Mode.CURTAIN)
    model.curtain, model.curtain_degrees = 0.31, 45.0
    seen = LinkedView(2.5, 0.4, 0.6, 30.0)
    model.show(Side.A, seen)
    model.show(Side.B, seen)
    opened.qtbot.keyClick(page, Qt.Key.Key_G)
    opened.keep("Naevus, edge")
    as_seen = taken_down(model, "x")
    opened.qtbot.keyClick(page, Qt.Key.Key_N)
    opened.tasks.run()
    page.acts.set_mode(Mode.SIDE_BY_SIDE)
    model.curtain, model.curtain_degrees = 0.5, 0.0
    model.fit()
    page.laying.forget(pair)
    opened.qtbot.keyClicks(page, "gg")  # dark again
    assert model.surround == 0
    before = len(opened.desk.gate.entries)
    dialog = opened.kept_dialog()
    assert [row.accessibleName() for row in dialog.rows] == ["Open Naevus, edge"]
    dialog.rows[0].click()
    opened.tasks.run()
    assert taken_down(model, "x") == as_seen
    assert model.surround == 1
    assert page.panes.canvases[Side.A].backgroundBrush().color().name().upper() == SURROUNDS[1]
    assert page.side._surround.text() == SURROUND_NAMES[1]
    assert model.pair() == pair
    assert model.laying is not None
    assert (model.laying.bent, model.laying.landmarks) == (True, POINTS)
    assert [e[:2] for e in opened.desk.gate.entries[before:] if e[0] == "COMPARE"] == [("COMPARE", pair)]


def test_the_name_proposes_itself_from_what_is_seen(opened: Opened) -> None:
    dialog = opened.kept_dialog()
    assert dialog.name.text() == "Left forearm, close-up, 14 Mar 2025 to 20 Nov 2026"
    dialog.name.edit.setText("   ")
    dialog.save()
    opened.tasks.run()
    assert opened.desk.layers.kept == {}
    assert dialog.isVisible()


def test_kept_ones_are_renamed_removed_and_had_back(opened: Opened) -> None:
    opened.keep("First")
    layers = opened.desk.layers
    (kept,) = layers.kept.values()
    dialog = opened.kept_dialog()
    dialog._begin_renaming(kept)
    dialog.name.edit.setText("Second")
    dialog.save()
    opened.tasks.run()
    assert [(one.name, one.comparison_id) for one in layers.kept.values()] == [("Second", kept.comparison_id)]
    opened.kept_dialog().remove_asked.emit(next(iter(layers.kept.values())))
    opened.tasks.run()
    assert layers.kept == {}
    undo = opened.went.calls[-1][3]
    undo()
    opened.tasks.run()
    assert [one.name for one in layers.kept.values()] == ["Second"]


def test_one_whose_photo_is_gone_says_so(opened: Opened) -> None:
    made = taken_down(opened.page.model, "Gone")
    gone = replace(made, laid=(made.laid[0], replace(made.laid[1], photo_id="f" * 32)))
    pair = opened.page.model.pair()
    opened.page.outward.keeping.reopen(gone)
    assert opened.page.model.pair() == pair
    assert "not in the chart any more" in opened.said()[-1]


def test_a_full_log_keeps_nothing_and_says_so(opened: Opened) -> None:
    opened.desk.layers.broken = True
    opened.keep("First")
    assert opened.desk.layers.kept == {}
    assert "log" in opened.said()[-1]


# -- pictures ---------------------------------------------------------------------------------------------------------


def test_an_export_needs_purpose_and_recipient(opened: Opened) -> None:
    opened.qtbot.keyClick(opened.page, Qt.Key.Key_E, CONTROL)
    dialog = opened.page.outward.exporting.dialog
    assert isinstance(dialog, ExportDialog)
    assert not any(box.isChecked() for box in (dialog.dates, dialog.marks, dialog.comparability))
    assert Way.DIFFERENCE.value not in dict(dialog.way.choices), "says nothing of photos that are not aligned"
    dialog.accept()
    assert dialog.isVisible()
    dialog.purpose.edit.setText("Referral")
    dialog.accept()
    assert dialog.isVisible()
    assert opened.page.outward.exporting.paths is None


@pytest.mark.parametrize(("kind", "name"), [("png", "pair.png"), ("pdf", "pair")])
def test_it_goes_through_the_door_as_the_person_chose(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, name: str
) -> None:
    written: list[tuple[Any, ...]] = []
    monkeypatch.setattr(PairPicture, "write", lambda *asked: written.append(asked[2:]))
    opened.page.acts.set_mode(Mode.CURTAIN)
    opened.page.model.curtain = 0.3
    exporting = opened.page.outward.exporting
    exporting.open()
    dialog = exporting.dialog
    assert dialog is not None
    dialog.purpose.edit.setText("Referral")
    dialog.recipient.edit.setText("Dr Lind")
    dialog.kind.pick(kind)
    dialog.dates.setChecked(True)
    dialog.accept()
    paths = exporting.paths
    assert paths is not None
    assert paths.name is not None
    assert paths.name.text() == f"comparison_left-forearm-close-up_2026.{kind}"
    paths.folder.edit.setText(str(tmp_path))
    paths.name.edit.setText(name)
    paths.accept_path()
    opened.tasks.run()
    look = Look(Way.CURTAIN, 1600, 0.3, dates=True, notes=True)
    assert written == [(tmp_path / f"pair.{kind}", look, "Referral", "Dr Lind")]
    assert opened.said()[-1] == "Exported. It is in the activity log."


@pytest.mark.parametrize("name", ["Test.png", "there.png"])
def test_names_that_tell_who_and_files_that_are_there_are_refused(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(PairPicture, "write", lambda *_: pytest.fail("nothing may be written"))
    (tmp_path / "there.png").write_bytes(b"mine")
    picture = picture_of(opened.page.model, PATIENT.patient_id, ())
    assert picture is not None
    opened.page.outward.exporting._write(picture, Look(), tmp_path / name, ("t", "r"))
    opened.tasks.run()
    assert "Choose another name" in opened.said()[-1]


def test_roles_without_the_right_have_no_button(qtbot: QtBot, dressed: QApplication) -> None:
    opened = Opened(qtbot, rights=frozenset({Right.SEE_CHART, Right.COMPARE}))
    assert not opened.page.outward.export_button.isVisible()
    assert not opened.page.outward.save_button.isVisible()
    opened.qtbot.keyClick(opened.page, Qt.Key.Key_E, CONTROL)
    opened.qtbot.keyClick(opened.page, Qt.Key.Key_S, CONTROL)
    opened.tasks.run()
    assert len(opened.said()) == 2
    assert opened.page.outward.exporting.dialog is None
    assert opened.page.outward.keeping.dialog is None


def test_originals_leave_as_taken(opened: Opened) -> None:
    model = opened.page.model
    opened.page.laying.lay(model.pair(), Laying(LaidBy.ITSELF, MATRIX, 0.9))
    opened.tasks.run()
    assert look_of(model).mode is Way.SIDE_BY_SIDE
    aligned = picture_of(model, PATIENT.patient_id, ())
    model.toggle_originals()
    taken = picture_of(model, PATIENT.patient_id, ())
    assert aligned is not None
    assert taken is not None
    assert (aligned.laying.matrix, taken.laying.matrix) == (MATRIX, None)


def test_matched_light_comes_back_as_it_was_matched(opened: Opened) -> None:
    page, model = opened.page, opened.page.model
    match = LightMatch((1.2, 1.0, 0.8), Source.PATCH, 0.02)
    page.tools.light.put_back(model.pair(), match)
    opened.tasks.run()
    opened.keep("In one light")
    opened.qtbot.keyClick(page, Qt.Key.Key_N)
    opened.tasks.run()
    assert model.light is None, "a match belongs to one pair"
    opened.kept_dialog().rows[0].click()
    opened.tasks.run()
    assert model.light == match
    assert "grey patch" in page.header.accessibleName()
    opened.qtbot.keyClick(page, Qt.Key.Key_K)
    assert model.light is None, "one key off"


def test_light_that_was_only_said_to_be_matched_is_matched_again(opened: Opened) -> None:
    page, model = opened.page, opened.page.model
    old = replace(taken_down(model, "Kept earlier"), light_matched=True, light=None)
    opened.qtbot.keyClick(page, Qt.Key.Key_N)
    opened.tasks.run()
    page.outward.keeping.reopen(old)
    opened.tasks.run()
    assert model.pair() == old.photo_ids
    assert model.light is not None
    assert model.light.source is Source.SKIN
