"""Takes a widget out of its page and puts it back where it stood."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QLayout, QWidget


class Borrowed:
    """`widget` was in a row or column of its parent; `give_back` puts it there again, shown."""

    def __init__(self, widget: QWidget) -> None:
        owner = widget.parentWidget()
        found = _box_of(owner.layout(), widget) if owner is not None else None
        if found is None:
            raise ValueError("only what stands in a row or a column can be borrowed")
        self._widget, (self._box, self._index) = widget, found
        self._stretch = self._box.stretch(self._index)

    def give_back(self) -> None:
        """As it was."""
        self._box.insertWidget(self._index, self._widget, self._stretch)
        self._widget.show()


def _box_of(layout: QLayout | None, widget: QWidget) -> tuple[QBoxLayout, int] | None:
    """The row or column a widget stands in, and at which place."""
    if layout is None:
        return None
    at = layout.indexOf(widget)
    if at >= 0:
        return (layout, at) if isinstance(layout, QBoxLayout) else None
    parts = (layout.itemAt(index) for index in range(layout.count()))
    inside = (part.layout() for part in parts if part is not None)
    return next((found for each in inside if (found := _box_of(each, widget)) is not None), None)
