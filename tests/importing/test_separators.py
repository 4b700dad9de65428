"""Separator cards and wristbands: what is read names the right patient or nobody."""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photodesk import ids
from photodesk.errors import Fixable
from photodesk.importing import separators
from photodesk.importing.labels import Label, LabelKind, one_label
from photodesk.importing.separators import LabelReader, read_label, separator_text
from photodesk.importing.wristbands import CheckDigit, Pattern, set_pattern
from photodesk.patients import PatientDraft
from photodesk.photos import Code
from photodesk.visits import VisitDraft
from tests.importing.conftest import DAY, Clinic
from tests.store.conftest import make_keyset
from tests.store.test_frozen_records import frozen_keyset

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "separators.json").read_text("ascii"))
AT_MS = 1_795_000_000_000
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 $%*+-./:"


def qr(text: str) -> Code:
    return Code("QR Code", text)


@pytest.fixture
def card(clinic: Clinic) -> tuple[str, str]:
    """(text of a card, id of its visit)."""
    workplace = clinic.workplace
    visit = workplace.catalog.add_visit(workplace.change("test"), VisitDraft(clinic.patient.patient_id, DAY))
    return separator_text(workplace.keyset, clinic.patient.patient_id, visit.visit_id, AT_MS), visit.visit_id


def read(clinic: Clinic, text: str, pattern: Pattern | None = None) -> Label | None:
    return read_label(qr(text), clinic.workplace.keyset, clinic.workplace.catalog, pattern)


def test_the_text_is_frozen() -> None:
    keyset = frozen_keyset()
    assert keyset.separator_check(b"separator").hex() == VECTORS["check"]
    assert separator_text(keyset, "0d" * 16, "0e" * 16, 1_700_000_000_000) == VECTORS["printed"]
    assert separator_text(keyset, "0d" * 16, "", 1_700_000_000_000, shown=True) == VECTORS["shown"]


def test_the_text_is_small_and_names_nobody(card: tuple[str, str]) -> None:
    text, _ = card
    assert len(text) == 108
    assert set(text) <= set(LETTERS)


def test_a_card_names_patient_visit_and_time(clinic: Clinic, card: tuple[str, str]) -> None:
    text, visit_id = card
    assert read(clinic, text) == Label(LabelKind.SEPARATOR, clinic.patient.patient_id, visit_id, AT_MS)


def test_a_card_without_a_visit_and_one_on_a_screen(clinic: Clinic) -> None:
    text = separator_text(clinic.workplace.keyset, clinic.patient.patient_id, "", AT_MS, shown=True)
    assert read(clinic, text) == Label(LabelKind.SEPARATOR, clinic.patient.patient_id, "", AT_MS, shown=True)


def problem(label: Label | None) -> str:
    assert label is not None
    assert not label.is_sound
    assert (label.patient_id, label.visit_id) == ("", "")
    return label.problem


def test_what_does_not_hold_names_nobody(clinic: Clinic, card: tuple[str, str]) -> None:
    text, visit_id = card
    keyset, patient_id = clinic.workplace.keyset, clinic.patient.patient_id
    assert problem(read(clinic, separator_text(make_keyset(), patient_id, visit_id, AT_MS))) == separators.FOREIGN
    assert problem(read(clinic, separator_text(keyset, ids.random_id(), "", AT_MS))) == separators.NO_PATIENT
    other = separator_text(keyset, patient_id, ids.random_id(), AT_MS)
    assert problem(read(clinic, other)) == separators.NO_VISIT
    assert problem(read(clinic, text[:-1])) == separators.UNSURE
    assert problem(read(clinic, text.lower().replace("pd1:", "PD1:"))) == separators.UNSURE
    assert problem(read(clinic, "PD2:" + text[4:])) == separators.NEWER
    changed = text[:-1] + ("A" if text[-1] != "A" else "B")
    assert problem(read(clinic, changed)) == separators.NOT_MADE_HERE


def test_another_patients_visit_names_nobody(clinic: Clinic, card: tuple[str, str]) -> None:
    workplace = clinic.workplace
    draft = PatientDraft("P-2", "Probe", "Paul", date(1970, 1, 2))
    other = workplace.catalog.add_patient(workplace.change("test"), draft)
    text = separator_text(workplace.keyset, other.patient_id, card[1], AT_MS)
    assert problem(read(clinic, text)) == separators.NO_VISIT


