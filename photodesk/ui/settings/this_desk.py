"""Sections that state facts: who is signed in and where things lie, what PhotoDesk is for."""

from __future__ import annotations

import photodesk
from photodesk.ui.page import PageContext
from photodesk.ui.settings.section import Section, fact_card
from photodesk.ui.words import role_words

INTENDED_USE = (
    "PhotoDesk keeps a clinic's patient photos, shows them by visit and side by side, and records who looked at what. "
    "It does not diagnose, measure for treatment decisions, or replace a medical record system."
)
SAID_PLAINLY = (
    "Photos, names and notes are encrypted in the store on this computer and are readable only at a signed-in desk. "
    "Locking ends that desk. Someone with administrator rights on an unlocked computer can see what it shows."
)


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
