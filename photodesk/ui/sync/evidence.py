"""Saving what an alarm stands on: files in a folder that the person chooses."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from photodesk.clock import rfc3339
from photodesk.ui.importing.path_dialog import PathDialog
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.sync.watch import ServerWatch

SAVED = "Saved. The folder holds what the server sent, no names and no photos; give it to whoever looks into it."


def save_evidence(window: QWidget, context: PageContext, watch: ServerWatch) -> None:
    """Ask for a folder and write the evidence into a new one there."""
    at = rfc3339(context.desk.clock.wall_ms())[:16].replace(":", "")
    chosen = partial(_write, context, watch)
    title, naming = "Where to save the evidence", "Name of the new folder"
    PathDialog(window, title, "Save", chosen, name=f"server-evidence-{at}", naming=naming).open()


def _write(context: PageContext, watch: ServerWatch, folder: Path) -> None:
    def failed(failure: BaseException) -> None:
        context.navigate.say(sentence(failure))

    context.tasks.store(lambda: watch.server.save_evidence(folder), lambda _: context.navigate.say(SAVED), failed)
