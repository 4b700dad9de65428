"""Body site, standard view and tags of photos."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from photodesk.desk.actor import Actor
from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.log.entry import Action
from photodesk.photos import Photo, PhotoChange
from photodesk.store.catalog import Catalog, ContentState
from photodesk.store.charts import Charts

MAX_TAG = 60
MAX_TAGS = 30


class PhotoEditDesk:
    """Changes what is recorded about a photo; its bytes never change."""

    def __init__(self, actor: Actor, catalog: Catalog, charts: Charts) -> None:
        self._actor = actor
        self._catalog = catalog
        self._charts = charts

    def patient_of(self, photo_id: str) -> str:
        """The patient whose chart holds the photo; Fixable `photo_unknown`."""
        self._actor.require(Right.SEE_CHART)
        index = self._catalog.index
        patient_id = index.patient_of(photo_id) if index else None
        if patient_id is None:  # the index is rebuildable and may lag; the content ids know too
            filed = self._catalog.contents(ContentState.FILED)
            patient_id = next((known.patient_id for known in filed if known.photo_id == photo_id), None)
        if patient_id is None:
            raise Fixable(
                "photo_unknown", "There is no photo with this id.", "Look the id up with the timeline command."
            )
        return patient_id

    def photo(self, photo_id: str) -> Photo:
        """What is recorded about a photo."""
        return self._charts.open(self.patient_of(photo_id)).photo(photo_id)

    def set(
        self,
        patient_id: str,
        photo_id: str,
        *,
        site: str | None = None,
        view: str | None = None,
        tags: Sequence[str] | None = None,
    ) -> Photo:
        """Change what is not None; empty text clears. Fixable `site_unknown`, `view_unknown`, `tag_unusable`."""
        change = PhotoChange(site, view, None if tags is None else tidy_tags(tags))
        return self.apply(patient_id, {photo_id: change})[0]

    def apply(self, patient_id: str, wanted: Mapping[str, PhotoChange]) -> tuple[Photo, ...]:
        """Change photos of one patient together: one entry that names them all, all or none.

        Of a person with several entries each chart is changed for itself. Fixable as `set`, `photo_unknown`,
        `visit_unknown`.
        """
        self._actor.require(Right.EDIT_CHART)
        tidy = {}
        for photo_id, each in wanted.items():
            each.check()
            tidy[photo_id] = each if each.tags is None else replace(each, tags=tidy_tags(each.tags))
        parts = self._charts.split(patient_id, tidy)
        for entry, photo_ids in parts.items():
            visits = {tidy[one].visit_id for one in photo_ids} - {None}
            if visits - {visit.visit_id for visit in self._catalog.visits(entry)}:
                raise self._no_such_visit(patient_id, visits)
        return tuple(
            photo
            for entry, photo_ids in parts.items()
            for photo in self._apply(entry, {one: tidy[one] for one in photo_ids})
        )

    def _no_such_visit(self, patient_id: str, visits: Set[str | None]) -> Fixable:
        if visits <= {visit.visit_id for visit in self._catalog.visits_of_person(patient_id)}:
            return Fixable(
                "visit_of_other_entry",
                "That visit belongs to this person's other entry; a photo stays in the chart it was filed to.",
                "Choose a visit of the same entry.",
            )
        return Fixable("visit_unknown", "This patient has no such visit.", "Add the visit first.")

    def _apply(self, patient_id: str, wanted: Mapping[str, PhotoChange]) -> tuple[Photo, ...]:
        what = " ".join(dict.fromkeys(word for each in wanted.values() for word in each.words.split()))
        entry = self._actor.entry(Action.EDIT, patient_id, photo_ids=tuple(wanted), details={"what": f"photo {what}"})
        with self._actor.logged(entry):
            return self._charts.open(patient_id).set_photos(self._actor.change("photo"), wanted)


def tidy_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """Tags with single spaces, each once, empty ones dropped; Fixable `tag_unusable`."""
    tidy = tuple(
        dict.fromkeys(text for text in (" ".join(unicodedata.normalize("NFC", tag).split()) for tag in tags) if text)
    )
    unusable = any(len(tag) > MAX_TAG or any(unicodedata.category(c) == "Cc" for c in tag) for tag in tidy)
    if unusable or len(tidy) > MAX_TAGS:
        raise Fixable(
            "tag_unusable",
            f"A tag is longer than {MAX_TAG} characters, or there are more than {MAX_TAGS}.",
            "Use fewer or shorter tags.",
        )
    return tidy
