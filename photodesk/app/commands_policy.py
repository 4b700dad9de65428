"""`policy`."""

from __future__ import annotations

import click

from photodesk.app.command_desk import command_desk
from photodesk.app.command_line import DeskCommand, DeskGroup, Invocation, argument, pass_invocation
from photodesk.app.terminal import print_table


@click.group(cls=DeskGroup)
def policy() -> None:
    """What the clinic has decided for all its workstations: list and set it."""


@policy.command("list", cls=DeskCommand, examples='photodesk policy list --user "Ada Berg"')
@pass_invocation
def list_policies(invocation: Invocation) -> None:
    """List every policy, what holds now and which values it takes."""
    with command_desk(invocation) as desk:
        found = desk.session.policy.everything()
    invocation.show(
        {
            "policies": [
                {
                    "name": one.rule.name,
                    "value": one.value,
                    "set": one.chosen,
                    "default": one.rule.default,
                    "values": one.rule.values,
                    "meaning": one.rule.meaning,
                }
                for one in found
            ]
        }
    )
    if not invocation.json:
        rows = [(one.rule.name, one.value, "set" if one.chosen else "default", one.rule.values) for one in found]
        print_table(("Policy", "Now", "", "Takes"), rows)


@policy.command("set", cls=DeskCommand, examples='photodesk policy set idle.clinician 240 --user "Ada Berg"')
@argument("name")
@argument("value")
@pass_invocation
def set_policy(invocation: Invocation, name: str, value: str) -> None:
    """Decide a policy for every workstation; an administrator does."""
    with command_desk(invocation) as desk:
        desk.session.policy.set(name, value)
    invocation.show({"name": name, "value": value}, f"{name} is {value} now.")
