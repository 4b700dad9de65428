"""`enrol`: onto the clinic server."""

from __future__ import annotations

import socket

import click

from photodesk.app.clinic_publisher import ClinicPublisher
from photodesk.app.command_desk import command_desk
from photodesk.app.command_line import DeskCommand, Invocation, option, pass_invocation
from photodesk.app.founding import found_here
from photodesk.app.joining import JoinPlan, join_clinic
from photodesk.app.terminal_key import TerminalKeyReader
from photodesk.background.processes import harden
from photodesk.clock import rfc3339
from photodesk.log.entry import Action
from photodesk.store.joining import Joined
from photodesk.sync.enrolling import invite, inviting


@click.command(
    cls=DeskCommand,
    examples="""
photodesk enrol --server https://photos.clinic.example:8443 --code 7K3M-9QXT-04WD-ZR6B-H1YC --user "Ada Berg"
photodesk enrol --invite --user "Ada Berg"
photodesk enrol --server https://photos.clinic.example:8443 --code @- --store NEW --user "Ben Roth"
""",
)
@option("--server", "url", default="", metavar="URL", help="The server's address, as `photodesk serve` shows it.")
@option("--pin", default="", metavar="HEX", help="Compare the server's key with this, as `photodesk serve` shows it.")
@option("--invite", "inviting", is_flag=True, help="Make a code for one new workstation, good for ten minutes.")
@option("--workstation", default="", metavar="NAME", help="What a new workstation is called. Default: its host name.")
@option("--app-code", default="", metavar="CODE", help="The authenticator app's code, where --user signs in with one.")
@option("--password-only", is_flag=True, help="Keep a new store's secrets in the store, where no keyring exists.")
@pass_invocation
def enrol(
    invocation: Invocation, url: str, pin: str, inviting: bool, workstation: str, app_code: str, password_only: bool
) -> None:
    """Bring this clinic to a server (the code stands on the server's terminal), invite a workstation, or join as one.

    Where --store holds a store, its clinic is founded on the server with --code. Where it does not exist, it is made
    as a new workstation with the code of an invitation; --user is a person of the clinic who may open charts.
    """
    code, invocation.code = invocation.code, app_code
    if inviting == bool(url):
        raise click.UsageError("Give --server with --code, or --invite.")
    if inviting:
        _invite(invocation)
        return
    if not code or not invocation.user:
        raise click.UsageError("Give the code with --code, and who does this with --user.")
    if (invocation.store / "store.json").exists():
        _found(invocation, url, pin, code)
    else:
        name = workstation or socket.gethostname() or "This computer"
        _join(invocation, JoinPlan(invocation.store, url, code, invocation.user, name, password_only))


def _found(invocation: Invocation, url: str, pin: str, code: str) -> None:
    with command_desk(invocation) as desk:
        facts = found_here(desk.session, desk.link, url, code, pin)
    invocation.show(
        {"url": facts.url, "pin": facts.pin.hex(), "clinic_id": desk.session.keyset.clinic_id.hex()},
        f"The clinic is on the server.\n\nIts key (compare it with what the server's terminal shows):\n\n"
        f"    {facts.pin.hex()}\n",
    )
    invocation.tell("Send what is here: photodesk sync --once")


def _invite(invocation: Invocation) -> None:
    with command_desk(invocation) as desk:
        session = desk.session
        with inviting(), ClinicPublisher(session.layout, desk.link, session.clock).line() as (spool, line):
            made = invite(session, spool, line)
    invocation.show(
        {"code": made.code, "expires_at": rfc3339(made.expires_ms), "server": made.url},
        f"The code for one new workstation, good for ten minutes:\n\n    {made.code}\n\n"
        f"There: photodesk enrol --server {made.url} --code CODE --user NAME\n",
    )


def _join(invocation: Invocation, plan: JoinPlan) -> None:
    harden(die_with_parent=False)
    password = invocation.password_twice()
    joined = join_clinic(plan, password, invocation.clock, TerminalKeyReader())
    with command_desk(invocation, enrolling=True) as desk:
        desk.session.actor.log(desk.session.actor.entry(Action.WORKSTATION, details={"what": "joined"}))
    _tell_joined(invocation, joined, plan)


def _tell_joined(invocation: Invocation, joined: Joined, plan: JoinPlan) -> None:
    invocation.show(
        {
            "store": str(invocation.store.resolve()),
            "clinic_id": joined.clinic_id,
            "workstation_id": joined.workstation_id,
            "user_id": joined.person_id,
            "keyring": joined.keyring_name,
            "server": plan.url,
        },
        "This computer is a workstation of the clinic now. Fetch its photos: photodesk sync --once",
    )
    if plan.password_only:
        invocation.tell("Password only: whoever copies this folder needs nothing but the password.")
