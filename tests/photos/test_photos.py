"""Camera time is kept as written; codes are the listed ones."""

from __future__ import annotations

import pytest

from photodesk.errors import Fixable
from photodesk.photos import BODY_SITES, STANDARD_VIEWS, CameraTime, body_site, standard_view


@pytest.mark.parametrize(
    ("exif", "text"),
    [
        ("2026:11:20 09:14:05", "2026-11-20T09:14:05"),
        ("2026-11-20T09:14:05", "2026-11-20T09:14:05"),
        ("2026:11:20 09:14:05\0", "2026-11-20T09:14:05"),
        ("0000:00:00 00:00:00", None),
        ("    :  :     :  :  ", None),
        ("2017:08:21 15:08:70", None),
        ("", None),
    ],
)
def test_camera_time(exif: str, text: str | None) -> None:
    parsed = CameraTime.parse(exif)
    assert (parsed.text if parsed else None) == text


def test_codes_are_unique_and_found() -> None:
    assert len({site.code for site in BODY_SITES}) == len(BODY_SITES)
    assert all(body_site(site.code) is site for site in BODY_SITES)
    assert all(standard_view(view.code) is view for view in STANDARD_VIEWS)


def test_an_unknown_code_is_refused_with_a_remedy() -> None:
    with pytest.raises(Fixable):
        body_site("0")
    with pytest.raises(Fixable):
        standard_view("sideways")