@pytest.mark.parametrize("text", ["", "https://example.org", "PDX:ABC", "PD:", "P-1", "pd1:abc"])
def test_other_codes_are_no_labels(clinic: Clinic, text: str) -> None:
    assert read(clinic, text) is None


def test_ten_thousand_damaged_texts_never_name_anybody_wrongly(clinic: Clinic, card: tuple[str, str]) -> None:
    text, visit_id = card
    chance = random.Random(20261121)  # noqa: S311 - the same damage in every run
    for _ in range(10_000):
        letters = list(text)
        for _ in range(chance.randint(1, 6)):
            what, at = chance.randrange(4), chance.randrange(len(letters))
            if what == 0:
                letters[at] = chance.choice(LETTERS)
            elif what == 1:
                del letters[at]
            elif what == 2:
                letters.insert(at, chance.choice(LETTERS))
            else:
                letters[at], letters[at - 1] = letters[at - 1], letters[at]
        label = read(clinic, "".join(letters))
        if label is not None and label.is_sound:
            assert "".join(letters) == text
            assert (label.patient_id, label.visit_id) == (clinic.patient.patient_id, visit_id)


@given(st.text(max_size=120))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    keyset = frozen_keyset()
    for start in ("", "PD1:", "PD9:"):
        label = read_label(qr(start + text), keyset, None)  # type: ignore[arg-type]
        assert label is None or not label.is_sound


def test_wristbands_are_off_until_there_is_a_pattern(clinic: Clinic) -> None:
    workplace = clinic.workplace
    band = Code("Code 128", "*P-1*")
    assert LabelReader(workplace.keyset, workplace.catalog).of([band]) is None
    set_pattern(workplace.catalog, workplace.change("test"), r"\*(P-\d+)\*")
    label = LabelReader(workplace.keyset, workplace.catalog).of([band])
    assert label == Label(LabelKind.WRISTBAND, clinic.patient.patient_id)
    unknown = LabelReader(workplace.keyset, workplace.catalog).of([Code("Code 128", "*P-11*")])
    assert problem(unknown) == separators.UNKNOWN_NUMBER
    assert unknown is not None
    assert not unknown.is_card
    for other in (Code("Code 39", "*P-1*"), Code("Code 128", "*P-1*x"), Code("Code 128", "P-1")):
        assert LabelReader(workplace.keyset, workplace.catalog).of([other]) is None


@pytest.mark.parametrize("text", ["(", "P-1", "(a)(b)", "(a+)+", "(?:(a)*)+", "x" * 201, r"(\d+){3}"])
def test_patterns_that_cannot_be_used_are_refused(clinic: Clinic, text: str) -> None:
    workplace = clinic.workplace
    with pytest.raises(Fixable, match="record number"):
        set_pattern(workplace.catalog, workplace.change("test"), text)


@pytest.mark.parametrize(
    ("rule", "good", "wrong"),
    [(CheckDigit.LUHN, "79927398713", "79927398714"), (CheckDigit.MOD_97, "79444", "79445")],
)
def test_check_digits_refuse_what_was_misread(rule: CheckDigit, good: str, wrong: str) -> None:
    pattern = Pattern.parse(r"(\d+)", rule)
    assert pattern.record_number(Code("Code 128", good)) == good
    assert pattern.record_number(Code("Code 128", wrong)) == ""


def test_codes_that_contradict_each_other_name_nobody(clinic: Clinic, card: tuple[str, str]) -> None:
    text, visit_id = card
    workplace = clinic.workplace
    draft = PatientDraft("P-2", "Probe", "Paul", date(1970, 1, 2))
    other = workplace.catalog.add_patient(workplace.change("test"), draft)
    second = separator_text(workplace.keyset, other.patient_id, "", AT_MS)
    reader = LabelReader(workplace.keyset, workplace.catalog)
    both = reader.of([qr(text), qr(second), qr("https://example.org")])
    assert "two patients" in problem(both)
    without_visit = separator_text(workplace.keyset, clinic.patient.patient_id, "", AT_MS)
    agreed = reader.of([qr(without_visit), qr(text)])
    assert agreed is not None
    assert (agreed.patient_id, agreed.visit_id) == (clinic.patient.patient_id, visit_id)
    assert one_label([]) is None
