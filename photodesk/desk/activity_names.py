"""Names of what the log holds ids of, joined when a permitted reader looks. Each is asked for once."""

from __future__ import annotations

from photodesk.errors import Fixable, PhotoDeskError
from photodesk.ids import to_bytes
from photodesk.patients import Patient
from photodesk.store.catalog import Catalog
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.member_entry import open_name
from photodesk.store.members_log import MembersLog


class ActivityNames:
    """People, patients and workstations by id, as of one question."""

    def __init__(self, layout: Layout, keyset: KeySet, catalog: Catalog) -> None:
        self._layout = layout
        self._keyset = keyset
        self._catalog = catalog
        self._people: dict[str, str] = {}
        self._patients: dict[str, Patient | None] = {}
        self._workstations: dict[str, str] | None = None

    def person(self, person_id: str) -> str:
        """A person's name; "" for nobody, or somebody who has no name here."""
        if person_id not in self._people:
            self._people[person_id] = self._catalog.person_name(person_id) if person_id else ""
        return self._people[person_id]

    def patient(self, patient_id: str) -> Patient | None:
        """The patient; None for nobody, or one erased since."""
        if patient_id not in self._patients:
            try:
                self._patients[patient_id] = self._catalog.patient(patient_id) if patient_id else None
            except Fixable:
                self._patients[patient_id] = None
        return self._patients[patient_id]

    def patient_name(self, patient_id: str) -> str:
        """`Family, Given`; the id of one erased since; "" for nobody."""
        found = self.patient(patient_id)
        return found.display_name if found is not None else patient_id

    def workstation(self, workstation_id: str) -> str:
        """A workstation's name, or the first digits of its id."""
        if self._workstations is None:
            self._workstations = self._named_workstations()
        return self._workstations.get(workstation_id) or workstation_id[:8]

    def _named_workstations(self) -> dict[str, str]:
        keyset, found = self._keyset, dict[str, str]()
        try:
            members = MembersLog.open(self._layout.members, keyset.clinic_id).members
        except (PhotoDeskError, OSError):
            return found  # who reads the log is told of that elsewhere; ids stand for names
        for each in members.workstations.values():
            try:
                bound = to_bytes(each.workstation_id)
                found[each.workstation_id] = open_name(each.sealed_name, bound, keyset.clinic_id, keyset.desk_keys)
            except PhotoDeskError:
                continue
        return found
