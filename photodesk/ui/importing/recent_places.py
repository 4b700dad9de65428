"""Site and view as one choice: what this patient's photos show already, then what was chosen in this import."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from photodesk.errors import Fixable
from photodesk.importing.shot_marks import Place
from photodesk.photos import body_site, standard_view

if TYPE_CHECKING:
    from photodesk.desk.session import Session

MOST = 9
SCREEN = "import"


class RecentPlaces:
    """`session` None: this person opens no chart, so only what was chosen here is offered."""

    def __init__(self, session: Session | None) -> None:
        self._session = session
        self._known: dict[str, tuple[Place, ...]] = {}

    def of(self, patient_id: str, chosen: Iterable[Place]) -> tuple[Place, ...]:
        """The places to offer, at most one for each digit key. The first look into a chart is an entry of the log."""
        if patient_id not in self._known:
            self._known[patient_id] = self._in_chart(patient_id)
        found = dict.fromkeys((*reversed(list(chosen)), *self._known[patient_id]))
        return tuple(place for place in found if place != Place())[:MOST]

    def _in_chart(self, patient_id: str) -> tuple[Place, ...]:
        if self._session is None or not patient_id:
            return ()
        timeline = self._session.timeline.open(patient_id, SCREEN)
        self._session.timeline.close(patient_id)
        found: dict[Place, None] = {}
        for visit in timeline.visits:
            for photo in visit.photos:
                found.setdefault(Place(photo.body_site, photo.standard_view))
            if len(found) > MOST:
                break
        return tuple(found)


def place_words(place: Place) -> str:
    """`Abdomen, frontal`; codes nobody knows (of a newer PhotoDesk) as they are."""
    try:
        site = body_site(place.site).name if place.site else ""
    except Fixable:
        site = place.site
    try:
        view = standard_view(place.view).name if place.view else ""
    except Fixable:
        view = place.view
    return f"{site}, {view[:1].lower()}{view[1:]}" if site and view else site or view
