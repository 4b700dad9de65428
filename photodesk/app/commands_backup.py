"""`backup`, `restore`, `recover` and `recovery`: what holds when the computer is gone."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from photodesk.app.clinic_publisher import recovery_way
from photodesk.app.command_desk import command_desk, keeper_link
from photodesk.app.command_line import DeskCommand, DeskGroup, Invocation, argument, option, pass_invocation
from photodesk.app.keeper_books import take_store_lock
from photodesk.app.paths import existing_store
from photodesk.app.terminal import ProgressPrinter, ask_password
from photodesk.background.processes import harden
from photodesk.clock import rfc3339
from photodesk.desk.backups import BackedUp
from photodesk.desk.entrance import Entrance
from photodesk.desk.recovering import Restored, RestorePlan, recover, restore_backup, tell_recovered, tell_restored
from photodesk.desk.session import Session
from photodesk.errors import Damaged
from photodesk.ui.words import counted, size_words

_PROGRESS = click.Choice(["auto", "bar", "json", "none"])


@click.command(
    cls=DeskCommand,
    examples="""
photodesk backup /media/ada/clinic-backup --user "Ada Berg"
photodesk backup /mnt/nas/photodesk --json --user Ada --password-stdin
photodesk backup /media/new-disk/photodesk --anew --user "Ada Berg"
photodesk backup "s3://bucket/clinic?endpoint=https://objects.example" --user "Ada Berg"
""",
)
@argument("folder", required=False, default="")
@option("--anew", is_flag=True, help="Begin a new backup where another one was before: the disk was replaced.")
@option(
    "--check", "read_back", is_flag=True, help="First read every file of the backup; damaged ones are written anew."
)
@option("--schedule", is_flag=True, help="Also make this the folder of scheduled backups.")
@option("--progress", type=_PROGRESS, default="auto", help="How progress is told on standard error.")
@pass_invocation
def backup(invocation: Invocation, folder: str, anew: bool, read_back: bool, schedule: bool, progress: str) -> int:
    """Back up everything to FOLDER: each photo once, what changed since last time, read back after writing.

    FOLDER may be on another disk or a network drive; without it, the one that was chosen before. An object store is
    written s3://bucket/prefix; its access keys are asked for once and kept in the keyring. The store stays in use.

    Stopped at any point, the backup before this one stays whole and the next run goes on. Exit 4 where photos could not
    be read here: what the backup held of them stays in it.
    """
    with command_desk(invocation) as desk:
        place = str(Path(folder).expanduser().absolute()) if folder and "://" not in folder else folder
        if desk.session.backups.needs_keys(place):
            desk.session.backups.use_keys(place, *_access_keys(invocation))
        report = ProgressPrinter(progress, quiet=invocation.quiet)
        try:
            checked = desk.session.backups.read_back(place, report=report) if read_back else None
            damaged = checked.damaged if checked is not None else frozenset()
            done = desk.session.backups.run(place, anew=anew, damaged=damaged, report=report)
        finally:
            report.end()
        if schedule and place:
            desk.session.backups.choose(place)
        found = {} if checked is None else {"checked": checked.files, "found_damaged": len(checked.problems)}
        invocation.show(_document(done) | found, _sentence(done))
        for problem in checked.problems if checked is not None else ():
            invocation.tell(f"{problem.message} It was written anew where this workstation has it.")
        for problem in done.problems:
            invocation.tell(problem.message)
        if done.elsewhere:
            invocation.tell(
                f"{counted(done.elsewhere, 'original')} not on this workstation and not in this backup: the clinic"
                " server has them, or another workstation."
            )
        if done.in_hand:
            invocation.tell(f"{counted(done.in_hand, 'part')} of an import is still being copied: back up again later.")
    return 4 if done.problems else 0


def _document(done: BackedUp) -> dict[str, Any]:
    return {
        "files": done.files,
        "bytes": done.size_bytes,
        "photos": done.photos,
        "verified": True,
        "run": done.number,
        "at": rfc3339(done.at_ms),
        "waiting": done.waiting,
        "new_files": done.new_files,
        "new_bytes": done.new_bytes,
        "in_hand": done.in_hand,
        "elsewhere": done.elsewhere,
        "problems": _problems(done.problems),
    }


def _problems(problems: tuple[Damaged, ...]) -> list[dict[str, Any]]:
    return [
        {"kind": one.code, "chart_id": one.chart_id, "photo_id": one.photo_id, "message": one.message}
        for one in problems
    ]


def _sentence(done: BackedUp) -> str:
    holds = f"The backup holds {counted(done.photos, 'photo')}, {size_words(done.size_bytes)}, read back and whole."
    return f"{holds} New: {counted(done.new_files, 'file')}, {size_words(done.new_bytes)}."


def _typed(invocation: Invocation, prompt: str, what: str) -> str:
    """The next line of standard input where it is no terminal, else typed unseen."""
    if invocation.passwords:
        return invocation.passwords.pop(0)
    if not sys.stdin.isatty():
        harden(die_with_parent=False)
        return invocation.lines.line(what)
    return ask_password(prompt)


def _new_password(invocation: Invocation) -> str:
    if invocation.passwords or sys.stdin.isatty():
        return invocation.new_password()
    return invocation.lines.line("the new password")


def _access_keys(invocation: Invocation) -> tuple[str, str]:
    """Two further lines: the access key's id and its secret. Kept in the keyring after a backup, where there is one."""
    key_id = _typed(invocation, "Access key id of the object store", "the access key id")
    return key_id, _typed(invocation, "Secret access key", "the secret access key")


