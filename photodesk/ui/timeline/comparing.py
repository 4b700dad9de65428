"""What `C` means on the timeline: the pair that is marked; else the photos that are chosen; else the one chosen beside
the photo it compares with best."""

from __future__ import annotations

from photodesk.compare import DatedPhoto, pair_with, suggested_pair
from photodesk.photos.comparison import MOST_PHOTOS
from photodesk.ui.page import Navigate
from photodesk.ui.timeline.kept import KeptComparisons
from photodesk.ui.timeline.model import TimelineModel


class Comparing:
    """Opens comparisons of one patient's photos; `kept` those that the chart keeps."""

    def __init__(self, model: TimelineModel, navigate: Navigate, patient_id: str, kept: KeptComparisons) -> None:
        self._model, self._navigate, self._patient_id, self.kept = model, navigate, patient_id, kept

    @property
    def marked(self) -> bool:
        """Whether `C` is about A and B."""
        return bool(self._model.before or self._model.after)

    def compare(self) -> None:
        """Open A and B; where neither is marked, what is chosen."""
        model = self._model
        if model.can_compare:
            self._navigate.open_compare(self._patient_id, model.before, model.after)
        elif self.marked:
            self._navigate.say(f"Choose the other photo with {'B' if model.before else 'A'} first.")
        else:
            self.compare_chosen()

    def compare_chosen(self) -> None:
        """Open the chosen photos together, the earliest first; a single one beside its partner."""
        chosen = self._oldest_first()
        if len(chosen) > MOST_PHOTOS:
            self._navigate.say(f"At most {MOST_PHOTOS} photos stand side by side. {len(chosen):,} are chosen.")
        elif len(chosen) > 2 and not self._all_shown(chosen):
            self._navigate.say("One of these photos cannot be shown. Choose the others without it.")
        elif len(chosen) > 2:
            self._navigate.open_photos(self._patient_id, chosen)
        elif len(chosen) == 2:
            self._navigate.open_compare(self._patient_id, *chosen)
        else:
            self._beside_its_partner("".join(chosen))

    def _oldest_first(self) -> tuple[str, ...]:
        chosen, timeline = frozenset(self._model.acting_on()), self._model.timeline
        visits = reversed(timeline.visits) if timeline is not None else ()
        return tuple(photo.photo_id for each in visits for photo in each.photos if photo.photo_id in chosen)

    def _all_shown(self, photo_ids: tuple[str, ...]) -> bool:
        marks = (self._model.mark(photo_id) for photo_id in photo_ids)
        return all(mark is not None and not mark.photo.facts.undecodable for mark in marks)

    def _beside_its_partner(self, photo_id: str) -> None:
        timeline = self._model.timeline
        visits = timeline.visits if timeline is not None else ()
        dated = [DatedPhoto(photo, each.visit.day) for each in visits for photo in each.photos]
        pair = pair_with(dated, photo_id)
        if pair is not None:
            self._navigate.open_compare(self._patient_id, *pair.ids)
        elif suggested_pair(dated) is None:
            self._navigate.open_compare(self._patient_id, "", "")  # nothing is sorted yet: the first beside the latest
        else:
            self._navigate.say("No other visit shows this site and view. Choose two photos with Ctrl and a click.")
