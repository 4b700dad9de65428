"""Patients whose every photo this workstation keeps whole: a setting of its own, a list of opaque ids."""

from __future__ import annotations

import msgspec

from photodesk.desk.session import Session
from photodesk.store.catalog import Catalog

REASON = "keep photos here"
_ids = msgspec.json.Decoder(list[str])


def pinned(catalog: Catalog, workstation_id: str) -> frozenset[str]:
    """Patient ids."""
    kept = catalog.setting(_name(workstation_id))
    try:
        return frozenset(_ids.decode(kept)) if kept else frozenset()
    except msgspec.MsgspecError:
        return frozenset()


def set_pinned(session: Session, patient_id: str, *, pin: bool) -> None:
    """Keep a patient's photos whole on this workstation, or no longer. Fixable `patient_unknown`."""
    session.patients.get(patient_id)
    workstation_id = session.keyset.workstation_id
    before = pinned(session.catalog, workstation_id)
    after = before | {patient_id} if pin else before - {patient_id}
    if after != before:
        kept = msgspec.json.encode(sorted(after)).decode()
        session.catalog.set_setting(session.actor.change(REASON), _name(workstation_id), kept)


def _name(workstation_id: str) -> str:
    return f"copies.pinned.{workstation_id}"