@click.command(
    cls=DeskCommand,
    examples="""
photodesk restore /media/ada/clinic-backup --to ~/PhotoDesk --user "Ada Berg"
printf '%s\\n' "$CODE" "$NEW" | photodesk restore /mnt/nas/photodesk --to S --user Ada --password-only --json
photodesk restore /media/ada/clinic-backup --to S --user Ada --run 41 --anyway
""",
)
@argument("folder")
@option(
    "--to",
    "to",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="STORE",
    help="The new store's folder; it must be empty.",
)
@option("--workstation", default="", metavar="NAME", help="What this computer is called. Default: its host name.")
@option("--password-only", is_flag=True, help="Keep the store's secrets in the store, where no keyring exists.")
@option("--run", "run", type=click.IntRange(1), metavar="N", help="An earlier run, instead of the newest.")
@option("--anyway", is_flag=True, help="Where something is missing or damaged, leave it out and say what it was.")
@option("--progress", type=_PROGRESS, default="auto", help="How progress is told on standard error.")
@pass_invocation
def restore(
    invocation: Invocation,
    folder: str,
    to: Path,
    workstation: str,
    password_only: bool,
    run: int | None,
    anyway: bool,
    progress: str,
) -> int:
    """Make a new workstation from the backup in FOLDER. Needs the recovery code and gives --user a new password.

    The code and the new password are two lines of standard input, or typed. Every photo's hash is checked. Other
    people sign in again after an administrator has renewed them. Stopped at any point, the same command begins again.
    """
    if not invocation.user:
        raise click.UsageError("Who comes back? Name an administrator of the clinic with --user.")
    harden(die_with_parent=False)
    code = _typed(invocation, "Recovery code", "the recovery code")
    password = _new_password(invocation)
    keys = _access_keys(invocation) if "://" in folder else None
    name = workstation or socket.gethostname() or "This computer"
    plan = RestorePlan(folder, to, invocation.user, name, run, password_only, anyway)
    report = ProgressPrinter(progress, quiet=invocation.quiet)
    try:
        done = restore_backup(plan, code, password, invocation.clock, invocation.cost, report, keys=keys)
    finally:
        report.end()
    invocation.store = to
    _first_words(invocation, password, lambda session: tell_restored(session, done))
    invocation.show(
        _restored(to, done),
        f"Restored: {counted(done.photos, 'photo')}, {size_words(done.size_bytes)}, every hash checked."
        f" Sign in as {invocation.user} with the new password, then renew the other people.",
    )
    for problem in done.problems:
        invocation.tell(problem.message)
    return 4 if done.problems else 0


