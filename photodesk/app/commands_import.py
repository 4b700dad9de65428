"""`import` and `inbox`."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from types import FrameType

import click

from photodesk.app import documents
from photodesk.app.command_desk import CommandDesk, command_desk
from photodesk.app.command_line import DAY, DeskCommand, DeskGroup, Invocation, argument, option, pass_invocation
from photodesk.app.terminal import ProgressPrinter, print_table
from photodesk.app.workplaces import import_service
from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.importing.job import Assignment, ImportResult
from photodesk.progress import Cancel
from photodesk.ui.words import counted

STOPPING = "Stopping. What is copied and verified is kept."
NAMED_FILES = 3
_ID = re.compile(r" \((?:photo|import|shot) [0-9a-f]+\)")
PROGRESS = click.Choice(["auto", "bar", "json", "none"])


@click.command(
    "import",
    cls=DeskCommand,
    examples="""
photodesk import /media/card --patient 104711 --user "Ada Berg"
photodesk import photos/ --patient 104711 --visit 2026-11-20 --json --progress json --user Ada --password-stdin
photodesk import /media/card --user "Desk"
""",
)
@argument("paths", nargs=-1, required=True, metavar="PATH...")
@option("--patient", "mrn", metavar="MRN", help="Whose photos these are. Without it they wait in the inbox.")
@option(
    "--visit", "day", type=DAY, metavar="YYYY-MM-DD", help="The visit's day; made where there is none. Default: today."
)
@option("--erase-source", is_flag=True, help="Afterwards erase from the source what is proven to be stored.")
@option(
    "--progress",
    "progress",
    type=PROGRESS,
    default="auto",
    show_default=True,
    help="How progress is shown on standard error.",
)
@pass_invocation
def import_photos(
    invocation: Invocation,
    paths: tuple[str, ...],
    mrn: str | None,
    day: datetime | None,
    erase_source: bool,
    progress: str,
) -> int:
    """Copy photos from a card or folder into the store, prove every copy, and file them.

    The same command resumes an interrupted import. Exit 0 when no file failed.
    """
    if day and not mrn:
        raise click.UsageError("--visit needs --patient.")
    with command_desk(invocation, decoder=True) as desk:
        desk.session.require(Right.IMPORT)
        assignment = _assignment(desk, mrn, day) if mrn else None
        report = ProgressPrinter(progress, quiet=invocation.quiet)
        try:
            with _stopped_by_interrupt(report) as cancel:
                result = import_service(desk.session, desk.link, desk.decoder).run(
                    [Path(path) for path in paths], assignment, report, cancel, erase=erase_source
                )
        finally:
            report.end()
        invocation.show(result.document(), _summary(result))
        return result.exit_code


def _assignment(desk: CommandDesk, mrn: str, day: datetime | None) -> Assignment:
    patient_id = desk.session.patients.by_mrn(mrn).patient_id
    return Assignment(patient_id, day.date() if day else date.fromisoformat(desk.session.today))


@contextmanager
def _stopped_by_interrupt(report: ProgressPrinter) -> Iterator[Cancel]:
    """Ctrl+C asks copying and filing to stop, and says so at once; what is verified is kept."""
    cancel = Cancel()

    def stop(_number: int, _frame: FrameType | None) -> None:
        if not cancel.requested:
            cancel.set()
            report.interrupt(STOPPING)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)


def _summary(result: ImportResult) -> str:
    words = {"kept_as_is": ("kept as is",) * 2, "duplicate": ("duplicate", "duplicates")}
    states = [
        f"{count} {words.get(state, (state, state))[count != 1]}" for state, count in result.counts.items() if count
    ]
    total = len(result.outcomes)
    lines = [f"{counted(total, 'file')}: {', '.join(states)}." if states else "No files."]
    lines += _by_reason([(one.name, one.reason) for one in result.outcomes if one.reason])
    lines += _by_reason(result.skipped)
    if result.stopped:
        lines.append(f"{result.stopped.message} {result.stopped.remedy}".strip())
    return "\n".join(lines)


def _by_reason(named: Sequence[tuple[str, str]]) -> list[str]:
    """A line for each file, or one for many of the same reason; what only ids tell apart is the same."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name, reason in named:
        groups.setdefault(_ID.sub("", reason), []).append((name, reason))
    lines: list[str] = []
    for reason, group in groups.items():
        if len(group) <= NAMED_FILES:
            lines += [f"  {name}: {why}" for name, why in group]
        else:
            names = ", ".join(name for name, _ in group[:NAMED_FILES])
            lines.append(f"  {len(group)} files: {reason} ({names} and {len(group) - NAMED_FILES} more)")
    return lines


@click.group(cls=DeskGroup, invoke_without_command=True)
@click.pass_context
def inbox(context: click.Context) -> None:
    """Shots that wait to be filed. Without a command: list them."""
    if context.invoked_subcommand is None:
        context.invoke(list_inbox)


@inbox.command(
    "list",
    cls=DeskCommand,
    examples="""
photodesk inbox --user "Ada Berg"
photodesk inbox list --json --user Ada --password-stdin
""",
)
@pass_invocation
def list_inbox(invocation: Invocation) -> None:
    """List imports with shots that wait."""
    with command_desk(invocation) as desk:
        jobs = desk.session.inbox.jobs()
        invocation.show({"jobs": [documents.inbox_job(job) for job in jobs]})
        if not invocation.json:
            print_table(
                ("Job", "Shot", "Name", "State"),
                [(job.job.job_id, one.shot.shot_id, one.shot.name, one.state) for job in jobs for one in job.shots],
            )


@inbox.command(
    "file",
    cls=DeskCommand,
    examples="""
photodesk inbox file 9d2c…70 --patient 104711 --visit 2026-11-20 --user "Ada Berg"
photodesk inbox file 9d2c…70 --shots 0192…a1 --shots 0192…a2 --patient 104711 --visit 2026-11-20 --user Ada
""",
)
@argument("job")
@option("--shots", "shots", multiple=True, metavar="ID...", help="Only these; ids may also be separated by commas.")
@option("--patient", "mrn", required=True, metavar="MRN", help="Whose photos these are.")
@option("--visit", "day", type=DAY, required=True, metavar="DATE", help="The visit's day; made where there is none.")
@pass_invocation
def file_shots(invocation: Invocation, job: str, shots: tuple[str, ...], mrn: str, day: datetime) -> int:
    """Assign shots of the inbox to a patient's visit, and file them where charts can be opened."""
    with command_desk(invocation, decoder=True) as desk:
        desk.session.require(Right.FILE_SHOTS)
        chosen = [shot for text in shots for shot in text.replace(",", " ").split()] or None
        known = {one.shot.shot_id for of in desk.session.inbox.jobs() if of.job.job_id == job for one in of.shots}
        if not known or (chosen and not known.issuperset(chosen)):
            raise Fixable("shot_unknown", "The inbox holds no such shots.", "List them with: photodesk inbox")
        service = import_service(desk.session, desk.link, desk.decoder)
        with _stopped_by_interrupt(ProgressPrinter("none", quiet=invocation.quiet)) as cancel:
            photo_ids = service.file_shots(job, _assignment(desk, mrn, day), chosen, cancel=cancel)
        invocation.show({"job_id": job, "filed": len(photo_ids), "photo_ids": photo_ids}, f"{len(photo_ids)} filed.")
        return 1 if cancel.requested else 0
