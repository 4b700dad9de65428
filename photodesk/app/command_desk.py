"""A command's own desk, without windows: it starts a keeper, signs in, works, and ends what it started."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

import click

from photodesk.app.clinic_publisher import ClinicPublisher
from photodesk.app.command_line import Invocation
from photodesk.app.paths import existing_store
from photodesk.app.terminal import tell
from photodesk.app.terminal_key import TerminalKeyReader
from photodesk.app.workplaces import file_what_waits
from photodesk.background.decoders import DecoderPool
from photodesk.background.keeper_link import KeeperLink
from photodesk.background.processes import end, harden, spawn
from photodesk.desk.chain import broken_sentence
from photodesk.desk.entrance import Entrance
from photodesk.desk.people_words import own_waiting_sentence
from photodesk.desk.session import Session
from photodesk.errors import PhotoDeskError, Refused
from photodesk.store.layout import Layout
from photodesk.store.wiping import is_wiped, wiped
from photodesk.sync.server_facts import URL
from photodesk.sync.spool import Spool
from photodesk.sync.spooling_out import SpoolingOut
from photodesk.sync.wishing import use_server
from photodesk.ui.people.envelope_words import OPENED, use_words

KEEPER_ENDS_S = 10.0


@dataclass(frozen=True)
class CommandDesk:
    """What a command works with. `decoder` is None where the command asked for none."""

    session: Session
    link: KeeperLink
    decoder: DecoderPool | None


@contextmanager
def command_desk(
    invocation: Invocation,
    *,
    decoder: bool = False,
    file_waiting: bool = False,
    enrolling: bool = False,
    shut_out: Callable[[KeeperLink], None] = lambda _link: None,
) -> Iterator[CommandDesk]:
    """Sign in for one command; `file_waiting` first files what others assigned, since a chart will be shown.

    `enrolling`: the command enrols a second factor, so the clinic's policy may still lack it. `shut_out` is done where
    nobody signs in here any more. Fixable `store_missing`, `store_in_use`, and as `KeyReader`; Refused
    `wrong_password`, `sign_in_waits`, `code_needed`, `wrong_code`, `revoked`, `wiped`.
    """
    layout = existing_store(invocation.store)
    if not invocation.user:
        raise click.UsageError("Who signs in? Name the person with --user.")
    harden(die_with_parent=False)
    password = invocation.password()
    with _unless_wiped(layout), ExitStack() as stack:
        link = stack.enter_context(keeper_link(invocation))
        pool = stack.enter_context(DecoderPool()) if decoder else None
        entrance = Entrance(invocation.store, invocation.clock, invocation.cost)
        try:
            session = _sign_in(invocation, entrance, link, password, pool, enrolling=enrolling)
        except Refused as refused:
            if refused.code == "revoked":
                shut_out(link)
            raise
        del password
        stack.callback(session.close)
        _tell_keys(session)
        stack.callback(_tell_alarms, session)
        _tell_broken_chain(session, entrance)
        _use_server(session, stack)
        if file_waiting and session.has_chart_keys:
            file_what_waits(session, link, pool)
        yield CommandDesk(session, link, pool)


def _sign_in(
    invocation: Invocation,
    entrance: Entrance,
    link: KeeperLink,
    password: str,
    pool: DecoderPool | None,
    *,
    enrolling: bool,
) -> Session:
    if invocation.emergency:
        return entrance.open_envelope(link, invocation.user, password, invocation.emergency, pool)
    return entrance.sign_in(
        link, invocation.user, password, pool, invocation.code, TerminalKeyReader(), enrolling=enrolling
    )


@contextmanager
def _unless_wiped(layout: Layout) -> Iterator[None]:
    """The keeper may carry out an order to erase the store while a command works: what fails then fails of that.

    The keeper has ended where this ends. Refused `wiped`.
    """
    try:
        yield
    except Exception:
        if is_wiped(layout):
            raise wiped() from None
        raise
    if is_wiped(layout):
        raise wiped()


@contextmanager
def keeper_link(invocation: Invocation) -> Iterator[KeeperLink]:
    """A keeper child of this command; at the end it writes `STOP`, signs a checkpoint and exits."""
    ours, theirs = socket.socketpair()
    child: subprocess.Popen[bytes] | None = None
    try:
        with theirs:
            arguments = ["keeper", "--fd", str(theirs.fileno()), "--store", str(invocation.store)]
            child = spawn(arguments, (theirs.fileno(),))
        link = KeeperLink(ours, part="command")
    except BaseException:
        ours.close()
        if child is not None:
            end(child)
        raise
    link.publisher = ClinicPublisher(Layout(invocation.store), link, invocation.clock)
    try:
        yield link
    finally:
        link.close()
        _collect(child)


def _use_server(session: Session, stack: ExitStack) -> None:
    """Where the store has a clinic server: what is not here is asked for, what the server holds is known."""
    if not (session.layout.spool / "sync.db").is_file():
        return
    spool = Spool(session.layout.spool)
    stack.callback(spool.close)
    if spool.fact(URL):
        use_server(session, spool)
        stack.callback(_end_with_server, session, spool)


def _end_with_server(session: Session, spool: Spool) -> None:
    """A session's last writes are no changes to be sent. What goes wrong here is looked at once more next time."""
    if session.catalog.behind_log:
        return
    with suppress(PhotoDeskError):
        session.settle()
        SpoolingOut(session, spool).acknowledge()


def _tell_alarms(session: Session) -> None:
    """Damage that was met is said whatever the command was about, also with `--quiet`."""
    for sentence in session.alarms.sentences:
        tell(sentence)


def _tell_keys(session: Session) -> None:
    """Administrators learn of an opened envelope until they acknowledge it; whoever opens it, what that means; and
    whoever has not every key yet, what they wait for."""
    if session.person.emergency:
        tell(OPENED)
    waiting = own_waiting_sentence(session.keyset.waits_for)
    if waiting:
        tell(waiting)
    for use in session.emergency.unseen():
        tell(f"{use_words(use)} Acknowledge it with: photodesk envelope seen")


def _tell_broken_chain(session: Session, entrance: Entrance) -> None:
    """Said whatever the command is about, also with `--quiet`, and stops nothing: what was written is kept."""
    try:
        found = session.chain.check_newest()
    except OSError:
        return  # the keeper writes there: it says so itself
    if not found.intact:
        tell(broken_sentence(found, entrance.page().workstation_name))


def _collect(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(KEEPER_ENDS_S)
    except subprocess.TimeoutExpired:
        end(child)
