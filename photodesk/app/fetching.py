"""Originals that a command needs and that are not on this workstation: fetched from the clinic server first."""

from __future__ import annotations

from collections.abc import Collection

from photodesk.app.command_desk import CommandDesk
from photodesk.app.sync_once import sync_once
from photodesk.app.terminal import tell
from photodesk.store.chart import Chart
from photodesk.store.chart_copies import original_not_here
from photodesk.store.chart_pieces import Piece
from photodesk.ui.words import counted


def fetch_first(desk: CommandDesk, patient_id: str, ids: Collection[str]) -> None:
    """These photos and files are whole here when this returns. Fixable `original_not_here`, or why the server is not
    reached.
    """
    session = desk.session
    chart = session.charts.open(patient_id)
    away = _away(chart, ids)
    if not away:
        return
    if not session.server_copies.kept:
        raise original_not_here()
    tell(f"{counted(len(away), 'original')} not on this workstation: fetching.")
    for piece in away:
        chart.wish(piece.owner_id, piece.kind)
    once = sync_once(session, desk.link, session.clock)
    if _away(session.charts.open(patient_id), ids):
        raise once.error or original_not_here()


def _away(chart: Chart, ids: Collection[str]) -> list[Piece]:
    return [one for one in chart.pieces(pictures=False) if one.away and {one.photo_id, one.owner_id} & set(ids)]
