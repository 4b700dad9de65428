"""Wiring: what the packages above the desk need, made from a session."""

from __future__ import annotations

from photodesk.background import volumes
from photodesk.background.keeper_link import KeeperLink
from photodesk.desk.session import Session
from photodesk.imaging.decoded import Decoder
from photodesk.importing.line import DeskLine
from photodesk.importing.service import ImportService
from photodesk.importing.workplace import workplace_of

CHARTS_AT_SIGN_IN = 64


def import_service(session: Session, link: KeeperLink, decoder: Decoder | None) -> ImportService:
    """Imports of this person; importers are children of the keeper."""
    return ImportService(
        workplace_of(session), lambda job_id: DeskLine(link.start_import(job_id)), decoder, volumes.mounted
    )


def file_what_waits(session: Session, link: KeeperLink, decoder: Decoder | None) -> int:
    """At sign-in, before a chart is shown: file what others assigned, and what a killed import left. How many.

    The photo index catches up with a few charts, too, where an earlier desk could not tell it.
    """
    running = frozenset(state.job_id for state in link.imports_running() if not state.finished)
    filed = import_service(session, link, decoder).file_waiting(skip_jobs=running)
    session.health.heal_index(CHARTS_AT_SIGN_IN)
    return filed
