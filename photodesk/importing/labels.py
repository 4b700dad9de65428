"""What a code in a photo says about whose photos follow: a separator card's patient and visit, a wristband's patient.

Pure values. Where anything does not hold (another clinic, a broken check, an unknown patient) a label names nobody and
`problem` says why: a label is never a guess.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class LabelKind(StrEnum):
    """What was photographed."""

    SEPARATOR = "separator"
    WRISTBAND = "wristband"


@dataclass(frozen=True)
class Label:
    """One photographed label. With `problem` there is no identity; else a patient, and a visit where one is named.

    `at_ms` is when a separator was printed or shown (Unix time, 0 for a wristband); `shown` says that it was on a
    screen, so that `at_ms` is also when it was photographed.
    """

    kind: LabelKind
    patient_id: str = ""
    visit_id: str = ""
    at_ms: int = 0
    shown: bool = False
    problem: str = ""

    @property
    def is_sound(self) -> bool:
        """Whether it names a patient of this clinic beyond doubt."""
        return not self.problem and bool(self.patient_id)

    @property
    def is_card(self) -> bool:
        """Whether the photo is kept out of the clinical series: any separator, and a wristband that was recognised.

        A wristband nobody knows may be any barcode in a clinical photo.
        """
        return self.kind is LabelKind.SEPARATOR or self.is_sound

    def same_card(self, other: Label) -> bool:
        """Whether both name one patient, and no two different visits."""
        if not (self.is_sound and other.is_sound) or self.patient_id != other.patient_id:
            return False
        return self.visit_id == other.visit_id or not (self.visit_id and other.visit_id)


def one_label(labels: Iterable[Label]) -> Label | None:
    """What a photo with these labels says as a whole; labels that contradict each other name nobody."""
    found = list(labels)
    if not found:
        return None
    first = max(found, key=lambda label: (label.kind is LabelKind.SEPARATOR, label.visit_id))
    wrong = next((label.problem for label in found if label.problem), "")
    if not wrong and not all(first.same_card(label) for label in found):
        wrong = "Cards of two patients or visits are in this photo."
    return Label(first.kind, problem=wrong) if wrong else first
