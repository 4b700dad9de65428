"""The keys of the timeline: what each does to the model, and what the page is asked for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from photodesk.ui.page import Key
from photodesk.ui.timeline.comparing import Comparing
from photodesk.ui.timeline.correcting import Corrections
from photodesk.ui.timeline.menu import Action, ActionsPopover
from photodesk.ui.timeline.middle import MiddleColumn
from photodesk.ui.timeline.model import TimelineModel
from photodesk.ui.timeline.photo_edits import PhotoEdits
from photodesk.ui.words import counted

_READING = (
    Key(("←", "→", "↑", "↓"), "Move"),
    Key(("Page Up", "Page Down"), "A screen up or down"),
    Key(("A",), "Mark as before"),
    Key(("B",), "Mark as after"),
    Key(("C",), "Compare A and B, or the chosen photos"),
    Key(("Space",), "Open full size"),
)
_KEPT = (Key(("K",), "Kept comparisons"),)
_CHOOSING = (Key(("Ctrl A",), "Choose all shown"), Key(("Shift", "→"), "Choose more"), Key(("Menu",), "All actions"))
_EDITING = (
    Key(("S",), "Change site"),
    Key(("V",), "Change view"),
    Key(("T",), "Change tags"),
    Key(("W",), "Other visit"),
    Key(("1…9",), "Use for a missing view"),
)
_CORRECTING = (Key(("M",), "Other patient"), Key(("Delete",), "Delete"))
_SHOWING = (Key(("G",), "Views and visits"), Key(("/",), "Filter"), Key(("R",), "Series"), Key(("Ctrl D",), "Details"))


class TimelineKeys:
    """`opened` opens a photo, `details` the inspector."""

    def __init__(
        self,
        model: TimelineModel,
        middle: MiddleColumn,
        edits: PhotoEdits,
        corrections: Corrections,
        opened: Callable[[str], None],
        comparing: Comparing,
        details: Callable[[], None],
    ) -> None:
        self._model, self._list, self._edits, self._corrections = model, middle.list, edits, corrections
        self._opened, self._comparing, self._details = opened, comparing, details
        filters = middle.filters
        self._plain: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_C: comparing.compare,
            Qt.Key.Key_K: comparing.kept.ask,
            Qt.Key.Key_G: middle.filters.grid_asked.emit,
            Qt.Key.Key_Slash: filters.site.open_choices,
            Qt.Key.Key_R: lambda: filters.series.open_choices() if filters.series.choices else None,
        }
        self._on_photo: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_A: lambda: model.mark_before(model.focus),
            Qt.Key.Key_B: lambda: model.mark_after(model.focus),
            Qt.Key.Key_Space: self._open,
            Qt.Key.Key_Return: self._open,
            Qt.Key.Key_Enter: self._open,
            Qt.Key.Key_S: edits.ask_site,
            Qt.Key.Key_V: edits.ask_view,
            Qt.Key.Key_T: edits.ask_tag,
            Qt.Key.Key_W: edits.ask_visit,
            Qt.Key.Key_M: corrections.ask_move,
            Qt.Key.Key_Delete: corrections.ask_delete,
            Qt.Key.Key_Menu: self.show_actions,
        }

    def known(self) -> tuple[Key, ...]:
        """For `F1`."""
        editing = _EDITING if self._edits.allowed else ()
        correcting = _CORRECTING if self._corrections.allowed else ()
        kept = _KEPT if self._comparing.kept.kept else ()
        return (*_READING, *kept, *_CHOOSING, *editing, *correcting, *_SHOWING)

    def show_actions(self) -> None:
        """Everything that can be done with the chosen photos, with its key."""
        edits, corrections, model = self._edits, self._corrections, self._model
        actions: list[Action] = [
            ("Open full size", "Space", self._open),
            ("Mark as before", "A", lambda: model.mark_before(model.focus)),
            ("Mark as after", "B", lambda: model.mark_after(model.focus)),
            *self._compare_actions(),
        ]
        if edits.allowed:
            actions += [
                ("Change site", "S", edits.ask_site),
                ("Change view", "V", edits.ask_view),
                ("Change tags", "T", edits.ask_tag),
                ("Other visit", "W", edits.ask_visit),
            ]
        if corrections.allowed:
            actions += [("Other patient", "M", corrections.ask_move), ("Delete", "Del", corrections.ask_delete)]
        ActionsPopover(edits.anchor(), counted(len(model.acting_on()), "photo"), actions).open()

    def _compare_actions(self) -> list[Action]:
        """While A or B is marked, `C` is about them: then what is chosen has no key."""
        if not self._comparing.marked:
            return [("Compare", "C", self._comparing.compare_chosen)]
        several = len(self._model.acting_on()) > 1
        return [("Compare these photos", "", self._comparing.compare_chosen)] if several else []

    def press(self, event: QKeyEvent) -> bool:
        """Whether the key did something."""
        key, held = Qt.Key(event.key()), event.modifiers()
        if held & Qt.KeyboardModifier.ControlModifier:
            return self._with_control(key)
        if held & Qt.KeyboardModifier.ShiftModifier and key == Qt.Key.Key_F10 and self._model.focus:
            self.show_actions()
            return True
        if Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            return self.fill(key - Qt.Key.Key_1)
        if self._move(key, through=bool(held & Qt.KeyboardModifier.ShiftModifier)):
            return True
        act = self._plain.get(key) or (self._on_photo.get(key) if self._model.focus else None)
        if act is not None:
            act()
        return act is not None

    def fill(self, place: int) -> bool:
        """Use the chosen photos for a view that is missing; whether there is one under this digit."""
        visit = self._model.series_visit
        gaps = self._model.series.targets(visit.visit_id) if visit is not None else ()
        if place >= len(gaps) or not self._edits.allowed:
            return False
        self._edits.fill(gaps[place])
        return True

    def _with_control(self, key: Qt.Key) -> bool:
        if key == Qt.Key.Key_D:
            self._details()
        elif key == Qt.Key.Key_A:
            self._model.choose_all()
        else:
            return False
        return True

    def _move(self, key: Qt.Key, *, through: bool) -> bool:
        model = self._model
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Home: -len(model.order),
            Qt.Key.Key_End: len(model.order),
        }
        if key in steps:
            model.step(steps[key], through=through)
        elif key in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            beside = self._list.photo_beside(model.focus, 1 if key == Qt.Key.Key_Down else -1)
            model.choose(beside, through=through)
        elif key in {Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}:
            further = self._list.photo_a_page_on(model.focus, 1 if key == Qt.Key.Key_PageDown else -1)
            model.choose(further, through=through)
        else:
            return False
        self._list.show_photo(model.focus)
        return True

    def _open(self) -> None:
        self._opened(self._model.focus)
