"""A receipt as a file: paper, JSON, anchor or report, by the ending of its name."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from photodesk.errors import Fixable
from photodesk.importing.receipt import anchor_of


def write_receipt(receipt: dict[str, Any], target: Path, report: str, clinic: str) -> None:
    """Write it; Fixable where the ending is none of the four, or the file cannot be written."""
    ending = target.suffix.lower()
    if ending == ".pdf":
        _paper(receipt, target, clinic)
        return
    contents: dict[str, Callable[[], bytes]] = {
        ".json": lambda: msgspec.json.format(msgspec.json.encode(receipt), indent=2) + b"\n",
        ".anchor": lambda: anchor_of(receipt),
        ".txt": report.encode,
    }
    if ending not in contents:
        raise Fixable("receipt_kind", "A receipt is written as .pdf, .json, .anchor or .txt.", "Name the file so.")
    target.write_bytes(contents[ending]())


def _paper(receipt: dict[str, Any], target: Path, clinic: str) -> None:
    """Needs no screen: the drawing is made without one."""
    from PySide6.QtGui import QGuiApplication

    from photodesk.ui.cards.receipt_paper import write_receipt_pdf
    from photodesk.ui.fonts import load_fonts
    from photodesk.ui.run_desk import RESOURCES

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QGuiApplication.instance() or QGuiApplication(["photodesk"])
    load_fonts(RESOURCES / "fonts")
    written = write_receipt_pdf(target, receipt, clinic)
    del application
    if not written:
        raise Fixable("file_refused", "The receipt could not be written there.", "Choose another folder.")
