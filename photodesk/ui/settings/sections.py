"""Which sections the settings have, in their order. Each is imported and made when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from photodesk.desk.roles import Right
from photodesk.ui.page import PageContext
from photodesk.ui.settings.section import Section


@dataclass(frozen=True)
class SectionEntry:
    """A line of the list at the left. `rights`: any one of them shows it; none shows it to everyone."""

    name: str
    title: str
    icon: str
    make: Callable[[PageContext], Section]
    rights: tuple[Right, ...] = ()


def _this_desk(context: PageContext) -> Section:
    from photodesk.ui.settings.this_desk import ThisDeskSection

    return ThisDeskSection(context)


def _account(context: PageContext) -> Section:
    from photodesk.ui.account.section import AccountSection

    return AccountSection(context)


def _locking(context: PageContext) -> Section:
    from photodesk.ui.settings.locking_section import LockingSection

    return LockingSection(context)


def _security(context: PageContext) -> Section:
    from photodesk.ui.security.section import SecuritySection

    return SecuritySection(context)


def _backup(context: PageContext) -> Section:
    from photodesk.ui.backup.section import BackupSection

    return BackupSection(context)


def _server(context: PageContext) -> Section:
    from photodesk.ui.sync.section import ServerSection

    return ServerSection(context)


def _workstations(context: PageContext) -> Section:
    from photodesk.ui.workstations.section import WorkstationsSection

    return WorkstationsSection(context)


def _people(context: PageContext) -> Section:
    from photodesk.ui.people.section import PeopleSection

    return PeopleSection(context)


def _records(context: PageContext) -> Section:
    from photodesk.ui.records.section import RecordsSection

    return RecordsSection(context)


def _activity_log(context: PageContext) -> Section:
    from photodesk.ui.log.settings_section import ActivityLogSection

    return ActivityLogSection(context)


def _camera_cards(context: PageContext) -> Section:
    from photodesk.ui.settings.card_sections import camera_cards

    return camera_cards(context)


def _worklist(context: PageContext) -> Section:
    from photodesk.ui.settings.card_sections import worklist

    return worklist(context)


def _series(context: PageContext) -> Section:
    from photodesk.ui.settings.card_sections import series

    return series(context)


def _health(context: PageContext) -> Section:
    from photodesk.ui.health.section import HealthSection

    return HealthSection(context)


def _help(context: PageContext) -> Section:
    from photodesk.ui.help.section import HelpSection

    return HelpSection(context)


SECTIONS = (
    SectionEntry("desk", "This desk", "desktop", _this_desk),
    SectionEntry("you", "You", "user-circle", _account),
    SectionEntry("locking", "Locking", "lock-simple", _locking),
    SectionEntry("security", "Security", "shield-check", _security),
    SectionEntry("backup", "Backup", "floppy-disk", _backup),
    SectionEntry("server", "Clinic server", "cloud", _server),
    SectionEntry("workstations", "Workstations", "desktop-tower", _workstations, (Right.SEE_PEOPLE,)),
    SectionEntry("people", "People", "users-three", _people, (Right.SEE_PEOPLE,)),
    SectionEntry("records", "Records", "file-x", _records, (Right.KEEP_RECORDS,)),
    SectionEntry("log", "Activity log", "list-bullets", _activity_log, (Right.READ_LOG, Right.MANAGE_POLICY)),
    SectionEntry("cards", "Camera cards", "hard-drive", _camera_cards),
    SectionEntry("worklist", "Today's visits", "calendar-blank", _worklist),
    SectionEntry("series", "Photo series", "stack", _series),
    SectionEntry("health", "Check and repair", "heartbeat", _health, (Right.CHECK_STORE,)),
    SectionEntry("help", "Help", "question", _help),
)


def sections_for(context: PageContext) -> tuple[SectionEntry, ...]:
    """The sections this person can use; nothing dead."""
    desk = context.desk
    hidden = {"you"} if desk.person.emergency else set()  # an envelope's account has no password to change
    if context.server is None:
        hidden |= {"server", "workstations"}  # the demo has none
    mine = (entry for entry in SECTIONS if entry.name not in hidden)
    return tuple(entry for entry in mine if not entry.rights or any(desk.may(right) for right in entry.rights))
