"""Measurements in words: a value with its error, never without it; millimetres only where a photo has a scale."""

from __future__ import annotations

import math
from collections.abc import Iterable

from photodesk.compare.lesion_series import AREA_KINDS, summed
from photodesk.compare.measurement import Measured, area, crosses_itself, length
from photodesk.photos.marks import Mark, MarkKind, Scale, ScaleSource

NO_SCALE = "No scale in this photo. Measure a ruler or sticker first."
CROSSES = "The outline crosses itself"
_GAP = "\u00a0"
_SOURCES = {
    ScaleSource.RULER: "Ruler in frame",
    ScaleSource.STICKER: "Sticker in frame",
    ScaleSource.DICOM: "Spacing in the file",
    ScaleSource.HAND: "Typed by hand",
}


def value_words(measured: Measured, *, unit: bool = True) -> str:
    """`65.7 ± 2.0 mm²`: as many digits as the error allows."""
    digits = digits_of(measured.error)
    end = f"{_GAP}{measured.unit}" if unit else ""
    return f"{measured.value:,.{digits}f}{_GAP}±{_GAP}{measured.error:,.{digits}f}{end}"


def digits_of(error: float) -> int:
    """Digits after the point that an error leaves: one of its own, two where it begins with 1 or 2; at most two."""
    if error <= 0:
        return 1
    power = math.floor(math.log10(error))
    own = 2 if round(error / 10**power, 6) < 3 else 1
    return max(0, min(2, own - 1 - power))


def share_words(share: float) -> str:
    """`± 1.5 %`."""
    percent = 100 * share
    return f"±{_GAP}{percent:.1f}{_GAP}%" if percent < 9.95 else f"±{_GAP}{percent:.0f}{_GAP}%"


def scale_words(scale: Scale) -> str:
    """`Sticker in frame, ± 1.5 %, tilt not counted`: how askew it lay to the camera no photo tells."""
    exact = scale.source is ScaleSource.DICOM and scale.error_share == 0
    tilt = ", tilt not counted" if scale.source in {ScaleSource.RULER, ScaleSource.STICKER} else ""
    return _SOURCES[scale.source] + ("" if exact else f", {share_words(scale.error_share)}") + tilt


def groups(marks: Iterable[Mark]) -> tuple[tuple[Mark, ...], ...]:
    """Marks that share a plate: those of one lesion that has an area, every other alone."""
    found: dict[str, list[Mark]] = {}
    held = tuple(marks)
    ringed = {mark.lesion_id for mark in held if mark.lesion_id and mark.kind in AREA_KINDS}
    for mark in held:
        together = mark.lesion_id in ringed and mark.kind in AREA_KINDS | {MarkKind.LENGTH}
        found.setdefault(mark.lesion_id if together else mark.mark_id, []).append(mark)
    return tuple(tuple(group) for group in found.values())


def plate_lines(group: tuple[Mark, ...], scale: Scale | None, *, full: bool = False) -> tuple[str, ...]:
    """What the plate beside a group says, the first line strong; () for arrows. `full` adds the perimeter."""
    first = group[0]
    if first.kind is MarkKind.TEXT:
        return tuple(_folded(first.text))
    rings = [mark for mark in group if mark.kind in AREA_KINDS]
    lengths = [length(mark, scale) for mark in group if mark.kind is MarkKind.LENGTH]
    across = max(lengths, key=lambda each: each.value, default=None)
    if not rings:
        return (value_words(across),) if across is not None else ()
    if any(ring.kind is MarkKind.OUTLINE and crosses_itself(ring.points) for ring in rings):
        return (CROSSES,)
    share = 0.0 if scale is None else scale.error_share
    lines = [value_words(summed([area(ring, scale) for ring in rings], 2 * share))]
    if across is not None:
        lines.append(f"{value_words(across)} across")
    if across is None or full:
        lines.append(f"{value_words(summed([length(ring, scale) for ring in rings], share))} around")
    return tuple(lines)


def _folded(text: str, wide: int = 36, most: int = 4) -> list[str]:
    """A text in lines of about `wide` characters, at most `most` of them."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + len(word) < wide:
            lines[-1] += f" {word}"
        else:
            lines.append(word[:wide])
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]}…"]
    return lines
