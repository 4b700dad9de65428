"""A comparison as a picture that leaves: the one way, whether a window or a command asks. Knows no Qt.

Order: the disclosure with its `EXPORT` entry, then pixels against it, marks into copies, the mode's picture, words
around it, and the file, written and read back by `export`. Around the picture stand dates where they are wanted; what
is true of it (aligned, bent, matched light, marks of a person) stands below it in any case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from photodesk.compare import Measure, Mode, render, scaled_matrix
from photodesk.compare.drawn_marks import with_marks
from photodesk.compare.landmarks import Landmark
from photodesk.compare.light_match import LightMatch
from photodesk.compare.measurement import area, crosses_itself, length
from photodesk.compare.render import GREY
from photodesk.compare.thin_plate import thin_plate
from photodesk.desk.disclosure import Disclosure
from photodesk.desk.session import Session
from photodesk.errors import Damaged, Fixable, PhotoDeskError
from photodesk.export import Words, check_ending, export_comparison, lettered
from photodesk.imaging.decoded import Pixels
from photodesk.photos import Photo
from photodesk.photos.comparison import LaidBy, Rows
from photodesk.photos.marks import Mark, MarkKind, Scale, ScaleSource
from photodesk.ui.words import day_words
from photodesk.visits import interval_words

SCREEN = "compare"
LINE_PX = 2.0
LETTERS = "ABCDEF"


@dataclass(frozen=True)
class PictureLaying:
    """How B lies on A, in px of the originals; `landmarks` bend it where `bent`. `light` multiplies B's light."""

    by: LaidBy = LaidBy.NOBODY
    matrix: Rows | None = None
    landmarks: tuple[Landmark, ...] = ()
    bent: bool = False
    light: LightMatch | None = None


@dataclass(frozen=True)
class Look:
    """What is wanted: the way, how wide, where the curtain hangs or how much of B an overlay holds, and which words."""

    mode: Mode = Mode.SIDE_BY_SIDE
    width_px: int = 1600
    share: float = 0.5
    dates: bool = False
    notes: bool = False
    marks: bool = False
    comparability: bool = False


@dataclass(frozen=True)
class PairPicture:
    """Two photos of one patient, the days of their visits, how they lie, and what was measured of them."""

    patient_id: str
    photos: tuple[Photo, ...]
    days: tuple[date, ...]
    laying: PictureLaying = PictureLaying()
    measures: tuple[Measure, ...] = ()

    def write(self, session: Session, target: Path, look: Look, purpose: str, recipient: str) -> Path:
        """PNG, JPEG or a page of PDF, as `target` ends, after an `EXPORT` entry.

        Refused `no_right`; Fixable `ending_unknown`, `folder_missing`, `folder_unusable`, `export_failed`,
        `log_not_writable`, `not_shown`.
        """
        check_ending(target)
        decoder = session.decoder
        if not target.parent.is_dir() or decoder is None:
            raise Fixable("folder_missing", "The folder to write into does not exist.", "Make it, or choose another.")
        if target.resolve().is_relative_to(session.layout.root.resolve()):
            raise Fixable("folder_unusable", "That folder lies inside the store.", "Choose another folder.")
        photo_ids = tuple(photo.photo_id for photo in self.photos)
        drawn = session.layers.of(self.patient_id, photo_ids) if look.marks else None
        leave = session.disclosures.disclose(
            self.patient_id, photo_ids, purpose, recipient, rendition=f"comparison {look.mode.value}", screen=SCREEN
        )
        pixels = [
            self._pixels(session, leave, letter, photo, look.width_px)
            for letter, photo in zip(LETTERS, self.photos, strict=False)
        ]
        if self.laying.light is not None:
            pixels[1] = self.laying.light.applied(pixels[1])
        if drawn is not None and look.mode is not Mode.DIFFERENCE:
            pixels = [
                self._marked(one, photo, drawn.marks, look) for one, photo in zip(pixels, self.photos, strict=True)
            ]
        marks = drawn.marks if drawn is not None else ()
        words = self.words(look, marks, drawn.scales if drawn is not None else {})
        picture = lettered(self.put_together(pixels, look), words)
        return export_comparison(picture, target.resolve(), leave, decoder).path

    def put_together(self, pixels: Sequence[Pixels], look: Look) -> Pixels:
        """The picture of all photos' shrunk pixels."""
        return self.render(pixels[0], pixels[1], look)

    def render(self, a: Pixels, b: Pixels, look: Look) -> Pixels:
        """The mode's picture of shrunk pixels of both, uint8, (height, width, 3)."""
        laying, matrix = self.laying, None
        factors = [factor_of(shown, one) for shown, one in zip((a, b), self.photos, strict=True)]
        if laying.bent:
            points = [Landmark(_scaled(one.a, factors[0]), _scaled(one.b, factors[1])) for one in laying.landmarks]
            b, matrix = thin_plate(points).laid(b, (a.shape[1], a.shape[0]), GREY), _rows(np.eye(3))
        elif laying.matrix is not None:
            matrix = _rows(np.array(scaled_matrix(laying.matrix, factors[0], factors[1])))
        return render(a, b, look.mode, look.width_px, matrix, look.share)

    def words(self, look: Look, marks: Sequence[Mark], scales: dict[str, Scale]) -> Words:
        """What stands around the picture; nothing where nothing was asked for."""
        foot: list[str] = []
        if look.notes:
            foot += [" · ".join(self.notes(look))]
        if look.marks and look.mode is not Mode.DIFFERENCE:
            foot += self._figures(marks, scales)
        if look.comparability:
            foot += [
                "B against A: " + ", ".join(_told(each) for each in self.measures if look.dates or each.name != "days")
            ]
        words = Words(foot=tuple(line for line in foot if line))
        if not look.dates:
            return words
        first, second = self.days
        between = interval_words(min(self.days), max(self.days))
        return replace(words, left=day_words(first), middle=between, right=day_words(second))

    def notes(self, look: Look) -> list[str]:
        """What is true of the picture and not as the cameras took it."""
        laying = self.laying
        if laying.bent:
            found = ["B bent onto A by landmarks"]
        elif laying.matrix is not None:
            by = {LaidBy.LANDMARKS: "Aligned by landmarks", LaidBy.HAND: "Laid on each other by hand"}
            found = [by.get(laying.by, "Aligned")]
        else:
            found = ["Shown as taken, not aligned"]
        if laying.light is not None:
            found.append(laying.light.words)
        if look.mode is Mode.DIFFERENCE:
            found.append("Difference of light at half strength, for display only")
        elif look.marks:
            found.append("Marks are a person's own")
        return found

    def _figures(self, marks: Sequence[Mark], scales: dict[str, Scale]) -> list[str]:
        """Lengths and areas of each photo's marks: in mm with the source of its scale, without one in px."""
        found = []
        for letter, photo in zip(LETTERS, self.photos, strict=False):
            scale = scales.get(photo.photo_id)
            told = [words for mark in marks if mark.photo_id == photo.photo_id for words in _measured(mark, scale)]
            if told:
                found.append(f"{letter}: {', '.join(told)} ({_source_words(scale)})")
        return found

    def _marked(self, pixels: Pixels, photo: Photo, marks: Sequence[Mark], look: Look) -> Pixels:
        beside = 2.0 if look.mode is Mode.SIDE_BY_SIDE else 1.0
        own = [mark for mark in marks if mark.photo_id == photo.photo_id]
        line_px = LINE_PX * max(1.0, beside * pixels.shape[1] / look.width_px)
        return with_marks(pixels, own, factor_of(pixels, photo), line_px)

    @staticmethod
    def _pixels(session: Session, leave: Disclosure, letter: str, photo: Photo, width_px: int) -> Pixels:
        shown = session.disclosures.pixels(leave, photo.photo_id, width_px).pixels
        if shown is None:
            raise no_picture(letter, photo)
        return shown


