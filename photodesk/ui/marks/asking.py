"""What the tool row asks and says: the words of a text, the millimetres of a ruler, the name of a lesion."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCompleter

from photodesk.compare.measurement import scale_from, scale_from_spacing
from photodesk.errors import PhotoDeskError
from photodesk.photos import PhotoFacts
from photodesk.photos.marks import MarkKind, Scale, ScaleSource
from photodesk.ui.marks.drawing import Drawing
from photodesk.ui.marks.keeping import MarkKeeping
from photodesk.ui.marks.model import MarkEdit, MarksModel, ScaleEdit, Tool
from photodesk.ui.marks.tool_row import ToolRow
from photodesk.ui.marks.words import NO_SCALE, scale_words
from photodesk.ui.page import sentence

HAND_ERROR = 0.01
"""What a scale typed by hand is off by where nobody says how much."""

_NUMBER = re.compile(r"^\s*(\d+(?:[.,]\d+)?)\s*(?:mm)?\s*(?:±\s*(\d+(?:[.,]\d+)?)\s*%)?\s*$")
_SOURCES = (ScaleSource.RULER, ScaleSource.STICKER, ScaleSource.HAND)
_SCALE_WORDS = {
    ScaleSource.RULER: "Draw along the ruler. S again: a sticker, or by hand.",
    ScaleSource.STICKER: "Draw across the sticker. S again: by hand, or a ruler.",
    ScaleSource.HAND: "Millimetres a pixel",
}
_TOOL_WORDS = {
    Tool.MOVE: "Choose a mark, drag its points.",
    Tool.LENGTH: "Draw from end to end. Shift adds a bend.",
    Tool.OUTLINE: "Draw around it, or set points, then Enter. Shift pins one.",
    Tool.CIRCLE: "Draw from the middle outwards.",
    Tool.ARROW: "Draw towards what it shows.",
    Tool.TEXT: "Press where the words belong.",
}


class Question(Enum):
    """What is asked."""

    NOTHING = 0
    TEXT = 1
    SCALE = 2
    HAND = 3
    LESION = 4


class Asking:
    """`facts` gives what is known of a photo, `done` brings the keys back to the page."""

    def __init__(
        self,
        row: ToolRow,
        drawing: Drawing,
        keeping: MarkKeeping,
        facts: Callable[[str], PhotoFacts | None],
        say: Callable[[str], None],
        done: Callable[[], None],
    ) -> None:
        self._row, self._drawing, self._keeping = row, drawing, keeping
        self._facts, self._say, self._done = facts, say, done
        self._model: MarksModel = keeping.model
        self.question = Question.NOTHING
        self.source = ScaleSource.RULER
        self.photo_id = ""
        row.answered.connect(self.answer)
        row.offer_taken.connect(self.take_offer)
        drawing.asked.connect(self._ask_for_draft)

    def see(self, photo_id: str) -> None:
        """The hand is over this photo."""
        if photo_id != self.photo_id:
            self.photo_id = photo_id
            self.show()

    def show(self) -> None:
        """Say what fits now."""
        model = self._model
        spacing = self._spacing()
        self._row.offer(f"Use {spacing[1]:.3g}\u00a0mm a pixel from the file" if spacing else "")
        if self.question is not Question.NOTHING:
            return
        self._row.rest()
        scale = model.scale(self.photo_id)
        if model.tool is Tool.SCALE:
            told = f" Now: {scale_words(scale)}." if scale is not None else ""
            self._row.say(_SCALE_WORDS[self.source] + told)
            if self.source is ScaleSource.HAND:
                self._ask(Question.HAND, _SCALE_WORDS[self.source] + told, "0.042 ± 1 %")
        elif scale is None and model.tool in {Tool.LENGTH, Tool.OUTLINE, Tool.CIRCLE} and not spacing:
            self._row.say(NO_SCALE)
        else:
            self._row.say(_TOOL_WORDS[model.tool])

    def next_source(self) -> None:
        """Ruler, sticker, by hand, in turn."""
        self.drop()
        self.source = _SOURCES[(_SOURCES.index(self.source) + 1) % len(_SOURCES)]
        self.show()

    def ask_lesion(self) -> None:
        """Which lesion is followed."""
        names = QCompleter([one.name for one in self._model.lesions], self._row)
        names.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
        names.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._row.field.edit.setCompleter(names)
        chosen = self._model.chosen
        lesion_id = chosen.lesion_id if chosen is not None and chosen.lesion_id else self._model.lesion_id
        filled = self._model.lesion_name(lesion_id)
        self._ask(Question.LESION, "Lesion to follow; empty for none", "L1 left forearm", filled)

    def drop(self) -> bool:
        """Ask no more; whether something was asked."""
        asked = self.question is not Question.NOTHING
        self.question = Question.NOTHING
        self._row.field.edit.setCompleter(None)  # type: ignore[arg-type]
        if asked:
            self._row.rest()
            self._done()
        return asked

    def answer(self, text: str) -> None:
        """Enter in the field."""
        question = self.question
        if question is Question.TEXT:
            self._end()
            self._drawing.name_it(text)
        elif question is Question.LESION:
            self._end()
            self._follow(text)
        elif question in {Question.SCALE, Question.HAND}:
            self._take_scale(text)
        self.show()

    def take_offer(self) -> bool:
        """The scale that the file gives; whether it gives one."""
        spacing = self._spacing()
        if spacing is None:
            return False
        self._put(scale_from_spacing(self.photo_id, spacing))
        return True

    # -- inside ---------------------------------------------------------------------------------------------------

    def _ask_for_draft(self) -> None:
        draft = self._drawing.draft
        if draft is None:
            return
        if draft.tool is Tool.TEXT:
            self._ask(Question.TEXT, "What it says", "border, itches since May")
        else:
            what = "sticker" if self.source is ScaleSource.STICKER else "ruler"
            self._ask(Question.SCALE, f"How many millimetres of the {what} that is", "10")

    def _ask(self, question: Question, words: str, placeholder: str, filled: str = "") -> None:
        self.question = question
        self._row.ask(words, placeholder, filled)

    def _end(self) -> None:
        self.question = Question.NOTHING
        self._row.field.edit.setCompleter(None)  # type: ignore[arg-type]
        self._done()

    def _spacing(self) -> tuple[float, float] | None:
        """(down, across) mm of a pixel as the file says, where the photo has no scale yet."""
        facts = self._facts(self.photo_id) if self.photo_id else None
        if facts is None or self._model.scale(self.photo_id) is not None:
            return None
        return facts.pixel_spacing_mm

    def _take_scale(self, text: str) -> None:
        read = _NUMBER.match(text)
        draft = self._drawing.draft
        if read is None:
            self._say("A number of millimetres is needed, such as 10 or 0.042.")
            return
        number = float(read[1].replace(",", "."))
        try:
            if self.question is Question.HAND:
                share = float(read[2].replace(",", ".")) / 100 if read[2] else HAND_ERROR
                scale = by_hand(self.photo_id, number, share)
            elif draft is not None:
                ends = (draft.points[0], draft.points[1])
                scale = scale_from(draft.photo_id, ends, number, self.source)
            else:
                return
        except PhotoDeskError as failure:
            self._say(sentence(failure))
            return
        except ValueError:
            self._say("A pixel covers more than nothing and less than 100 mm, and its error is below 100 %.")
            return
        self._drawing.give_up()
        self._put(scale)

    def _put(self, scale: Scale) -> None:
        self._end()
        self._model.tool = Tool.MOVE
        self._keeping.make(ScaleEdit(scale.photo_id, self._model.scale(scale.photo_id), scale))

    def _follow(self, name: str) -> None:
        if name.strip():
            self._keeping.follow(name, self._belong)
        else:
            self._model.lesion_id = ""
            self._belong("")

    def _belong(self, lesion_id: str) -> None:
        """The selected mark belongs to the lesion."""
        mark = self._model.chosen
        if mark is not None and mark.kind in {MarkKind.OUTLINE, MarkKind.CIRCLE, MarkKind.LENGTH}:
            self._keeping.make(MarkEdit(mark, replace(mark, lesion_id=lesion_id)))
        self._keeping.changed.emit()


def by_hand(photo_id: str, mm_per_px: float, error_share: float = HAND_ERROR) -> Scale:
    """A scale somebody types. ValueError where it cannot be one."""
    return Scale(photo_id, mm_per_px, mm_per_px, error_share, ScaleSource.HAND)
