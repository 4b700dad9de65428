"""Which pages there are. Each is imported when it is first opened, so that the sign-in starts fast."""

from __future__ import annotations

from photodesk.ui.navigation import PageMakers
from photodesk.ui.page import Page, PageContext


def _home(context: PageContext) -> Page:
    from photodesk.ui.home import HomePage

    return HomePage(context)


def _inbox(context: PageContext) -> Page:
    from photodesk.ui.importing import InboxPage

    return InboxPage(context)


def _import(context: PageContext) -> Page:
    from photodesk.ui.importing import ImportPage

    return ImportPage(context)


def _activity(context: PageContext) -> Page:
    from photodesk.ui.log import ActivityPage

    return ActivityPage(context)


def _settings(context: PageContext) -> Page:
    from photodesk.ui.settings import SettingsPage

    return SettingsPage(context)


def _timeline(context: PageContext, patient_id: str) -> Page:
    from photodesk.ui.timeline.page import TimelinePage

    return TimelinePage(context, patient_id)


def _photo(context: PageContext, patient_id: str, photo_id: str) -> Page:
    from photodesk.ui.photo.page import PhotoPage

    return PhotoPage(context, patient_id, photo_id)


def _compare(context: PageContext, patient_id: str, before_id: str, after_id: str) -> Page:
    from photodesk.ui.compare.page import ComparePage

    return ComparePage(context, patient_id, before_id, after_id)


def _series(context: PageContext, patient_id: str) -> Page:
    from photodesk.ui.series.page import SeriesPage

    return SeriesPage(context, patient_id)


def page_makers() -> PageMakers:
    """All pages."""
    sections = {
        "home": _home,
        "inbox": _inbox,
        "import": _import,
        "activity": _activity,
        "settings": _settings,
    }
    return PageMakers(_timeline, _photo, _compare, _series, sections)
