"""Who has seen a patient's photos, for the patient: plain words, dates, roles, names where the clinic gives them.

One line for a person and a day: when, who, what they did, what for, where. Reading goes through the log once, oldest
first; `who_saw_pdf` is what the page, `log who-saw` and an export of the whole record give out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from photodesk.export.paper import Paper, day_words
from photodesk.export.pdf_text import A4_PT, MARGIN_PT
from photodesk.patients import Patient

if TYPE_CHECKING:
    from photodesk.desk.activity import ActivityLine

_ROLES = {
    "administrator": "administrator",
    "clinician": "clinician",
    "front-desk": "front desk",
    "privacy-officer": "privacy officer",
}
_ROLE_ORDER = ("clinician", "front-desk", "privacy-officer", "administrator")
_COUNTED = (
    ("VIEW", "looked at", ""),
    ("EXPORT", "gave out", "recipient"),
    ("SHARE", "shared", "recipient"),
    ("PRINT", "printed", ""),
    ("MOVE", "moved", ""),
    ("DELETE", "deleted", ""),
    ("FILE", "filed", ""),
)
_DONE = (
    ("RECORD_OPENED", "opened the record"),
    ("COMPARE", "compared photos"),
    ("PRESENT", "showed photos on a screen for you"),
    ("EDIT", "changed what is recorded"),
    ("CONSENT", "recorded your consent"),
    ("IMPORT", "took photos in"),
    ("LOG_READ", "checked who has seen your photos"),
)


@dataclass
class Seen:
    """What one person did with a patient's record on one day."""

    day: date
    first: datetime
    last: datetime
    who: str
    role: str
    actions: set[str] = field(default_factory=set)
    photos: dict[str, set[str]] = field(default_factory=dict)
    recipients: list[str] = field(default_factory=list)
    purposes: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)

    @property
    def what(self) -> str:
        """`Looked at 31 photos and compared photos.`"""
        parts = [words for action, words in _DONE if action in self.actions]
        for action, words, _ in _COUNTED:
            if action in self.actions:
                count = len(self.photos.get(action, ()))
                counted = f"{count:,} photo{'' if count == 1 else 's'}" if count else "photos"
                to = f" to {', '.join(self.recipients)}" if action in {"EXPORT", "SHARE"} and self.recipients else ""
                parts.append(f"{words} {counted}{to}")
        text = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else "used it"
        return f"{text[:1].upper()}{text[1:]}."

    @property
    def when(self) -> str:
        """`09:21–09:34`, or one time."""
        first, last = f"{self.first:%H:%M}", f"{self.last:%H:%M}"
        return first if first == last else f"{first}–{last}"


def seen_by(lines: Iterable[ActivityLine], *, names_staff: bool = True) -> list[Seen]:
    """Lines about one patient, oldest first, as days and people: the newest day first."""
    found: dict[tuple[date, str], Seen] = {}
    for line in lines:
        at = datetime.fromtimestamp(line.at_ms / 1000)
        role = _role(line.role)
        who = (line.user or "A person who left the clinic") if names_staff else (role or "Staff")
        one = found.setdefault((at.date(), line.person_id), Seen(at.date(), at, at, who, role if names_staff else ""))
        one.last = max(one.last, at)
        action = str(line.action)
        one.actions.add(action)
        one.photos.setdefault(action, set()).update(line.photo_ids)
        _once(one.recipients, line.details.get("recipient", ""))
        _once(one.purposes, line.purpose)
        _once(one.places, line.workstation)
    return sorted(found.values(), key=lambda one: (one.day, one.first), reverse=True)


def who_saw_pdf(
    patient: Patient, seen: list[Seen], clinic: str, made_at_ms: int, since: date | None = None, *, intact: bool = True
) -> bytes:
    """The report for the patient as a PDF of A4 pages. Fixable `font_missing`."""
    paper = _Paper(clinic, made_at_ms)
    paper.heading("Who has seen your photos")
    born = f", born {day_words(patient.birth)}"
    paper.line(f"{patient.given} {patient.family}".strip() + born + f" · record number {patient.mrn}", 10.5)
    from_when = f"since {day_words(since)}" if since is not None else "since this record was begun"
    paper.line(f"Every time somebody at the clinic looked at or used your photos {from_when}, newest first.", 10.5)
    if not seen:
        paper.line("Nobody has opened your record in this time.", 10.5)
    day: date | None = None
    for one in seen:
        if one.day != day:
            paper.section(day_words(one.day))
            day = one.day
        paper.seen(one)
    paper.note(
        "The clinic's computers write this list by themselves at the moment a photo is shown; nobody can take a line "
        "out of it unnoticed. Times are those of the clinic's computers. "
        + (
            "The list was checked when this page was made and is unchanged."
            if intact
            else "When this page was made, a check found that the list had been changed; the clinic is looking into it."
        )
        + " If something here surprises you, ask the clinic: you have a right to an answer."
    )
    return paper.document()


class _Paper(Paper):
    """Days and people."""

    def seen(self, one: Seen) -> None:
        """Time and person at the left, what they did at the right."""
        pages, left, right = self._pages, MARGIN_PT + 78, MARGIN_PT + 232
        who = pages.wrapped(one.who, right - left - 12, 10)
        reasons = [f"For {', '.join(one.purposes)}"] if one.purposes else []
        reasons += [", ".join(one.places)] if one.places else []
        said = pages.wrapped(one.what, A4_PT[0] - MARGIN_PT - right, 10)
        quiet = pages.wrapped(" · ".join(reasons), A4_PT[0] - MARGIN_PT - right, 9) if reasons else []
        under = pages.wrapped(one.role, right - left - 12, 9) if one.role else []
        rows = max(len(who) + len(under), len(said) + len(quiet))
        self._room(rows * 14 + 12)
        top = self._y + 18
        pages.words(MARGIN_PT, top, one.when, 10, grey=0.3)
        for x, strong, weak in ((left, who, under), (right, said, quiet)):
            for number, part in enumerate(strong):
                pages.words(x, top + number * 14, part, 10)
            for number, part in enumerate(weak, len(strong)):
                pages.words(x, top + number * 14, part, 9, grey=0.4)
        self._y = top + (rows - 1) * 14 + 6


def _role(roles: str) -> str:
    """The role that matters most for a patient, in words."""
    held = roles.split()
    return next((_ROLES[role] for role in _ROLE_ORDER if role in held), "")


def _once(texts: list[str], text: str) -> None:
    if text and text not in texts:
        texts.append(text)
