"""A sealed blob opens with its key and nothing else, and its bytes are final."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photodesk.errors import Damaged, Refused
from photodesk.store.sealed_blob import (
    CHUNK_BYTES,
    HEADER_BYTES,
    BlobKind,
    blob_id,
    open_blob,
    padme,
    read_header,
    seal_blob,
)

VECTOR = Path(__file__).parent.parent / "vectors" / "sealed_blob.hex"
KEY, CLINIC = bytes(range(32)), bytes(range(16))


def sealed(data: bytes, kind: BlobKind = BlobKind.ORIGINAL, step: int = 1 << 19) -> bytes:
    pieces = (data[at : at + step] for at in range(0, len(data), step))
    return b"".join(seal_blob(pieces, len(data), kind, KEY, CLINIC))


def unsealed(raw: bytes, key: bytes = KEY, clinic: bytes = CLINIC, kind: BlobKind = BlobKind.ORIGINAL) -> bytes:
    return b"".join(open_blob(io.BytesIO(raw), key, clinic, kind))


def test_the_frozen_example_is_what_we_write_and_read() -> None:
    data = b"PhotoDesk sealed blob, frozen with format version 1."
    made = b"".join(seal_blob([data], len(data), BlobKind.ORIGINAL, KEY, CLINIC, bytes(16), bytes(32)))
    assert made.hex() == VECTOR.read_text("ascii").split()[0]
    assert blob_id(io.BytesIO(made)).hex() == VECTOR.read_text("ascii").split()[1]
    assert unsealed(made) == data


@pytest.mark.parametrize("size", [0, 1, 100, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 77])
def test_every_length_comes_back_and_padding_hides_it(size: int) -> None:
    data = hashlib.shake_128(b"x").digest(size)
    raw = sealed(data)
    assert unsealed(raw) == data
    header = read_header(raw[:HEADER_BYTES])
    assert (header.plain_bytes, header.padded_bytes) == (size, padme(size))
    assert len(raw) == HEADER_BYTES + header.padded_bytes + 16 * header.chunks


@given(st.integers(0, 1 << 40))
def test_padme_adds_at_most_12_percent_and_never_takes(length: int) -> None:
    assert length <= padme(length) <= length * 1.12 + 1
    assert padme(padme(length)) == padme(length)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_any_altered_byte_or_length_is_damage(data: st.DataObject) -> None:
    raw = bytearray(sealed(b"photo" * 40))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises((Damaged, Refused)):
        unsealed(bytes(raw))
    cut = data.draw(st.integers(0, len(raw) - 1))
    with pytest.raises(Damaged):
        unsealed(sealed(b"photo" * 40)[:cut])


def test_another_key_clinic_kind_or_order_is_refused() -> None:
    raw = sealed(bytes(3 * CHUNK_BYTES))
    for other in (
        {"key": bytes(32)},
        {"clinic": bytes(16)},
        {"kind": BlobKind.SCREEN},
    ):
        with pytest.raises(Damaged):
            unsealed(raw, **other)  # type: ignore[arg-type]
    first, second = HEADER_BYTES + CHUNK_BYTES + 16, HEADER_BYTES + 2 * (CHUNK_BYTES + 16)
    with pytest.raises(Damaged):
        unsealed(raw[:HEADER_BYTES] + raw[first:second] + raw[HEADER_BYTES:first] + raw[second:])
    with pytest.raises(Damaged):
        unsealed(raw + b"\0")


def test_a_stream_of_another_length_is_an_error() -> None:
    for said in (3, 5):
        with pytest.raises(ValueError, match="not as long"):
            list(seal_blob([b"four"], said, BlobKind.ORIGINAL, KEY, CLINIC))
