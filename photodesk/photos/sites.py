"""Body sites with SNOMED CT codes, in the order a person meets them from head to foot.

Where SNOMED CT has a concept for one side, its id is the code. Where it has only the site as such, the code is the
expression that refines it by laterality (`60819002:272741003=24028007`, cheek, right), as SNOMED CT's own
compositional grammar writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from photodesk.errors import Fixable

_LATERALITY, _RIGHT, _LEFT = "272741003", "24028007", "7771000"


class Laterality(StrEnum):
    """Whose side: the patient's."""

    NONE = ""
    RIGHT = "right"
    LEFT = "left"


@dataclass(frozen=True)
class BodySite:
    """`code` is a SNOMED CT id or expression; `region` groups sites; `part_of` is the code of the site around it."""

    code: str
    name: str
    region: str
    part_of: str = ""
    side: Laterality = Laterality.NONE


HEAD, FACE, MOUTH, CHEST, ABDOMEN, BACK = "69536005", "89545001", "123851003", "51185008", "818983003", "77568009"

# (code without a side, name, code around it, right, left): `right` "" one site, "+" both sides as expressions
_Row = tuple[str, str, str, str, str]
_TABLE: dict[str, tuple[_Row, ...]] = {
    "Head": (
        (HEAD, "Head", "", "", ""),
        ("41695006", "Scalp", HEAD, "", ""),
        ("61719002", "Vertex of scalp", "41695006", "", ""),
        ("700032006", "Back of scalp", "41695006", "", ""),
        ("450721000", "temple", HEAD, "+", "+"),
        (FACE, "Face", HEAD, "", ""),
        ("52795006", "Forehead", FACE, "", ""),
        ("367577003", "eyebrow", FACE, "+", "+"),
        ("81745001", "eye", FACE, "18944008", "8966001"),
        ("41310005", "upper eyelid", FACE, "+", "+"),
        ("40069000", "lower eyelid", FACE, "+", "+"),
        ("45206002", "Nose", FACE, "", ""),
        ("60819002", "Cheek", FACE, "", ""),
        ("60819002", "cheek", "60819002", "+", "+"),
        ("48477009", "Lip", FACE, "", ""),
        ("16251004", "Upper lip", "48477009", "", ""),
        ("66934001", "Lower lip", "48477009", "", ""),
        ("30291003", "Chin", FACE, "", ""),
        ("244097004", "jawline", FACE, "+", "+"),
        ("117590005", "Ear", HEAD, "", ""),
        ("117590005", "ear", "117590005", "25577004", "89644007"),
        ("24483006", "skin behind ear", HEAD, "+", "+"),
        ("45048000", "Neck", "", "", ""),
        ("11584001", "Front of neck", "45048000", "", ""),
        ("4658004", "Nape of neck", "45048000", "", ""),
    ),
    "Mouth": (
        (MOUTH, "Mouth", HEAD, "", ""),
        ("18444004", "Upper lip, inside", MOUTH, "", ""),
        ("46353006", "Lower lip, inside", MOUTH, "", ""),
        ("245814000", "Upper gum", MOUTH, "", ""),
        ("245823002", "Lower gum", MOUTH, "", ""),
        ("39481002", "Upper teeth", MOUTH, "", ""),
        ("88176008", "Lower teeth", MOUTH, "", ""),
        ("90228003", "Hard palate", MOUTH, "", ""),
        ("49460000", "Soft palate", MOUTH, "", ""),
        ("16811007", "inner cheek", MOUTH, "+", "+"),
        ("21974007", "Tongue", MOUTH, "", ""),
        ("36152006", "Floor of mouth", MOUTH, "", ""),
    ),
    "Trunk": (
        (CHEST, "Chest", "", "", ""),
        ("76752008", "Breast", CHEST, "", ""),
        ("76752008", "breast", "76752008", "73056007", "80248007"),
        ("91470000", "armpit", CHEST, "19654004", "20437008"),
        (ABDOMEN, "Abdomen", "", "", ""),
        ("315003", "Navel", ABDOMEN, "", ""),
        ("58602004", "flank", ABDOMEN, "+", "+"),
        ("26893007", "groin", "", "37117007", "85119005"),
        ("60944009", "Genital area", "", "", ""),
        ("38864007", "Perineum", "60944009", "", ""),
        (BACK, "Back", "", "", ""),
        ("699893008", "Upper back", BACK, "", ""),
        ("37822005", "Lower back", BACK, "", ""),
        ("46862004", "Buttock", "", "", ""),
        ("46862004", "buttock", "46862004", "723980000", "723979003"),
    ),
    "Arms": (
        ("16982005", "shoulder", "", "91774008", "91775009"),
        ("", "upper arm", "", "368209003", "368208006"),
        ("", "elbow", "", "368149001", "368148009"),
        ("17957002", "elbow crease", "elbow", "+", "+"),
        ("14975008", "forearm", "", "64262003", "66480008"),
        ("", "wrist", "", "9736006", "5951000"),
    ),
    "Hands": (
        ("85562004", "hand", "", "78791008", "85151006"),
        ("", "hand, back", "hand", "789219001", "789218009"),
        ("", "palm", "hand", "789217004", "789216008"),
        ("76505004", "thumb", "hand", "734144001", "734143007"),
        ("", "index finger", "hand", "770842002", "770841009"),
        ("", "middle finger", "hand", "770885006", "770884005"),
        ("", "ring finger", "hand", "770883004", "770882009"),
        ("", "little finger", "hand", "762102003", "762101005"),
        ("770809003", "fingernails", "hand", "+", "+"),
    ),
    "Legs": (
        ("29836001", "hip", "", "287579007", "287679003"),
        ("68367000", "thigh", "", "11207009", "61396006"),
        ("72696002", "knee", "", "6757004", "82169009"),
        ("32361000", "back of knee", "knee", "+", "+"),
        ("30021000", "lower leg", "", "32696007", "48979004"),
        ("53840002", "calf", "lower leg", "722116009", "722115008"),
        ("344001", "ankle", "", "6685009", "51636004"),
    ),
    "Feet": (
        ("56459004", "foot", "", "7769000", "22335008"),
        ("2402003", "foot, top", "foot", "+", "+"),
        ("57999000", "sole", "foot", "761975003", "761974004"),
        ("84607009", "heel", "foot", "+", "+"),
        ("", "great toe", "foot", "723730004", "723724004"),
        ("", "second toe", "foot", "1285623009", "1285624003"),
        ("", "third toe", "foot", "1285628000", "1285627005"),
        ("", "fourth toe", "foot", "1285633001", "1285632006"),
        ("", "fifth toe", "foot", "895651003", "895650002"),
        ("770805009", "toenails", "foot", "+", "+"),
    ),
}


