"""The card receipt: what this workstation vouches for, in a form that can be kept, printed and checked.

The signature is the workstation's over label ‖ clinic id ‖ the exact bytes in `record` (a msgpack array
`[version, suite, job, workstation, at_ms, total, safe, bytes, digest32]`, where digest is SHA-256 over the sorted
SHA-256 of all safe files). It names no patient and no file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from photodesk import crypto, ids
from photodesk.clock import rfc3339
from photodesk.importing.job import Outcome
from photodesk.importing.workplace import Workplace

KIND = "receipt"


def card_receipt(workplace: Workplace, job_id: str, outcomes: Sequence[Outcome], complete: bool) -> dict[str, Any]:
    """A signed receipt for what is proven to be in the store. `complete` is false when the job ended early."""
    safe = [outcome for outcome in outcomes if outcome.is_safe]
    at_ms = workplace.clock.wall_ms()
    digest = crypto.sha256(*sorted(bytes.fromhex(outcome.sha256) for outcome in safe))
    total_bytes = sum(outcome.size_bytes for outcome in safe)
    record = msgspec.msgpack.encode(
        [
            crypto.VERSION,
            crypto.SUITE,
            ids.to_bytes(job_id),
            ids.to_bytes(workplace.keyset.workstation_id),
            at_ms,
            len(outcomes),
            len(safe),
            total_bytes,
            digest,
        ]
    )
    all_safe = complete and len(safe) == len(outcomes) and bool(outcomes)
    return {
        "job_id": job_id,
        "workstation_id": workplace.keyset.workstation_id,
        "at": rfc3339(at_ms),
        "files": len(outcomes),
        "safe": len(safe),
        "bytes": total_bytes,
        "all_safe": all_safe,
        "digest": digest.hex(),
        "statement": statement(len(safe), len(outcomes), all_safe),
        "record": record.hex(),
        "signature": workplace.keeper.sign(KIND, record).hex(),
    }


def statement(safe: int, total: int, all_safe: bool) -> str:
    """The sentence of the receipt."""
    if all_safe:
        return f"{safe} of {total} are safe, the card may be formatted in the camera."
    return f"{safe} of {total} are safe. Do not format the card: {total - safe} are not."


def receipt_holds(receipt: dict[str, Any], workstation_public: bytes, clinic_id: bytes) -> bool:
    """Whether the signature is this workstation's over the receipt's record."""
    record, signature = bytes.fromhex(receipt["record"]), bytes.fromhex(receipt["signature"])
    return crypto.verify(workstation_public, signature, KIND, clinic_id, record)
