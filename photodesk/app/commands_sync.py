"""`sync`: one pass with the clinic server, how it stands, and how much of the network it may use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from photodesk.sync.sync_settings import LEAST_KB_S, MOST_KB_S, SyncSettings, read_settings, write_settings


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
    _set(invocation, _paused_words, paused=True)


@sync.command(
    cls=DeskCommand,
    examples="""
photodesk sync resume
""",
)
@pass_invocation
def resume(invocation: Invocation) -> None:
    """Go on sending and fetching."""
    _set(invocation, lambda settings: f"Going on. {_said(settings)}", paused=False)


@sync.command(
    cls=DeskCommand,
    examples="""
photodesk sync limit --kb-s 500 --from 08:00 --until 18:00
photodesk sync limit --kb-s 0
""",
)
@option("--kb-s", type=click.IntRange(0, MOST_KB_S), metavar="N", help="Kilobytes a second, 2 at least; 0: no limit.")
@option("--from", "start", type=HOUR, metavar="HH:00", help="From this full hour of the day. Default: all day.")
@option("--until", type=HOUR, metavar="HH:00", help="Until this full hour of the day.")
@option("--metered/--not-metered", default=None, help="Whether photos travel over networks paid by the byte.")
@pass_invocation
def limit(
    invocation: Invocation,
    kb_s: int | None,
    start: datetime | None,
    until: datetime | None,
    metered: bool | None,
) -> None:
    """Bound how fast photos travel, by hours of the day. A setting of this workstation.

    Hours without --kb-s are those of the limit that holds.
    """
    if kb_s is not None and 0 < kb_s < LEAST_KB_S:
        raise click.BadParameter(f"{LEAST_KB_S} at least, or 0 for no limit.", param_hint="--kb-s")
    hours = _hours(start, until)
    given: dict[str, object] = {}
    if hours is not None:
        given |= {"from_hour": hours[0], "until_hour": hours[1]}
        if not (_limit_now(invocation) if kb_s is None else kb_s):
            raise click.UsageError("There is no limit that these hours could be of: say how fast with --kb-s.")
    elif kb_s is not None:
        given |= {"from_hour": 0, "until_hour": 0}
    if kb_s is not None:
        given["limit_kb_s"] = kb_s
    if metered is not None:
        given["pause_on_metered"] = not metered
    _set(invocation, _said, **given)


def _hours(start: datetime | None, until: datetime | None) -> tuple[int, int] | None:
    """The hours from and until; None where none were said."""
    if (start is None) != (until is None):
        raise click.UsageError("Say both --from and --until, or neither.")
    if start is None or until is None:
        return None
    if start.minute or until.minute:
        raise click.UsageError("--from and --until take full hours, such as 08:00.")
    if start.hour == until.hour:
        raise click.UsageError("--from and --until are the same hour: leave out both for all day.")
    return start.hour, until.hour


def _limit_now(invocation: Invocation) -> int:
    with _spool(existing_store(invocation.store)) as spool:
        return read_settings(spool).limit_kb_s


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


def _set(invocation: Invocation, said: Callable[[SyncSettings], str], **given: object) -> None:
    with _spool(existing_store(invocation.store)) as spool:
        settings = structs.replace(read_settings(spool), **given)
        write_settings(spool, settings)
    invocation.show(structs.asdict(settings), said(settings))


def _said(settings: SyncSettings) -> str:
    metered = "They rest on" if settings.pause_on_metered else "They travel also over"
    parts = [_speed(settings), f"{metered} networks paid by the byte."]
    return " ".join([*parts, _paused_words(settings)] if settings.paused else parts)


def _paused_words(_settings: SyncSettings) -> str:
    return "Paused. Go on with: photodesk sync resume"


def _speed(settings: SyncSettings) -> str:
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
