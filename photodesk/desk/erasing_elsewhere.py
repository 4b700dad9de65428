"""Patients who were erased at another workstation are erased here: on the word of the membership log and nothing else.

What it takes is what erasing takes everywhere (`store.erasing`); that it is done here is a fact of its own, sent to the
others, so that a certificate names who has confirmed.
"""

from __future__ import annotations

from collections.abc import Set
from typing import TYPE_CHECKING

from photodesk.errors import Damaged, PhotoDeskError
from photodesk.log.entry import Action
from photodesk.store.erasing import Erasing
from photodesk.store.keeping_book import Erasure, KeepingBook

if TYPE_CHECKING:
    from photodesk.desk.session import Session


class ErasingElsewhere:
    """For a person with chart keys; one thread, nobody else writes meanwhile."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._book = KeepingBook(session.catalog)

    def carry_out(self, erased: Set[str]) -> frozenset[str]:
        """Erase whom the membership log says is erased (chart ids) and who is still here; which patients went.

        What cannot be done now (an import is running, no room) is an alarm and is done with the next try.
        """
        session, gone = self._session, set[str]()
        if not session.has_chart_keys:
            return frozenset()
        for chart_id in sorted(session.catalog.erasure.known() & erased):
            erasure = self._book.of_chart(chart_id)
            if erasure is None:
                continue  # that it was asked for has not arrived yet
            try:
                self._erase(erasure)
            except PhotoDeskError as failure:
                what = f"A patient who was erased at another workstation is not erased here yet. {failure.message}"
                session.alarms.note(Damaged(failure.code, what, failure.remedy))
            else:
                gone.add(erasure.patient_id)
        return frozenset(gone)

    def _erase(self, erasure: Erasure) -> None:
        session = self._session
        session.charts.close(erasure.patient_id)
        if session.catalog.index is not None:
            session.gate.forget(erasure.patient_id, session.catalog.index.photo_ids(erasure.patient_id))
        erasing = Erasing(
            session.layout,
            session.keyset,
            session.secrets,
            session.catalog,
            session.charts,
            session.log,
            session.log,
            session.clock,
        )
        details = {"what": "erased at another workstation", "erasure": erasure.erasure_id}
        change = session.actor.change("erased")
        with session.actor.logged(session.actor.entry(Action.ERASE, erasure.patient_id, details=details)):
            erasing.carry_out(change, erasure, erasure.places)
            self._book.confirm(change, erasure, session.keyset.workstation_id, session.clock.wall_ms())
