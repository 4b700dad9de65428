"""Why somebody looks: *treatment* when the patient has a visit within 14 days, else what the person says.

Skipping the chooser is *none given*, and the log says so. What was said holds for the stay on that patient: until the
person is with somebody else, or with nobody.
"""

from __future__ import annotations

import threading

from photodesk.clock import Clock, local_today
from photodesk.store.catalog import Catalog

TREATMENT = "treatment"
NONE_GIVEN = "none given"
TREATMENT_DAYS = 14
PURPOSES = (TREATMENT, "second opinion", "patient request", "quality review", "teaching", "legal")
"""What a person may say with one key, in the order of the keys."""


def needs_purpose(catalog: Catalog, clock: Clock, patient_id: str) -> bool:
    """Whether the person should be asked: no visit of this patient within 14 days of today, before or after."""
    today = local_today(clock)
    return not any(abs((visit.day - today).days) <= TREATMENT_DAYS for visit in catalog.visits_of_person(patient_id))


class Purposes:
    """What the person at this desk said about the patient who is here. Thread-safe."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        self._catalog = catalog
        self._clock = clock
        self._said: tuple[str, str] | None = None  # patient id, purpose
        self._lock = threading.Lock()

    def needed(self, patient_id: str) -> bool:
        """Whether to ask before pixels are shown: no visit is near, and nothing was said in this stay."""
        main = self._catalog.persons.main(patient_id)
        with self._lock:
            said = self._said is not None and self._said[0] == main
        return not said and needs_purpose(self._catalog, self._clock, patient_id)

    def say(self, patient_id: str, purpose: str = NONE_GIVEN) -> None:
        """The stay on this patient is for this; without a purpose, the person skipped the question."""
        main = self._catalog.persons.main(patient_id)
        with self._lock:
            self._said = (main, purpose)

    def leave(self) -> None:
        """Nobody is here any more: the next time is asked about again."""
        with self._lock:
            self._said = None

    def of(self, patient_id: str, given: str | None = None) -> str:
        """What an entry says: what was given with it, else what was said in this stay, else the rule."""
        if given:
            return given
        with self._lock:
            said = self._said
        if said is not None and said[0] == self._catalog.persons.main(patient_id):
            return said[1]
        return NONE_GIVEN if needs_purpose(self._catalog, self._clock, patient_id) else TREATMENT
