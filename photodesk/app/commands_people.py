"""`user`: the people of the clinic."""

from __future__ import annotations

from typing import Any

import click

from photodesk.app.command_desk import CommandDesk, command_desk
from photodesk.app.command_line import DeskCommand, DeskGroup, Invocation, argument, option, pass_invocation
from photodesk.app.commands_factor import factor
from photodesk.app.commands_setup import ROLES
from photodesk.app.terminal import print_table
from photodesk.app.terminal_key import TerminalKeyReader
from photodesk.desk.entrance import Role
from photodesk.desk.people_words import waiting_sentence, waiting_words
from photodesk.store.member_entry import Cosigner
from photodesk.store.people import Person

roles_option = option("--role", "roles", multiple=True, required=True, type=ROLES, help="May be given more than once.")
second_option = option(
    "--second",
    default="",
    metavar="NAME",
    help="A second administrator, who signs too; their password is the last line of standard input, or typed.",
)


@click.group(cls=DeskGroup)
def user() -> None:
    """The people of the clinic: add, list and change them; your own password and second factor."""


user.add_command(factor)


@user.command(
    "add",
    cls=DeskCommand,
    examples="""
photodesk user add "Ben Roth" --role clinician --user "Ada Berg"
printf '%s\\n' "$MINE" "$NEW" | photodesk user add Ben --role front-desk --user Ada --password-stdin --json
""",
)
@argument("name")
@roles_option
@second_option
@pass_invocation
def add(invocation: Invocation, name: str, roles: tuple[str, ...], second: str) -> None:
    """Add a person. The new person's password is the second line of standard input, or typed."""
    with command_desk(invocation) as desk:
        password, signed = invocation.new_password(), _signed(invocation, desk, second)
        desk.session.people.add(name, _chosen(roles), password, signed)
        _show(invocation, desk, name, "may sign in now")


@user.command("list", cls=DeskCommand, examples='photodesk user list --user "Ada Berg"')
@pass_invocation
def list_people(invocation: Invocation) -> None:
    """List the people, their roles, and which keys still wait for somebody."""
    with command_desk(invocation) as desk:
        people = desk.session.people.everyone()
        waits = waiting_sentence(desk.session.people.waits_for())
    invocation.show({"users": [_document(person) for person in people]})
    if not invocation.json:
        rows = [(one.name, ", ".join(sorted(one.roles)), waiting_words(one.waits_for) or one.state) for one in people]
        print_table(("Name", "Roles", "State"), rows)
    if waits:
        invocation.tell(waits)


@user.command(
    "set",
    cls=DeskCommand,
    examples="""
photodesk user set "Ben Roth" --role clinician --role privacy-officer --user "Ada Berg"
photodesk user set "Ben Roth" --role administrator --second "Cleo Lind" --user "Ada Berg"
""",
)
@argument("name")
@roles_option
@second_option
@pass_invocation
def set_roles(invocation: Invocation, name: str, roles: tuple[str, ...], second: str) -> None:
    """Give a person these roles and no others. Keys of roles they lose are made anew."""
    with command_desk(invocation) as desk:
        people = desk.session.people
        person_id = people.named(name).person_id
        people.set_roles(person_id, _chosen(roles), _signed(invocation, desk, second))
        _show(invocation, desk, name, "has these roles now")


@user.command("disable", cls=DeskCommand, examples='photodesk user disable "Ben Roth" --user "Ada Berg"')
@argument("name")
@pass_invocation
def disable(invocation: Invocation, name: str) -> None:
    """Let a person sign in no more. The keys they held are made anew."""
    with command_desk(invocation) as desk:
        people = desk.session.people
        people.disable(people.named(name).person_id)
        _show(invocation, desk, name, "signs in no more")


@user.command(
    "enable",
    cls=DeskCommand,
    examples="""printf '%s\\n' "$MINE" "$NEW" | photodesk user enable "Ben Roth" --user Ada --password-stdin""",
)
@argument("name")
@second_option
@pass_invocation
def enable(invocation: Invocation, name: str, second: str) -> None:
    """Let a disabled person come back, with the roles they had and the password in the second line of input."""
    with command_desk(invocation) as desk:
        people = desk.session.people
        person_id = people.named(name).person_id
        password, signed = invocation.new_password(), _signed(invocation, desk, second)
        people.enable(person_id, password, signed)
        _show(invocation, desk, name, "may sign in again")


@user.command(
    "reset",
    cls=DeskCommand,
    examples="""printf '%s\\n' "$MINE" "$NEW" | photodesk user reset "Ben Roth" --user Ada --password-stdin""",
)
@argument("name")
@second_option
@pass_invocation
def reset(invocation: Invocation, name: str, second: str) -> None:
    """Give a person who forgot their password a new one (second line of input), and a new key pair."""
    with command_desk(invocation) as desk:
        people = desk.session.people
        person_id = people.named(name).person_id
        password, signed = invocation.new_password(), _signed(invocation, desk, second)
        people.reset(person_id, password, signed)
        _show(invocation, desk, name, "has a new password")


@user.command("allow", cls=DeskCommand, examples='photodesk user allow "Ben Roth" --user "Ada Berg"')
@argument("name")
@pass_invocation
def allow(invocation: Invocation, name: str) -> None:
    """After ten wrong passwords: let a person try again on this workstation."""
    with command_desk(invocation) as desk:
        people = desk.session.people
        people.allow(people.named(name).person_id)
        _show(invocation, desk, name, "may try again")


@user.command(
    "password",
    cls=DeskCommand,
    examples="""printf '%s\\n' "$OLD" "$NEW" | photodesk user password --user Ada --password-stdin""",
)
@pass_invocation
def password(invocation: Invocation) -> None:
    """Change your own password; the new one is the second line of input, or typed."""
    old = invocation.password_twice()
    with command_desk(invocation) as desk:
        new = invocation.new_password()
        desk.session.security_keys.change_password(old, new, TerminalKeyReader())
    invocation.show({"changed": True}, "Your password is changed.")


def _chosen(roles: tuple[str, ...]) -> frozenset[Role]:
    return frozenset(Role(role) for role in roles)


def _signed(invocation: Invocation, desk: CommandDesk, second: str) -> Cosigner | None:
    if not second:
        return None
    password = invocation.password(f"Password of {second}")
    return desk.session.people.second(second, password, TerminalKeyReader())


def _show(invocation: Invocation, desk: CommandDesk, name: str, words: str) -> None:
    person = desk.session.people.named(name)
    invocation.show(_document(person), f"{person.name} {words}.")
    sentence = waiting_sentence(desk.session.people.waits_for())
    if sentence:
        invocation.tell(sentence)


def _document(person: Person) -> dict[str, Any]:
    return {
        "user_id": person.person_id,
        "name": person.name,
        "roles": sorted(role.value for role in person.roles),
        "state": person.state,
        "waits_for": sorted(kind.name.lower() for kind in person.waits_for),
    }
