"""`inbox`: what waits to be filed, in groups; changing the groups; filing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import click

from photodesk.app import documents
from photodesk.app.command_desk import CommandDesk, command_desk
from photodesk.app.command_line import DeskCommand, DeskGroup, Invocation, argument, option, pass_invocation
from photodesk.app.commands_import import PROGRESS, stopped_by_interrupt
from photodesk.app.terminal import ProgressPrinter, print_table
from photodesk.app.visit_option import VISIT, assignment_to
from photodesk.app.workplaces import import_service
from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.importing.group_board import GroupBoard
from photodesk.importing.inbox_filing import Part
from photodesk.importing.job import Assignment
from photodesk.photos import body_site, standard_view
from photodesk.ui.words import counted


@click.group(cls=DeskGroup, invoke_without_command=True)
@click.pass_context
def inbox(context: click.Context) -> None:
    """Shots that wait to be filed, in groups. Without a command: list them."""
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
    """List imports with shots that wait, and how separator cards and pauses group them."""
    with command_desk(invocation) as desk:
        found = [documents.inbox_job(job, *_board(desk, job.job.job_id)) for job in desk.session.inbox.jobs()]
        invocation.show({"jobs": found})
        if not invocation.json:
            groups = [(job["job_id"], group) for job in found for group in job["groups"]]
            print_table(
                ("Job", "Group", "Photos", "Patient", "Why"),
                [
                    (job_id, group["group"], str(len(group["shots"]) - len(group["labels"])), _who(group), _why(group))
                    for job_id, group in groups
                ],
            )


def _board(desk: CommandDesk, job_id: str) -> tuple[GroupBoard, documents.NumberOf]:
    return GroupBoard(desk.session, job_id), lambda patient_id: desk.session.patients.get(patient_id).mrn


def _who(group: documents.Document) -> str:
    suggestion = group["suggestion"]
    return (group["mrn"] or "") if suggestion is None else suggestion["mrn"] or ""


def _why(group: documents.Document) -> str:
    suggestion = group["suggestion"]
    look = "Please look: " if group["basis"] == "please_look" else ""
    return look + str(group["reason"] if suggestion is None else suggestion["why"])


@inbox.command(
    "file",
    cls=DeskCommand,
    examples="""
