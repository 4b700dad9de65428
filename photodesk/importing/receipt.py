"""The card receipt: what this workstation vouches for, in a form that can be kept, printed and checked.

The signature is the workstation's over label ‖ clinic id ‖ the exact bytes in `record`, a msgpack array
`[version, suite, job16, workstation16, at_ms, complete, total, safe, deleted, unread, bytes, digest32, label, serial,
checkpoint]`: digest is SHA-256 over the sorted SHA-256 of all safe files, `unread` counts folders that could not be
listed, `checkpoint` are the exact bytes of the log's newest checkpoint. A last number `not_on_server` follows where the
clinic waits for its server with clearing a card: how many safe files it did not hold whole. It names no patient and no
file.

Everything else a receipt says is worked out from its record, so that nothing beside the signed bytes can be believed.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from photodesk import crypto, ids
from photodesk.clock import rfc3339
from photodesk.errors import Damaged, Fixable, PhotoDeskError
from photodesk.importing.erasing import awaited_on_server, waits_for_server
from photodesk.importing.job import ImportResult, Outcome
from photodesk.importing.workplace import Workplace
from photodesk.log.records import Checkpoint, encode_anchor, read_checkpoint
from photodesk.store.catalog import KeptReceipt

KIND = "receipt"
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
MOST_BYTES = 16 * 1024 * 1024


class ReceiptRecord(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    """The signed record."""

    version: int
    suite: int
    job: bytes
    workstation: bytes
    at_ms: int
    complete: bool
    total: int
    safe: int
    deleted: int
    unread: int
    size_bytes: int
    digest: bytes
    label: str
    serial: str
    checkpoint: bytes
    not_on_server: int = 0

    @property
    def all_safe(self) -> bool:
        """Whether every file is proven to be in the store."""
        return self.complete and self.safe == self.total and self.total > 0 and not self.unread

    @property
    def anchor_checkpoint(self) -> Checkpoint | None:
        """The log's state that this receipt keeps."""
        return read_checkpoint(self.checkpoint) if self.checkpoint else None


@dataclass(frozen=True)
class ReceiptCheck:
    """Whether a receipt is what a workstation signed; `words` says it, `receipt` is what the record itself says."""

    holds: bool
    words: str
    receipt: dict[str, Any]


def make_receipt(workplace: Workplace, result: ImportResult, label: str, serial: str, card_id: str) -> KeptReceipt:
    """Sign what is proven to be in the store now, with the log's newest checkpoint. It is not kept yet."""
    safe = [outcome for outcome in result.outcomes if outcome.is_safe]
    at_ms = workplace.clock.wall_ms()
    record = _encoded(
        ReceiptRecord(
            crypto.VERSION,
            crypto.SUITE,
            ids.to_bytes(result.job_id),
            ids.to_bytes(workplace.keyset.workstation_id),
            at_ms,
            result.stopped is None,
            len(result.outcomes),
            len(safe),
            sum(1 for outcome in result.outcomes if outcome.deleted_before),
            len(result.unread),
            sum(outcome.size_bytes for outcome in safe),
            _digest(safe),
            label,
            serial,
            workplace.keeper.checkpoint(),
            awaited_on_server(workplace, result),
        )
    )
    return KeptReceipt(result.job_id, card_id, at_ms, record, workplace.keeper.sign(KIND, record))


def receipt_document(kept: KeptReceipt) -> dict[str, Any]:
    """The receipt as an object; all of it comes from the signed record."""
    return _document(kept.record, kept.signature)


def statement(record: ReceiptRecord) -> str:
    """The sentence of the receipt."""
    if not record.total and not record.unread:
        return "There were no files on it."
    words = f"{record.safe:,} of {record.total:,} {'is' if record.total == 1 else 'are'} safe"
    if record.all_safe and record.not_on_server:
        return f"{words} here. Do not format the card yet: {waits_for_server(record.not_on_server)}"
    if record.all_safe:
        return f"{words}, the card may be formatted in the camera."
    words += "."
    left = record.total - record.safe - record.deleted
    if record.deleted:
        was = "was" if record.deleted == 1 else "were"
        words += f" {record.deleted:,} {was} deleted from PhotoDesk on purpose before and {was} not taken in again."
    if record.unread:
        words += " Part of the card could not be read. Do not format it."
    elif left:
        words += f" Do not format the card: {left:,} {'is' if left == 1 else 'are'} not."
    return words


