"""What a timeline can be filtered by: sites, views and tags its photos have, as (code, words)."""

from __future__ import annotations

from collections.abc import Iterable

from photodesk.photos import BODY_SITES, STANDARD_VIEWS, Photo
from photodesk.ui.timeline.sections import Filter, site_name, view_name

Choices = tuple[tuple[str, str], ...]


def sites(photos: Iterable[Photo]) -> Choices:
    """Known sites in the order of the body, then others, then photos without one."""
    present = {photo.body_site for photo in photos}
    known = [(site.code, site.name) for site in BODY_SITES if site.code in present]
    others = sorted(present - {site.code for site in BODY_SITES} - {""})
    return (*known, *((code, site_name(code)) for code in others), *_without(present, site_name("")))


def views(photos: Iterable[Photo]) -> Choices:
    """Known views in their series' order, then photos without one."""
    present = {photo.standard_view for photo in photos}
    return (*((v.code, v.name) for v in STANDARD_VIEWS if v.code in present), *_without(present, view_name("")))


def tags(photos: Iterable[Photo]) -> Choices:
    """Tags by the alphabet."""
    present = sorted({tag for photo in photos for tag in photo.tags}, key=str.casefold)
    return tuple((tag, tag) for tag in present)


def _without(present: set[str], words: str) -> Choices:
    return ((Filter.WITHOUT, words),) if "" in present else ()
