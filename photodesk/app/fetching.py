"""Photos that a command needs and that are not on this workstation: fetched from the clinic server first."""

from __future__ import annotations

from collections.abc import Collection

from photodesk.app.command_desk import CommandDesk
from photodesk.app.sync_once import sync_once
from photodesk.app.terminal import tell
from photodesk.store.chart import Chart
from photodesk.store.chart_copies import original_not_here
from photodesk.store.chart_pieces import Piece
from photodesk.store.sealed_blob import BlobKind
from photodesk.ui.words import counted


def fetch_first(
    desk: CommandDesk,
    patient_id: str,
    ids: Collection[str] | None = None,
    *,
    screens: bool = False,
    originals: bool = True,
) -> None:
    """These photos and files (None: all of the patient's) are here when this returns, in the forms that are asked for.

    Fixable `original_not_here`, or why the server is not reached. Pictures that cannot be had are no reason to stop.
    """
    session = desk.session
    kinds = {BlobKind.SCREEN} if screens else set()
    kinds |= {BlobKind.ORIGINAL, BlobKind.ATTACHMENT} if originals else set()
    charts = session.charts.of_person(patient_id)
    away = [one for chart in charts for one in _away(chart, ids, kinds)]
    if not away:
        return
    if session.server_copies.kept:
        tell(f"{counted(len(away), 'picture' if screens else 'original')} not on this workstation: fetching.")
        for chart in charts:
            missing = _away(chart, ids, kinds)
            for kind in {one.kind for one in missing}:
                chart.wish([one.owner_id for one in missing if one.kind is kind], kind)
        error = sync_once(session, desk.link, session.clock).error
        away = [one for chart in session.charts.of_person(patient_id) for one in _away(chart, ids, kinds)]
        if error is not None and away and originals:
            raise error
    left = [one for one in away if one.kind is not BlobKind.SCREEN]
    if left:
        raise original_not_here(len(left))


def _away(chart: Chart, ids: Collection[str] | None, kinds: Collection[BlobKind]) -> list[Piece]:
    found = [one for one in chart.pieces() if one.away and one.kind in kinds]
    return [one for one in found if ids is None or {one.photo_id, one.owner_id} & set(ids)]
