"""`patient` and `visit`."""

from __future__ import annotations

from datetime import date, datetime, time

import click

from photodesk.app import documents
from photodesk.app.command_desk import command_desk
from photodesk.app.command_line import (
    DAY,
    HOUR,
    DeskCommand,
    DeskGroup,
    Invocation,
    argument,
    option,
    pass_invocation,
)
from photodesk.app.terminal import print_table
from photodesk.patients import PatientDraft, Sex
from photodesk.visits import Visit, VisitDraft

SEX = click.Choice([sex.value for sex in Sex])


@click.group(cls=DeskGroup)
def patient() -> None:
    """Patients: add, change, list and search them."""


@patient.command(
    "add",
    cls=DeskCommand,
    examples="""
photodesk patient add --mrn 104711 --family Okafor --given Ngozi --birth 1988-03-14 --user "Ada Berg"
printf '%s\\n' "$PASSWORD" 104711 Okafor | photodesk patient add --mrn @- --family @- --given N --birth 1988-03-14 \
--user Ada --password-stdin --json
""",
)
@option("--mrn", required=True, metavar="M", help="The clinic's record number; each may be used once.")
@option("--family", required=True, metavar="F", help="Family name.")
@option("--given", required=True, metavar="G", help="Given names.")
@option("--birth", required=True, type=DAY, metavar="YYYY-MM-DD", help="Birth date.")
@option("--sex", type=SEX, default="unknown", show_default=True, help="Administrative sex.")
@pass_invocation
def add(invocation: Invocation, mrn: str, family: str, given: str, birth: datetime, sex: str) -> None:
    """Add a patient."""
    with command_desk(invocation) as desk:
        made = desk.session.patients.add(PatientDraft(mrn, family, given, birth.date(), Sex(sex)))
        invocation.show({"patient_id": made.patient_id, "mrn": made.mrn}, f"Added {made.patient_id}.")


@patient.command(
    "edit",
    cls=DeskCommand,
    examples="""
photodesk patient edit 104711 --family Okafor-Lind --user "Ada Berg"
""",
)
@argument("mrn")
@option("--mrn", "new_mrn", metavar="M", help="New record number.")
@option("--family", metavar="F", help="New family name.")
@option("--given", metavar="G", help="New given names.")
@option("--birth", type=DAY, metavar="YYYY-MM-DD", help="New birth date.")
@option("--sex", type=SEX, help="New administrative sex.")
@pass_invocation
def edit(
    invocation: Invocation,
    mrn: str,
    new_mrn: str | None,
    family: str | None,
    given: str | None,
    birth: datetime | None,
    sex: str | None,
) -> None:
    """Change a patient's record; what is not named stays."""
    with command_desk(invocation) as desk:
        old = desk.session.patients.by_mrn(mrn)
        draft = PatientDraft(
            old.mrn if new_mrn is None else new_mrn,
            old.family if family is None else family,
            old.given if given is None else given,
            old.birth if birth is None else birth.date(),
            old.sex if sex is None else Sex(sex),
        )
        made = desk.session.patients.edit(old.patient_id, draft)
        invocation.show({"patient_id": made.patient_id, "mrn": made.mrn}, f"Changed {made.patient_id}.")


@patient.command(
    "list",
    cls=DeskCommand,
    examples="""
photodesk patient list --user "Ada Berg"
photodesk patient list --search "okafor 1988-03-14" --limit 5 --json --user Ada
""",
)
@option("--search", default="", metavar="TEXT", help="Record number, names in any order, or birth date.")
@option("--limit", type=click.IntRange(1), default=50, show_default=True, metavar="N", help="At most so many.")
@pass_invocation
def list_patients(invocation: Invocation, search: str, limit: int) -> None:
    """List patients by name, or find them."""
    with command_desk(invocation) as desk:
        found = desk.session.patients.search(search, limit, log=True)
        invocation.show({"patients": [documents.patient_line(summary) for summary in found]})
        if not invocation.json:
            print_table(
                ("Record", "Name", "Born", "Photos", "Last visit"),
                [
                    (one.patient.mrn, one.patient.display_name, one.patient.birth, one.photos, one.last_visit)
                    for one in found
                ],
            )