def no_picture(letter: str, photo: Photo, damage: Damaged | None = None) -> PhotoDeskError:
    """One of those that are compared has no picture to show, or a damaged one."""
    which = f"{letter} (photo {photo.photo_id})"
    if damage is None:
        return Fixable("not_shown", f"{which} cannot be shown: there is nothing to compare.", "Choose another photo.")
    return Damaged(
        "rendition_damaged",
        f"The picture made from {which} is damaged: there is nothing to compare.",
        "Run photodesk check --repair: where the original is whole, the picture is made anew.",
        chart_id=damage.chart_id,
        photo_id=photo.photo_id,
    )


def _source_words(scale: Scale | None) -> str:
    if scale is None:
        return "no scale in this photo"
    return scale.source.value + (
        ", tilt not counted" if scale.source in {ScaleSource.RULER, ScaleSource.STICKER} else ""
    )


def _measured(mark: Mark, scale: Scale | None) -> list[str]:
    """A mark's figure, as its plate on the screen says it."""
    if mark.kind in {MarkKind.TEXT, MarkKind.ARROW}:
        return []
    if mark.kind is MarkKind.LENGTH:
        return [f"length {length(mark, scale).words}"]
    if mark.kind is MarkKind.OUTLINE and crosses_itself(mark.points):
        return ["an outline that crosses itself"]
    return [f"area {area(mark, scale).words}"]


def _told(each: Measure) -> str:
    said = each.verdict is None or each.words.endswith("the same")
    return each.words if said or each.verdict is None else f"{each.words} {each.verdict.value}"


def factor_of(pixels: Pixels, photo: Photo) -> float:
    """Shown px per px of the original."""
    return float(max(pixels.shape[:2])) / max(photo.facts.width_px, photo.facts.height_px, 1)


def _scaled(point: tuple[float, float], factor: float) -> tuple[float, float]:
    """A point of the original in the shrunk picture; pixel centres at integers in both."""
    return (point[0] + 0.5) * factor - 0.5, (point[1] + 0.5) * factor - 0.5


def _rows(matrix: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Rows:
    a, b, c = ((float(x), float(y), float(z)) for x, y, z in matrix)
    return a, b, c
