"""Standard views: the plastic-surgery face, breast, body and hand series, dermatology's series, intra-oral series."""

from __future__ import annotations

from dataclasses import dataclass

from photodesk.errors import Fixable
from photodesk.photos.sites import HOW_LISTED


@dataclass(frozen=True)
class StandardView:
    """`code` is PhotoDesk's own short word, stable for scripts; `series` groups views."""

    code: str
    name: str
    series: str


_TABLE: dict[str, tuple[tuple[str, str], ...]] = {
    "Any site": (("overview", "Overview"), ("close-up", "Close-up"), ("dermoscopy", "Dermoscopy")),
    "All round": (
        ("frontal", "Frontal"),
        ("oblique-right", "Oblique right"),
        ("oblique-left", "Oblique left"),
        ("lateral-right", "Lateral right"),
        ("lateral-left", "Lateral left"),
        ("posterior", "Posterior"),
        ("posterior-oblique-right", "Posterior oblique right"),
        ("posterior-oblique-left", "Posterior oblique left"),
    ),
    "Face": (
        ("basal", "Basal"),
        ("cephalic", "Cephalic"),
        ("frontal-smiling", "Frontal, smiling"),
        ("frontal-eyes-closed", "Frontal, eyes closed"),
        ("frontal-eyes-up", "Frontal, looking up"),
        ("frontal-brows-raised", "Frontal, brows raised"),
        ("frontal-frowning", "Frontal, frowning"),
        ("lateral-smiling-right", "Lateral right, smiling"),
        ("lateral-smiling-left", "Lateral left, smiling"),
    ),
    "Breast and body": (
        ("arms-raised", "Arms raised"),
        ("hands-on-hips", "Hands on hips"),
        ("bending-forward", "Bending forward"),
        ("sitting", "Sitting"),
    ),
    "Hand and foot": (
        ("dorsal", "Dorsal"),
        ("palmar", "Palmar"),
        ("fist", "Fist"),
        ("radial", "Radial"),
        ("ulnar", "Ulnar"),
        ("plantar", "Plantar"),
        ("medial", "Medial"),
        ("lateral", "Lateral"),
    ),
    "Mouth": (
        ("bite-frontal", "Bite, frontal"),
        ("bite-right", "Bite, right"),
        ("bite-left", "Bite, left"),
        ("occlusal-upper", "Occlusal, upper"),
        ("occlusal-lower", "Occlusal, lower"),
    ),
}
STANDARD_VIEWS: tuple[StandardView, ...] = tuple(
    StandardView(code, name, series) for series, rows in _TABLE.items() for code, name in rows
)
_VIEWS = {view.code: view for view in STANDARD_VIEWS}


def standard_view(code: str) -> StandardView:
    """The view of a code; Fixable where there is none."""
    try:
        return _VIEWS[code]
    except KeyError:
        raise Fixable("view_unknown", f"There is no standard view {code!r}.", HOW_LISTED) from None
