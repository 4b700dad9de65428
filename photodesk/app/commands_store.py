"""`check`: is everything that was stored still what it was."""

from __future__ import annotations

import click

from photodesk.app.command_desk import command_desk
from photodesk.app.command_line import DeskCommand, Invocation, option, pass_invocation
from photodesk.app.terminal import ProgressPrinter, tell
from photodesk.desk.health import Findings, stopped_by
from photodesk.desk.roles import Right
from photodesk.desk.security import WITHOUT_KEYRING
from photodesk.errors import Damaged
from photodesk.ui.words import counted, size_words


@click.command(
    cls=DeskCommand,
    examples="""
photodesk check --user "Ada Berg"
photodesk check --repair --json --user Ada --password-stdin
""",
)
@option("--repair", is_flag=True, help="Rebuild what is derived, move aside what is damaged; nothing is deleted.")
@pass_invocation
def check(invocation: Invocation, repair: bool) -> int:
    """Read everything back and compare it with what was stored. Exit 0 clean or repaired, 4 damaged.

    With --repair the index, renditions and charts damaged beside their photos are made anew, files in another's place
    are put back, and what stays damaged is moved into the store's folder quarantine with a record. The rest goes on.
    """
    try:
        with command_desk(invocation, decoder=repair) as desk:
            desk.session.require(Right.REPAIR_STORE if repair else Right.CHECK_STORE)
            report = ProgressPrinter("auto", quiet=invocation.quiet)
            try:
                found = desk.session.health.check(repair=repair, report=report)
            finally:
                report.end()
            if desk.session.security.password_only:
                tell(f"{WITHOUT_KEYRING} See photodesk security.")
    except Damaged as damage:  # what stands before the charts cannot be opened: that is what there is to say
        found = stopped_by(damage)
        invocation.tell(f"The check could not go on. {damage.remedy}")
    _show(invocation, found)
    return 4 if found.result == "damaged" else 0


def _show(invocation: Invocation, found: Findings) -> None:
    document = {
        "result": found.result,
        "photos": found.photos,
        "originals": found.originals,
        "deleted": found.deleted,
        "elsewhere": found.elsewhere,
        "bytes": found.photo_bytes,
        "charts": found.charts,
        "problems": [
            {
                "kind": one.kind,
                "chart_id": one.chart_id,
                "photo_id": one.photo_id,
                "message": one.message,
                "repaired": one.repaired,
                "remedy": one.remedy or None,
                "in_backup": one.is_in_a_backup,
            }
            for one in found.problems
        ],
    }
    photos = f"{counted(found.photos, 'photo')} in {counted(found.charts, 'chart')}"
    lines = [f"{found.result}: {photos}, {size_words(found.photo_bytes)}."]
    if found.elsewhere:
        lines.append(f"{counted(found.elsewhere, 'original')} not on this workstation; nothing is said about them.")
    lines += [f"{one.message} {'Put right.' if one.repaired else one.remedy}".rstrip() for one in found.problems]
    invocation.show(document, "\n".join(lines))
