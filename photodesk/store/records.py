"""Records as bytes: fixed-order msgpack arrays, hashed and signed over exactly the bytes that are stored.

A signature is the last field, a 64-byte binary (`C4 40` ‖ 64 bytes); it covers the bytes before it, array head
included, so that a reader verifies what it holds without encoding anything again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from photodesk.errors import Damaged

_SIGNATURE_BYTES = 64
_HEAD = b"\xc4\x40"

_encoder = msgspec.msgpack.Encoder()


def pack(fields: Sequence[Any]) -> bytes:
    """A fixed-order array."""
    return _encoder.encode(list(fields))


def unpack(record: bytes, kind: str, length: int) -> list[Any]:
    """The fields of an array of exactly `length`; Damaged otherwise."""
    try:
        fields = msgspec.msgpack.decode(record)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        fields = None
    if not isinstance(fields, list) or len(fields) != length:
        raise Damaged("bad_record", f"A {kind} record cannot be read.")
    return fields


def signed(fields: Sequence[Any], sign: Callable[[bytes], bytes]) -> bytes:
    """The array of `fields` and a signature; `sign` gets the bytes before the signature and returns 64 bytes."""
    unsigned = pack([*fields, bytes(_SIGNATURE_BYTES)])[: -_SIGNATURE_BYTES - len(_HEAD)]
    signature = sign(unsigned)
    if len(signature) != _SIGNATURE_BYTES:
        raise ValueError("a signature is 64 bytes")
    return unsigned + _HEAD + signature


def split_signature(record: bytes, kind: str) -> tuple[bytes, bytes]:
    """(signed bytes, signature) of a record whose last field is a signature."""
    cut = len(record) - _SIGNATURE_BYTES - len(_HEAD)
    if cut < 1 or record[cut : cut + 2] != _HEAD:
        raise Damaged("bad_record", f"A {kind} record cannot be read.")
    return record[:cut], record[cut + 2 :]
