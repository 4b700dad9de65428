"""Who has seen a chart, in words: the person at the desk now, the others when they were here last."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from photodesk.desk.timeline import SeenBy
from photodesk.ui.page import PageContext
from photodesk.ui.words import moment_words


def seen_rows(seen: Iterable[SeenBy], context: PageContext, today: date) -> tuple[tuple[str, str], ...]:
    """(name, `Now, exam room 2` or `Today 09:31`), the person at this workstation first."""
    person, workstation = context.desk.person, context.clinic.workstation
    now = f"Now, {workstation[:1].lower()}{workstation[1:]}" if workstation else "Now"
    others = (
        (each.name or "Not known", moment_words(each.at_ms, today))
        for each in seen
        if each.person_id != person.person_id
    )
    return (person.name, now), *others
