"""Listing a chart's photos: from the small tables, without reading any picture; twins are one photo."""

from __future__ import annotations

import msgspec

from photodesk.errors import Fixable
from photodesk.photos import Original, Photo, PhotoFacts
from photodesk.store.ledger import Ledger
from photodesk.store.twins import has_twins, listed_as, twins_of, with_twins

ORIGINAL = "original_id, sha256, size_bytes, media_type, name"
_facts = msgspec.json.Decoder(PhotoFacts)
_tags = msgspec.json.Decoder(tuple[str, ...])


class PhotoListing:
    """One open chart, read from any thread."""

    def __init__(self, patient_id: str, chart_id: str, ledger: Ledger) -> None:
        self.patient_id = patient_id
        self.chart_id = chart_id
        self.ledger = ledger
        self._listed: tuple[int, dict[str, Photo]] | None = None

    def photos(self) -> tuple[Photo, ...]:
        """Every photo that is here and not deleted, in the order of their ids; reads no picture.

        Kept until the chart changes.
        """
        generation = self.ledger.database.generation()
        listed = self._listed
        if listed is None or listed[0] != generation:
            listed = generation, {photo.photo_id: photo for photo in self._photos("")}
            self._listed = listed
        return tuple(listed[1].values())

    def _changed(self, photo_id: str) -> None:
        """One commit of this chart's own changed this photo ("": none): what is listed follows without reading all."""
        listed, generation = self._listed, self.ledger.database.generation()
        if listed is None or listed[0] + 1 != generation or has_twins(self.ledger.database):
            self._listed = None
            return
        known = listed[1]
        changed = {photo.photo_id: photo for photo in self._photos(photo_id)} if photo_id else {}
        if photo_id and not changed:
            self._listed = generation, {key: photo for key, photo in known.items() if key != photo_id}
        elif changed.keys() <= known.keys():
            self._listed = generation, {**known, **changed}
        else:
            self._listed = generation, dict(sorted({**known, **changed}.items()))

    def photo(self, photo_id: str) -> Photo:
        """One photo; Fixable `photo_unknown`."""
        found = self._photos(photo_id)
        if not found:
            raise unknown_photo()
        return found[0]

    def _photos(self, photo_id: str, presence: str = "") -> tuple[Photo, ...]:
        if presence or not has_twins(self.ledger.database):
            return self._read_photos(photo_id, presence)
        return with_twins(self.ledger.database, self._read_photos("", ""), photo_id)

    def _read_photos(self, photo_id: str, presence: str) -> tuple[Photo, ...]:
        where, values = (" WHERE photo_id = ?", (photo_id,)) if photo_id else (" WHERE photo_id <> ''", ())
        database = self.ledger.database
        originals: dict[str, list[Original]] = {}
        held = database.rows(f"SELECT place, photo_id, {ORIGINAL} FROM original{where} AND gone = 0", values)  # noqa: S608
        for _, owner, *row in sorted(held):
            originals.setdefault(owner, []).append(Original(*row))
        rows = database.rows(
            f"SELECT photo_id, visit_id, facts, body_site, standard_view, tags, job_id FROM photo{where}"  # noqa: S608
            " AND presence = ? ORDER BY photo_id",
            (*values, presence),
        )
        return tuple(
            Photo(
                photo_id=key,
                patient_id=self.patient_id,
                visit_id=visit_id,
                originals=tuple(originals[key]),
                facts=_facts.decode(facts),
                body_site=site,
                standard_view=view,
                tags=_tags.decode(tags),
                job_id=job_id,
            )
            for key, visit_id, facts, site, view, tags, job_id in rows
            if key in originals
        )

    def twins(self, photo_id: str, presence: str = "") -> list[str]:
        """The other photos of a presence that are the same photo, filed at other workstations."""
        database = self.ledger.database
        return twins_of(database, self._read_photos("", presence), photo_id) if has_twins(database) else []

    def listed_as(self) -> dict[str, str]:
        """Photos that are listed as another one, their twin: its id by theirs."""
        database = self.ledger.database
        return listed_as(database, self._read_photos("", "")) if has_twins(database) else {}


def unknown_photo() -> Fixable:
    """The sentence for a photo that is not in the chart."""
    return Fixable("photo_unknown", "There is no such photo.", "Check the photo's id.")
