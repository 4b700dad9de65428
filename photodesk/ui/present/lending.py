"""What a comparison lends to the patient's screen while it is presented."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QWidget

from photodesk.ui.compare.actions import CompareActions
from photodesk.ui.compare.model import CompareModel
from photodesk.ui.compare.panes import Panes
from photodesk.ui.compare.several_view import SeveralView


class Together(Protocol):
    """Three photos or more, as they are lent: `view` instead of the panes."""

    @property
    def view(self) -> SeveralView:
        """Their cells."""
        ...

    @property
    def ids(self) -> tuple[str, ...]:
        """Photo ids, from the left."""
        ...

    def fit(self) -> None:
        """All of each photo."""
        ...

    def presented(self, shown: bool) -> None:
        """Show nothing but the photos and fit them to the screen; or be the desk's again, as it was."""
        ...


@dataclass(frozen=True)
class Lent:
    """What a comparison lends: its model, the panes with the pixels, and what can be done to them.

    `show_on` brings them in the colours of a screen. `together` where three photos or more are seen: they stay side by
    side.
    """

    patient_id: str
    model: CompareModel
    panes: Panes
    acts: CompareActions
    show_on: Callable[[QScreen], None]
    together: Together | None = None

    @property
    def shown(self) -> QWidget:
        """What goes to the patient's screen."""
        return self.panes if self.together is None else self.together.view

    @property
    def photo_ids(self) -> tuple[str, ...]:
        """What the patient sees."""
        return self.model.pair() if self.together is None else self.together.ids

    def fit(self) -> None:
        """All of each photo again."""
        if self.together is None:
            self.acts.fit()
        else:
            self.together.fit()
