"""Inter with tabular figures, by role, in pixels.

Qt's points depend on the screen; pixels at 100 % stay exact under scaling.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

import photodesk

BUNDLED = Path(photodesk.__file__).parent.parent / "resources" / "fonts"
FAMILY, DISPLAY_FAMILY, CODE_FAMILY = "Inter", "Inter Display", "DejaVu Sans Mono"


@dataclass(frozen=True)
class Face:
    """Size and line in px, weight as in CSS, spacing in percent of the size."""

    size_px: int
    line_px: int
    weight: int = 400
    spacing: float = 0.0
    display: bool = False
    code: bool = False


class TextRole(Enum):
    """The roles of the style page."""

    CLOCK = Face(88, 92, 500, -3.5, display=True)
    FIGURE = Face(34, 40, 600, -1.5, display=True)
    TITLE_LARGE = Face(30, 38, 600, -1.5, display=True)
    TITLE = Face(24, 32, 600, -1.5, display=True)
    PRESENTING = Face(26, 32, 600)
    SEARCH = Face(20, 28)
    HEADING = Face(18, 24, 600)
    LEAD = Face(16, 25)
    SUBHEADING = Face(15, 20, 600)
    BODY = Face(14, 20)
    BODY_STRONG = Face(14, 20, 500)
    SMALL = Face(13, 18)
    SMALL_STRONG = Face(13, 18, 500)
    LABEL = Face(12, 16, 500)
    CAPTION = Face(12, 16)
    HINT = Face(11, 16, 500)
    CODE = Face(17, 22, 600, code=True)
    CODE_SMALL = Face(12, 18, code=True)


def load_fonts(folder: Path) -> tuple[str, ...]:
    """Register the bundled font files of `folder`; the families found. None found: the system's sans is used."""
    families: list[str] = []
    for path in sorted(folder.glob("*.otf")):
        number = QFontDatabase.addApplicationFont(str(path))
        families += QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
    return tuple(dict.fromkeys(families))


def font(role: TextRole = TextRole.BODY, *, weight: int | None = None, size_px: int | None = None) -> QFont:
    """The font of a role; `weight` and `size_px` replace the role's own."""
    face = role.value
    made = QFont()
    if face.code:
        made.setFamilies([CODE_FAMILY, "Menlo", "Consolas", "monospace"])
        made.setStyleHint(QFont.StyleHint.Monospace)
    else:
        made.setFamilies([DISPLAY_FAMILY if face.display else FAMILY, FAMILY, "sans-serif"])
        made.setStyleHint(QFont.StyleHint.SansSerif)
        made.setFeature(QFont.Tag("tnum"), 1)
    made.setPixelSize(size_px or face.size_px)
    made.setWeight(QFont.Weight(weight or face.weight))
    if face.spacing:
        made.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 100 + face.spacing)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made
