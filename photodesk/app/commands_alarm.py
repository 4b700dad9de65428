"""`sync alarm` and `sync server-restored`: what to do when the clinic server cannot be believed."""

from __future__ import annotations

from pathlib import Path

import click

from photodesk.app.clinic_publisher import ClinicPublisher
from photodesk.app.command_desk import command_desk
from photodesk.app.command_line import DeskCommand, DeskGroup, Invocation, option, pass_invocation
from photodesk.app.commands_sync import sync
from photodesk.app.paths import existing_store
from photodesk.clock import rfc3339
from photodesk.sync.accepting_restore import accept_restore, clear_alarms
from photodesk.sync.alarms import Alarms, contradiction_of, words
from photodesk.sync.spool import Spool
from photodesk.ui.words import counted


@sync.group("alarm", cls=DeskGroup, invoke_without_command=True)
@option("--save", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER", help="Write evidence.")
@pass_invocation
@click.pass_context
def alarm(context: click.Context, invocation: Invocation, folder: Path | None) -> None:
    """Show what is wrong with the clinic server, and save the evidence. Nobody signs in.

    While an alarm stands nothing from the server is applied; work goes on. The evidence holds ciphertext, signatures
    and numbers, no name and no picture.

    \b
    photodesk sync alarm
    photodesk sync alarm --save /media/usb/evidence
    photodesk sync alarm clear --user "Ada Berg"
    """
    if context.invoked_subcommand is not None:
        return
    spool = Spool(existing_store(invocation.store).spool)
    try:
        alarms = Alarms(spool, invocation.clock)
        standing = alarms.standing()
        saved = alarms.save(folder) if folder is not None else 0
    finally:
        spool.close()
    found = [(one, contradiction_of(one)) for one in standing]
    document = [
        {"number": one.number, "attack": one.attack, "what": one.what, "at": rfc3339(one.at_ms), "remedy": why.remedy}
        for one, why in found
    ]
    lines = [words(one) for one in standing] or ["There is no alarm about the clinic server."]
    lines += dict.fromkeys(why.remedy for _, why in found)
    if saved:
        lines.append(f"The evidence of {counted(saved, 'alarm')} is in {folder}.")
    invocation.show({"alarms": document, "saved": saved}, "\n".join(lines))


@alarm.command("clear", cls=DeskCommand, examples='photodesk sync alarm clear --user "Ada Berg"')
@pass_invocation
def clear(invocation: Invocation) -> None:
    """Believe the server again, after a person has looked. For administrators; it is an entry of the log.

    Where the server is still wrong, the next pass raises the alarm again; after `photodesk serve restore` use
    `photodesk sync server-restored` instead.
    """
    with command_desk(invocation) as desk:
        spool = Spool(desk.session.layout.spool)
        try:
            cleared = clear_alarms(desk.session, Alarms(spool, invocation.clock))
        finally:
            spool.close()
    invocation.show({"cleared": cleared}, f"{counted(cleared, 'alarm')} cleared.")


@sync.command("server-restored", cls=DeskCommand, examples='photodesk sync server-restored --user "Ada Berg"')
@pass_invocation
def server_restored(invocation: Invocation) -> None:
    """Sign that the server was restored from a copy (`photodesk serve restore`), so that its loss is no alarm.

    For administrators, at a workstation that was in contact shortly before. Every workstation then sends again what
    the server lacks, nothing twice.
    """
    with command_desk(invocation) as desk:
        publisher = ClinicPublisher(desk.session.layout, desk.link, invocation.clock)
        with publisher.line() as (spool, line):
            place = accept_restore(desk.session, spool, line)
    invocation.show({"place": place}, "Signed. Every workstation sends again what the server lacks, at its next pass.")
