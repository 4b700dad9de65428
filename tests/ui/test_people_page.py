"""Settings, section "People": a real desk behind real dialogs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.envelope_opening import open_envelope
from photodesk.desk.roles import RIGHTS
from photodesk.desk.session import Session
from photodesk.errors import PhotoDeskError, Refused
from photodesk.store.roles import Role
from photodesk.store.signin import sign_in_page
from photodesk.ui.desk_services import Clinic as ClinicNames
from photodesk.ui.page import PageContext
from photodesk.ui.people.banner import EmergencyStrip, UsedStrip, WaitingStrip, put_strips
from photodesk.ui.people.dialogs import AddDialog, ChangeDialog, DisableDialog, RenewDialog
from photodesk.ui.people.envelope_card import CodeDialog
from photodesk.ui.people.rights_card import RightsTable, right_words
from photodesk.ui.people.section import PeopleSection
from photodesk.ui.settings.page import SettingsPage
from photodesk.ui.sign_in import SignInModel, SignInView
from photodesk.ui.sign_in.envelope_dialog import EnvelopeDialog
from photodesk.ui.window import MainWindow
from tests.desk.clinic_desk import list_keeper, signed_in
from tests.desk.entering import Door
from tests.store.clinic import OTHER_PASSWORD, Clinic, make_clinic
from tests.store.quick import quick_passwords

GOOD = "nine slow trains by the sea"


class Now:
    """Work runs when it is asked for."""

    def store(self, work: Callable[[], Any], done: Callable[[Any], None], failed: Any = None) -> SimpleNamespace:
        try:
            result = work()
        except PhotoDeskError as failure:
            failed(failure)
        else:
            done(result)
        return SimpleNamespace(cancel=lambda: None)


class Shown:
    """The section of a signed-in person inside a window."""

    def __init__(self, session: Session) -> None:
        self.said: list[str] = []
        navigate: Any = SimpleNamespace(say=self.said.append, refresh=lambda: None, settings=lambda *_: None)
        tasks: Any = Now()
        self.context = PageContext(session, tasks, navigate, ClinicNames("Example Skin Clinic", "Front desk"))
        self.window = MainWindow(session.person.name, "", (("settings", "gear-six", "Settings"),), demo=False)
        self.window.resize(1280, 800)
        self.page = SettingsPage(self.context)
        self.window.show_page(self.page)
        section = self.page.of("people")
        assert isinstance(section, PeopleSection)
        self.section = section
        section.refresh()

    def person(self, name: str) -> Any:
        assert self.section.view is not None
        return next(one for one in self.section.view.people if one.name == name)

    def wrong(self) -> str:
        assert self.section.dialog is not None
        return self.section.dialog._wrong.full_text()  # type: ignore[union-attr]


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dressed: object) -> Clinic:
    quick_passwords(monkeypatch)
    made = make_clinic(tmp_path / "store")
    ada = made.sign_in()
    made.add(ada, "Bea", Role.ADMINISTRATOR)
    made.add(ada, "Cleo", Role.CLINICIAN)
    return made


@pytest.fixture
def shown(clinic: Clinic) -> Iterator[Shown]:
    with signed_in(clinic) as session:
        yield Shown(session)


def test_adding_a_person_asks_for_what_is_missing(shown: Shown, clinic: Clinic) -> None:
    shown.section.add()
    dialog = shown.section.dialog
    assert isinstance(dialog, AddDialog)
    dialog.save()
    assert shown.wrong() == "Type a name."
    dialog.fields["name"].edit.setText("Nils")  # type: ignore[union-attr]
    dialog.save()
    assert shown.wrong() == "Tick at least one role."
    dialog.boxes[Role.FRONT_DESK].setChecked(True)
    dialog.password.edit.setText("short")
    dialog.save()
    assert "characters" in shown.wrong()
    dialog.password.edit.setText(GOOD)
    dialog.save()
    assert shown.said == ["Added."]
    assert shown.person("Nils").roles == {Role.FRONT_DESK}
    assert clinic.sign_in("Nils", GOOD).desk_keys


def test_a_second_administrator_signs_in_the_form(shown: Shown) -> None:
    shown.section.change(shown.person("Cleo"))
    dialog = shown.section.dialog
    assert isinstance(dialog, ChangeDialog)
    assert dialog.second_holder.isHidden()
    dialog.boxes[Role.ADMINISTRATOR].setChecked(True)
    assert not dialog.second_holder.isHidden()
    assert [name for _, name in dialog.second_who.choices] == ["Bea"]
    dialog.second_password.edit.setText("not it, not it")
    dialog.save()
    assert shown.wrong() == "That is not the password. Type it again."
    dialog.second_password.edit.setText(OTHER_PASSWORD)
    dialog.save()
    assert shown.said == ["Roles changed."]
    assert shown.person("Cleo").roles == {Role.ADMINISTRATOR, Role.CLINICIAN}


def test_disabling_and_coming_back(shown: Shown, clinic: Clinic) -> None:
    shown.section.change(shown.person("Cleo"))
    first = shown.section.dialog
    assert isinstance(first, ChangeDialog)
    assert set(first.links) == {"password", "allow", "disable"}
    first.links["disable"].click()
    asking = shown.section.dialog
    assert isinstance(asking, DisableDialog)
    asking.save()
    assert shown.person("Cleo").state == "disabled"
    shown.section.change(shown.person("Cleo"))
    back = shown.section.dialog
    assert isinstance(back, RenewDialog)
    back.password.edit.setText(GOOD)
    back.save()
    assert shown.person("Cleo").state == "active"
    assert clinic.sign_in("Cleo", GOOD).chart_epoch == 2
    shown.section.change(shown.person("Cleo"))
    again = shown.section.dialog
    assert isinstance(again, ChangeDialog)
    again.links["allow"].click()
    assert shown.said[-1] == "They may try again."


def test_oneself_is_not_disabled_and_a_waiting_key_is_said(clinic: Clinic) -> None:
    with signed_in(clinic, "Bea", OTHER_PASSWORD) as session:
        shown = Shown(session)
        shown.section.change(shown.person("Bea"))
        dialog = shown.section.dialog
        assert isinstance(dialog, ChangeDialog)
        assert not dialog.links
        dialog.dismiss()
        session.people.disable(shown.person("Cleo").person_id)
        session.people.add("Nils", [Role.CLINICIAN], GOOD)
        shown.section.refresh()
        assert shown.section.view is not None
        assert shown.section.view.notice.startswith("Waiting for a clinician to sign in once")
        assert shown.section.view.summary == "3 people, 1 of them waits for keys"
    with signed_in(clinic, "Nils", GOOD) as session:
        context, window = _window(session)
        put_strips(window, context)
        strip = window.findChild(WaitingStrip)
        assert isinstance(strip, WaitingStrip)
        words = "Waiting for a clinician to sign in once. Then sign in again, and charts open to you."
        assert strip.text.full_text() == words


def test_a_privacy_officer_looks_and_changes_nothing(clinic: Clinic) -> None:
    clinic.add(clinic.sign_in(), "Otto", Role.PRIVACY_OFFICER)
    with signed_in(clinic, "Otto", OTHER_PASSWORD) as session:
        shown = Shown(session)
        assert shown.section.roster is not None
        assert list(shown.section.roster.rows) == ["Ada Byron", "Bea", "Cleo", "Otto"]
        assert shown.section.roster.add.isHidden()
        assert shown.section.envelope is not None
        assert shown.section.envelope.seen.isHidden()


def test_the_table_is_the_one_table(dressed: object) -> None:
    table = RightsTable()
    assert table.accessibleDescription().split("; ") == [right_words(right) for right in RIGHTS]
    table.resize(880, table.height())
    assert not table.grab().isNull()


def test_the_envelope_from_paper_to_acknowledgement(clinic: Clinic, tmp_path: Path) -> None:
    with signed_in(clinic) as session:
        shown = Shown(session)
        shown.section.renew_envelope()
        dialog = shown.section.dialog
        assert isinstance(dialog, CodeDialog)
        dialog.write_pdf(tmp_path / "sheet.pdf")
        assert (tmp_path / "sheet.pdf").read_bytes()[:5] == b"%PDF-"
        assert (tmp_path / "sheet.pdf").stat().st_mode & 0o077 == 0
        code = dialog._code
    page = sign_in_page(clinic.layout, clinic.secrets)
    assert page.envelope
    given: list[tuple[str, str, str]] = []
    view = SignInView(SignInModel(page.people), SystemClock(), page.clinic_name, page.workstation_name)
    view.envelope_given.connect(lambda *said: given.append(said))
    view.ask_envelope()
    asking = view.findChild(EnvelopeDialog)
    assert isinstance(asking, EnvelopeDialog)
    for field, typed in (("reason", "no"), ("reason", "bleeding"), ("code", code[:-1]), ("code", code.lower())):
        assert given == []
        asking.fields[field].edit.setText(typed)  # type: ignore[union-attr]
        asking.save()
    assert given == [("Ada Byron", code, "bleeding")]
    keeper = list_keeper(clinic)
    session = open_envelope(clinic.layout, clinic.secrets, keeper, *given[0], SystemClock(), cost=FLOOR_COST)
    try:
        context, window = _window(session)
        put_strips(window, context)
        assert window.findChild(EmergencyStrip) is not None
        assert window._corner_mark is not None
        assert "you" not in SettingsPage(context).entries
    finally:
        session.close()
    assert not sign_in_page(clinic.layout, clinic.secrets).envelope
    with signed_in(clinic) as session:
        context, window = _window(session)
        put_strips(window, context)
        strip = window.findChild(UsedStrip)
        assert isinstance(strip, UsedStrip)
        assert strip.text.full_text().endswith("They said: Ada Byron, bleeding.")
        strip.acknowledge()
        assert strip.isHidden()
        assert session.emergency.unseen() == ()


def test_the_app_of_somebody_who_lost_it_is_removed(clinic: Clinic) -> None:
    Door(clinic, "Cleo", OTHER_PASSWORD).enrolled()
    with signed_in(clinic) as session:
        shown = Shown(session)
        shown.section.change(shown.person("Bea"))
        assert "app" not in shown.section.dialog.links  # type: ignore[union-attr]
        shown.section.change(shown.person("Cleo"))
        shown.section.dialog.links["app"].click()  # type: ignore[union-attr]
        assert shown.said == ["Their sign-in asks for no code now."]
        assert shown.section.view is not None
        assert not shown.section.view.apps
    Door(clinic, "Cleo", OTHER_PASSWORD).enter().close()


def _window(session: Session) -> tuple[PageContext, MainWindow]:
    navigate: Any = SimpleNamespace(say=lambda *_: None, settings=lambda *_: None, refresh=lambda: None)
    tasks: Any = Now()
    context = PageContext(session, tasks, navigate, ClinicNames("Example Skin Clinic", "Front desk"))
    return context, MainWindow(session.person.name, "", (("settings", "gear-six", "Settings"),), demo=False)


def test_the_sign_in_lists_who_came_meanwhile(clinic: Clinic) -> None:
    page = sign_in_page(clinic.layout, clinic.secrets)
    model = SignInModel(page.people)
    view = SignInView(model, SystemClock(), page.clinic_name, page.workstation_name)
    model.choose(1)
    view.show_choice()
    view.card.field.edit.setText("half typ")
    clinic.add(clinic.sign_in(), "Nils", Role.FRONT_DESK)
    model.take_people(sign_in_page(clinic.layout, clinic.secrets).people)
    view.refill()
    assert [who.name for who in model.people] == ["Ada Byron", "Bea", "Cleo", "Nils"]
    assert model.person is not None
    assert model.person.name == "Bea"
    assert view.card.field.text() == "half typ"
    with pytest.raises(Refused):
        clinic.sign_in("Nils", "wrong password")
