"""Forms: a new or changed patient, a new visit. Bad input gets a sentence at the field and nothing is lost."""

from photodesk.ui.patients.models import PatientForm, VisitForm, parse_day, parse_time
from photodesk.ui.patients.patient_dialog import PatientDialog
from photodesk.ui.patients.visit_dialog import VisitDialog

__all__ = ["PatientDialog", "PatientForm", "VisitDialog", "VisitForm", "parse_day", "parse_time"]
