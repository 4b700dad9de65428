"""`sync cache` and `sync pin`: which originals of other workstations this one keeps; with it `sync` is complete."""

from __future__ import annotations

import click
from msgspec import structs

from photodesk.app import commands_alarm
from photodesk.app.command_desk import command_desk
from photodesk.app.command_line import DeskCommand, Invocation, argument, option, pass_invocation
from photodesk.app.commands_sync import sync
from photodesk.app.paths import existing_store
from photodesk.app.terminal import print_table
from photodesk.sync.pins import pinned, set_pinned
from photodesk.sync.spool import Spool
from photodesk.sync.sync_settings import read_settings, write_settings
from photodesk.ui.words import counted

__all__ = ["cache", "commands_alarm", "pin", "sync"]  # all of `sync`, wherever its commands stand

MOST_GB = 1_000_000


@sync.command(
    cls=DeskCommand,
    examples="""
photodesk sync cache --gb 200
photodesk sync cache
""",
)
@option("--gb", type=click.IntRange(0, MOST_GB), metavar="N", help="Gigabytes of fetched originals; 0 for no limit.")
@pass_invocation
def cache(invocation: Invocation, gb: int | None) -> None:
    """Bound the originals of other workstations that stay on this one. What was imported here always stays."""
    spool = Spool(existing_store(invocation.store).spool)
    try:
        settings = read_settings(spool)
        if gb is not None:
            settings = structs.replace(settings, cache_gb=gb)
            write_settings(spool, settings)
    finally:
        spool.close()
    kept = f"{settings.cache_gb:,} GB of" if settings.cache_gb else "All"
    invocation.show({"cache_gb": settings.cache_gb}, f"{kept} originals that were fetched from others stay here.")


@sync.command(
    cls=DeskCommand,
    examples="""
photodesk sync pin 104711 --user "Ada Berg"
photodesk sync pin 104711 --remove --user "Ada Berg"
photodesk sync pin --json --user "Ada Berg"
""",
)
@argument("mrn", required=False)
@option("--remove", is_flag=True, help="No longer.")
@pass_invocation
def pin(invocation: Invocation, mrn: str | None, remove: bool) -> None:
    """Keep every photo of a patient whole on this workstation, or list whose are kept."""
    with command_desk(invocation) as desk:
        session = desk.session
        if mrn:
            set_pinned(session, session.patients.by_mrn(mrn).patient_id, pin=not remove)
        elif remove:
            raise click.UsageError("Whose? Give a record number.")
        kept = pinned(session.catalog, session.keyset.workstation_id)
        patients = [session.patients.get(patient_id) for patient_id in sorted(kept)]
        rows = [{"patient_id": one.patient_id, "mrn": one.mrn} for one in patients]
        invocation.show({"pinned": rows}, f"{counted(len(rows), 'patient')} kept whole on this workstation.")
        if not invocation.json:
            print_table(("Number",), [(one["mrn"],) for one in rows])
