"""Separator cards and wristbands: the text of a card's code, and what a code that was photographed means.

The text is `PD1:` and 104 letters of base 32 (RFC 4648), which QR codes hold as alphanumeric: version 5, level M. They
are 65 bytes, integers little-endian:

    flags 1 (bit 0: shown on a screen) ‖ clinic id 16 ‖ patient id 16 ‖ visit id 16 (zeros: no visit)
    ‖ when it was printed or shown, Unix milliseconds 6 ‖ check 10

The check is the first 10 bytes of `KeySet.separator_check` over the version byte and the bytes before it. There is no
name in it, and without the clinic's key nobody can make one that is believed. A code that begins as ours and does not
hold names nobody: it gives a `Label` with a problem.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Iterable

from photodesk import ids
from photodesk.errors import Fixable
from photodesk.importing.labels import Label, LabelKind, one_label
from photodesk.importing.wristbands import Pattern
from photodesk.photos import Code
from photodesk.store.catalog import Catalog
from photodesk.store.keyset import KeySet

__all__ = ["Label", "LabelKind", "LabelReader", "read_label", "separator_text"]

PREFIX = "PD1:"
VERSION = bytes([1])
SHOWN = 1
CHECK_BYTES = 10
_BEFORE_CHECK = 55
_LETTERS = 104
_OURS = re.compile(r"PD[0-9]{1,3}:")
NEWER = "This separator card was made by a newer PhotoDesk."
UNSURE = "This separator card cannot be read with certainty."
FOREIGN = "This separator card is another clinic's."
NOT_MADE_HERE = "This separator card was not made by this clinic's PhotoDesk, or it is damaged."
NO_PATIENT = "The patient of this separator card is not known here."
NO_VISIT = "The visit of this separator card is not known here."
UNSURE_BAND = "The check digit of this wristband does not match."
UNKNOWN_NUMBER = "No patient has the record number on this wristband."


def separator_text(keyset: KeySet, patient_id: str, visit_id: str, at_ms: int, *, shown: bool = False) -> str:
    """The text of a card printed, or `shown` on a screen, at this instant; `visit_id` may be ""."""
    record = b"".join(
        (
            bytes([SHOWN if shown else 0]),
            keyset.clinic_id,
            ids.to_bytes(patient_id),
            ids.to_bytes(visit_id) if visit_id else ids.NO_ID,
            at_ms.to_bytes(6, "little"),
        )
    )
    check = keyset.separator_check(VERSION + record)[:CHECK_BYTES]
    return PREFIX + base64.b32encode(record + check).decode("ascii")


def read_label(code: Code, keyset: KeySet, catalog: Catalog, pattern: Pattern | None = None) -> Label | None:
    """What a code means here: a separator card, a wristband of the clinic's `pattern`, or None for any other code."""
    if _OURS.match(code.text):
        return _separator(code.text, keyset, catalog)
    number = pattern.record_number(code) if pattern is not None else None
    if number is None:
        return None
    if not number:
        return Label(LabelKind.WRISTBAND, problem=UNSURE_BAND)
    try:
        return Label(LabelKind.WRISTBAND, catalog.patient_by_mrn(number).patient_id)
    except Fixable:
        return Label(LabelKind.WRISTBAND, problem=UNKNOWN_NUMBER)


def _separator(text: str, keyset: KeySet, catalog: Catalog) -> Label:
    record = _record(text[len(PREFIX) :]) if text.startswith(PREFIX) else None
    problem = _why_not_ours(text, record, keyset)
    if problem or record is None:
        return Label(LabelKind.SEPARATOR, problem=problem)
    patient_id = ids.to_text(record[17:33])
    visit_id = ids.to_text(record[33:49]) if record[33:49] != ids.NO_ID else ""
    problem = _why_unknown(catalog, patient_id, visit_id)
    if problem:
        return Label(LabelKind.SEPARATOR, problem=problem)
    at_ms = int.from_bytes(record[49:55], "little")
    if not visit_id:  # of an entry that was merged since: what is taken goes to the one that stands
        patient_id = catalog.persons.main(patient_id)
    return Label(LabelKind.SEPARATOR, patient_id, visit_id, at_ms, shown=record[0] == SHOWN)


def _why_not_ours(text: str, record: bytes | None, keyset: KeySet) -> str:
    """ "" for a card that this clinic's PhotoDesk made, in a form known here."""
    if not text.startswith(PREFIX):
        return NEWER
    if record is None:
        return UNSURE
    if record[1:17] != keyset.clinic_id:
        return FOREIGN
    check = keyset.separator_check(VERSION + record[:_BEFORE_CHECK])[:CHECK_BYTES]
    if not hmac.compare_digest(record[_BEFORE_CHECK:], check):
        return NOT_MADE_HERE
    return "" if record[0] in (0, SHOWN) else NEWER


def _why_unknown(catalog: Catalog, patient_id: str, visit_id: str) -> str:
    try:
        catalog.patient(patient_id)
    except Fixable:
        return NO_PATIENT
    try:
        known = not visit_id or catalog.visit(visit_id).patient_id == patient_id
    except Fixable:
        known = False
    return "" if known else NO_VISIT


def _record(letters: str) -> bytes | None:
    """The 65 bytes, or None unless these are exactly the letters of 65 bytes."""
    if len(letters) != _LETTERS:
        return None
    try:
        return base64.b32decode(letters.encode("ascii"))
    except (binascii.Error, UnicodeEncodeError):
        return None


class LabelReader:
    """What photos' codes say, for one signed-in person. Remembers what it looked up; make a new one for each look."""

    def __init__(self, keyset: KeySet, catalog: Catalog) -> None:
        self._keyset = keyset
        self._catalog = catalog
        self._pattern = Pattern.of_clinic(catalog)
        self._known: dict[Code, Label | None] = {}

    def of(self, codes: Iterable[Code]) -> Label | None:
        """What one photo's codes say as a whole; None where none of them is a label."""
        found = [self._one(code) for code in codes]
        return one_label(label for label in found if label is not None)

    def _one(self, code: Code) -> Label | None:
        if code not in self._known:
            self._known[code] = read_label(code, self._keyset, self._catalog, self._pattern)
        return self._known[code]
