"""`help`: the pages of the help in a terminal, the same text as in the window."""

from __future__ import annotations

import textwrap

import click

from photodesk.app.command_line import DeskCommand, Invocation, pass_invocation
from photodesk.ui.help.topics import topic, topics


@click.command(
    "help",
    cls=DeskCommand,
    examples="""
photodesk help
photodesk help losing-a-computer
""",
)
@click.argument("name", metavar="[TOPIC]", required=False, default="")
@pass_invocation
def help_page(invocation: Invocation, name: str) -> None:
    """Print a page of the help, or the list of its topics. Needs no store and no sign-in."""
    if not name:
        known = topics()
        lines = [f"{one.name:<24} {one.title}" for one in known]
        invocation.show({"topics": [{"name": one.name, "title": one.title} for one in known]}, "\n".join(lines))
        return
    found = topic(name)
    invocation.show({"name": found.name, "title": found.title, "text": found.text}, _wrapped(found.text))


def _wrapped(text: str) -> str:
    """Paragraphs and steps at 100 characters; tables and commands as they are."""
    parts = text.rstrip().split("\n\n")
    return "\n\n".join(part if part.startswith(("|", "    ")) else _filled(part) for part in parts)


def _filled(part: str) -> str:
    return "\n".join(
        textwrap.fill(line, 100, subsequent_indent="   " * (line[:1].isdigit())) for line in part.split("\n")
    )
