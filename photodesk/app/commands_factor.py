"""`user factor`: authenticator app, backup codes and security keys of the signed-in person."""

from __future__ import annotations

import io
import sys

import click
import segno

from photodesk.app.command_desk import CommandDesk, command_desk
from photodesk.app.command_line import DeskCommand, DeskGroup, Invocation, argument, option, pass_invocation
from photodesk.app.terminal import print_table
from photodesk.app.terminal_key import TerminalKeyReader
from photodesk.desk.factors import Enrolment, Factors, enrolment_of
from photodesk.desk.roles import Right
from photodesk.errors import Fixable

GATE = (
    "An authenticator app is a gate that PhotoDesk keeps: it asks for the code, but the code is not part of the keys. "
    "A security key (FIDO2) is: without it the password opens nothing."
)


@click.group(cls=DeskGroup)
def factor() -> None:
    """Second factors: an authenticator app with backup codes, security keys."""


@factor.command(
    "list",
    cls=DeskCommand,
    examples="""
photodesk user factor list --user "Ada Berg"
printf '%s\\n' "$PASSWORD" | photodesk user factor list --user Ada --password-stdin --json
""",
)
@pass_invocation
def list_factors(invocation: Invocation) -> None:
    """List who signs in with what; without the right to see people, one's own."""
    with command_desk(invocation) as desk:
        session = desk.session
        mine = session.factors.mine()
        others = session.factors.everyone() if session.may(Right.SEE_PEOPLE) else ()
        keys = [slot.slot_id for slot in session.security_keys.mine()]
    found = [mine if one.person_id == mine.person_id else one for one in others] or [mine]
    rows = [_shown(one) for one in found]
    invocation.show({"factors": rows, "my_keys": keys})
    if not invocation.json:
        head = ("Name", "App", "Security keys", "Password alone", "Demanded")
        print_table(head, [tuple(_word(row[name]) for name in _COLUMNS) for row in rows])
        for slot_id in keys:
            click.echo(f"Your security key: {slot_id}")


_COLUMNS = ("name", "app", "security_keys", "password_alone", "demanded")


def _word(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _shown(one: Factors) -> dict[str, object]:
    return {
        "user_id": one.person_id,
        "name": one.name,
        "app": one.app,
        "security_keys": one.security_keys,
        "password_alone": one.password_alone,
        "demanded": one.demanded,
        "backup_codes": one.backup_codes,
    }


@factor.command(
    "totp",
    cls=DeskCommand,
    help=f"""Enrol an authenticator app: scan the code it prints, then type what the app shows.

    {GATE}

    A script gives its own random secret (32 letters of base32) with --secret and its code of now with --confirm.
    """,
    examples="""
photodesk user factor totp --user "Ada Berg"
printf '%s\\n' "$PW" "$SECRET" "$CODE" | photodesk user factor totp --secret @- --confirm @- --user Ada \
--password-stdin --json
""",
)
@option("--secret", default="", metavar="BASE32", help="A secret of 160 bits that the app has already (may be @-).")
@option("--confirm", "code", default="", metavar="CODE", help="The code that the app shows for it now (may be @-).")
@pass_invocation
def totp(invocation: Invocation, secret: str, code: str) -> None:
    if bool(secret) != bool(code):
        raise click.UsageError("--secret and --confirm go together.")
    if not secret and (invocation.json or not sys.stdin.isatty()):
        raise click.UsageError("A script gives --secret and --confirm; otherwise a person types the code.")
    with command_desk(invocation, enrolling=True) as desk:
        factors = desk.session.factors
        enrolment = enrolment_of(factors.begin_totp(), secret) if secret else factors.begin_totp()
        codes = factors.confirm_totp(enrolment, code or _typed_code(enrolment))
    _show_codes(invocation, codes, "The app is enrolled. Your next sign-in asks for its code.")


def _typed_code(enrolment: Enrolment) -> str:
    drawn = io.StringIO()
    segno.make(enrolment.uri, error="m").terminal(out=drawn, compact=True)
    click.echo(f"{drawn.getvalue()}\nScan this with the authenticator app, or type: {enrolment.typed}\n")
    code: str = click.prompt("The code that the app shows")
    return code


@factor.command("backup-codes", cls=DeskCommand, examples='photodesk user factor backup-codes --user "Ada Berg"')
@pass_invocation
def backup_codes(invocation: Invocation) -> None:
    """Make ten new backup codes; all earlier ones are void. Each signs in once, in place of the app's code."""
    with command_desk(invocation) as desk:
        codes = desk.session.factors.renew_backup_codes()
    _show_codes(invocation, codes, "The earlier backup codes are void.")


def _show_codes(invocation: Invocation, codes: tuple[str, ...], words: str) -> None:
    listed = "\n".join(f"    {code}" for code in codes)
    keep = "Keep these backup codes on paper, away from this computer and the phone. Each is good once."
    invocation.show({"backup_codes": list(codes)}, f"{words}\n\n{keep}\n\n{listed}\n")


@factor.command(
    "key",
    cls=DeskCommand,
    examples="""
photodesk user factor key --user "Ada Berg"
photodesk user factor key --alone --user "Ada Berg"
""",
)
@option("--alone", is_flag=True, help="From now on the password alone opens nothing, though only one key is enrolled.")
@pass_invocation
def key(invocation: Invocation, alone: bool) -> None:
    """Enrol the security key (FIDO2) that is plugged in; it has to be touched twice.

    Its answer becomes part of your keys: with two keys, or with --alone, the password alone opens nothing any more.
    Whoever loses every key needs an administrator, who gives the account new keys.
    """
    password = invocation.password_twice()
    with command_desk(invocation, enrolling=True) as desk:
        count = desk.session.security_keys.enrol(password, TerminalKeyReader(), alone=alone)
        without = desk.session.factors.mine().password_alone
    words = "The password alone still opens: enrol a second key." if without else "Password and key open together."
    invocation.show({"security_keys": count, "password_alone": without}, f"The security key is enrolled. {words}")


@factor.command(
    "remove",
    cls=DeskCommand,
    examples="""
photodesk user factor remove app --user "Ada Berg"
photodesk user factor remove app --of "Ben Roth" --user "Ada Berg"
photodesk user factor remove 5f0c… --user "Ada Berg"
""",
)
@argument("what", metavar="app/KEY")
@option("--of", "name", default="", metavar="NAME", help="Somebody who lost the app; an administrator does this.")
@pass_invocation
def remove(invocation: Invocation, what: str, name: str) -> None:
    """Remove the authenticator app, or one of your security keys by its id in `user factor list`."""
    if name and what != "app":
        raise click.UsageError("Only the app of somebody else is removed here.")
    password = invocation.password_twice() if what != "app" else ""
    with command_desk(invocation) as desk:
        if what == "app":
            desk.session.factors.remove_totp(_person(desk, name) if name else "")
        else:
            desk.session.security_keys.remove(what, password, TerminalKeyReader())
    invocation.show({"removed": what}, "Removed.")


def _person(desk: CommandDesk, name: str) -> str:
    wanted = name.casefold()
    for one in desk.session.factors.everyone():
        if wanted in {one.name.casefold(), one.person_id}:
            return one.person_id
    raise Fixable("person_unknown", "Nobody here has this name.", "See `photodesk user list`.")
