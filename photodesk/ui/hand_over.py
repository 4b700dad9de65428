"""Fast hand-over: choose who comes next, and the desk locks with that person's password asked for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from photodesk.desk.entrance import SignInPerson
from photodesk.ui.timeline.choice_popover import ChoicePopover

TITLE = "Lock, and sign in as"
NOBODY = "Nobody else can sign in at this desk. Ctrl+L locks it."
DIGITS = 9


def choose_next(
    anchor: QWidget, people: tuple[SignInPerson, ...], chosen: Callable[[str], None], say: Callable[[str], None]
) -> None:
    """Ask below `anchor`; `chosen` gets the slot to sign in with."""
    offered: dict[str, str] = {}
    for who in people:
        if not who.disabled and who.name not in offered.values():  # a person may have several ways to sign in
            offered[who.slot_id] = who.name
    if not offered:
        say(NOBODY)
        return
    popover = ChoicePopover(anchor, TITLE, tuple(offered.items()), digits=min(DIGITS, len(offered)))
    popover.chosen.connect(lambda slot_id: chosen(str(slot_id)))
    popover.open()
