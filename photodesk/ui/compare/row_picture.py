"""Three to six photos of one patient as one picture, each where it lies on the first. Leaves as a pair does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from photodesk.compare import Mode, render_row, scaled_matrix
from photodesk.export import Words
from photodesk.imaging.decoded import Pixels
from photodesk.photos import Photo
from photodesk.photos.comparison import Rows
from photodesk.photos.marks import Mark, Scale
from photodesk.ui.compare.picture import Look, PairPicture, factor_of
from photodesk.ui.words import day_words

LETTERS = "ABCDEF"
COLUMNS = {3: 3, 4: 2, 5: 3, 6: 3}


@dataclass(frozen=True)
class RowPicture(PairPicture):
    """`matrices` tell how each photo lies on the first, in px of the originals; None as taken."""

    matrices: tuple[Rows | None, ...] = ()

    @classmethod
    def of(
        cls, patient_id: str, photos: Sequence[Photo], days: Sequence[date], matrices: Sequence[Rows | None]
    ) -> RowPicture:
        """Of photos from the left, the first of which is what the others lie on."""
        return cls(patient_id, tuple(photos), tuple(days), matrices=tuple(matrices))

    def put_together(self, pixels: Sequence[Pixels], look: Look) -> Pixels:
        factors = [factor_of(shown, photo) for shown, photo in zip(pixels, self.photos, strict=True)]
        matrices = [
            None if matrix is None else scaled_matrix(matrix, factors[0], factor)
            for matrix, factor in zip(self.matrices, factors, strict=True)
        ]
        return render_row(pixels, look.width_px, COLUMNS[len(pixels)], matrices)

    def words(self, look: Look, marks: Sequence[Mark], scales: dict[str, Scale]) -> Words:
        told = super().words(replace(look, dates=False, comparability=False), marks, scales)
        if not look.dates:
            return told
        dated = ", ".join(f"{letter} {day_words(day)}" for letter, day in zip(LETTERS, self.days, strict=False))
        return replace(told, foot=(f"From the left, row by row: {dated}", *told.foot))

    def notes(self, look: Look) -> list[str]:
        """Which lie on the first, and which are as taken."""
        others = list(zip(LETTERS[1:], self.matrices[1:], strict=False))
        laid = [letter for letter, matrix in others if matrix is not None]
        taken = [letter for letter, matrix in others if matrix is None]
        found = [f"{_listed(laid)} aligned on A"] if laid else []
        found += [f"{_listed(taken)} shown as taken, not aligned"] if taken else []
        return found + (["Marks are a person's own"] if look.marks and look.mode is not Mode.DIFFERENCE else [])


def _listed(letters: Sequence[str]) -> str:
    """`B`, `B and C`, `B, C and D`."""
    return " and ".join(filter(None, (", ".join(letters[:-1]), letters[-1])))