def _sites() -> Iterator[BodySite]:
    """The table with both sides of what has sides; a name as `part_of` means the same side's site of that name."""
    sided: dict[tuple[str, Laterality], str] = {}
    for region, rows in _TABLE.items():
        for base, name, around, right, left in rows:
            if not right:
                yield BodySite(base, name, region, around)
                continue
            for side, code, refined in ((Laterality.RIGHT, right, _RIGHT), (Laterality.LEFT, left, _LEFT)):
                own = f"{base}:{_LATERALITY}={refined}" if code == "+" else code
                sided[name, side] = own
                yield BodySite(own, f"{side.capitalize()} {name}", region, sided.get((around, side), around), side)


BODY_SITES: tuple[BodySite, ...] = tuple(_sites())
HOW_LISTED = "List the codes with: photodesk photo codes"
_SITES = {site.code: site for site in BODY_SITES}


def body_site(code: str) -> BodySite:
    """The site of a code; Fixable where there is none."""
    try:
        return _SITES[code]
    except KeyError:
        raise Fixable("site_unknown", f"There is no body site with the code {code!r}.", HOW_LISTED) from None


def within(code: str, around: str) -> bool:
    """Whether a site is `around` or lies in it. A code this list does not know lies in nothing but itself."""
    while code and code != around:
        site = _SITES.get(code)
        code = site.part_of if site is not None else ""
    return bool(code)