def _restored(to: Path, done: Restored) -> dict[str, Any]:
    return {
        "files": done.files,
        "bytes": done.size_bytes,
        "photos": done.photos,
        "verified": True,
        "store": str(to.resolve()),
        "workstation_id": done.workstation_id,
        "run": done.run,
        "backed_up_at": rfc3339(done.at_ms),
        "waiting": done.waiting,
        "problems": _problems(done.problems),
    }


def _first_words(invocation: Invocation, password: str, tell: Callable[[Session], None]) -> None:
    """Sign in once, so that the log of the store says what happened."""
    with keeper_link(invocation) as link:
        entrance = Entrance(invocation.store, invocation.clock, invocation.cost)
        session = entrance.sign_in(link, invocation.user, password, enrolling=True)
        try:
            tell(session)
        finally:
            session.close()


@click.command(
    cls=DeskCommand,
    examples="""
photodesk recover --user "Ada Berg"
printf '%s\\n' "$CODE" "$NEW" | photodesk recover --user Ada --json
""",
)
@option("--password-only", is_flag=True, help="From now on keep the secrets in the store: its keyring is lost.")
@pass_invocation
def recover_person(invocation: Invocation, password_only: bool) -> None:
    """With the recovery code, give --user a new password and put back what the keyring lost, on this computer.

    For the last administrator's forgotten password, or a lost keyring. The code and the new password are two lines of
    standard input, or typed. Everybody else's account rests until an administrator renews it. It is logged.
    """
    if not invocation.user:
        raise click.UsageError("Who comes back? Name an administrator of the clinic with --user.")
    layout = existing_store(invocation.store)
    harden(die_with_parent=False)
    code = _typed(invocation, "Recovery code", "the recovery code")
    password = _new_password(invocation)
    lock = take_store_lock(layout.lock)
    try:
        person_id = recover(
            layout,
            code,
            invocation.user,
            password,
            invocation.clock,
            invocation.cost,
            password_only=password_only,
            way=recovery_way(layout, invocation.clock),
        )
    finally:
        os.close(lock)
    _first_words(invocation, password, tell_recovered)
    invocation.show({"user_id": person_id}, f"{invocation.user} may sign in with the new password now.")


@click.group(cls=DeskGroup)
def recovery() -> None:
    """The recovery kit: a new code, and keys that nobody else can give."""


@recovery.command(
    "renew",
    cls=DeskCommand,
    examples="""
photodesk recovery renew --user "Ada Berg"
printf '%s\\n' "$MINE" "$OLD_CODE" | photodesk recovery renew --old-code @- --user Ada --password-stdin --json
""",
)
@option("--old-code", default="", metavar="CODE", help="Needed where your role does not hold every key; use @- here.")
@pass_invocation
def renew(invocation: Invocation, old_code: str) -> None:
    """Make a new recovery code; the old one opens nothing any more. Backups know the new one after their next run."""
    with command_desk(invocation) as desk:
        code = desk.session.recovery.renew(old_code)
        invocation.show(
            {"recovery_code": code},
            f"New recovery code (write it down, keep it away from this computer):\n\n    {code}\n",
        )


@recovery.command(
    "grant",
    cls=DeskCommand,
    examples="""
printf '%s\\n' "$MINE" "$CODE" | photodesk recovery grant @- --user Ada --password-stdin
""",
)
@argument("code")
@pass_invocation
def grant(invocation: Invocation, code: str) -> None:
    """Give waiting people keys that no holder is left to give. CODE is the recovery code; give it as @-."""
    with command_desk(invocation) as desk:
        made = desk.session.recovery.grant(code)
        invocation.show({"grants": made}, f"{counted(made, 'key')} given.")
