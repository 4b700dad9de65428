"""Whose photos a group may be. A person confirms; where it would be a guess there is no suggestion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from photodesk.errors import Fixable
from photodesk.importing.grouping import Group, GroupBasis
from photodesk.photos import CameraTime
from photodesk.visits import Visit

if TYPE_CHECKING:
    from photodesk.desk.session import Session

BEFORE_VISIT = timedelta(minutes=15)
AFTER_VISIT = timedelta(hours=2)


@dataclass(frozen=True)
class Suggestion:
    """A patient, a visit ("" where none is known) and why, in plain words."""

    patient_id: str
    visit_id: str
    why: str


def suggest(session: Session, group: Group, taken: CameraTime | None) -> Suggestion | None:
    """From the group's cards, else from the visits of the day at the (corrected) time of its first photo."""
    if group.basis is GroupBasis.PLEASE_LOOK:
        return None
    if group.patient_id:
        return _of_card(session, group, taken)
    return _of_day(session, taken)


def _of_card(session: Session, group: Group, taken: CameraTime | None) -> Suggestion:
    today = date.fromisoformat(session.today)
    day = taken.local().date() if taken is not None else today
    why = f"Separator card, photographed at {taken.local():%H:%M}." if taken is not None else "Separator card."
    if not group.visit_id:
        found = next((v for v in (session.visits.on(group.patient_id, d) for d in (day, today)) if v), None)
        return Suggestion(group.patient_id, found.visit_id if found else "", why)
    visit = _visit(session, group.visit_id)
    if visit is not None and visit.day not in (day, today):
        why = f"{why} The card is of the visit on {visit.day.isoformat()}: check the day."
    return Suggestion(group.patient_id, group.visit_id, why)


def _of_day(session: Session, taken: CameraTime | None) -> Suggestion | None:
    """The visit that was on at that time: begun last, at most two hours ago; the only one of the day without times."""
    day = taken.local().date() if taken is not None else date.fromisoformat(session.today)
    visits = [planned.visit for planned in session.visits.of_day(day)]
    timed = [(datetime.combine(day, visit.at), visit) for visit in visits if visit.at is not None]
    if taken is None or not timed:
        if len(visits) != 1:
            return None
        return Suggestion(visits[0].patient_id, visits[0].visit_id, "The only visit of the day.")
    begun = [(at, visit) for at, visit in timed if at - BEFORE_VISIT <= taken.local() <= at + AFTER_VISIT]
    last = max((at for at, _ in begun), default=None)
    found = [visit for at, visit in begun if at == last]
    if len(found) != 1 or last is None:
        return None
    return Suggestion(found[0].patient_id, found[0].visit_id, f"Visit at {last:%H:%M}.")


def _visit(session: Session, visit_id: str) -> Visit | None:
    try:
        return session.catalog.visit(visit_id)
    except Fixable:
        return None
