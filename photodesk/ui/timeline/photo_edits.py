"""Changing what is recorded about photos: body site, view, tags of all that are chosen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QWidget

from photodesk.desk.roles import Right
from photodesk.photos import BODY_SITES, STANDARD_VIEWS, Photo
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.timeline.choice_popover import ChoicePopover
from photodesk.ui.timeline.model import TimelineModel


class PhotoEdits:
    """`where` gives the place of the photo with the focus on `owner`; `changed` is told when the desk has saved."""

    def __init__(
        self,
        owner: QWidget,
        context: PageContext,
        patient_id: str,
        model: TimelineModel,
        where: Callable[[], QRect | None],
        changed: Callable[[], None],
    ) -> None:
        self._context, self._patient_id, self._model = context, patient_id, model
        self._where, self._changed = where, changed
        self.allowed = context.desk.may(Right.EDIT_CHART)
        self._anchor = QWidget(owner)
        self._anchor.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def ask_site(self) -> None:
        """Choose a body site."""
        photo = self._photo()
        if photo is not None:
            choices = (*((s.code, s.name) for s in BODY_SITES), ("", "No site"))
            self._popover("Body site", choices, photo.body_site).chosen.connect(lambda code: self.set(site=code))

    def ask_view(self) -> None:
        """Choose a standard view."""
        photo = self._photo()
        if photo is not None:
            choices = (*((v.code, v.name) for v in STANDARD_VIEWS), ("", "No view"))
            self._popover("View", choices, photo.standard_view).chosen.connect(lambda code: self.set(view=code))

    def ask_tag(self) -> None:
        """Choose or type a tag; one that all chosen photos have comes off."""
        photo = self._photo()
        if photo is not None:
            choices = tuple((tag, f"✓ {tag}" if tag in photo.tags else tag) for tag, _ in self._model.tag_choices())
            self._popover("Tag", choices, "", free=True).chosen.connect(self.toggle_tag)

    def set(self, *, site: str | None = None, view: str | None = None) -> None:
        """Record a site or a view for all chosen photos."""
        desk, patient_id, photo_ids = self._context.desk, self._patient_id, self._model.acting_on()
        self._context.tasks.store(
            lambda: desk.photo_edit.set_many(patient_id, photo_ids, site=site, view=view), self._saved, self._failed
        )

    def toggle_tag(self, tag: str) -> None:
        """Put a tag on all chosen photos, or take it off where all have it."""
        desk, patient_id = self._context.desk, self._patient_id
        marks = [mark for mark in map(self._model.mark, self._model.acting_on()) if mark is not None]
        take_off = all(tag in mark.photo.tags for mark in marks)
        wanted = {
            mark.photo.photo_id: tuple(t for t in mark.photo.tags if t != tag) + (() if take_off else (tag,))
            for mark in marks
        }

        def work() -> list[Photo]:
            return [desk.photo_edit.set(patient_id, photo_id, tags=tags) for photo_id, tags in wanted.items()]

        self._context.tasks.store(work, self._saved, self._failed)

    def _photo(self) -> Photo | None:
        mark = self._model.mark(self._model.focus)
        return mark.photo if mark is not None and self.allowed else None

    def _popover(
        self, title: str, choices: tuple[tuple[str, str], ...], value: str, *, free: bool = False
    ) -> ChoicePopover:
        place = self._where()
        if place is not None:
            self._anchor.setGeometry(place)
        self._anchor.show()
        popover = ChoicePopover(self._anchor, title, choices, value=value, free=free)
        popover.open()
        return popover

    def _saved(self, photos: list[Photo]) -> None:
        self._context.navigate.say("Saved." if len(photos) == 1 else f"{len(photos)} photos changed.")
        self._changed()

    def _failed(self, failure: BaseException) -> None:
        self._context.navigate.say(sentence(failure))
