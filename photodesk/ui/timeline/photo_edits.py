"""Changing what is recorded about photos: body site, view, tags, visit of all that are chosen, with Undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QWidget

from photodesk.desk.roles import Right
from photodesk.photos import STANDARD_VIEWS, Photo, PhotoChange, Step, standard_view
from photodesk.ui.body.site_popover import SitePopover
from photodesk.ui.page import PageContext, sentence
from photodesk.ui.timeline.choice_popover import ChoicePopover
from photodesk.ui.timeline.model import TimelineModel
from photodesk.ui.timeline.series import filling
from photodesk.ui.words import counted, day_words


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
            popover = SitePopover(self.anchor(), self._model.recent_sites(), value=photo.body_site)
            popover.chosen.connect(self._set_site)
            popover.open()

    def ask_view(self) -> None:
        """Choose a standard view."""
        photo = self._photo()
        if photo is not None:
            likely = self._model.views_for(photo.photo_id)
            rest = [view.code for view in STANDARD_VIEWS if view.code not in likely]
            choices = (*((code, standard_view(code).name) for code in (*likely, *rest)), ("", "No view"))
            popover = ChoicePopover(self.anchor(), "View", choices, value=photo.standard_view, digits=len(likely))
            popover.chosen.connect(lambda code: self.set(PhotoChange(view=str(code))))
            popover.open()

    def ask_tag(self) -> None:
        """Choose or type a tag; one that all chosen photos have comes off."""
        photo = self._photo()
        if photo is not None:
            choices = tuple((tag, f"✓ {tag}" if tag in photo.tags else tag) for tag, _ in self._model.tag_choices())
            popover = ChoicePopover(self.anchor(), "Tag", choices, free=True, digits=min(9, len(choices)))
            popover.chosen.connect(self.toggle_tag)
            popover.open()

    def ask_visit(self) -> None:
        """Choose another visit of the same patient."""
        mark = self._model.mark(self._model.focus)
        timeline = self._model.timeline
        if mark is None or timeline is None or self._photo() is None:
            return
        choices = tuple(
            (v.visit.visit_id, " · ".join(part for part in (day_words(v.visit.day), v.visit.title) if part))
            for v in timeline.visits
        )
        popover = ChoicePopover(self.anchor(), "Visit", choices, value=mark.visit.visit_id, digits=min(9, len(choices)))
        popover.chosen.connect(lambda visit_id: self.set(PhotoChange(visit_id=str(visit_id))))
        popover.open()

    def _set_site(self, code: object) -> None:
        if code:
            last = self._model.set_last
            self._model.set_last = (str(code), *(each for each in last if each != code))
        self.set(PhotoChange(site=str(code)))

    def set(self, change: PhotoChange) -> None:
        """Record the same for all chosen photos."""
        self.apply(dict.fromkeys(self._model.acting_on(), change))

    def fill(self, step: Step) -> None:
        """Let the chosen photos stand for a view that is missing."""
        marks = [mark for mark in map(self._model.mark, self._model.acting_on()) if mark is not None]
        self.apply({mark.photo.photo_id: filling(step, mark.photo) for mark in marks})

    def toggle_tag(self, tag: object) -> None:
        """Put a tag on all chosen photos, or take it off where all have it."""
        word = str(tag)
        marks = [mark for mark in map(self._model.mark, self._model.acting_on()) if mark is not None]
        take_off = all(word in mark.photo.tags for mark in marks)
        self.apply(
            {
                mark.photo.photo_id: PhotoChange(
                    tags=tuple(t for t in mark.photo.tags if t != word) + (() if take_off else (word,))
                )
                for mark in marks
            }
        )

    def apply(self, wanted: Mapping[str, PhotoChange], *, back: bool = False) -> None:
        """Save changes as one; a toast offers to undo them, unless they undo something themselves."""
        marks = {photo_id: self._model.mark(photo_id) for photo_id in wanted}
        changes = {p: each for p, each in wanted.items() if marks[p] is not None}
        if not changes or not self.allowed:
            return
        undo = {p: changes[p].undoing(mark.photo) for p, mark in marks.items() if mark is not None}
        desk, patient_id, navigate = self._context.desk, self._patient_id, self._context.navigate

        def saved(photos: tuple[Photo, ...]) -> None:
            if back:
                navigate.say("Undone.")
            else:
                words = "Saved." if len(photos) == 1 else f"{counted(len(photos), 'photo')} changed."
                navigate.say(words, "Undo", lambda: self.apply(undo, back=True))
            self._changed()

        self._context.tasks.store(lambda: desk.photo_edit.apply(patient_id, changes), saved, self.failed)

    def failed(self, failure: BaseException) -> None:
        """Say why nothing was changed."""
        self._context.navigate.say(sentence(failure))

    def anchor(self) -> QWidget:
        """What popovers hang from: the photo with the focus."""
        place = self._where()
        if place is not None:
            self._anchor.setGeometry(place)
        self._anchor.show()
        return self._anchor

    def _photo(self) -> Photo | None:
        mark = self._model.mark(self._model.focus)
        return mark.photo if mark is not None and self.allowed else None
