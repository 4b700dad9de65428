"""`workstation`: the clinic's computers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from photodesk.app.clinic_publisher import ClinicPublisher
from photodesk.app.command_desk import CommandDesk, command_desk
from photodesk.app.command_line import DeskCommand, DeskGroup, Invocation, argument, option, pass_invocation
from photodesk.app.terminal import print_table
from photodesk.clock import rfc3339
from photodesk.sync.spool import Spool
from photodesk.sync.workstations import LostWorkstation, WorkstationDesk, WorkstationLine
from photodesk.ui.words import counted


@click.group(cls=DeskGroup)
def workstation() -> None:
    """The clinic's computers: list them, shut one out, see what a lost one held."""


@workstation.command("list", cls=DeskCommand, examples='photodesk workstation list --user "Ada Berg"')
@pass_invocation
def list_workstations(invocation: Invocation) -> None:
    """List the workstations, and when the clinic server last heard of each."""
    with command_desk(invocation) as desk, _stations(desk) as stations:
        lines = stations.everyone()
    invocation.show({"workstations": [_document(one) for one in lines]})
    if not invocation.json:
        rows = [(one.name, _state(one), _when(one.last_contact_ms) or "") for one in lines]
        print_table(("Name", "State", "Last contact"), rows)


@workstation.command(
    "revoke",
    cls=DeskCommand,
    examples="""
photodesk workstation revoke "Theatre 2" --user "Ada Berg"
photodesk workstation revoke "Theatre 2" --wipe --user "Ada Berg"
""",
)
@argument("name")
@option("--wipe", is_flag=True, help="Also order it to erase its store when it is next in contact. No way back.")
@pass_invocation
def revoke(invocation: Invocation, name: str, wipe: bool) -> None:
    """Shut a workstation out of the clinic, by its name or id. The clinic's keys are made anew.

    What it sent until now stays; what it sends from now on counts nowhere.
    """
    with command_desk(invocation) as desk, _stations(desk) as stations:
        line = stations.named(name)
        stations.revoke(line.workstation_id, wipe=wipe)
        line = stations.named(line.workstation_id)
    more = " It erases its store when it is next in contact." if wipe else ""
    invocation.show(_document(line) | {"wipe": wipe}, f"{line.name} is shut out of the clinic.{more}")


@workstation.command(
    "lost", cls=DeskCommand, examples='photodesk workstation lost "Theatre 2" --user "Ada Berg" --json'
)
@argument("name")
@pass_invocation
def lost(invocation: Invocation, name: str) -> None:
    """What a lost workstation held, whether it can be opened, when it was last heard of, and its log."""
    with command_desk(invocation) as desk, _stations(desk) as stations:
        found = stations.lost(stations.named(name).workstation_id)
    document = {
        "workstation": _document(found.line),
        "patients": found.patients,
        "photos": found.photos,
        "held": [
            {"patient_id": one.patient_id, "originals": one.originals, "pictures": one.pictures} for one in found.held
        ],
        "opens": found.opens,
        "lock": found.lock,
        "log": {"entries": found.log_entries, "until": _when(found.log_until_ms)},
    }
    invocation.show(document)
    if not invocation.json:
        click.echo(lost_words(found) + "\n")
        rows = [(one.name, str(one.originals), str(one.pictures)) for one in found.held]
        print_table(("Patient", "Originals made there", "Other photos"), rows)


def lost_words(found: LostWorkstation) -> str:
    """What `lost` says above its table."""
    held = (
        f"{counted(found.photos, 'photo')} of {counted(found.patients, 'patient')}" if found.patients else "no photos"
    )
    log = f"{counted(found.log_entries, 'entry', 'entries')}, up to {_when(found.log_until_ms)}"
    return "\n".join(
        (
            f"{found.line.name}: it held {held}.",
            f"Can they be opened: {found.opens}",
            f"Last contact: {_when(found.line.last_contact_ms) or 'none yet'}",
            f"Was it locked: {found.lock}",
            f"Its activity log: {log if found.log_entries else 'none has arrived'}",
        )
    )


@contextmanager
def _stations(desk: CommandDesk) -> Iterator[WorkstationDesk]:
    session = desk.session
    spool = Spool(session.layout.spool)
    try:
        yield WorkstationDesk(session, spool, ClinicPublisher(session.layout, desk.link, session.clock).line)
    finally:
        spool.close()


def _document(line: WorkstationLine) -> dict[str, Any]:
    return {
        "workstation_id": line.workstation_id,
        "name": line.name,
        "here": line.here,
        "revoked": line.revoked,
        "wiped": line.wiped,
        "last_contact_at": _when(line.last_contact_ms),
    }


def _state(line: WorkstationLine) -> str:
    if line.revoked:
        ordered = "fetched the order to erase itself" if line.wiped else "ordered to erase itself" if line.wipe else ""
        return f"shut out, {ordered}" if ordered else "shut out"
    return "this one" if line.here else "of the clinic"


def _when(at_ms: int) -> str | None:
    return rfc3339(at_ms) if at_ms else None
