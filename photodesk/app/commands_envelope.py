"""`envelope`: emergency access."""

from __future__ import annotations

import click

from photodesk.app.command_desk import command_desk
from photodesk.app.command_line import DeskCommand, DeskGroup, Invocation, pass_invocation
from photodesk.clock import rfc3339
from photodesk.ui.people.envelope_words import envelope_words, use_words


@click.group(cls=DeskGroup)
def envelope() -> None:
    """The sealed envelope of emergency access: how it stands, a new one, uses that administrators have seen.

    Any command opens it: photodesk timeline 4711 --user "Ben Roth" --emergency "why"; the code is asked for.
    """


@envelope.command("status", cls=DeskCommand, examples='photodesk envelope status --user "Ada Berg"')
@pass_invocation
def status(invocation: Invocation) -> None:
    """How the newest envelope stands, and who ever opened one."""
    with command_desk(invocation) as desk:
        found, uses = desk.session.emergency.envelope(), desk.session.emergency.uses()
    invocation.show(
        {
            "state": found.state,
            "made_at": rfc3339(found.made_ms) if found.made_ms else None,
            "waits_for": sorted(kind.name.lower() for kind in found.waits_for),
            "uses": [{"at": rfc3339(use.at_ms), "who": use.who, "reason": use.reason} for use in uses],
        },
        "\n".join([envelope_words(found), *map(use_words, uses)]),
    )


@envelope.command("renew", cls=DeskCommand, examples='photodesk envelope renew --user "Ada Berg"')
@pass_invocation
def renew(invocation: Invocation) -> None:
    """Make a new envelope and print its code: write it down, seal it, and keep it apart from this computer.

    An envelope there was before opens no more, and the keys behind it are made anew.
    """
    with command_desk(invocation) as desk:
        code = desk.session.emergency.renew()
        found = desk.session.emergency.envelope()
    invocation.show({"code": code, "state": found.state}, f"{envelope_words(found)}\n\n    {code}\n")


@envelope.command("seen", cls=DeskCommand, examples='photodesk envelope seen --user "Ada Berg"')
@pass_invocation
def seen(invocation: Invocation) -> None:
    """Acknowledge that you know of every use so far; each administrator does."""
    with command_desk(invocation) as desk:
        desk.session.emergency.acknowledge()
    invocation.show({"seen": True}, "Noted.")
