"""At a lock our clipboard goes and another program's stays; photos are on no clipboard and in no drag; handing over."""

from __future__ import annotations

import ast
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QClipboard, QDrag, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from photodesk.protocol.messages import Computer
from photodesk.store.roles import Role
from photodesk.ui import photo_drag
from photodesk.ui.desk_services import Clinic
from photodesk.ui.hand_over import NOBODY, choose_next
from photodesk.ui.navigation import Navigator
from photodesk.ui.nothing_outside import clear_own_clipboard
from photodesk.ui.pages import page_makers
from photodesk.ui.patients import PatientDialog
from photodesk.ui.photo_drag import FORMAT, PhotoDrag
from photodesk.ui.settings.locking_section import heard_words
from photodesk.ui.sign_in.model import SignInModel, lock_sentence
from photodesk.ui.timeline.choice_popover import ChoicePopover
from tests.ui.conftest import AtOnce, pretend_session

UI = Path(photo_drag.__file__).parent


@pytest.mark.parametrize("ours", [True, False])
def test_what_we_put_on_the_clipboard_goes_with_the_lock_and_what_others_put_stays(
    monkeypatch: pytest.MonkeyPatch, *, ours: bool
) -> None:
    """The screens of these tests have no clipboard that knows its owner."""
    cleared: list[object] = []
    clipboard = SimpleNamespace(
        ownsClipboard=lambda: ours,
        supportsSelection=lambda: True,
        ownsSelection=lambda: ours,
        clear=cleared.append,
    )
    monkeypatch.setattr(QGuiApplication, "clipboard", lambda: clipboard)
    clear_own_clipboard()
    assert cleared == ([QClipboard.Mode.Clipboard, QClipboard.Mode.Selection] if ours else [])


def test_nothing_of_ours_puts_anything_on_the_clipboard_or_into_a_drag_but_ids() -> None:
    """Words in the code, so that a later page cannot bring it in unseen."""
    told: dict[str, set[str]] = {"clipboard": set(), "QDrag": set(), "setImageData": set(), "setUrls": set()}
    for module in UI.rglob("*.py"):
        tree = ast.parse(module.read_text(encoding="utf-8"))
        words = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        words |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        for word, where in told.items():
            if word in words:
                where.add(module.relative_to(UI).as_posix())
    assert told["clipboard"] == {"nothing_outside.py", "backup/section.py"}, "the second one copies a command's words"
    assert told["QDrag"] == {"photo_drag.py", "importing/tile_grid.py"}
    assert told["setImageData"] == told["setUrls"] == set()


def test_a_dragged_photo_gives_other_programs_nothing(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[QMimeData] = []
    monkeypatch.setattr(QDrag, "exec", lambda self, _action: given.append(self.mimeData()))
    widget = QWidget()
    qtbot.addWidget(widget)
    drag = PhotoDrag(widget, lambda _at: "1" * 32)
    drag.photo_id = "1" * 32
    drag.start()
    (data,) = given
    assert data.formats() == [FORMAT]
    assert bytes(data.data(FORMAT).data()) == b""


def person(number: int, name: str, *, disabled: bool = False) -> Any:
    who = {"person_id": str(number), "name": name, "slot_id": f"s{number}", "disabled": disabled}
    return SimpleNamespace(**who, roles=frozenset({"clinician"}))


def test_handing_over_asks_who_comes_next_and_their_password_is_asked_for(qtbot: QtBot) -> None:
    window = QWidget()
    window.resize(600, 500)
    anchor = QWidget(window)
    qtbot.addWidget(window)
    window.show()
    chosen: list[str] = []
    said: list[str] = []
    people = (person(1, "Ada Lane"), person(2, "Ben Moor", disabled=True), person(3, "Cy Ness"))
    choose_next(anchor, people, chosen.append, said.append)
    popover = window.findChild(ChoicePopover)
    QTest.keyClick(popover.findChild(QLineEdit), Qt.Key.Key_2)
    assert chosen == ["s3"]
    choose_next(anchor, people[1:2], chosen.append, said.append)
    assert said == [NOBODY]
    model = SignInModel(people)
    model.return_for("s1", known=True)
    model.return_for("s3", known=False)
    assert model.person is people[2]
    assert "last page" not in model.subtitle(2)


def test_the_settings_say_what_is_heard_and_what_is_not() -> None:
    assert heard_words(Computer())[0] == ""
    there, missing = heard_words(Computer(("delay", "session")))
    assert there.startswith("The computer's lock")
    assert "sleep" in there
    assert missing == "The screen saver"
    assert heard_words(Computer(("computer",)))[1] == ""


REASONS = """idle asked system_lock screen_lock user_switch remote_disconnect session_ended not_heard suspend shutdown
lid time_jump screen_removed desk_ended hand_over"""


@pytest.mark.parametrize("reason", REASONS.split())
def test_every_reason_has_words(reason: str) -> None:
    assert reason in {"idle", "asked"} or lock_sentence(reason) != lock_sentence("something else")
    assert lock_sentence(reason).endswith(".")


def test_what_was_typed_into_a_form_is_there_again_after_the_lock(qtbot: QtBot, dressed: object) -> None:
    def navigator() -> Navigator:
        session: Any = pretend_session(Role.CLINICIAN)
        made = Navigator(session, AtOnce(), Clinic(), None, page_makers(), lambda: None)
        qtbot.addWidget(made.window)
        made.window.show()
        made.home()
        return made

    before = navigator()
    before.new_patient()
    (form,) = before.window.findChildren(PatientDialog)
    form.fields["family"].edit.setText("Lane")
    form.fields["birth"].edit.setText("12 May")
    form._sex.pick("female")
    place = before.place(0)
    after = navigator()
    after.return_to(place)
    (again,) = after.window.findChildren(PatientDialog)
    assert (again.text("family"), again.text("birth"), again.text("mrn")) == ("Lane", "12 May", "")
    assert again._sex.value == "female"
    again.dismiss()
    assert after.place(0).form == ""
