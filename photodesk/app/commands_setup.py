"""`init` and `user`."""

from __future__ import annotations

import socket

import click

from photodesk.app.command_desk import command_desk, keeper_link
from photodesk.app.command_line import DeskCommand, DeskGroup, Invocation, argument, option, pass_invocation
from photodesk.app.commands_factor import factor
from photodesk.app.terminal import print_table
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


@click.group(cls=DeskGroup)
def user() -> None:
    """The people of the clinic: add and list them."""


@user.command(
    "add",
    cls=DeskCommand,
    examples="""
photodesk user add "Ben Roth" --role clinician --user "Ada Berg"
printf '%s\\n' "$MINE" "$NEW" | photodesk user add Ben --role front-desk --user Ada --password-stdin --json
""",
)
@argument("name")
@option("--role", "roles", multiple=True, required=True, type=ROLES, help="May be given more than once.")
@pass_invocation
def add(invocation: Invocation, name: str, roles: tuple[str, ...]) -> None:
    """Add a person. The new person's password is the second line of standard input, or typed."""
    with command_desk(invocation) as desk:
        chosen = frozenset(Role(role) for role in roles)
        person_id = desk.session.people.add(name, chosen, invocation.new_password())
        invocation.show(
            {"user_id": person_id, "name": name, "roles": sorted(role.value for role in chosen)},
            f"{name} may sign in now.",
        )


@user.command("list", cls=DeskCommand, examples='photodesk user list --user "Ada Berg"')
@pass_invocation
def list_people(invocation: Invocation) -> None:
    """List the people and their roles."""
    with command_desk(invocation) as desk:
        people = desk.session.people.everyone()
        invocation.show(
            {
                "users": [
                    {
                        "user_id": person.person_id,
                        "name": person.name,
                        "roles": sorted(role.value for role in person.roles),
                        "state": str(person.state),
                    }
                    for person in people
                ]
            }
        )
        if not invocation.json:
            print_table(
                ("Name", "Roles", "State"),
                [(person.name, ", ".join(sorted(person.roles)), person.state) for person in people],
            )


user.add_command(factor)
