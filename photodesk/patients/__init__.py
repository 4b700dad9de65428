"""Who a patient is: demographics, their validation, entries that are one person, and finding by what a person types.

Pure values, checked when they are made; notes live in the chart and are not here. *Folded* text is what two spellings
of one name have in common. It stores nothing and knows no other clinic's rules for record numbers.
"""

from photodesk.patients.patient import Patient, PatientDraft, PatientSummary, Sex, age_years, tidy_mrn, validated
from photodesk.patients.same_person import SamePerson, persons_of, to_part
from photodesk.patients.search import Query, fold, parse_query

__all__ = [
    "Patient",
    "PatientDraft",
    "PatientSummary",
    "Query",
    "SamePerson",
    "Sex",
    "age_years",
    "fold",
    "parse_query",
    "persons_of",
    "tidy_mrn",
    "to_part",
    "validated",
]
