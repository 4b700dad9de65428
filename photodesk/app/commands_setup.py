"""`init`."""

from __future__ import annotations

import socket

import click

from photodesk.app.command_desk import keeper_link
from photodesk.app.command_line import DeskCommand, Invocation, option, pass_invocation
from photodesk.background.processes import harden
from photodesk.desk.entrance import FOUNDER_ROLES, Entrance, Role

ROLES = click.Choice([role.value for role in Role])


@click.command(
    cls=DeskCommand,
    examples="""
photodesk init --clinic "Skin Clinic" --user "Ada Berg"
printf '%s\\n' "$PASSWORD" | photodesk init --clinic C --user Ada --password-only --password-stdin --json
""",
)
@option("--clinic", required=True, metavar="NAME", help="The clinic's name.")
@option(
    "--role",
    "roles",
    multiple=True,
    type=ROLES,
    help="Narrow the first person's roles; default: administrator, clinician, privacy officer.",
)
@option("--workstation", default="", metavar="NAME", help="What this computer is called. Default: its host name.")
@option(
    "--password-only",
    is_flag=True,
    help="Keep the store's secrets in the store, where no keyring exists: a copied folder then needs only the "
    "password.",
)
@pass_invocation
def init(invocation: Invocation, clinic: str, roles: tuple[str, ...], workstation: str, password_only: bool) -> None:
    """Set up a clinic in a new store, with --user as its first administrator, and print its recovery code.

    Keep the code on paper, away from this computer: it is the only way back when the password or the keyring is lost.
    """
    if not invocation.user:
        raise click.UsageError("Who is the first administrator? Name the person with --user.")
    harden(die_with_parent=False)
    entrance = Entrance(invocation.store, invocation.clock, invocation.cost)
    chosen = frozenset(Role(role) for role in roles) or FOUNDER_ROLES
    workstation = workstation or socket.gethostname() or "This computer"
    founded = entrance.found(
        clinic, workstation, invocation.user, invocation.new_password(), chosen, password_only=password_only
    )
    with keeper_link(invocation):  # the log begins with the store: from now on a missing log is a finding
        pass
    invocation.show(
        {
            "store": str(invocation.store.resolve()),
            "clinic_id": founded.clinic_id,
            "workstation_id": founded.workstation_id,
            "user_id": founded.person_id,
            "recovery_code": founded.recovery_code,
            "keyring": founded.keyring_name,
        },
        f"The clinic is set up.\n\nRecovery code (write it down, keep it away from this computer):\n\n"
        f"    {founded.recovery_code}\n",
    )
    if password_only:
        invocation.tell("Password only: whoever copies this folder needs nothing but the password.")
