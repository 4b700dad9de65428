"""Saving what an alarm stands on: one file in a folder that the person chooses."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from photodesk.clock import rfc3339
from photodesk.errors import Fixable
from photodesk.ui.importing.path_dialog import PathDialog
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.sync.watch import ServerWatch

SAVED = "Saved. The file holds what the server sent, no names and no photos; give it to whoever looks into it."


def save_evidence(window: QWidget, context: PageContext, watch: ServerWatch) -> None:
    """Ask for a folder and write the evidence there."""
    at = rfc3339(context.desk.clock.wall_ms())[:16].replace(":", "")
    chosen = partial(_write, context, watch)
    PathDialog(window, "Where to save the evidence", "Save", chosen, name=f"server-evidence-{at}.json").open()


def _write(context: PageContext, watch: ServerWatch, path: Path) -> None:
    def failed(failure: BaseException) -> None:
        context.navigate.say(sentence(failure))

    context.tasks.store(lambda: _save(watch.server.evidence(), path), lambda _: context.navigate.say(SAVED), failed)


def _save(evidence: bytes, path: Path) -> None:
    """Never over a file that is there."""
    try:
        with path.open("xb") as file:
            file.write(evidence)
    except FileExistsError as there:
        raise Fixable("file_exists", "There is a file of this name.", "Choose another name.") from there
    except OSError as error:
        raise Fixable("file_not_written", "The file cannot be written there.", "Choose another folder.") from error
