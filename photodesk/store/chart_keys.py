"""A chart's SQLCipher key: 48 random bytes, wrapped under HKDF(salt = EK, ikm = CK) as 76 bytes (nonce ‖ 48 ‖ tag).

Associated data: label ‖ clinic id ‖ chart id ‖ epoch (u32). Without the patient's erasure key nothing unwraps it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from photodesk import ids
from photodesk.crypto import AEAD_NONCE_BYTES, decrypt, derive, encrypt, label
from photodesk.errors import Refused
from photodesk.store.roles import KeyKind

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet

_KIND = "chart-key"


def wrap(keyset: KeySet, chart_id: str, erasure_key: bytes, chart_key: bytes) -> tuple[int, bytes]:
    """(epoch, 76 bytes) under the newest CK."""
    epoch = keyset.chart_epoch
    nonce = os.urandom(AEAD_NONCE_BYTES)
    key = derive(chart_key_of(keyset, epoch), erasure_key, label(_KIND))
    return epoch, nonce + encrypt(key, nonce, chart_key, _KIND, keyset.clinic_id, _bound(chart_id, epoch))


def unwrap(keyset: KeySet, chart_id: str, erasure_key: bytes, epoch: int, wrapped: bytes) -> bytes:
    """The 48 bytes; Refused `no_chart_keys` without that CK, Damaged where it does not match."""
    key = derive(chart_key_of(keyset, epoch), erasure_key, label(_KIND))
    nonce, ciphertext = wrapped[:AEAD_NONCE_BYTES], wrapped[AEAD_NONCE_BYTES:]
    return decrypt(key, nonce, ciphertext, _KIND, keyset.clinic_id, _bound(chart_id, epoch))


def chart_key_of(keyset: KeySet, epoch: int) -> bytes:
    """CK of an epoch; Refused where the person has none."""
    if epoch not in keyset.chart_keys:
        raise no_chart_keys(keyset)
    return keyset.chart_keys[epoch]


def no_chart_keys(keyset: KeySet) -> Refused:
    """The sentence for somebody who holds no CK: by their role, or because nobody has given it to them yet."""
    if KeyKind.CHART in keyset.waits_for:
        return Refused(
            "no_chart_keys",
            "Your keys for charts have not been given yet.",
            "Another clinician has to sign in once; then sign in again.",
        )
    return Refused("no_chart_keys", "This person's role opens no charts.", "Ask a clinician to sign in.")


def _bound(chart_id: str, epoch: int) -> bytes:
    return ids.to_bytes(chart_id) + epoch.to_bytes(4, "little")
