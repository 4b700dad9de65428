"""Body sites (SNOMED CT) and standard views, in the order a person meets them from head to foot."""

from __future__ import annotations

from dataclasses import dataclass

from photodesk.errors import Fixable


@dataclass(frozen=True)
class BodySite:
    """`code` is a SNOMED CT concept id; `region` groups sites.

    `map_side` (front or back), `map_x` and `map_y` (0…1 from the left, from the top) place it on the body map.
    """

    code: str
    name: str
    region: str
    map_side: str
    map_x: float
    map_y: float


@dataclass(frozen=True)
class StandardView:
    """`code` is PhotoDesk's own short word, stable for scripts."""

    code: str
    name: str


BODY_SITES: tuple[BodySite, ...] = tuple(
    BodySite(*row)
    for row in (
        ("69536005", "Head", "Head", "front", 0.50, 0.05),
        ("41695006", "Scalp", "Head", "back", 0.50, 0.03),
        ("52795006", "Forehead", "Head", "front", 0.50, 0.04),
        ("89545001", "Face", "Head", "front", 0.50, 0.07),
        ("45206002", "Nose", "Head", "front", 0.50, 0.075),
        ("60819002", "Cheek", "Head", "front", 0.47, 0.08),
        ("48856004", "Lip", "Head", "front", 0.50, 0.095),
        ("117590005", "Ear", "Head", "front", 0.44, 0.07),
        ("45048000", "Neck", "Head", "front", 0.50, 0.14),
        ("51185008", "Chest", "Trunk", "front", 0.50, 0.25),
        ("76752008", "Breast", "Trunk", "front", 0.44, 0.27),
        ("818983003", "Abdomen", "Trunk", "front", 0.50, 0.40),
        ("77568009", "Back", "Trunk", "back", 0.50, 0.30),
        ("123961009", "Upper back", "Trunk", "back", 0.50, 0.22),
        ("37822005", "Lower back", "Trunk", "back", 0.50, 0.40),
        ("46862004", "Buttock", "Trunk", "back", 0.50, 0.50),
        ("368209003", "Right upper arm", "Arms", "front", 0.30, 0.27),
        ("368208006", "Left upper arm", "Arms", "front", 0.70, 0.27),
        ("64262003", "Right forearm", "Arms", "front", 0.24, 0.40),
        ("66480008", "Left forearm", "Arms", "front", 0.76, 0.40),
        ("78791008", "Right hand", "Arms", "front", 0.18, 0.52),
        ("85151006", "Left hand", "Arms", "front", 0.82, 0.52),
        ("11207009", "Right thigh", "Legs", "front", 0.42, 0.62),
        ("61396006", "Left thigh", "Legs", "front", 0.58, 0.62),
        ("32696007", "Right lower leg", "Legs", "front", 0.42, 0.82),
        ("48979004", "Left lower leg", "Legs", "front", 0.58, 0.82),
        ("7769000", "Right foot", "Legs", "front", 0.41, 0.97),
        ("22335008", "Left foot", "Legs", "front", 0.59, 0.97),
    )
)

STANDARD_VIEWS: tuple[StandardView, ...] = tuple(
    StandardView(*row)
    for row in (
        ("overview", "Overview"),
        ("close-up", "Close-up"),
        ("dermoscopy", "Dermoscopy"),
        ("frontal", "Frontal"),
        ("oblique-right", "Oblique right"),
        ("oblique-left", "Oblique left"),
        ("lateral-right", "Lateral right"),
        ("lateral-left", "Lateral left"),
        ("basal", "Basal"),
        ("cephalic", "Cephalic"),
        ("dorsal", "Dorsal"),
        ("palmar", "Palmar"),
        ("posterior", "Posterior"),
    )
)

HOW_LISTED = "List the codes with: photodesk photo codes"
_SITES = {site.code: site for site in BODY_SITES}
_VIEWS = {view.code: view for view in STANDARD_VIEWS}


def body_site(code: str) -> BodySite:
    """The site of a code; Fixable where there is none."""
    try:
        return _SITES[code]
    except KeyError:
        raise Fixable("site_unknown", f"There is no body site with the code {code!r}.", HOW_LISTED) from None


def standard_view(code: str) -> StandardView:
    """The view of a code; Fixable where there is none."""
    try:
        return _VIEWS[code]
    except KeyError:
        raise Fixable("view_unknown", f"There is no standard view {code!r}.", HOW_LISTED) from None
