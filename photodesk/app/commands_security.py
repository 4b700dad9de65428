"""`security`: what protects this workstation now."""

from __future__ import annotations

import click

from photodesk.app.command_desk import command_desk
from photodesk.app.command_line import DeskCommand, Invocation, option, pass_invocation
from photodesk.background.host_facts import look

MARKS = {"ok": "ok ", "look": "?  ", "bad": "!  ", "unknown": "?  "}


@click.command(
    cls=DeskCommand,
    examples="""
photodesk security --user "Ada Berg"
photodesk security --move-into-keyring --user "Ada Berg"
printf '%s\\n' "$PASSWORD" | photodesk security --user Ada --password-stdin --json
""",
)
@option("--move-into-keyring", "move", is_flag=True, help="Move the secrets of a password-only store into the keyring.")
@pass_invocation
def security(invocation: Invocation, move: bool) -> None:
    """Say what protects this workstation now, and what to do where something does not.

    The states are ok, look (worth a look), bad and unknown (it cannot be told).
    """
    with command_desk(invocation) as desk:
        if move:
            name = desk.session.security.move_into_keyring()
            invocation.tell(
                f"The secrets lie in the keyring now ({name}). Copies of the folder made before keep theirs."
            )
        facts = desk.session.security.facts(look(invocation.store))
    rows = [
        {"name": one.name, "state": one.state.value, "says": one.says, "do": one.do, "details": one.details}
        for one in facts
    ]
    worst = next((state for state in ("bad", "look", "unknown") if any(one.state == state for one in facts)), "ok")
    invocation.show({"result": worst, "facts": rows})
    if not invocation.json:
        for one in facts:
            click.echo(f"{MARKS[one.state]} {one.title}: {one.says}")
            if one.do:
                click.echo(f"    {one.do}")
