"""The side panel's first part: the area of the lesion, its change with its error, and its curve. No judging words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from photodesk.compare.lesion_series import AREA_KINDS, SeriesPoint, change, lesion_series
from photodesk.photos.marks import Scale
from photodesk.ui.controls.text import Line, Text, empty, fact_row, hbox, vbox
from photodesk.ui.fonts import TextRole, font
from photodesk.ui.marks.curve import AreaCurve
from photodesk.ui.marks.model import MarksModel
from photodesk.ui.marks.words import NO_SCALE, digits_of, scale_words, value_words
from photodesk.ui.theme import VIEWING
from photodesk.visits import interval_words

_GAP = "\u00a0"


@dataclass(frozen=True)
class LesionFacts:
    """What the panel says. `areas` of A and B; `scales` likewise."""

    name: str
    series: tuple[SeriesPoint, ...]
    areas: tuple[SeriesPoint | None, SeriesPoint | None]
    scales: tuple[Scale | None, Scale | None]
    unscaled: bool


def lesion_facts(model: MarksModel, pair: tuple[str, str], days: Mapping[str, date]) -> LesionFacts | None:
    """Of the lesion that is drawn on the pair; None where there is none."""
    lesion_id = model.lesion_of(pair)
    drawn = [mark for mark in model.marks.values() if mark.lesion_id == lesion_id and mark.kind in AREA_KINDS]
    if not lesion_id or not any(mark.photo_id in pair for mark in drawn):
        return None
    series = lesion_series(lesion_id, days, model.marks.values(), model.scales)
    found = {each.photo_id: each for each in series}
    unscaled = any(mark.photo_id in pair and model.scale(mark.photo_id) is None for mark in drawn)
    areas = (found.get(pair[0]), found.get(pair[1]))
    scales = (model.scale(pair[0]), model.scale(pair[1]))
    return LesionFacts(model.lesion_name(lesion_id), series, areas, scales, unscaled)


class LesionPanel(QWidget):
    """Hidden while no lesion is drawn on the pair."""

    def __init__(self) -> None:
        super().__init__()
        column = vbox(self)
        head = hbox(None, 8)
        head.addWidget(Text("Area of the lesion", TextRole.LABEL, "ink2", theme=VIEWING))
        self._name = Text("", TextRole.LABEL, "ink3", theme=VIEWING, elide=True)
        self._name.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self._name, 1)
        column.addLayout(head)
        column.addSpacing(2)
        figure = hbox(None, 8)
        self._figure = Text("", TextRole.FIGURE, theme=VIEWING)
        self._error = Text("", TextRole.SMALL, "ink3", theme=VIEWING)
        figure.addWidget(self._figure)
        self._error.setContentsMargins(0, 0, 0, 5)
        figure.addWidget(self._error, 1, Qt.AlignmentFlag.AlignBottom)
        column.addLayout(figure)
        column.addSpacing(2)
        self._values = Text("", TextRole.SMALL, "ink2", theme=VIEWING, wrap=True)
        column.addWidget(self._values)
        column.addSpacing(12)
        self.curve = AreaCurve()
        column.addWidget(self.curve)
        column.addSpacing(14)
        column.addWidget(Line(theme=VIEWING))
        column.addSpacing(12)
        self._rows = vbox(None, 7)
        column.addLayout(self._rows)
        column.addSpacing(12)
        column.addWidget(Line(theme=VIEWING))
        self.hide()

    def told(self) -> tuple[str, str, str]:
        """Figure, error and values as they are shown."""
        return self._figure.full_text(), self._error.full_text(), self._values.full_text()

    def show_facts(self, facts: LesionFacts | None, letters: dict[str, str]) -> None:
        """Say what is measured of the pair; None hides the part."""
        self.setVisible(facts is not None)
        if facts is None:
            return
        self._name.set_text(facts.name)
        self._figure.setFont(font(TextRole.FIGURE))
        self._say_change(facts)
        self.curve.setVisible(len(facts.series) > 1)
        self.curve.show_series(facts.series, letters)
        empty(self._rows)
        for label, words in fact_lines(facts):
            self._rows.addWidget(fact_row(label, words, VIEWING))

    def _say_change(self, facts: LesionFacts) -> None:
        a, b = facts.areas
        moved = change(a.area, b.area) if a is not None and b is not None else None
        if a is not None and b is not None and moved is not None:
            sign = "+" if moved.percent >= 0 else "−"
            self._figure.set_text(f"{sign}{abs(moved.percent):.1f}{_GAP}%")
            self._error.set_text(f"±{_GAP}{moved.error:.1f}{_GAP}%")
            interval = interval_words(a.day, b.day)
            when = f" in {interval.replace(' ', _GAP)}" if interval and a.day != b.day else ""
            self._values.set_text(f"{_figures(a, b)}{when}")
            return
        alone = a or b
        self._figure.set_text(value_words(alone.area).split(f"{_GAP}±")[0] + f"{_GAP}mm²" if alone else "—")
        self._error.set_text(f"±{_GAP}{alone.area.error:.{digits_of(alone.area.error)}f}{_GAP}mm²" if alone else "")
        missing = "B" if a is not None else "A"
        wanting = (
            NO_SCALE if facts.unscaled else f"Only in {'A' if a is not None else 'B'}. Outline it in {missing} too."
        )
        self._values.set_text(wanting)


def fact_lines(facts: LesionFacts) -> tuple[tuple[str, str], ...]:
    """Across, scale and outline of both photos, said once where they are the same."""
    a, b = facts.areas
    across = [each.across for each in (a, b) if each is not None and each.across is not None]
    lines: list[tuple[str, str]] = []
    if across:
        figures = [f"{each.value:.{digits_of(each.error)}f}" for each in across]
        lines.append(("Across", f"{' → '.join(figures)}{_GAP}{across[0].unit}"))
    said = dict.fromkeys(scale_words(scale) if scale else "None" for scale in facts.scales)
    lines.append(("Scale", " → ".join(said)))
    aided = dict.fromkeys("Aided" if each.aided else "By hand" for each in (a, b) if each is not None)
    if aided:
        lines.append(("Outline", " → ".join(aided)))
    return tuple(lines)


def _figures(a: SeriesPoint, b: SeriesPoint) -> str:
    digits = max(digits_of(a.area.error), digits_of(b.area.error))
    return f"{a.area.value:,.{digits}f} → {b.area.value:,.{digits}f}{_GAP}{b.area.unit}"
