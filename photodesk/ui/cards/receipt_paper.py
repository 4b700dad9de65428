"""The card receipt on paper: the same drawing for a printer and a PDF, which carries the receipt itself inside."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QByteArray, QMarginsF, QRectF
from PySide6.QtGui import QColor, QPagedPaintDevice, QPageLayout, QPageSize, QPdfWriter

from photodesk.importing.scan import shown_name
from photodesk.ui.paper import QUIET, begin_page, draw_words
from photodesk.ui.words import counted, day_words, size_words

RULE = "#C4C4C4"
LABEL_PX = 190
CHECK_WORDS = "Check this receipt with: photodesk receipt verify FILE. It names no patient and no photo."


def write_receipt_pdf(path: Path, receipt: dict[str, Any], clinic: str) -> bool:
    """One A4 page with the receipt's JSON inside; False where the file cannot be written."""
    writer = QPdfWriter(str(path))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(20, 20, 20, 20), QPageLayout.Unit.Millimeter)
    writer.setTitle("PhotoDesk card receipt")
    writer.setResolution(300)
    writer.addFileAttachment("receipt.json", QByteArray(msgspec.json.encode(receipt)), "application/json")
    return paint_receipt(writer, receipt, clinic)


def paint_receipt(device: QPagedPaintDevice, receipt: dict[str, Any], clinic: str) -> bool:
    """Draw the page on a printer or a PDF; False where the device does not begin."""
    begun = begin_page(device)
    if begun is None:
        return False
    painter, width = begun[0], begun[1].width()
    draw_words(painter, QRectF(0, 0, width, 40), "Card receipt", 26, 600)
    draw_words(painter, QRectF(0, 44, width, 24), clinic, 13, 400, QUIET)
    draw_words(painter, QRectF(0, 84, width, 80), str(receipt["statement"]), 19, 600)
    top = 176.0
    for name, value in receipt_facts(receipt):
        painter.fillRect(QRectF(0, top, width, 1), QColor(RULE))
        draw_words(painter, QRectF(0, top + 9, LABEL_PX, 20), name, 12, 400, QUIET)
        mono = name in {"Signature", "Hash of all hashes"}
        box = QRectF(LABEL_PX, top + 8, width - LABEL_PX, 44 if mono else 22)
        draw_words(painter, box, value, 11 if mono else 13, 400, mono=mono)
        top += 54 if mono else 36
    painter.fillRect(QRectF(0, top, width, 1), QColor(RULE))
    draw_words(painter, QRectF(0, top + 16, width, 44), CHECK_WORDS, 12, 400, QUIET)
    return painter.end()


def receipt_facts(receipt: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """What a receipt says, line by line, for paper and the dialog."""
    card, log = receipt["card"], receipt["log"]
    at = datetime.fromisoformat(receipt["at"]).astimezone()
    facts = [
        ("Card", shown_name(card["label"] or "no name")),
        ("Serial of the card", shown_name(card["serial"] or "not known")),
        ("Files", f"{receipt['safe']:,} of {receipt['files']:,} safe, {size_words(receipt['bytes'])}"),
        ("Signed", f"{day_words(at.date())}, {at:%H:%M}"),
        ("Workstation", str(receipt["workstation_id"])),
        ("Import", str(receipt["job_id"])),
        ("Hash of all hashes", _grouped(str(receipt["digest"]))),
        ("Signature", _grouped(str(receipt["signature"]))),
    ]
    if receipt["deleted_before"]:
        facts.insert(3, ("Deleted before", counted(receipt["deleted_before"], "file")))
    if log is not None:
        facts.append(("Activity log", f"anchored at entry {log['sequence']:,}"))
    return tuple(facts)


def _grouped(text: str) -> str:
    return " ".join(text[start : start + 8] for start in range(0, len(text), 8))
