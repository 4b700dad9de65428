"""What the clinic vouches for after a patient was erased: what went, who decided, and who has not confirmed yet.

The signature is the workstation's over label ‖ clinic id ‖ the exact bytes in `record`, which are the certificate as
JSON. It names the patient and everybody's part by ids and the clinic's own people by name; nothing in it leads back to
who the patient was. A later certificate of the same erasure says who has confirmed since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from photodesk.clock import rfc3339
from photodesk.crypto import verify
from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.log.entry import Action
from photodesk.store.keeping_book import Erasure, ErasureState
from photodesk.store.members_log import MembersLog
from photodesk.store.store_json import read_store

if TYPE_CHECKING:
    from photodesk.desk.session import Session

KIND = "erasure-certificate"
VERSION = 1


def make_certificate(session: Session, erasure_id: str, clinic: str) -> dict[str, Any]:
    """`{"certificate", "record", "signature", "signing_key"}`, after an `ERASE` entry that says it was made.

    Fixable `erasure_unknown`, `not_erased_yet`; Refused `no_right`.
    """
    line = session.erasures.of(erasure_id)
    if line.erasure.state is not ErasureState.ERASED:
        raise Fixable("not_erased_yet", "This patient is not erased yet.", "List erasures with: photodesk erase list")
    details = {"what": "certificate", "erasure": erasure_id}
    session.actor.log(session.actor.entry(Action.ERASE, line.erasure.patient_id, details=details))
    record = msgspec.json.encode(_told(session, line.erasure, clinic))
    return {
        "certificate": msgspec.json.decode(record),
        "record": record.hex(),
        "signature": session.log.sign(KIND, record).hex(),
        "signing_key": read_store(session.layout).workstation.signing_key,
    }


def certificate_holds(document: Any, clinic_id: bytes, signing_key: bytes) -> bool:
    """Whether a certificate is what this workstation signed, and says nothing beside it."""
    try:
        record, signature = bytes.fromhex(document["record"]), bytes.fromhex(document["signature"])
        same = msgspec.json.decode(record) == document["certificate"]
    except (KeyError, TypeError, ValueError):  # msgspec's errors are ValueErrors
        return False
    return bool(same and verify(signing_key, signature, KIND, clinic_id, record))


def check_certificate(session: Session, document: Any) -> bool:
    """Whether one of this clinic's workstations signed it. Refused `no_right`."""
    session.require(Right.KEEP_RECORDS)
    members = MembersLog.open(session.layout.members, session.keyset.clinic_id).members
    keys = (one.signing_public for one in members.workstations.values())
    return any(certificate_holds(document, session.keyset.clinic_id, key) for key in keys)


def _told(session: Session, erasure: Erasure, clinic: str) -> dict[str, Any]:
    members = MembersLog.open(session.layout.members, session.keyset.clinic_id).members
    name = session.catalog.person_name
    return {
        "version": VERSION,
        "erasure_id": erasure.erasure_id,
        "clinic": clinic,
        "clinic_id": session.keyset.clinic_id.hex(),
        "patient_id": erasure.patient_id,
        "chart_id": erasure.chart_id,
        "made_at": rfc3339(session.clock.wall_ms()),
        "requested_at": rfc3339(erasure.requested_at_ms),
        "erased_at": rfc3339(erasure.erased_at_ms),
        "reason": erasure.reason,
        "ground": erasure.ground or None,
        "people": {
            "requested": name(erasure.requested_by),
            "requested_with": name(erasure.second_by) or None,
            "authorised": name(erasure.authorised_by),
            "authorised_with": name(erasure.cosigned_by) or None,
            "carried_out": name(erasure.carried_out_by),
        },
        "erased": msgspec.json.decode(erasure.counts),
        "membership_head": members.head.hex(),
        "places": [
            {"kind": place.kind, "name": place.name, "confirmed_at": rfc3339(place.at_ms) if place.at_ms else None}
            for place in erasure.places
        ],
        "complete": all(place.at_ms for place in erasure.places),
    }
