"""The keys that one signed-in person holds, in memory only, for as long as the desk process lives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from photodesk.crypto import KemPrivateKey, SigningKey, derive, hmac_sha256, label
from photodesk.store.roles import KeyKind, Role, keys_of


@dataclass
class KeySet:
    """Everything a person's grants open. Mappings go from epoch (1, 2, …) to key, and grow when this person makes a new
    epoch (`learn`); nothing else changes.

    `desk_keys` DK and `chart_keys` CK are 32 bytes each; `chart_keys`, `log_keys` and `inbox_keys` are empty for
    roles that are not granted them, or whose grant is still waiting. `inbox_public` is the newest inbox public key
    (1,216 bytes, also held by those who can not open the inbox) and `inbox_epoch` its epoch. `database_keys` has
    "catalog", "erasure" and, with chart keys, "index": 32 bytes of key and 16 of salt.
    """

    clinic_id: bytes
    workstation_id: str
    person_id: str
    roles: frozenset[Role]
    signing: SigningKey = field(repr=False)
    kem: KemPrivateKey = field(repr=False)
    desk_keys: dict[int, bytes] = field(repr=False)
    chart_keys: dict[int, bytes] = field(repr=False)
    log_keys: dict[int, KemPrivateKey] = field(repr=False)
    inbox_keys: dict[int, KemPrivateKey] = field(repr=False)
    inbox_public: bytes = field(repr=False)
    inbox_epoch: int
    database_keys: dict[str, bytes] = field(repr=False)

    def replace_database_keys(self, fresh: dict[str, bytes]) -> None:
        """The databases were written anew under these keys; the old ones are forgotten."""
        self.database_keys.update(fresh)

    @property
    def desk_epoch(self) -> int:
        """The newest epoch of the desk key."""
        return max(self.desk_keys)

    @property
    def chart_epoch(self) -> int:
        """The newest epoch of the chart key; 0 without chart keys."""
        return max(self.chart_keys, default=0)

    @property
    def waits_for(self) -> frozenset[KeyKind]:
        """Kinds of key that the roles call for and that nobody has given yet."""
        held = {KeyKind.DESK: self.desk_keys, KeyKind.CHART: self.chart_keys, KeyKind.LOG: self.log_keys}
        return frozenset(kind for kind in keys_of(self.roles) if not held[kind])

    def learn(self, kind: KeyKind, epoch: int, key: bytes) -> None:
        """A key of a new epoch, for everything from now on: 32 bytes, or the 96 of a KEM key."""
        if kind is KeyKind.DESK:
            self.desk_keys[epoch] = key
        elif kind is KeyKind.CHART:
            self.chart_keys[epoch] = key
        elif kind is KeyKind.LOG:
            self.log_keys[epoch] = KemPrivateKey(key)
        elif kind is KeyKind.INBOX:
            self.inbox_keys[epoch] = inbox = KemPrivateKey(key)
            self.inbox_public, self.inbox_epoch = inbox.public, epoch

    def content_id(self, sha256: bytes) -> bytes:
        """The clinic's 32-byte name for a file of this SHA-256: HMAC under a key of the first DK; never rotates."""
        return self.content_ids()(sha256)

    def content_ids(self) -> Callable[[bytes], bytes]:
        """`content_id` for many files: its key is made once."""
        key = derive(self.desk_keys[min(self.desk_keys)], b"", label("content-id-key"))
        return partial(hmac_sha256, key, label("content-id"))

    def separator_check(self, record: bytes) -> bytes:
        """The clinic's 32-byte mark on a separator card: HMAC under a key of the first DK, so old cards stay good."""
        key = derive(self.desk_keys[min(self.desk_keys)], b"", label("separator-key"))
        return hmac_sha256(key, label("separator"), record)