photodesk inbox file 9d2c…70 --group 0192…a1 --group 0192…b7 --user "Ada Berg"
photodesk inbox file 9d2c…70 --group 0192…a1 --patient 104711 --visit 2026-11-20 --user "Ada Berg"
photodesk inbox file 9d2c…70 --shots 0192…a1 --shots 0192…a2 --patient 104711 --visit 2026-11-20 --user Ada
""",
)
@argument("job")
@option("--shots", "shots", multiple=True, metavar="ID...", help="Only these; ids may also be separated by commas.")
@option("--group", "groups", multiple=True, metavar="ID...", help="These groups; without --patient as suggested.")
@option("--patient", "mrn", metavar="MRN", help="Whose photos these are.")
@option(
    "--visit",
    "visit",
    type=VISIT,
    metavar="DATE or ID",
    help="The visit's day, made where there is none; or of several that day the id of one.",
)
@option("--site", "site", metavar="CODE", default="", help="Body site of all of them; see photodesk photo codes.")
@option("--view", "view", metavar="CODE", default="", help="Standard view of all of them.")
@option(
    "--progress",
    "progress",
    type=PROGRESS,
    default="auto",
    show_default=True,
    help="How progress is shown on standard error.",
)
@pass_invocation
def file_shots(
    invocation: Invocation,
    job: str,
    shots: tuple[str, ...],
    groups: tuple[str, ...],
    mrn: str | None,
    visit: date | str | None,
    site: str,
    view: str,
    progress: str,
) -> int:
    """Assign shots or groups of the inbox to a patient's visit, and file them where charts can be opened.

    Naming a group without --patient confirms its suggestion. Photos of cards go along as attachments.
    """
    if (mrn is None) != (visit is None) or (mrn is None and (shots or not groups)):
        raise click.UsageError("Name --patient and --visit, or groups to file as suggested.")
    with command_desk(invocation, decoder=True) as desk:
        desk.session.require(Right.FILE_SHOTS)
        board = GroupBoard(desk.session, job)
        chosen = _ids(shots)
        if not board.shots() or not set(chosen) <= board.shots().keys():
            raise Fixable("shot_unknown", "The inbox holds no such shots.", "List them with: photodesk inbox")
        named = assignment_to(desk.session, mrn, visit) if mrn is not None else None
        service = import_service(desk.session, desk.link, desk.decoder)
        report = ProgressPrinter(progress, quiet=invocation.quiet)
        try:
            with stopped_by_interrupt(report) as cancel:
                if groups and service.read_unread(job, report, cancel):
                    board.groups()
                parts = _placed(_parts(board, chosen, _ids(groups), named), site, view)
                photo_ids = service.file_parts(job, parts, report, cancel)
        finally:
            report.end()
        invocation.show({"job_id": job, "filed": len(photo_ids), "photo_ids": photo_ids}, f"{len(photo_ids)} filed.")
        return 1 if cancel.requested else 0


@inbox.command("read", cls=DeskCommand, examples="photodesk inbox read 9d2c…70 --user Ada")
@argument("job")
@option(
    "--progress",
    "progress",
    type=PROGRESS,
    default="auto",
    show_default=True,
    help="How progress is shown on standard error.",
)
@pass_invocation
def read_unread(invocation: Invocation, job: str, progress: str) -> int:
    """Look at photos that were copied and never read, as after Stop: previews, and what cards among them say.

    Filing does so by itself, for what is filed. Exit 1 where it was interrupted.
    """
    with command_desk(invocation, decoder=True) as desk:
        desk.session.inbox.job(job)
        service = import_service(desk.session, desk.link, desk.decoder)
        report = ProgressPrinter(progress, quiet=invocation.quiet)
        try:
            with stopped_by_interrupt(report) as cancel:
                service.read_unread(job, report, cancel)
        finally:
            report.end()
        _show_groups(invocation, desk, job, "")
        return 1 if cancel.requested else 0


def _parts(board: GroupBoard, shots: Sequence[str], groups: Sequence[str], named: Assignment | None) -> list[Part]:
    """What is filed to whom. Fixable `no_suggestion` for a group nobody is suggested for."""
    if named is not None and not groups:
        return [(named, list(shots) or None)]
    parts: list[Part] = [(named, list(shots))] if named is not None and shots else []
    for group_id in groups:
        assignment = named or board.assignment(group_id)
        if assignment is None:
            raise Fixable(
                "no_suggestion",
                f"For the group {group_id} no patient is certain: {board.group(group_id).reason}",
                "Look at it, then name --patient and --visit.",
            )
        parts.append((assignment, list(board.group(group_id).shot_ids)))
    return parts


def _placed(parts: list[Part], site: str, view: str) -> list[Part]:
    """The same with a site and a view. Fixable `site_unknown`, `view_unknown`."""
    if site:
        body_site(site)
    if view:
        standard_view(view)
    return [(replace(named, body_site=site, standard_view=view), shots) for named, shots in parts]


def _ids(texts: Sequence[str]) -> list[str]:
    return [one for text in texts for one in text.replace(",", " ").split()]


def _show_groups(invocation: Invocation, desk: CommandDesk, job: str, said: str) -> None:
    """The job as it is now."""
    found = desk.session.inbox.job(job)
    board, number_of = _board(desk, job)
    invocation.show(documents.inbox_job(found, board, number_of), said or f"{counted(len(board.groups()), 'group')}.")


@inbox.command("split", cls=DeskCommand, examples="photodesk inbox split 9d2c…70 0192…a4 --user Ada")
@argument("job")
@argument("shot")
@pass_invocation
def split(invocation: Invocation, job: str, shot: str) -> None:
    """A new group begins at this shot."""
    with command_desk(invocation) as desk:
        GroupBoard(desk.session, job).split(shot)
        _show_groups(invocation, desk, job, "")


@inbox.command("join", cls=DeskCommand, examples="photodesk inbox join 9d2c…70 0192…a1 0192…b7 --user Ada")
@argument("job")
@argument("group")
@argument("other")
@pass_invocation
def join(invocation: Invocation, job: str, group: str, other: str) -> None:
    """The second group becomes part of the first."""
    with command_desk(invocation) as desk:
        GroupBoard(desk.session, job).join(group, other)
        _show_groups(invocation, desk, job, "")


@inbox.command("move", cls=DeskCommand, examples="photodesk inbox move 9d2c…70 0192…a4 --to 0192…b7 --user Ada")
@argument("job")
@argument("shots", nargs=-1, required=True, metavar="SHOT...")
@option("--to", "group", metavar="GROUP", help="The group they go to. Without it they make a new one.")
@pass_invocation
def move(invocation: Invocation, job: str, shots: tuple[str, ...], group: str | None) -> None:
    """Move shots to another group, or to one of their own."""
    with command_desk(invocation) as desk:
        GroupBoard(desk.session, job).move(_ids(shots), group)
        _show_groups(invocation, desk, job, "")


@inbox.command("photo", cls=DeskCommand, examples="photodesk inbox photo 9d2c…70 0192…a4 --user Ada")
@argument("job")
@argument("shots", nargs=-1, required=True, metavar="SHOT...")
@pass_invocation
def not_card(invocation: Invocation, job: str, shots: tuple[str, ...]) -> None:
    """These shots are clinical photos, although a card or wristband can be read in them."""
    with command_desk(invocation) as desk:
        GroupBoard(desk.session, job).not_card(_ids(shots))
        _show_groups(invocation, desk, job, "")


@inbox.command("undo", cls=DeskCommand, examples="photodesk inbox undo 9d2c…70 --user Ada")
@argument("job")
@pass_invocation
def undo(invocation: Invocation, job: str) -> None:
    """Take the last change of the groups back."""
    with command_desk(invocation) as desk:
        done = GroupBoard(desk.session, job).undo()
        _show_groups(invocation, desk, job, "" if done else "There is nothing to undo.")


@inbox.command("redo", cls=DeskCommand, examples="photodesk inbox redo 9d2c…70 --user Ada")
@argument("job")
@pass_invocation
def redo(invocation: Invocation, job: str) -> None:
    """Make the last change that was undone again."""
    with command_desk(invocation) as desk:
        done = GroupBoard(desk.session, job).redo()
        _show_groups(invocation, desk, job, "" if done else "There is nothing to make again.")


@inbox.command(
    "offset",
    cls=DeskCommand,
    examples="""
photodesk inbox offset 9d2c…70 --minutes -62.5 --user Ada
photodesk inbox offset 9d2c…70 --from-cards --user Ada
""",
)
@argument("job")
@option("--minutes", type=click.FloatRange(-52_704_000, 52_704_000), help="Added to every time the camera wrote.")
@option("--from-cards", is_flag=True, help="Forget what was set by hand: cards shot on a screen tell the time.")
@pass_invocation
def offset(invocation: Invocation, job: str, minutes: float | None, from_cards: bool) -> None:
    """Correct the camera's clock for one import. The files keep the time the camera wrote."""
    if (minutes is None) != from_cards:
        raise click.UsageError("Give --minutes, or --from-cards.")
    with command_desk(invocation) as desk:
        GroupBoard(desk.session, job).set_offset(None if minutes is None else round(minutes * 60_000))
        _show_groups(invocation, desk, job, "")
