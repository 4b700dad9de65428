"""Separator cards to print or show: for the visits of a day, or for one patient. Who makes one is logged (`PRINT`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import TYPE_CHECKING

from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.importing.separators import separator_text
from photodesk.log.entry import Action
from photodesk.patients import Patient

if TYPE_CHECKING:
    from photodesk.desk.session import Session


@dataclass(frozen=True)
class SeparatorCard:
    """One card for one visit. `visit_id` is "" where the patient has none that day; `at` is the visit's time."""

    patient: Patient
    visit_id: str
    day: date
    at: time | None = None


def cards_of_day(session: Session, day: date) -> tuple[SeparatorCard, ...]:
    """A card for each visit of a day, by time. Refused `no_right`."""
    session.require(Right.FILE_SHOTS)
    planned = session.visits.of_day(day)
    return tuple(
        # a visit that was planned for a merged entry is not the main one's: what is taken goes to one of its own
        SeparatorCard(
            one.patient, one.visit.visit_id if one.visit.patient_id == one.patient.patient_id else "", day, one.visit.at
        )
        for one in planned
    )


def cards_of_patient(session: Session, mrn: str, day: date) -> tuple[SeparatorCard, ...]:
    """A card for each visit of one patient that day, or one without a visit. Fixable `patient_unknown`."""
    session.require(Right.FILE_SHOTS)
    patient = session.patients.by_mrn(mrn)
    visits = [visit for visit in session.catalog.visits(patient.patient_id) if visit.day == day]
    cards = tuple(SeparatorCard(patient, visit.visit_id, day, visit.at) for visit in visits)
    return cards or (SeparatorCard(patient, "", day),)


def printed(session: Session, cards: Sequence[SeparatorCard], to: str) -> tuple[str, ...]:
    """Log that these go to paper, a file or a screen (`to`), then give the text of each one's code.

    Fixable `no_cards` where there is none, `log_not_writable`.
    """
    session.require(Right.FILE_SHOTS)
    if not cards:
        raise Fixable("no_cards", "There are no visits that day.", "Choose another day, or one patient.")
    for card in cards:
        details = {"what": "separator card", "to": to}
        entry = session.actor.entry(Action.PRINT, card.patient.patient_id, visit_id=card.visit_id, details=details)
        session.actor.log(entry)
    at_ms = session.clock.wall_ms()
    return tuple(separator_text(session.keyset, card.patient.patient_id, card.visit_id, at_ms) for card in cards)


def shown_text(session: Session, card: SeparatorCard) -> str:
    """The text of a card on a screen at this moment: a photo of it tells what the camera's clock is off by."""
    return separator_text(session.keyset, card.patient.patient_id, card.visit_id, session.clock.wall_ms(), shown=True)
