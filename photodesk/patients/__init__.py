"""Who a patient is: demographics, their validation, and finding a patient by what a person types.

Pure values; notes live in the chart and are not here.
"""

from photodesk.patients.patient import Patient, PatientDraft, PatientSummary, Sex, age_years, validated
from photodesk.patients.search import Query, fold, parse_query

__all__ = [
    "Patient",
    "PatientDraft",
    "PatientSummary",
    "Query",
    "Sex",
    "age_years",
    "fold",
    "parse_query",
    "validated",
]
