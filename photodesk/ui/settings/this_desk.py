"""Sections that state facts: who is signed in and where things lie, when this desk locks, what PhotoDesk is for."""

from __future__ import annotations

import photodesk
from photodesk.desk.idle import PRESENTING, idle_limit
from photodesk.ui.page import PageContext
from photodesk.ui.settings.section import Section, fact_card
from photodesk.ui.words import counted, role_words

MINUTE_MS = 60_000
INTENDED_USE = (
    "PhotoDesk keeps a clinic's patient photos, shows them by visit and side by side, and records who looked at what. "
    "It does not diagnose, measure for treatment decisions, or replace a medical record system."
)
SAID_PLAINLY = (
    "Photos, names and notes are encrypted in the store on this computer and are readable only at a signed-in desk. "
    "Locking ends that desk. Someone with administrator rights on an unlocked computer can see what it shows."
)


def minutes(limit_ms: int) -> str:
    """`5 minutes`."""
    return counted(limit_ms // MINUTE_MS, "minute")


class ThisDeskSection(Section):
    """Who is signed in here, where the store lies, and what this program is."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "This desk")
        desk = context.desk
        charts = "Open at this desk" if desk.has_chart_keys else "Do not open at this desk"
        signed_in = (
            ("Person", desk.person.name),
            ("Roles", role_words(desk.person.roles)),
            ("Clinic", context.clinic.name),
            ("Workstation", context.clinic.workstation),
        )
        about = (
            ("Version", photodesk.__version__),
            ("Licence", "Apache-2.0; fonts: Inter, SIL Open Font License"),
        )
        self.column.addWidget(fact_card("Signed in", signed_in))
        where = (("Where", str(desk.layout.root)), ("Charts", charts))
        self.column.addWidget(fact_card("Storage", where, SAID_PLAINLY))
        self.column.addWidget(fact_card("About", about, INTENDED_USE))


class LockingSection(Section):
    """When this desk locks, and whose idleness is meant."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "Locking")
        limit = idle_limit(context.desk.person.roles)
        presenting = f"{minutes(PRESENTING.default_ms)}, at most {minutes(PRESENTING.cap_ms)}"
        facts = (
            ("Locks after", f"{minutes(limit.default_ms)} without use of PhotoDesk's windows"),
            ("At most", f"{minutes(limit.cap_ms)} in your roles"),
            ("Presenting a patient", presenting),
            ("Lock now", "Ctrl L"),
        )
        note = "Input elsewhere on this computer does not count: a desk nobody uses locks. Imports go on while locked."
        self.column.addWidget(fact_card("", facts, note))