def anchor_of(receipt: dict[str, Any]) -> bytes:
    """The content of an anchor file for `log verify --anchor`. Fixable where the receipt carries none."""
    checkpoint = _read_record(bytes.fromhex(str(receipt["record"]))).checkpoint
    if not checkpoint:
        raise Fixable("no_anchor", "This receipt carries no state of the log.", "Use a newer receipt.")
    return encode_anchor([checkpoint])


def receipt_holds(receipt: dict[str, Any], workstation_public: bytes, clinic_id: bytes) -> bool:
    """Whether the signature is this workstation's over the record, and the receipt says nothing else."""
    return check_receipt(receipt, workstation_public, clinic_id).holds


def check_receipt(receipt: dict[str, Any], workstation_public: bytes, clinic_id: bytes) -> ReceiptCheck:
    """Check the signature, and that every word beside the record is what the record says."""
    try:
        record, signature = bytes.fromhex(str(receipt["record"])), bytes.fromhex(str(receipt["signature"]))
        told = _document(record, signature)
    except (KeyError, ValueError, PhotoDeskError):
        return ReceiptCheck(False, "This is not a card receipt, or it was damaged.", {})
    if not crypto.verify(workstation_public, signature, KIND, clinic_id, record):
        return ReceiptCheck(False, "The signature does not fit: another workstation's receipt, or one changed.", told)
    changed = sorted(name for name in told if name in receipt and receipt[name] != told[name])
    if changed:
        words = f"The signature fits its record, but {', '.join(changed)} beside it was changed. Believe the record."
        return ReceiptCheck(False, words, told)
    return ReceiptCheck(True, f"This receipt is as it was signed. {told['statement']}", told)


def receipt_in(data: bytes) -> dict[str, Any]:
    """The receipt in a file: its JSON, or a PDF that PhotoDesk wrote, which carries it inside. Fixable otherwise."""
    for text in _texts(data):
        try:
            found = msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        inside = found.get("receipt", found) if isinstance(found, dict) else None
        if isinstance(inside, dict) and {"record", "signature"} <= set(inside):
            return inside
    raise Fixable(
        "no_receipt", "There is no card receipt in this file.", "Choose the file that `photodesk receipt` wrote."
    )


def _texts(data: bytes) -> Iterator[bytes]:
    if not data.startswith(b"%PDF"):
        yield data
        return
    for match in _STREAM.finditer(data):
        yield match[1]
        try:
            yield zlib.decompressobj().decompress(match[1], MOST_BYTES)
        except zlib.error:
            continue


def _document(encoded: bytes, signature: bytes) -> dict[str, Any]:
    record = _read_record(encoded)
    anchor = record.anchor_checkpoint
    return {
        "job_id": ids.to_text(record.job),
        "workstation_id": ids.to_text(record.workstation),
        "at": rfc3339(record.at_ms),
        "card": {"label": record.label or None, "serial": record.serial or None},
        "files": record.total,
        "safe": record.safe,
        "deleted_before": record.deleted,
        "bytes": record.size_bytes,
        "all_safe": record.all_safe,
        "not_on_server": record.not_on_server,
        "digest": record.digest.hex(),
        "statement": statement(record),
        "log": None
        if anchor is None
        else {"workstation_id": anchor.workstation_id, "sequence": anchor.sequence, "at": rfc3339(anchor.at_ms)},
        "record": encoded.hex(),
        "signature": signature.hex(),
    }


def _read_record(encoded: bytes) -> ReceiptRecord:
    try:
        record = msgspec.msgpack.decode(encoded, type=ReceiptRecord)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise _not_ours() from None
    if (record.version, record.suite) != (crypto.VERSION, crypto.SUITE):
        raise Damaged("newer_receipt", "This receipt was made by a newer PhotoDesk.")
    if len(record.job) != 16 or len(record.workstation) != 16 or len(record.digest) != 32:
        raise _not_ours()
    return record


def _encoded(record: ReceiptRecord) -> bytes:
    """Without its last number where that says nothing, as every PhotoDesk reads it."""
    fields = list(msgspec.structs.astuple(record))
    return msgspec.msgpack.encode(fields if record.not_on_server else fields[:-1])


def _digest(safe: Sequence[Outcome]) -> bytes:
    return crypto.sha256(*sorted(bytes.fromhex(outcome.sha256) for outcome in safe))


def _not_ours() -> Damaged:
    return Damaged("bad_receipt", "The record of a receipt cannot be read.")
