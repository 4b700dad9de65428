"""Tokens: greys are grey, texts can be read, nothing near photos has a hue but a warning."""

from __future__ import annotations

from dataclasses import fields

import pytest

from photodesk.ui.theme import DESK, SURROUNDS, VIEWING, Theme

HUES = {"accent", "accent_hover", "accent_ink", "accent_soft", "hint_on_accent"}
STATES = {"ok", "ok_soft", "warn", "warn_soft", "bad", "bad_soft"}


def contrast(first: str, second: str) -> float:
    """WCAG 2.1 contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def tokens(theme: Theme) -> dict[str, str]:
    return {f.name: getattr(theme, f.name) for f in fields(theme) if f.name != "name"}


@pytest.mark.parametrize("theme", [DESK, VIEWING], ids=lambda t: t.name)
def test_greys_have_no_hue(theme: Theme) -> None:
    coloured = HUES | STATES if theme is DESK else {"warn", "warn_soft", "bad", "bad_soft"}
    for name, value in tokens(theme).items():
        if name not in coloured:
            assert value[1:3] == value[3:5] == value[5:7], name
    for surround in SURROUNDS:
        assert surround[1:3] == surround[3:5] == surround[5:7]


@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        (DESK.ink3, DESK.sunk, 4.7),
        (DESK.on_accent, DESK.accent, 6.0),
        (DESK.ok, DESK.ok_soft, 4.6),
        (DESK.warn, DESK.warn_soft, 5.1),
        (DESK.bad, DESK.bad_soft, 5.5),
        (VIEWING.ink3, VIEWING.panel, 5.8),
        (VIEWING.ink3, VIEWING.well, 4.7),
        (DESK.control, DESK.panel, 3.0),
        (VIEWING.warn, VIEWING.warn_soft, 4.5),
        (DESK.accent_ink, DESK.accent_soft, 4.5),
    ],
)
def test_contrast_is_what_the_style_says(ink: str, ground: str, least: float) -> None:
    assert contrast(ink, ground) >= least
