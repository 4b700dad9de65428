"""What of a chart has a sealed copy that an operation names: by blob, and what of it is not here."""

from __future__ import annotations

from collections.abc import Iterator

from photodesk.store.chart import Chart
from photodesk.store.chart_copies import KeptCopy
from photodesk.store.chart_pieces import Piece


def copied(chart: Chart) -> Iterator[tuple[bytes, Piece]]:
    """(blob id, piece) of everything of the chart that there is a sealed copy of."""
    copies = chart.copies()
    for piece in chart.pieces():
        copy = copies.get(piece.uuid.hex()) if piece.photo_key else None
        if copy is not None and (copy.owner_id, copy.kind) == (piece.owner_id, piece.kind):
            yield copy.blob_id, piece


def lacking(chart: Chart) -> Iterator[tuple[KeptCopy, Piece]]:
    """What is not here although there is a sealed copy of it; also what was lost here."""
    copies = chart.copies()
    for piece in chart.pieces():
        copy = copies.get(piece.uuid.hex()) if piece.photo_key and not piece.here else None
        if copy is not None and (copy.owner_id, copy.kind) == (piece.owner_id, piece.kind):
            yield copy, piece
