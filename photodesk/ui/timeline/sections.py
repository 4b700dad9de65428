"""Visits as they are read: a date, how long before the next one, and photos grouped by body site."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from photodesk.desk.timeline import Timeline, TimelineVisit
from photodesk.errors import Fixable
from photodesk.photos import BODY_SITES, Attachment, Photo, body_site, standard_view, within
from photodesk.ui.words import NBSP, day_words, size_words
from photodesk.visits import Visit, interval_words

NO_SITE, NO_VIEW, NOT_RECORDED = "No site yet", "No view yet", "Not recorded"
_FROM_THE_HEAD = {site.code: place for place, site in enumerate(BODY_SITES)}


@dataclass(frozen=True)
class Group:
    """Photos of one body site in one visit, in the order they were taken."""

    site: str
    name: str
    photos: tuple[Photo, ...]


@dataclass(frozen=True)
class Section:
    """One visit. `apart` is the time to the next later visit, empty for the newest."""

    visit: Visit
    groups: tuple[Group, ...]
    apart: str
    today: bool
    attachments: tuple[Attachment, ...] = ()

    @property
    def day_words(self) -> str:
        """`20 Nov`."""
        return day_words(self.visit.day).rsplit(" ", 1)[0]

    @property
    def year_words(self) -> str:
        """`2026`."""
        return str(self.visit.day.year)

    @property
    def photos(self) -> tuple[Photo, ...]:
        """All photos shown, in reading order."""
        return tuple(photo for group in self.groups for photo in group.photos)


@dataclass(frozen=True)
class Filter:
    """What is shown; empty text means all. `WITHOUT` means photos that have none recorded.

    A site takes what lies within it: the face its cheeks, the right hand its palm.
    """

    site: str = ""
    view: str = ""
    tag: str = ""

    WITHOUT = "-"

    @property
    def active(self) -> bool:
        """Whether anything is held back."""
        return bool(self.site or self.view or self.tag)

    def takes(self, photo: Photo) -> bool:
        """Whether a photo is shown."""
        site = self.site if self.site not in {"", self.WITHOUT} else ""
        return (
            (within(photo.body_site, site) if site else self._fits(self.site, photo.body_site))
            and self._fits(self.view, photo.standard_view)
            and (not self.tag or self.tag in photo.tags)
        )

    @classmethod
    def _fits(cls, wanted: str, has: str) -> bool:
        return not wanted or (has == "" if wanted == cls.WITHOUT else has == wanted)


def sections_of(timeline: Timeline, chosen: Filter, today: date) -> tuple[Section, ...]:
    """Visits newest first. With a filter, visits without a matching photo are left out."""
    kept: list[tuple[TimelineVisit, tuple[Photo, ...]]] = []
    for each in timeline.visits:
        photos = tuple(photo for photo in each.photos if chosen.takes(photo))
        if photos or not chosen.active:
            kept.append((each, photos))
    found = []
    ranks = site_ranks(photo.body_site for each in timeline.visits for photo in each.photos)
    for index, (each, photos) in enumerate(kept):
        apart = interval_words(each.visit.day, kept[index - 1][0].visit.day) if index else ""
        files = () if chosen.active else each.attachments
        found.append(Section(each.visit, groups_of(photos, ranks), apart, each.visit.day == today, files))
    return tuple(found)


def site_ranks(sites: Iterable[str]) -> dict[str, int]:
    """The place of each site in every visit, from the site of every photo of the chart: a site stands in one place.

    Most photos first, then from head to foot; photos without a site come last.
    """
    counts = Counter(sites)
    foot = len(_FROM_THE_HEAD)
    ordered = sorted(counts, key=lambda code: (code == "", -counts[code], _FROM_THE_HEAD.get(code, foot), code))
    return {code: place for place, code in enumerate(ordered)}


def groups_of(photos: Iterable[Photo], ranks: Mapping[str, int] | None = None) -> tuple[Group, ...]:
    """By body site in the order of `ranks` (of these photos alone unless given)."""
    by_site: dict[str, list[Photo]] = {}
    for photo in photos:
        by_site.setdefault(photo.body_site, []).append(photo)
    places = site_ranks(site for site, held in by_site.items() for _ in held) if ranks is None else ranks
    codes = sorted(by_site, key=lambda code: places[code])
    return tuple(Group(code, site_name(code), tuple(by_site[code])) for code in codes)


def site_name(code: str) -> str:
    """The site's name, or words for none."""
    if not code:
        return NO_SITE
    try:
        return body_site(code).name
    except Fixable:
        return f"Site {code}"


