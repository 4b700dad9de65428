"""`sync`: one pass with the clinic server, how it stands, and how much of the network it may use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click
from msgspec import structs

from photodesk.app.attempts import MAC_BYTES
from photodesk.app.command_desk import command_desk
from photodesk.app.command_line import HOUR, DeskCommand, DeskGroup, Exampled, Invocation, option, pass_invocation
from photodesk.app.paths import existing_store
from photodesk.app.sync_once import ask_for_order, sync_once
from photodesk.app.terminal import tell
from photodesk.background.keeper_link import KeeperLink
from photodesk.clock import Clock
from photodesk.errors import PhotoDeskError
from photodesk.log.generations import GenerationList
from photodesk.store.layout import Layout
from photodesk.sync.spool import Spool
from photodesk.sync.standing import Standing
from photodesk.sync.status import SyncStatus, words
from photodesk.sync.sync_settings import MOST_KB_S, SyncSettings, read_settings, write_settings


class SyncGroup(Exampled, DeskGroup):
    """`sync --once` is a command of its own beside the others."""


@click.group(
    cls=SyncGroup,
    invoke_without_command=True,
    examples="""
photodesk sync --once --user "Ada Berg"
photodesk sync status
photodesk sync limit --kb-s 500 --from 08:00 --until 18:00
photodesk sync pause
""",
)
@option("--once", is_flag=True, help="Send and fetch everything there is, then end.")
@pass_invocation
@click.pass_context
def sync(context: click.Context, invocation: Invocation, once: bool) -> int:
    """Send what was made here to the clinic server, and fetch what others made.

    The window does this by itself, also while it is locked; this is for scripts.
    """
    if context.invoked_subcommand is not None:
        return 0
    if not once:
        raise click.UsageError("What? Say --once, or one of: status, pause, resume, limit, cache, pin.")

    def shut_out(link: KeeperLink) -> None:
        ask_for_order(link, Layout(invocation.store), invocation.clock)

    with command_desk(invocation, shut_out=shut_out) as desk:
        done = sync_once(desk.session, desk.link, invocation.clock)
    _show(invocation, done.status, done.error)
    return 0 if done.error is None else done.error.exit_code


@sync.command(
    cls=DeskCommand,
    examples="""
photodesk sync status
photodesk sync status --json
""",
)
@pass_invocation
def status(invocation: Invocation) -> None:
    """Say how this workstation and the clinic server stand. Nobody signs in; the store may be open elsewhere."""
    _show(invocation, status_of(existing_store(invocation.store), invocation.clock))


@sync.command(
    cls=DeskCommand,
    examples="""
photodesk sync pause
""",
)
@pass_invocation
def pause(invocation: Invocation) -> None:
    """Send and fetch nothing until `sync resume`."""
    _set(invocation, paused=True)


@sync.command(
    cls=DeskCommand,
    examples="""
photodesk sync resume
""",
)
@pass_invocation
def resume(invocation: Invocation) -> None:
    """Go on sending and fetching."""
    _set(invocation, paused=False)


@sync.command(
    cls=DeskCommand,
    examples="""
photodesk sync limit --kb-s 500 --from 08:00 --until 18:00
photodesk sync limit --kb-s 0
""",
)
@option("--kb-s", type=click.IntRange(0, MOST_KB_S), metavar="N", help="Kilobytes a second, 2 at least; 0: no limit.")
@option("--from", "start", type=HOUR, metavar="HH:MM", help="From this hour of the day. Default: all day.")
@option("--until", type=HOUR, metavar="HH:MM", help="Until this hour of the day.")
@option("--metered/--not-metered", default=None, help="Whether photos travel over networks paid by the byte.")
@pass_invocation
def limit(
    invocation: Invocation,
    kb_s: int | None,
    start: datetime | None,
    until: datetime | None,
    metered: bool | None,
) -> None:
    """Bound how fast photos travel, by hours of the day. A setting of this workstation."""
    if (start is None) != (until is None):
        raise click.UsageError("Say both --from and --until, or neither.")
    given: dict[str, object] = {}
    if kb_s is not None:
        hours = {"from_hour": start.hour if start else 0, "until_hour": until.hour if until else 0}
        given |= {"limit_kb_s": kb_s, **hours}
    if metered is not None:
        given["pause_on_metered"] = not metered
    _set(invocation, **given)


def status_of(layout: Layout, clock: Clock) -> SyncStatus:
    """From what lies on the disk alone."""
    if not (layout.spool / "sync.db").exists():
        return SyncStatus()
    with _spool(layout) as spool:
        return Standing(spool, clock).now(known(layout))


def known(layout: Layout) -> dict[str, int]:
    """The databases' generations as the keeper wrote them last. Whoever altered the file only alters this sentence."""
    try:
        data = layout.generations.read_bytes()
    except OSError:
        return {}
    return dict(GenerationList.decode(data[:-MAC_BYTES]).behind("", 1 << 30))


def _set(invocation: Invocation, **given: object) -> None:
    with _spool(existing_store(invocation.store)) as spool:
        settings = structs.replace(read_settings(spool), **given)
        write_settings(spool, settings)
    invocation.show(structs.asdict(settings), _said(settings))


def _said(settings: SyncSettings) -> str:
    if settings.paused:
        return "Paused. Go on with: photodesk sync resume"
    if not settings.limit_kb_s:
        return "Photos travel as fast as the network goes."
    hours = settings.from_hour % 24, settings.until_hour % 24
    when = "all day" if hours[0] == hours[1] else f"from {hours[0]:02}:00 until {hours[1]:02}:00"
    return f"Photos travel at {settings.limit_kb_s:,} kB a second at most, {when}."


def _show(invocation: Invocation, found: SyncStatus, error: PhotoDeskError | None = None) -> None:
    document = found.document()
    if error is not None:
        document["error"] = {"code": error.code, "message": error.message, "remedy": error.remedy}
        tell(str(error))
    invocation.show(document, f"{words(found)}.".replace("..", "."))


@contextmanager
def _spool(layout: Layout) -> Iterator[Spool]:
    spool = Spool(layout.spool)
    try:
        yield spool
    finally:
        spool.close()
