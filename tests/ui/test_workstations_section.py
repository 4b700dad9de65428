"""Settings, section "Workstations": the list, a code, shutting one out, one that was lost."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from photodesk.errors import Fixable
from photodesk.store.roles import Role
from photodesk.sync.status import SyncStatus
from photodesk.sync.workstations import WorkstationLine
from photodesk.ui.desk_services import Clinic
from photodesk.ui.page import PageContext
from photodesk.ui.settings.page import SettingsPage
from photodesk.ui.sync.watch import ServerWatch
from photodesk.ui.window import MainWindow
from photodesk.ui.workstations import words
from photodesk.ui.workstations.invite_dialog import InviteDialog
from photodesk.ui.workstations.lost_dialog import LostDialog
from photodesk.ui.workstations.revoke_dialog import RevokeDialog
from photodesk.ui.workstations.section import WorkstationsSection
from tests.ui.conftest import NOW_MS, TODAY, AtOnce, Went, pretend_session
from tests.ui.pretend_server import MINUTE_MS, PretendServer, PretendWorkstations, synced


class Shown:
    """The section in a window."""

    def __init__(self, stations: PretendWorkstations, now: SyncStatus | None = None, *roles: Role) -> None:
        session: Any = pretend_session(*(roles or (Role.ADMINISTRATOR, Role.CLINICIAN)))
        self.went = Went()
        navigate: Any = self.went
        tasks: Any = AtOnce()
        self.stations = stations
        self.watch = ServerWatch(session, tasks, PretendServer(now or synced()), stations, navigate.say)
        self.watch.look()
        self.context = PageContext(session, tasks, navigate, Clinic("Clinic", "Exam room 2"), server=self.watch)
        self.window = MainWindow("Dr. Iris Sample", "Clinician", (("settings", "gear-six", "Settings"),), demo=False)
        self.window.resize(1280, 800)
        page = SettingsPage(self.context)
        self.window.show_page(page)
        section = page.of("workstations")
        assert isinstance(section, WorkstationsSection)
        self.section = section
        self.window.show()
        section.refresh()

    def row(self, name: str) -> Any:
        assert self.section.roster is not None
        return self.section.roster.rows[name]

    def dialog(self, kind: type) -> Any:
        assert isinstance(self.section.dialog, kind)
        return self.section.dialog


@pytest.fixture
def shown(dressed: object) -> Shown:
    return Shown(PretendWorkstations())


def test_the_list_says_who_is_in_contact(shown: Shown) -> None:
    names = [row.accessibleName() for row in shown.section.roster.rows.values()]  # type: ignore[union-attr]
    assert [name.partition(",")[0] for name in names] == ["Exam room 2", "Front desk", "Theatre", "Laptop"]
    assert names[1] == "Front desk, In contact"
    assert names[2].startswith("Theatre, Last contact at ")


def test_an_invitation_is_shown_in_groups_until_it_expires(shown: Shown) -> None:
    shown.section.roster.invite.click()  # type: ignore[union-attr]
    dialog = shown.dialog(InviteDialog)
    assert dialog.groups == ("ABCD", "EFGH", "JKMN", "PQRS", "TVWX")
    assert dialog.left.full_text() == "10 minutes left"
    dialog._clock = SimpleNamespace(wall_ms=lambda: NOW_MS + 11 * MINUTE_MS)
    dialog.tick()
    assert dialog.left.full_text().startswith("This code has expired")


def test_offline_nobody_is_invited(shown: Shown) -> None:
    shown.stations.fails["invite"] = Fixable("server_offline", "The clinic server cannot be reached.", "Try later.")
    shown.section.invite()
    assert ("say", "The clinic server cannot be reached. Try later.") in shown.went.calls


def test_without_a_server_nobody_is_invited(dressed: object) -> None:
    shown = Shown(PretendWorkstations(), SyncStatus())
    assert not shown.section.roster.invite.isVisible()  # type: ignore[union-attr]


def test_a_lost_workstation_leads_to_shutting_it_out(shown: Shown) -> None:
    shown.row("Theatre").click()
    lost = shown.dialog(LostDialog)
    facts = dict(lost.facts)
    assert facts["It held"] == "43 photos of 2 patients"
    assert facts["Can they be opened"].startswith("Only with a password")
    assert facts["Was it locked"] == "Locked since 09:12"
    assert facts["Its activity log"].startswith("812 entries, up to Today")
    lost.revoke.click()
    dialog = shown.dialog(RevokeDialog)
    dialog.save()
    assert shown.stations.asked == [("revoke", "1" * 32, False)]


def test_a_wipe_is_asked_for_and_said_plainly(shown: Shown) -> None:
    shown.section.revoke(shown.stations.lines[0])
    dialog = shown.dialog(RevokeDialog)
    dialog.wipe.setChecked(True)
    assert dialog.save_button.text() == "Shut out and wipe"
    dialog.save()
    assert shown.stations.asked == [("revoke", "1" * 32, True)]
    shown.section.revoke(shown.stations.lines[2])
    assert shown.dialog(RevokeDialog).wipe.isChecked()


def test_this_workstation_is_not_shut_out_from_itself(shown: Shown) -> None:
    shown.row("Exam room 2").click()
    assert not shown.dialog(LostDialog).revoke.isVisible()


def test_who_sees_people_but_does_not_manage_them_only_looks(dressed: object) -> None:
    shown = Shown(PretendWorkstations(), None, Role.PRIVACY_OFFICER)
    assert not shown.section.roster.invite.isVisible()  # type: ignore[union-attr]
    shown.row("Theatre").click()
    assert not shown.dialog(LostDialog).revoke.isVisible()


def test_words() -> None:
    line = WorkstationLine("1" * 32, "Theatre", revoked=True, wiped=True)
    assert words.chip(line, NOW_MS) is not None
    assert words.contact_words(line, NOW_MS, TODAY) == "Not in contact yet"
    assert words.held_words(0, 0) == "names only"
    assert words.left_words(NOW_MS + 1, NOW_MS) == "1 minute left"
    assert words.code_groups("abcd efgh") == ("abcd", "efgh")