def view_name(code: str) -> str:
    """The view's name, or words for none."""
    if not code:
        return NO_VIEW
    try:
        return standard_view(code).name
    except Fixable:
        return code


def title_of(photo: Photo) -> str:
    """`Left forearm, close-up`."""
    if not photo.body_site and not photo.standard_view:
        return "Not sorted yet"
    site = site_name(photo.body_site)
    return f"{site}, {view_name(photo.standard_view).lower()}" if photo.standard_view else site


def file_words(attachment: Attachment) -> str:
    """`MVI_0012.MP4 · Video · 34 MB`."""
    original = attachment.original
    return " · ".join(part for part in (original.name, attachment.reason, size_words(original.size_bytes)) if part)


def taken_words(photo: Photo) -> str:
    """`20 Nov 2026, 09:14` as the camera wrote it, corrected where its clock is known to be off; or `Not recorded`."""
    camera = photo.taken
    if camera is None:
        return NOT_RECORDED
    at = camera.local()
    return f"{day_words(at.date())}, {at:%H:%M}"


def capture_facts(photo: Photo) -> tuple[tuple[str, str], ...]:
    """How the photo was made, as (label, words): when and with what always, the rest where it is known."""
    facts, capture = photo.facts, photo.facts.capture
    camera = " ".join(part for part in (capture.make, capture.model) if part)
    if capture.make and capture.model.startswith(capture.make):
        camera = capture.model
    lines = [("Taken", taken_words(photo)), ("Camera", camera or NOT_RECORDED), ("Lens", capture.lens)]
    if facts.camera_time is not None and photo.clock_offset_ms:
        written = facts.camera_time.local()
        lines.insert(1, ("Camera's clock", f"{day_words(written.date())}, {written:%H:%M}; corrected"))
    if capture.focal_length_mm:
        lines.append(("Focal length", f"{capture.focal_length_mm:g}{NBSP}mm"))
    if capture.subject_distance_m:
        lines.append(("Distance", f"{capture.subject_distance_m:g}{NBSP}m"))
    lines.append(("Exposure", _exposure(photo)))
    if facts.width_px:
        lines.append(("Pixels", f"{facts.width_px:,} × {facts.height_px:,}"))
    return tuple((label, words) for label, words in lines if words)


def unshown_words(photo: Photo, *, damaged: bool = False) -> str:
    """`This file cannot be shown (not a picture). It is kept as it is.`; `damaged`: what was made to show it is."""
    if damaged:
        return (
            "The picture made from this photo is damaged. Have the store checked and repaired:"
            " where the original is whole, it is made anew."
        )
    reason = photo.facts.undecodable.rstrip(".")
    told = f" ({reason[:1].lower()}{reason[1:]})" if reason else ""
    return f"This file cannot be shown{told}. It is kept as it is."


def _exposure(photo: Photo) -> str:
    capture = photo.facts.capture
    parts = []
    if capture.exposure_s:
        seconds = capture.exposure_s
        parts.append(f"1/{round(1 / seconds)}{NBSP}s" if seconds < 0.5 else f"{seconds:g}{NBSP}s")
    if capture.f_number:
        parts.append(f"f/{capture.f_number:g}")
    if capture.iso:
        parts.append(f"ISO{NBSP}{capture.iso}")
    return ", ".join(parts)
