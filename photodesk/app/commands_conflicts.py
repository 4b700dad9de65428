"""`conflicts`: what two workstations said of one thing without knowing of each other, and a person's decision."""

from __future__ import annotations

from typing import Any

import click

from photodesk.app.command_desk import command_desk
from photodesk.app.command_line import (
    DeskCommand,
    DeskGroup,
    Exampled,
    Invocation,
    argument,
    option,
    pass_invocation,
)
from photodesk.app.terminal import print_table
from photodesk.clock import rfc3339
from photodesk.desk.conflict import Conflict, Side


class ConflictsGroup(Exampled, DeskGroup):
    """`conflicts` alone lists them."""


@click.group(
    cls=ConflictsGroup,
    invoke_without_command=True,
    examples="""
photodesk conflicts --user "Ada Berg"
photodesk conflicts --json --user Ada --password-stdin
photodesk conflicts resolve 5f0c0e6f7a3d4a0f9a4ad1d5a7b0c9de --keep there --user "Ada Berg"
""",
)
@pass_invocation
@click.pass_context
def conflicts(context: click.Context, invocation: Invocation) -> None:
    """List what two workstations said of one thing without knowing of each other.

    What stands now is "here" and is the same on every workstation; "there" is the other value. Neither is lost: the
    history keeps both. While a name, birth date, record number, body site or view is open, it blocks the export.
    """
    if context.invoked_subcommand is None:
        _list(invocation)


@conflicts.command("list", cls=DeskCommand, examples='photodesk conflicts list --user "Ada Berg"')
@pass_invocation
def list_open(invocation: Invocation) -> None:
    """List what waits for a decision."""
    _list(invocation)


@conflicts.command(
    cls=DeskCommand,
    examples="""
photodesk conflicts resolve 5f0c0e6f7a3d4a0f9a4ad1d5a7b0c9de --keep here --user "Ada Berg"
photodesk conflicts resolve 5f0c0e6f7a3d4a0f9a4ad1d5a7b0c9de --keep there --json --user Ada --password-stdin
""",
)
@argument("conflict_id", metavar="ID")
@option("--keep", required=True, type=click.Choice(["here", "there"]), help="What stands now, or the other value.")
@pass_invocation
def resolve(invocation: Invocation, conflict_id: str, keep: str) -> None:
    """Decide one conflict. The decision is a change like any other: logged, and sent to every workstation."""
    with command_desk(invocation) as desk:
        desk.session.conflicts.resolve(conflict_id, keep)
        left = desk.session.conflicts.count()
    words = "Nothing else waits." if not left else f"{left} more to review."
    invocation.show({"conflict_id": conflict_id, "kept": keep, "left": left}, f"Decided. {words}")


def _list(invocation: Invocation) -> None:
    with command_desk(invocation) as desk:
        found = desk.session.conflicts.conflicts()
    invocation.show({"conflicts": [_document(one) for one in found]})
    if not invocation.json:
        print_table(
            ("Id", "What", "Here", "There", ""),
            [
                (
                    one.conflict_id,
                    one.what,
                    _said(one.here),
                    _said(one.there),
                    "blocks the export" if one.blocks_export else "",
                )
                for one in found
            ],
        )


def _said(side: Side) -> str:
    who = ", ".join(word for word in (side.person, side.workstation) if word)
    return f"{side.words} ({who})" if who else side.words


def _document(one: Conflict) -> dict[str, Any]:
    return {
        "conflict_id": one.conflict_id,
        "patient_id": one.patient_id,
        "photo_id": one.photo_id,
        "entity": one.entity,
        "entity_id": one.entity_id,
        "field": one.field,
        "what": one.what,
        "here": _side(one.here),
        "there": _side(one.there),
        "blocks_export": one.blocks_export,
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "value": side.words,
        "user_id": side.person_id,
        "user": side.person,
        "workstation_id": side.workstation_id,
        "workstation": side.workstation,
        "at": rfc3339(side.at_ms),
    }
