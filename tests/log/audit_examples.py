"""One entry of every action, with names and awkward texts, as what is exported."""

from __future__ import annotations

from photodesk.log.audit_codes import MEANINGS, IdsAlone

CLINIC = "c0" * 16
AWKWARD = "Ångström <\"&'>\t\x0b\x00 =cmd|' /C calc'!A0"


def examples() -> list[IdsAlone]:
    """With a patient, a person, photos and details where such an entry may have them; and one with nothing."""
    made = []
    for number, action in enumerate(sorted(MEANINGS), 1):
        about = action in {"VIEW", "COMPARE", "PRESENT", "EDIT", "EXPORT", "MOVE", "DELETE", "ERASE", "LOG_READ"}
        made.append(
            IdsAlone(
                sequence=number,
                at_ms=1_795_168_800_000 + number,
                workstation_id="0a" * 16,
                person_id="0b" * 16 if action not in {"START", "STOP", "TIME_JUMP"} else "",
                role="clinician privacy-officer",
                action=action,
                patient_id="0c" * 16 if about else "",
                photo_ids=("0d" * 16, "0e" * 16) if about else (),
                purpose="treatment" if about else "",
                outcome={"LOCK": "idle", "UNLOCK_FAILED": "wrong_password", "DELETE": "no_right"}.get(action, ""),
                workstation="Exam room 1",
                user="Dr. J. Model",
                patient=AWKWARD if about else "",
                mrn="000123" if about else "",
                details={"recipient": AWKWARD, "what": "photo site"} if number % 2 else {},
            )
        )
    return [*made, IdsAlone(99, 1_795_168_800_000, "0a" * 16, "0b" * 16, "clinician", "VIEW", "0c" * 16, ("0d" * 16,))]
