"""Where a person was when the desk locked, sealed so that the keeper that keeps it cannot read it.

Sealed to the person's KEM key (HPKE, label `photodesk/place/v1`): only the same person, signed in again, opens it.
Inside is the array `[version, suite, patient id, screen, zoom, photo ids, saved at ms, draft,
form, seen]`; a record that ends before `seen` is read as one without.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import msgspec

from photodesk.crypto import SUITE, VERSION, seal_open, seal_to
from photodesk.errors import PhotoDeskError
from photodesk.store.keyset import KeySet

KIND = "place"


@dataclass(frozen=True)
class Place:
    """The state to return to. `zoom` is 1.0 for one photo pixel to one screen pixel, 0 for fitted.

    `draft` is a drawing that was not finished, `form` what was typed into an open form, `seen` what else was on the
    screen (a comparison's mode, panes and how they lie), each as the screen's own text.
    """

    patient_id: str = ""
    screen: str = "home"
    zoom: float = 0.0
    photo_ids: tuple[str, ...] = ()
    saved_at_ms: int = 0
    draft: str = ""
    form: str = ""
    seen: str = ""


class _Record(msgspec.Struct, frozen=True, array_like=True):
    version: int
    suite: int
    patient_id: str
    screen: str
    zoom: float
    photo_ids: tuple[str, ...]
    saved_at_ms: int
    draft: str
    form: str
    seen: str = ""


def seal(keyset: KeySet, place: Place) -> bytes:
    """The place as a blob for the keeper."""
    record = _Record(VERSION, SUITE, *(getattr(place, part.name) for part in fields(place)))
    return seal_to(keyset.kem.public, msgspec.msgpack.encode(record), KIND, keyset.clinic_id)


def unseal(keyset: KeySet, blob: bytes | None) -> Place | None:
    """The place, or None where there is none, it is somebody else's, or it is from another version."""
    if not blob:
        return None
    try:
        record = msgspec.msgpack.decode(seal_open(keyset.kem, blob, KIND, keyset.clinic_id), type=_Record)
    except (PhotoDeskError, msgspec.DecodeError):
        return None  # another person starts clean
    if (record.version, record.suite) != (VERSION, SUITE):
        return None
    return Place(*(getattr(record, part.name) for part in fields(Place)))
