"""Settings, section "Clinic server": connecting, limits, what was sent, a restored server."""

from __future__ import annotations

from typing import Any

import pytest

from photodesk.errors import Refused
from photodesk.store.roles import Role
from photodesk.sync import status as states
from photodesk.sync.standing import Transfer
from photodesk.sync.status import Load, SyncStatus, Trouble
from photodesk.sync.sync_settings import SyncSettings
from photodesk.ui.desk_services import Clinic
from photodesk.ui.page import PageContext
from photodesk.ui.settings.page import SettingsPage
from photodesk.ui.settings.sections import sections_for
from photodesk.ui.sync.connect_dialog import ConnectDialog, tidy_address
from photodesk.ui.sync.restored_dialog import RestoredDialog
from photodesk.ui.sync.section import ServerSection
from photodesk.ui.sync.watch import ServerWatch
from photodesk.ui.window import MainWindow
from tests.ui.conftest import NOW_MS, AtOnce, Went, pretend_session
from tests.ui.pretend_server import PretendServer, PretendWorkstations, synced

ALARM = SyncStatus(states.ALARM, alarm="Its order breaks at place 12.", at_ms=NOW_MS)


class Shown:
    """The section in a window."""

    def __init__(self, server: PretendServer, *roles: Role) -> None:
        session: Any = pretend_session(*(roles or (Role.ADMINISTRATOR, Role.CLINICIAN)))
        self.went = Went()
        navigate: Any = self.went
        tasks: Any = AtOnce()
        self.server = server
        self.watch = ServerWatch(session, tasks, server, PretendWorkstations(), navigate.say)
        self.watch.look()
        self.context = PageContext(session, tasks, navigate, Clinic("Clinic", "Exam room 2"), server=self.watch)
        self.window = MainWindow("Dr. Iris Sample", "Clinician", (("settings", "gear-six", "Settings"),), demo=False)
        self.window.resize(1280, 800)
        self.page = SettingsPage(self.context)
        self.window.show_page(self.page)
        section = self.page.of("server")
        assert isinstance(section, ServerSection)
        self.section = section
        self.window.show()
        section.refresh()

    def connecting(self) -> ConnectDialog:
        self.section.connect_clinic()
        dialog = self.section.dialog
        assert isinstance(dialog, ConnectDialog)
        return dialog

    def offered(self) -> list[str]:
        return [button.text() for button in self.section.card.buttons if button.isVisible()]


def wrong(dialog: Any) -> str:
    return str(dialog._wrong.full_text())


def test_without_a_server_an_administrator_connects(dressed: object) -> None:
    shown = Shown(PretendServer(SyncStatus()))
    assert shown.offered() == ["Connect to a server"]
    assert not shown.section.limits.isVisible()
    dialog = shown.connecting()
    dialog.save()
    assert wrong(dialog) == "Type the address the server shows."
    dialog.fields["address"].edit.setText("photos.example:8443/")  # type: ignore[union-attr]
    dialog.save()
    assert shown.server.asked == [("look_at", "https://photos.example:8443")]
    assert dialog.pin.full_text().startswith("0000 0000")
    dialog.save()
    assert "Compare the pin" in wrong(dialog)
    dialog.same.setChecked(True)
    dialog.save()
    assert "Type the code" in wrong(dialog)
    dialog.fields["code"].edit.setText(" ABCD-EFGH ")  # type: ignore[union-attr]
    dialog.save()
    assert shown.server.asked[1:3] == [("connect", shown.server.shows, "ABCD-EFGH"), ("sync_now",)]
    assert shown.watch.now.state == states.UP_TO_DATE
    assert shown.section.limits.isVisible()


