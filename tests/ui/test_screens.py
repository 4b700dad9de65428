"""The screens under the hand: keys, focus, accessible names, and what a role does not see."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from photodesk.store.roles import Role
from photodesk.ui.controls import Button, ButtonKind, initials
from photodesk.ui.desk_services import Clinic
from photodesk.ui.home import HomePage
from photodesk.ui.importing import ImportPage, InboxPage
from photodesk.ui.log import ActivityPage
from photodesk.ui.navigation import Navigator
from photodesk.ui.page import PageContext
from photodesk.ui.pages import page_makers
from photodesk.ui.paper import qr_rows
from photodesk.ui.patients import PatientDialog
from photodesk.ui.settings import SettingsPage
from photodesk.ui.setup.kit_paper import write_pdf
from photodesk.ui.sign_in import SignInModel, SignInView
from tests.ui.conftest import TODAY, AtOnce, FixedClock, Went, pretend_session

CLINIC = Clinic("Example Skin Clinic", "Room 2", demo=True)


def context(*roles: Role) -> tuple[PageContext, Went]:
    went = Went()
    return PageContext(pretend_session(*roles), AtOnce(), went, CLINIC), went  # type: ignore[arg-type]


def navigator(*roles: Role, lock: Any = lambda: None) -> Navigator:
    return Navigator(pretend_session(*roles), AtOnce(), CLINIC, None, page_makers(), lock)  # type: ignore[arg-type]


def unnamed(root: QWidget) -> list[QWidget]:
    kinds = (QAbstractButton, QLineEdit)
    return [w for kind in kinds for w in root.findChildren(kind) if not w.accessibleName() and not w.isHidden()]


@pytest.mark.usefixtures("dressed")
def test_home_finds_with_the_keyboard_alone(qtbot: Any) -> None:
    made, went = context()
    page = HomePage(made)
    qtbot.addWidget(page)
    page.resize(1500, 900)
    page.show()
    page.entered()
    QTest.keyClicks(page.search.edit, "tes")
    assert [line.name for line in page.model.found] == ["Test, Ada", "Test, Bernard", "Sample-Tessa, Kim"]
    QTest.keyClick(page.search.edit, Qt.Key.Key_Down)
    QTest.keyClick(page.search.edit, Qt.Key.Key_Return)
    assert went.calls[-1] == ("open_patient", "b" * 32)
    QTest.keyClick(page.search.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert went.calls[-1] == ("open_compare", "b" * 32)
    QTest.keyClick(page.search.edit, Qt.Key.Key_Escape)
    assert page.search.edit.text() == ""
    assert unnamed(page) == []


@pytest.mark.usefixtures("dressed")
def test_coming_home_and_typing_begins_a_new_search(qtbot: Any) -> None:
    page = HomePage(context()[0])
    qtbot.addWidget(page)
    page.show()
    QTest.keyClicks(page.search.edit, "ander")
    page.entered()
    QTest.keyClicks(page.search.edit, "te")
    assert page.search.edit.text() == "te"


@pytest.mark.usefixtures("dressed")
def test_a_front_desk_opens_no_chart(qtbot: Any) -> None:
    made, went = context(Role.FRONT_DESK)
    page = HomePage(made)
    qtbot.addWidget(page)
    page.entered()
    QTest.keyClicks(page.search.edit, "ada")
    QTest.keyClick(page.search.edit, Qt.Key.Key_Return)
    assert went.calls[-1] == ("edit_patient", "a" * 32)


@pytest.mark.usefixtures("dressed")
def test_sign_in_by_keys(qtbot: Any) -> None:
    people = tuple(
        SimpleNamespace(person_id=str(n), name=f"Person {n}", roles=("clinician",), slot_id=str(n), disabled=False)
        for n in range(3)
    )
    view = SignInView(SignInModel(people), FixedClock(), "Clinic", "Room 1")  # type: ignore[arg-type]
    qtbot.addWidget(view)
    view.resize(1280, 800)
    view.show()
    asked: list[tuple[str, str]] = []
    view.unlock_asked.connect(lambda slot, password: asked.append((slot, password)))
    QTest.keyClick(view.card.field.edit, Qt.Key.Key_Down)
    assert view.model.chosen == 1
    QTest.keyClicks(view.card.field.edit, "secret")
    QTest.keyClick(view.card.field.edit, Qt.Key.Key_Return)
    assert asked == [("1", "secret")]
    assert not view.card.button.isEnabled()
    view.model.failed(RuntimeError(), "Say it plainly.")
    view.failed()
    assert view.card.field.text() == ""
    assert view.windowTitle() in {"", "PhotoDesk"}
    assert unnamed(view) == []


@pytest.mark.usefixtures("dressed")
def test_the_window_names_no_patient_and_marks_the_demo(qtbot: Any) -> None:
    locked: list[str] = []
    nav = navigator(lock=lambda: locked.append("asked"))
    qtbot.addWidget(nav.window)
    nav.home()
    nav.window.show()
    for name in ("inbox", "import", "activity", "settings", "home"):
        nav.section(name)
        assert nav.window.page is not None
        assert nav.window.page.section == name
        assert nav.window.windowTitle() == "PhotoDesk"
        assert unnamed(nav.window) == []
    assert any(getattr(w, "_text", "") == "DEMO" for w in nav.window.top_bar.findChildren(QWidget))
    lock = next(w for w in nav.window.rail.findChildren(QAbstractButton) if w.accessibleName() == "Lock")
    QTest.mouseClick(lock, Qt.MouseButton.LeftButton)
    assert locked == ["asked"]
    nav.window.show_keys()
    nav.window.show_keys()
    assert nav.place(5).screen == "home"


@pytest.mark.usefixtures("dressed")
def test_the_log_is_the_privacy_officers(qtbot: Any) -> None:
    made, _ = context(Role.CLINICIAN)
    page = ActivityPage(made)
    qtbot.addWidget(page)
    page.entered()
    assert not page.may_read
    officer, _ = context(Role.PRIVACY_OFFICER)
    read = ActivityPage(officer)
    qtbot.addWidget(read)
    read.entered()
    assert read.model.sentence == "No entries in this time."


@pytest.mark.usefixtures("dressed")
def test_a_form_keeps_what_was_typed_and_says_what_is_wrong(qtbot: Any) -> None:
    made, _ = context()
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    saved: list[Any] = []
    dialog = PatientDialog(window, made, saved.append)
    dialog.open()
    for name, text in (("family", "New"), ("mrn", "000123"), ("birth", "1 Jan 2030")):
        dialog.fields[name].edit.setText(text)  # type: ignore[union-attr]
    dialog.save()
    assert saved == []
    dialog.fields["birth"].edit.setText("1 Jan 1990")  # type: ignore[union-attr]
    dialog.save()
    assert saved == []  # the number is taken
    assert dialog.text("family") == "New"
    dialog.fields["mrn"].edit.setText("000999")  # type: ignore[union-attr]
    dialog.save()
    assert [patient.mrn for patient in saved] == ["000999"]


@pytest.mark.usefixtures("dressed")
def test_empty_pages_say_what_to_do(qtbot: Any) -> None:
    made, _ = context()
    for kind in (InboxPage, ImportPage, SettingsPage):
        page = kind(made)
        qtbot.addWidget(page)
        page.resize(1208, 744)
        page.show()
        page.entered()
        assert not page.grab().isNull()
        page.left()


@pytest.mark.usefixtures("dressed")
def test_a_resting_button_keeps_its_place(qtbot: Any) -> None:
    button = Button("Unlock", ButtonKind.PRIMARY, key="Enter", icon="key")
    qtbot.addWidget(button)
    before = button.sizeHint()
    button.setEnabled(False)
    assert button.sizeHint() == before
    assert button.accessibleName() == "Unlock"
    assert not button.grab().isNull()


def test_initials() -> None:
    assert [initials(name) for name in ("Dr. Iris Sample", "Test, Ada", "Kim", "")] == ["IS", "TA", "K", ""]


@pytest.mark.usefixtures("dressed")
def test_the_recovery_kit_on_paper(tmp_path: Path) -> None:
    rows = qr_rows("7K3M-9QXT")
    assert len(rows) == len(rows[0])
    target = tmp_path / "kit.pdf"
    assert write_pdf(str(target), "7K3M-9QXT", ("7K3M", "9QXT"), "Clinic", "Room", TODAY)
    assert target.read_bytes().startswith(b"%PDF")
    assert QApplication.instance() is not None
