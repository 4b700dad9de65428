"""A patient's erasure key as it travels: `[version, suite, epoch, nonce12, ciphertext]` under the DK of that epoch.

Key = HKDF(no salt, DK, label); associated data = label ‖ clinic id ‖ chart id ‖ epoch (u32).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from photodesk import ids
from photodesk.crypto import AEAD_NONCE_BYTES, SUITE, VERSION, decrypt, derive, encrypt, label
from photodesk.errors import Refused
from photodesk.store.record_version import bad_record, read_typed
from photodesk.store.records import pack

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet

_KIND = "erasure-key"
_KEY_BYTES = 32


def seal_erasure_key(keyset: KeySet, chart_id: str, erasure_key: bytes) -> bytes:
    """The sealed key of a chart, under the newest DK."""
    epoch, nonce = keyset.desk_epoch, os.urandom(AEAD_NONCE_BYTES)
    key = derive(keyset.desk_keys[epoch], b"", label(_KIND))
    sealed = encrypt(key, nonce, erasure_key, _KIND, keyset.clinic_id, _bound(chart_id, epoch))
    return pack([VERSION, SUITE, epoch, nonce, sealed])


def open_erasure_key(keyset: KeySet, chart_id: str, record: bytes) -> bytes:
    """EK of a chart. Refused `no_key` for an epoch this person was not given yet; Damaged where it does not fit."""
    epoch, nonce, sealed = read_typed(record, _KIND, tuple[int, bytes, bytes], {1: AEAD_NONCE_BYTES})
    if epoch not in keyset.desk_keys:
        raise Refused("no_key", "A patient's key is under a key that this person was not given.", "Sign in again.")
    key = derive(keyset.desk_keys[epoch], b"", label(_KIND))
    opened = decrypt(key, nonce, sealed, _KIND, keyset.clinic_id, _bound(chart_id, epoch))
    if len(opened) != _KEY_BYTES:
        raise bad_record(_KIND)
    return opened


def _bound(chart_id: str, epoch: int) -> bytes:
    return ids.to_bytes(chart_id) + epoch.to_bytes(4, "little")
