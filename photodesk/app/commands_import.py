"""`import`."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import FrameType

import click

from photodesk.app.command_desk import command_desk
from photodesk.app.command_line import DeskCommand, Invocation, argument, option, pass_invocation
from photodesk.app.terminal import ProgressPrinter
from photodesk.app.visit_option import VISIT, assignment_to
from photodesk.app.workplaces import import_service
from photodesk.desk.roles import Right
from photodesk.importing.job import ImportResult
from photodesk.importing.scan import shown_name
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
    "--visit",
    "visit",
    type=VISIT,
    metavar="DATE or ID",
    help="The visit's day, made where there is none, or of several that day the id of one. Default: today.",
)
@option("--erase-source", is_flag=True, help="Afterwards erase from the source what is proven to be stored.")
@option("--again", is_flag=True, help="Also take in what was deleted from the store on purpose.")
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
    visit: date | str | None,
    erase_source: bool,
    again: bool,
    progress: str,
) -> int:
    """Copy photos from a card or folder into the store, prove every copy, and file them.

    The same command resumes an interrupted import. Exit 0 when no file failed.
    """
    if visit and not mrn:
        raise click.UsageError("--visit needs --patient.")
    with command_desk(invocation, decoder=True) as desk:
        desk.session.require(Right.IMPORT)
        assignment = assignment_to(desk.session, mrn, visit) if mrn else None
        report = ProgressPrinter(progress, quiet=invocation.quiet)
        try:
            with stopped_by_interrupt(report) as cancel:
                result = import_service(desk.session, desk.link, desk.decoder).run(
                    [Path(path) for path in paths], assignment, report, cancel, erase=erase_source, again=again
                )
        finally:
            report.end()
        invocation.show(result.document(), _summary(result))
        return result.exit_code


@contextmanager
def stopped_by_interrupt(report: ProgressPrinter) -> Iterator[Cancel]:
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
    if result.erased is not None:
        gone = sum(1 for one in result.erased if one["erased"])
        lines.append(f"{counted(gone, 'file')} erased from the source.")
        lines += _by_reason([(one["name"], one["reason"]) for one in result.erased if one["reason"]])
    if result.not_erased is not None:
        lines.append(f"{result.not_erased.message} {result.not_erased.remedy}".strip())
    if result.receipt is not None:
        lines.append(str(result.receipt["statement"]))
    return "\n".join(lines)


def _by_reason(named: Sequence[tuple[str, str]]) -> list[str]:
    """A line for each file, or one for many of the same reason; what only ids tell apart is the same."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name, reason in named:
        groups.setdefault(_ID.sub("", reason), []).append((name, reason))
    lines: list[str] = []
    for reason, group in groups.items():
        if len(group) <= NAMED_FILES:
            lines += [f"  {shown_name(name)}: {why}" for name, why in group]
        else:
            names = ", ".join(shown_name(name) for name, _ in group[:NAMED_FILES])
            lines.append(f"  {len(group)} files: {reason} ({names} and {len(group) - NAMED_FILES} more)")
    return lines
