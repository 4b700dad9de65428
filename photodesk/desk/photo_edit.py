"""Body site, standard view and tags of photos."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from photodesk.desk.actor import Actor
from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.log.entry import Action
from photodesk.photos import Photo, body_site, standard_view
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
        self._actor.require(Right.EDIT_CHART)
        if site:
            body_site(site)
        if view:
            standard_view(view)
        tidy = None if tags is None else tidy_tags(tags)
        what = " ".join(name for name, value in (("site", site), ("view", view), ("tags", tags)) if value is not None)
        entry = self._actor.entry(Action.EDIT, patient_id, photo_ids=(photo_id,), details={"what": f"photo {what}"})
        with self._actor.logged(entry):
            return self._charts.open(patient_id).set_photo(self._actor.change("photo"), photo_id, site, view, tidy)

    def set_many(
        self, patient_id: str, photo_ids: Sequence[str], *, site: str | None = None, view: str | None = None
    ) -> list[Photo]:
        """The same site or view for several photos."""
        return [self.set(patient_id, photo_id, site=site, view=view) for photo_id in photo_ids]


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
