"""`--visit`: a day, or the id of one of several visits of that day."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import click

from photodesk.app.command_line import DAY
from photodesk.desk.session import Session
from photodesk.errors import Fixable
from photodesk.importing.job import Assignment

_ID = re.compile(r"[0-9a-f]{32}")


class DayOrVisit(click.ParamType):  # type: ignore[type-arg]
    """Text of a day becomes a `date`; the id of a visit stays text."""

    name = "visit"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date | str:
        if isinstance(value, date) or _ID.fullmatch(str(value)):
            return value  # type: ignore[no-any-return]
        day: date = DAY.convert(value, param, ctx).date()
        return day


VISIT = DayOrVisit()


def assignment_to(session: Session, mrn: str, visit: date | str | None) -> Assignment:
    """Whose photos, and from which visit; without one, today's.

    Fixable `patient_unknown`, `visit_unknown`, `visit_of_another`.
    """
    patient_id = session.patients.by_mrn(mrn).patient_id
    if not isinstance(visit, str):
        return Assignment(patient_id, visit or date.fromisoformat(session.today))
    named = session.catalog.visit(visit)
    if named.patient_id != patient_id:
        raise Fixable("visit_of_another", "That visit is another patient's.", "Choose a visit of this patient.")
    return Assignment(patient_id, named.day, visit_id=visit)
