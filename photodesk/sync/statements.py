"""What is signed between a workstation and the server besides parcels: signing in, receipts, the server's order.

Every statement is bound to the clinic and to the server's pin, so that no answer is of use anywhere else.
"""

from __future__ import annotations

from photodesk import ids
from photodesk.crypto import SigningKey, label, sha256, verify

SIGN_IN = "server-sign-in"
RECEIPT = "server-receipt"
_ORDER = "server-order"
FIRST_ORDER = bytes(32)


def sign_in_statement(pin: bytes, workstation_id: str, challenge: bytes) -> bytes:
    """What a workstation's keeper signs to sign in: pin (32) ‖ workstation id (16) ‖ challenge (32)."""
    return pin + ids.to_bytes(workstation_id) + challenge


def receipt_statement(kind: str, record: bytes, received_ms: int) -> bytes:
    """What the server signs about a checkpoint or a segment it keeps."""
    return kind.encode("ascii").ljust(16, b"\0") + sha256(record) + received_ms.to_bytes(8, "little")


def sign_receipt(key: SigningKey, clinic_id: bytes, kind: str, record: bytes, received_ms: int) -> bytes:
    """The server's 64-byte signature that it keeps `record` since `received_ms`."""
    return key.sign(RECEIPT, clinic_id, receipt_statement(kind, record, received_ms))


def receipt_holds(public: bytes, signature: bytes, clinic_id: bytes, kind: str, record: bytes, at_ms: int) -> bool:
    """Whether the server with this receipt key signed that it keeps `record`."""
    return verify(public, signature, RECEIPT, clinic_id, receipt_statement(kind, record, at_ms))


def next_order(previous: bytes, clinic_id: bytes, order: int, operation_hash: bytes) -> bytes:
    """The server's chain after it gave an operation its place: SHA-256 over what was before and what comes."""
    return sha256(label(_ORDER), clinic_id, previous, order.to_bytes(8, "little"), operation_hash)
