"""All drawings, made once, and where on them a site is shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from photodesk.photos import BODY_SITES, Laterality, body_site
from photodesk.photos.sites import BACK, FACE, HEAD
from photodesk.ui.body import parts, whole
from photodesk.ui.body.shapes import Figure, site

RIGHT, LEFT = Laterality.RIGHT, Laterality.LEFT
_KNOWN = {each.code for each in BODY_SITES}
TABS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Body", ("front", "back")),
    ("Head", ("head",)),
    ("Hands", ("right-hand", "left-hand", "right-palm", "left-palm")),
    ("Feet", ("right-foot", "left-foot", "right-sole", "left-sole")),
    ("Mouth", ("mouth",)),
)


@cache
def figure(name: str) -> Figure:
    """A drawing by its name."""
    made: dict[str, Callable[[], Figure]] = {
        "front": whole.front,
        "back": whole.back,
        "head": parts.head,
        "mouth": parts.mouth,
        "right-hand": lambda: parts.hand(RIGHT, palm=False),
        "left-hand": lambda: parts.hand(LEFT, palm=False),
        "right-palm": lambda: parts.hand(RIGHT, palm=True),
        "left-palm": lambda: parts.hand(LEFT, palm=True),
        "right-foot": lambda: parts.foot(RIGHT, sole=False),
        "left-foot": lambda: parts.foot(LEFT, sole=False),
        "right-sole": lambda: parts.foot(RIGHT, sole=True),
        "left-sole": lambda: parts.foot(LEFT, sole=True),
    }
    return made[name]()


def shown_as(code: str, names: tuple[str, ...]) -> tuple[str, str] | None:
    """(drawing, code of the part) that stands for a site on these drawings: its own, or that of the site around it."""
    stands_for = {
        HEAD: FACE,
        BACK: site("Upper back"),
        site("Neck"): site("Front of neck"),
        site("Scalp"): site("Back of scalp"),
        site("Buttock"): site("Right buttock"),
    }
    waiting, tried = [code], {""}
    while waiting:
        wanted = waiting.pop(0)
        if wanted in tried:
            continue
        tried.add(wanted)
        for name in names:
            if figure(name).shape(wanted) is not None:
                return name, wanted
        waiting.append(stands_for.get(wanted, ""))
        if wanted in _KNOWN:
            waiting.append(body_site(wanted).part_of)
    return None