@click.group(cls=DeskGroup)
def visit() -> None:
    """Visits: add, change and list them."""


@visit.command(
    "add",
    cls=DeskCommand,
    examples="""
photodesk visit add 104711 --date 2026-11-20 --title "Acne follow-up" --user "Ada Berg"
""",
)
@argument("mrn")
@option("--date", "day", type=DAY, metavar="YYYY-MM-DD", help="Default: today.")
@option("--at", type=HOUR, metavar="HH:MM", help="Time of day.")
@option("--room", default="", help="Where.")
@option("--title", default="", help="What the visit is about (clinical).")
@option("--reason", default="", help="Why the patient comes (clinical).")
@pass_invocation
def add_visit(
    invocation: Invocation, mrn: str, day: datetime | None, at: datetime | None, room: str, title: str, reason: str
) -> None:
    """Add a visit."""
    with command_desk(invocation) as desk:
        patient_id = desk.session.patients.by_mrn(mrn).patient_id
        on = day.date() if day else date.fromisoformat(desk.session.today)
        hour = at.time() if at else None
        draft = VisitDraft(patient_id, on, hour, room, desk.session.person.person_id, title, reason)
        made = desk.session.visits.add(draft)
        invocation.show(_visit(made), f"Added {made.visit_id}.")


@visit.command(
    "edit",
    cls=DeskCommand,
    examples="""
photodesk visit edit 104711 5f0c…e1 --title "Acne, week 12" --user "Ada Berg"
""",
)
@argument("mrn")
@argument("visit_id")
@option("--date", "day", type=DAY, metavar="YYYY-MM-DD", help="New date.")
@option("--at", type=HOUR, metavar="HH:MM", help="New time of day.")
@option("--room", help="New room.")
@option("--title", help="New title.")
@option("--reason", help="New reason.")
@pass_invocation
def edit_visit(
    invocation: Invocation,
    mrn: str,
    visit_id: str,
    day: datetime | None,
    at: datetime | None,
    room: str | None,
    title: str | None,
    reason: str | None,
) -> None:
    """Change a visit; what is not named stays."""
    with command_desk(invocation) as desk:
        patient_id = desk.session.patients.by_mrn(mrn).patient_id
        old = next((one for one in desk.session.visits.of_patient(patient_id) if one.visit_id == visit_id), None)
        if old is None:
            raise click.UsageError("This patient has no visit with this id.")
        hour: time | None = at.time() if at else old.at
        draft = VisitDraft(
            patient_id,
            day.date() if day else old.day,
            hour,
            old.room if room is None else room,
            old.clinician_id,
            old.title if title is None else title,
            old.reason if reason is None else reason,
        )
        made = desk.session.visits.edit(visit_id, draft)
        invocation.show(_visit(made), f"Changed {made.visit_id}.")


@visit.command("list", cls=DeskCommand, examples='photodesk visit list 104711 --json --user "Ada Berg"')
@argument("mrn")
@pass_invocation
def list_visits(invocation: Invocation, mrn: str) -> None:
    """List a patient's visits, newest first."""
    with command_desk(invocation) as desk:
        visits = desk.session.visits.of_patient(desk.session.patients.by_mrn(mrn).patient_id)
        invocation.show({"visits": [_visit(one) for one in visits]})
        if not invocation.json:
            print_table(("Date", "Time", "Room", "Title"), [(one.day, one.at, one.room, one.title) for one in visits])


def _visit(one: Visit) -> documents.Document:
    return {
        "visit_id": one.visit_id,
        "patient_id": one.patient_id,
        "date": one.day.isoformat(),
        "at": one.at.isoformat("minutes") if one.at else None,
        "room": one.room,
        "title": one.title,
        "reason": one.reason,
    }
