"""Protocols: which views a series should have, and what of them a visit still lacks. Nothing of a patient in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from photodesk.errors import Fixable
from photodesk.photos.photo import Photo
from photodesk.photos.sites import BACK, CHEST, FACE, MOUTH, body_site, within
from photodesk.photos.views import standard_view

MAX_STEPS, MAX_NAME = 60, 60
_CODE = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}$")


@dataclass(frozen=True)
class Step:
    """One picture of a series: a body site from a standard view."""

    site: str
    view: str

    @property
    def name(self) -> str:
        """`Face, oblique left`."""
        return f"{body_site(self.site).name}, {standard_view(self.view).name.lower()}"

    def takes(self, photo: Photo) -> bool:
        """Whether a photo shows it: this view, of this site or a site within it."""
        return photo.standard_view == self.view and within(photo.body_site, self.site)


@dataclass(frozen=True)
class Protocol:
    """A series. `code` is a short word, stable for scripts."""

    code: str
    name: str
    steps: tuple[Step, ...]

    @property
    def one_site(self) -> bool:
        """Whether all pictures are of one site: their names need not say which."""
        return len({step.site for step in self.steps}) == 1

    def step_name(self, step: Step) -> str:
        """What to call a step inside its protocol: `Oblique left`, or `Right hand, palmar`."""
        return standard_view(step.view).name if self.one_site else step.name


@dataclass(frozen=True)
class Coverage:
    """What photos have of a protocol: step → the photo that shows it."""

    protocol: Protocol
    taken: dict[Step, str] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[Step, ...]:
        """Steps without a photo, in the order of the protocol."""
        return tuple(step for step in self.protocol.steps if step not in self.taken)

    @property
    def words(self) -> str:
        """`Face series: 4 of 6, oblique left missing`."""
        steps, missing = self.protocol.steps, self.missing
        counted = f"{self.protocol.name}: {len(self.taken)} of {len(steps)}"
        if not missing:
            return f"{counted}, complete"
        first = self.protocol.step_name(missing[0])
        named = f"{first[:1].lower()}{first[1:]}"
        return f"{counted}, {named}{f' and {len(missing) - 1} more' if len(missing) > 1 else ''} missing"


def cover(protocol: Protocol, photos: Iterable[Photo]) -> Coverage:
    """Each photo stands for one step at most; the first photo of a step counts."""
    taken: dict[Step, str] = {}
    for photo in photos:
        step = next((step for step in protocol.steps if step not in taken and step.takes(photo)), None)
        if step is not None:
            taken[step] = photo.photo_id
    return Coverage(protocol, taken)


def validated(protocol: Protocol) -> Protocol:
    """Tidied. Fixable `protocol_unusable`, `site_unknown`, `view_unknown`."""
    name = " ".join(protocol.name.split())
    steps = tuple(dict.fromkeys(protocol.steps))
    for step in steps:
        body_site(step.site)
        standard_view(step.view)
    unusable = not name or len(name) > MAX_NAME or not _CODE.match(protocol.code)
    if unusable or not 0 < len(steps) <= MAX_STEPS:
        raise Fixable(
            "protocol_unusable",
            f"A protocol needs a name of at most {MAX_NAME} characters and 1 to {MAX_STEPS} different views.",
            "Its code is made of small letters, digits and hyphens.",
        )
    return Protocol(protocol.code, name, steps)


def _round(site: str, *views: str) -> tuple[Step, ...]:
    return tuple(Step(site, view) for view in views)


_SIDES = ("oblique-right", "oblique-left", "lateral-right", "lateral-left")
_HANDS, _FEET = ("78791008", "85151006"), ("7769000", "22335008")
_UPPER_ARMS, _FOREARMS = ("368209003", "368208006"), ("64262003", "66480008")
_THIGHS, _LOWER_LEGS = ("11207009", "61396006"), ("32696007", "48979004")

DEFAULT_PROTOCOLS: tuple[Protocol, ...] = (
    Protocol("face", "Face series", _round(FACE, "frontal", *_SIDES, "basal")),
    Protocol("breast", "Breast series", _round(CHEST, "frontal", *_SIDES, "arms-raised")),
    Protocol(
        "body",
        "Body series",
        _round("818983003", "frontal", *_SIDES, "posterior", "posterior-oblique-right", "posterior-oblique-left"),
    ),
    Protocol(
        "hand",
        "Hand series",
        tuple(Step(hand, view) for hand in _HANDS for view in ("dorsal", "palmar", "fist", "radial", "ulnar")),
    ),
    Protocol(
        "dermatology-regional",
        "Dermatology regional series",
        (
            *_round(FACE, "frontal", "lateral-right", "lateral-left"),
            *_round("41695006", "overview"),
            *_round(CHEST, "frontal"),
            *_round("818983003", "frontal"),
            *_round(BACK, "posterior"),
            *_round("46862004", "posterior"),
            *(Step(arm, view) for arm in (*_UPPER_ARMS, *_FOREARMS) for view in ("frontal", "posterior")),
            *(Step(hand, view) for hand in _HANDS for view in ("dorsal", "palmar")),
            *(Step(leg, view) for leg in (*_THIGHS, *_LOWER_LEGS) for view in ("frontal", "posterior")),
            *(Step(foot, view) for foot in _FEET for view in ("dorsal", "plantar")),
        ),
    ),
    Protocol(
        "intra-oral",
        "Intra-oral series",
        _round(MOUTH, "bite-frontal", "bite-right", "bite-left", "occlusal-upper", "occlusal-lower"),
    ),
)
