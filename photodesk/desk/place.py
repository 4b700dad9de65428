"""Where a person was when the desk locked, sealed so that the keeper that keeps it cannot read it.

Sealed to the person's KEM key (HPKE, label `photodesk/place/v1`): only the same person, signed in again, opens it.
Inside is the array `[version, suite, patient id, screen, zoom, photo ids, saved at ms, draft,
form]`.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from photodesk.crypto import SUITE, VERSION, seal_open, seal_to
from photodesk.errors import PhotoDeskError
from photodesk.store.keyset import KeySet

KIND = "place"


@dataclass(frozen=True)
class Place:
    """The state to return to. `zoom` is 1.0 for one photo pixel to one screen pixel, 0 for fitted.

    `draft` is a drawing that was not finished, `form` what was typed into an open form, as the screen's own texts.
    """

    patient_id: str = ""
    screen: str = "home"
    zoom: float = 0.0
    photo_ids: tuple[str, ...] = ()
    saved_at_ms: int = 0
    draft: str = ""
    form: str = ""


def seal(keyset: KeySet, place: Place) -> bytes:
    """The place as a blob for the keeper."""
    record = msgspec.msgpack.encode(
        [
            VERSION,
            SUITE,
            place.patient_id,
            place.screen,
            place.zoom,
            list(place.photo_ids),
            place.saved_at_ms,
            place.draft,
            place.form,
        ]
    )
    return seal_to(keyset.kem.public, record, KIND, keyset.clinic_id)


def unseal(keyset: KeySet, blob: bytes | None) -> Place | None:
    """The place, or None where there is none, it is somebody else's, or it is from another version."""
    if not blob:
        return None
    try:
        version, suite, patient_id, screen, zoom, photo_ids, saved_at_ms, draft, form = msgspec.msgpack.decode(
            seal_open(keyset.kem, blob, KIND, keyset.clinic_id),
            type=tuple[int, int, str, str, float, list[str], int, str, str],
        )
    except (PhotoDeskError, msgspec.DecodeError):
        return None  # another person starts clean
    if (version, suite) != (VERSION, SUITE):
        return None
    return Place(patient_id, screen, zoom, tuple(photo_ids), saved_at_ms, draft, form)
