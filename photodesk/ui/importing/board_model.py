"""Whose the chosen group is, and what filing it means. Testable without a window."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from photodesk.importing.job import Assignment
from photodesk.importing.shot_marks import Place
from photodesk.patients import Patient
from photodesk.ui.importing.board_words import decided
from photodesk.ui.importing.shown_board import ShownBoard

IN_CHART = "Filed"
ASSIGNED = "Assigned, not filed yet. F chooses another patient."
Part = tuple[Assignment, tuple[str, ...]]


@dataclass(frozen=True)
class Filing:
    """What `Enter` decides: whose, and which shots with which site and view."""

    group_id: str
    parts: tuple[Part, ...]
    label_ids: frozenset[str] = frozenset()

    @property
    def shot_ids(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(shot_id for _, shot_ids in self.parts for shot_id in shot_ids)


class BoardModel(ShownBoard):
    """One job on the screen."""

    def patient(self) -> Patient | None:
        """Whose photos the chosen group holds, as far as it is said or guessed."""
        group = self.group
        if group is None:
            return None
        return self._named(group) or group.guess

    def is_guess(self) -> bool:
        """Whether the patient is only guessed: `Enter` confirms."""
        group = self.group
        return group is not None and self._named(group) is None and group.guess is not None

    def choose_patient(self, patient: Patient) -> None:
        """A person said whose these are."""
        if self.group is not None and self.can_change():
            self._done.pop(self.group.group_id, None)
            self._others[self.group.group_id] = patient

    def day(self) -> date:
        """The visit's day that is offered first."""
        group = self.group
        if group is not None and group.group_id not in self._others and (group.patient or not self.wanted):
            visit = group.visit or group.guessed_visit
            if visit is not None:
                return visit.day
        return self.today

    def visit_id(self) -> str:
        """The visit that is said or guessed; "" where a person chose the patient."""
        group = self.group
        if group is None or group.group_id in self._others:
            return ""
        visit = group.visit or group.guessed_visit
        return visit.visit_id if visit is not None else ""

    def under(self) -> str:
        """What stands below the patient's name."""
        group = self.group
        if group is None:
            return ""
        if group.group_id in self._others:
            return "Chosen by hand. Enter files them."
        if self.state is not None and decided(group, self.state):
            return ASSIGNED if self.can_change() else ""
        if self.is_guess():
            return f"{group.why} Press Enter to confirm." if group.why else "Press Enter to confirm."
        return group.reason

    def title(self) -> str:
        """Name, or what the group is."""
        patient = self.patient()
        if patient is not None:
            return f"{patient.display_name}?" if self.is_guess() else patient.display_name
        line = next((line for line in self.lines() if line.group_id == self.chosen), None)
        return line.title if line is not None else ""

    # -- filing --

    def can_file(self) -> bool:
        """Whether the chosen group waits for a decision."""
        group = self.group
        if group is None or self.state is None or group.group_id in self._done:
            return False
        return group.group_id in self._others or not decided(group, self.state)

    def can_change(self) -> bool:
        """Whether another patient may be chosen: until the photos are in a chart."""
        group = self.group
        done = self._done.get(group.group_id) if group is not None else None
        return group is not None and (done is None or done[0].state != IN_CHART)

    def filing(self, day: date, visit_id: str = "") -> Filing | None:
        """What filing the chosen group under this day, or visit, means now; None without a patient."""
        group, patient, state = self.group, self.patient(), self.state
        if group is None or patient is None or state is None:
            return None
        visit = None if group.group_id in self._others else group.visit or group.guessed_visit
        if not visit_id and visit is not None and visit.day == day and visit.patient_id == patient.patient_id:
            visit_id = visit.visit_id
        parts: dict[Place, list[str]] = {}
        for shot_id in group.label_ids:
            parts.setdefault(Place(), []).append(shot_id)
        for shot_id in group.shot_ids:
            parts.setdefault(state.places.get(shot_id, Place()), []).append(shot_id)
        return Filing(
            group.group_id,
            tuple(
                (Assignment(patient.patient_id, day, place.site, place.view, visit_id), tuple(shot_ids))
                for place, shot_ids in parts.items()
            ),
            frozenset(group.label_ids),
        )

    def filed(self, filing: Filing, *, in_chart: bool) -> None:
        """It was done; the next open group is chosen."""
        group = next((group for group in self.groups if group.group_id == filing.group_id), None)
        if group is None or self.state is None:
            return
        chosen, self.chosen = self.chosen, group.group_id
        line = replace(
            self._line(group, self.state), title=self.title().rstrip("?"), state_icon="check-circle", tone="ok"
        )
        self.filed_here.update(filing.shot_ids)
        tiles = tuple(replace(tile, filed=in_chart) for tile in self.tiles())
        self._done[group.group_id] = (replace(line, state=IN_CHART if in_chart else "Assigned"), tiles)
        self.chosen = self.next_open(group.group_id) or chosen

    def all_filed(self) -> None:
        """What was assigned while the copy went on is in its charts now."""
        for group_id, (line, tiles) in self._done.items():
            now = tuple(replace(tile, filed=True) for tile in tiles)
            self._done[group_id] = (replace(line, state=IN_CHART), now)
