"""`protocol`: the series of standard views of this clinic, and what a visit still lacks of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from photodesk.app.command_desk import command_desk
from photodesk.app.command_line import (
    DeskCommand,
    DeskGroup,
    Invocation,
    argument,
    not_blank,
    option,
    pass_invocation,
)
from photodesk.app.terminal import print_table
from photodesk.errors import Fixable
from photodesk.photos import Coverage, Protocol, Step


@click.group(cls=DeskGroup)
def protocol() -> None:
    """Series of standard views, such as the face series: list and change them, see what a visit lacks."""


@protocol.command(
    "list",
    cls=DeskCommand,
    examples="""
photodesk protocol list --user "Ada Berg"
photodesk protocol list --json --user Ada --password-stdin
""",
)
@pass_invocation
def list_protocols(invocation: Invocation) -> None:
    """List the clinic's protocols with their views."""
    with command_desk(invocation) as desk:
        found = desk.session.protocols.all()
        invocation.show({"protocols": [_document(one) for one in found]})
        if not invocation.json:
            rows = [(one.code, one.name, one.step_name(step)) for one in found for step in one.steps]
            print_table(("Protocol", "Name", "View"), rows)


@protocol.command(
    "set",
    cls=DeskCommand,
    examples="""
photodesk protocol set knee --name "Knee series" --step 6757004/frontal --step 6757004/lateral-right --user Ada
photodesk protocol set face --name "Face series" --step 89545001/frontal --step 89545001/basal --json --user Ada
photodesk protocol set knee --remove --user Ada
""",
)
@argument("code", metavar="CODE")
@option("--name", callback=not_blank, metavar="TEXT", help="What people call it.")
@option("--step", "steps", multiple=True, metavar="SITE/VIEW", help="One view, in their order (photodesk photo codes).")
@option("--remove", is_flag=True, help="Take the protocol away. No photo changes.")
@pass_invocation
def set_protocol(invocation: Invocation, code: str, name: str | None, steps: tuple[str, ...], remove: bool) -> None:
    """Add a protocol, or replace the one with this code."""
    if remove == bool(name or steps) or (not remove and not (name and steps)):
        raise click.UsageError("Give --name and --step, or --remove alone.")
    with command_desk(invocation) as desk:
        if remove:
            desk.session.protocols.remove(code)
            invocation.show({"code": code, "removed": True}, f"Removed {code}.")
            return
        made = desk.session.protocols.save(Protocol(code, name or "", tuple(_step(one) for one in steps)))
        invocation.show(_document(made), f"Saved {made.name}.")


@protocol.command(
    "missing",
    cls=DeskCommand,
    examples="""
photodesk protocol missing 104711 --visit 2026-11-20 --user "Ada Berg"
photodesk protocol missing 104711 --visit 2026-11-20 --protocol face --json --user Ada --password-stdin
""",
)
@argument("mrn")
@option("--visit", "visit", required=True, type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Its day.")
@option("--protocol", "code", default="", metavar="CODE", help="This protocol only; otherwise every one begun.")
@pass_invocation
def missing(invocation: Invocation, mrn: str, visit: datetime, code: str) -> None:
    """Say which views of a protocol a visit lacks. Opening a record is an entry."""
    with command_desk(invocation, file_waiting=True) as desk:
        session = desk.session
        patient_id = session.patients.by_mrn(mrn).patient_id
        opened = session.timeline.open(patient_id, screen="command")
        day = visit.date()
        of_day = [one.visit.visit_id for one in opened.visits if one.visit.day == day]
        if not of_day:
            raise Fixable("visit_unknown", f"This patient has no visit on {day}.", "Look at: photodesk timeline MRN")
        found = [each for visit_id in of_day for each in session.protocols.missing(patient_id, visit_id, code)]
        invocation.show({"visit": day.isoformat(), "protocols": [_coverage(each) for each in found]})
        if not invocation.json:
            click.echo("\n".join(each.words for each in found) or "No protocol is begun.")


def _step(text: str) -> Step:
    site, slash, view = text.rpartition("/")
    if not slash:
        raise click.UsageError(f"{text!r} is no step: give a site and a view, such as 89545001/frontal.")
    return Step(site, view)


def _document(of: Protocol) -> dict[str, Any]:
    steps = [{"body_site": step.site, "standard_view": step.view, "name": of.step_name(step)} for step in of.steps]
    return {"code": of.code, "name": of.name, "steps": steps}


def _coverage(of: Coverage) -> dict[str, Any]:
    taken = [
        {"body_site": step.site, "standard_view": step.view, "photo_id": of.taken[step]}
        for step in of.protocol.steps
        if step in of.taken
    ]
    return {
        "code": of.protocol.code,
        "name": of.protocol.name,
        "views": len(of.protocol.steps),
        "taken": taken,
        "missing": [
            {"body_site": step.site, "standard_view": step.view, "name": of.protocol.step_name(step)}
            for step in of.missing
        ],
        "words": of.words,
    }