def test_a_wrong_code_is_said_at_its_field_and_can_be_typed_again(dressed: object) -> None:
    shown = Shown(PretendServer(SyncStatus()))
    shown.server.fails["connect"] = Refused("code_wrong", "This code is not the server's.", "Look at its terminal.")
    dialog = shown.connecting()
    dialog.fields["address"].edit.setText("https://photos.example:8443")  # type: ignore[union-attr]
    dialog.save()
    dialog.same.setChecked(True)
    dialog.fields["code"].edit.setText("WRONG")  # type: ignore[union-attr]
    with pytest.raises(Refused):  # the pretended tasks let what is not Fixable through
        dialog.save()
    dialog._refused(shown.server.fails["connect"])
    assert wrong(dialog) == "This code is not the server's. Look at its terminal."
    assert dialog.save_button.isEnabled()
    assert dialog.save_button.text() == "Connect"


def test_addresses_are_tidied() -> None:
    assert tidy_address(" photos.example:8443/v1/ ") == "https://photos.example:8443"
    assert tidy_address("") == ""
    assert tidy_address("http://photos.example") == "http://photos.example"


def test_a_clinician_cannot_connect_and_is_told_who_can(dressed: object) -> None:
    shown = Shown(PretendServer(SyncStatus()), Role.CLINICIAN)
    assert shown.offered() == []
    assert "An administrator" in shown.section.card.facts()[1][1]


@pytest.mark.parametrize(
    ("now", "offered"),
    [
        (synced(), ["Sync now", "Pause"]),
        (SyncStatus(states.PAUSED), ["Go on"]),
        (ALARM, ["Save evidence", "The server was restored", "I have looked, believe it again"]),
        (SyncStatus(states.REVOKED), []),
        (
            SyncStatus(states.OFFLINE, trouble=Trouble("server_offline", "The clinic server cannot be reached.")),
            ["Sync now", "Pause"],
        ),
    ],
)
def test_each_state_offers_what_helps(now: SyncStatus, offered: list[str], dressed: object) -> None:
    assert Shown(PretendServer(now)).offered() == offered


def test_pausing_and_limits_are_kept_beside_each_other(dressed: object) -> None:
    shown = Shown(PretendServer())
    shown.section.card.pause_button.click()
    assert shown.server.chosen == SyncSettings(paused=True)
    limits = shown.section.limits
    assert not limits._from.isVisible()
    limits._speed.pick("500")
    limits._from.pick("8")
    limits._until.pick("18")
    limits._cache.pick("50")
    assert shown.server.chosen == SyncSettings(True, True, 500, 8, 18, 50)
    assert limits._from.isVisible()
    assert limits._words.full_text().startswith("At most 500")
    limits.metered.click()
    assert not shown.server.chosen.pause_on_metered


def test_activity_shows_ten_and_more_when_asked(dressed: object) -> None:
    passes = [Transfer(NOW_MS - n * 60_000, Load(n + 1), Load(), "") for n in range(14)]
    passes[2] = Transfer(NOW_MS - 120_000, Load(), Load(), "The clinic server cannot be reached.")
    shown = Shown(PretendServer(passes=passes))
    assert len(shown.section.activity.shown) == 10
    shown.section.activity.more.click()
    assert len(shown.section.activity.shown) == 14
    assert not shown.section.activity.more.isVisible()


def test_a_restored_server_is_signed_for_by_who_knows(dressed: object) -> None:
    shown = Shown(PretendServer(ALARM))
    shown.section.card.restored_button.click()
    dialog = shown.section.dialog
    assert isinstance(dialog, RestoredDialog)
    dialog.save()
    assert "tick the line" in wrong(dialog)
    dialog.known.setChecked(True)
    dialog.save()
    assert shown.server.asked == [("accept_restore",)]


def test_an_alarm_that_was_looked_at_is_cleared_by_an_administrator(dressed: object) -> None:
    shown = Shown(PretendServer(ALARM))
    shown.section.card.clear_button.click()
    assert shown.server.asked == [("clear_alarm",)]


def test_a_desk_without_a_watch_has_no_such_section(dressed: object) -> None:
    session: Any = pretend_session()
    tasks: Any = AtOnce()
    navigate: Any = Went()
    names = {entry.name for entry in sections_for(PageContext(session, tasks, navigate))}
    assert "server" not in names
