"""What a person wants recorded about a photo: only what is not None changes, empty text clears."""

from __future__ import annotations

from dataclasses import dataclass

from photodesk.photos.photo import Photo
from photodesk.photos.sites import body_site
from photodesk.photos.views import standard_view


@dataclass(frozen=True)
class PhotoChange:
    """New values of a photo. `visit_id` moves it to another visit of the same patient."""

    site: str | None = None
    view: str | None = None
    tags: tuple[str, ...] | None = None
    visit_id: str | None = None

    @property
    def words(self) -> str:
        """Names of what changes, as entries say it: `site view`."""
        named = (("site", self.site), ("view", self.view), ("tags", self.tags), ("visit", self.visit_id))
        return " ".join(name for name, value in named if value is not None)

    def check(self) -> None:
        """Fixable `site_unknown`, `view_unknown`."""
        if self.site:
            body_site(self.site)
        if self.view:
            standard_view(self.view)

    def differing(self, photo: Photo) -> dict[str, str | tuple[str, ...]]:
        """Fields of the record that get another value, by their names in the chart."""
        wanted = (
            ("body_site", self.site, photo.body_site),
            ("standard_view", self.view, photo.standard_view),
            ("tags", self.tags, photo.tags),
            ("visit_id", self.visit_id, photo.visit_id),
        )
        return {name: value for name, value, old in wanted if value is not None and value != old}

    def undoing(self, photo: Photo) -> PhotoChange:
        """The change that gives `photo`, as it is now, back what this one takes."""
        return PhotoChange(
            None if self.site is None else photo.body_site,
            None if self.view is None else photo.standard_view,
            None if self.tags is None else photo.tags,
            None if self.visit_id is None else photo.visit_id,
        )
