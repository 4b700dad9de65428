"""What the recovery code opens: every key of the clinic, of every epoch, each compared with the membership log."""

from __future__ import annotations

from dataclasses import dataclass, field

from photodesk.crypto import KemPrivateKey, SigningKey
from photodesk.errors import Damaged, Refused
from photodesk.ids import to_text
from photodesk.store.keys_file import KeysFile, key_mark, open_for_recovery, recovery_holder
from photodesk.store.keyset import KeySet
from photodesk.store.members import Members
from photodesk.store.recovery import identity
from photodesk.store.roles import KeyKind, Role

_CLINICS = (KeyKind.DESK, KeyKind.CHART, KeyKind.LOG, KeyKind.INBOX, KeyKind.CLINIC_SECRET)


@dataclass(frozen=True)
class CodeKeys:
    """Keys by kind and epoch (1, 2, …), and the secret of each workstation that has a sealed copy.

    `records` are the sealed copies that this code opens.
    """

    keys: dict[tuple[KeyKind, int], bytes] = field(repr=False)
    workstation_secrets: dict[str, bytes] = field(repr=False)
    records: tuple[bytes, ...] = field(repr=False)

    def of(self, kind: KeyKind) -> dict[int, bytes]:
        """The keys of one kind, by epoch."""
        return {epoch: key for (of, epoch), key in self.keys.items() if of is kind}

    def keyset(
        self,
        clinic_id: bytes,
        workstation_id: str,
        person_id: str,
        signing: SigningKey,
        kem: KemPrivateKey,
        database_keys: dict[str, bytes],
    ) -> KeySet:
        """Everything at once, for whoever has the code in hand."""
        inbox = {epoch: KemPrivateKey(raw) for epoch, raw in self.of(KeyKind.INBOX).items()}
        newest = max(inbox)
        return KeySet(
            clinic_id=clinic_id,
            workstation_id=workstation_id,
            person_id=person_id,
            roles=frozenset(Role),
            signing=signing,
            kem=kem,
            desk_keys=self.of(KeyKind.DESK),
            chart_keys=self.of(KeyKind.CHART),
            log_keys={epoch: KemPrivateKey(raw) for epoch, raw in self.of(KeyKind.LOG).items()},
            inbox_keys=inbox,
            inbox_public=inbox[newest].public,
            inbox_epoch=newest,
            database_keys=database_keys,
        )


def open_with_code(code: str, members: Members, keys: KeysFile) -> CodeKeys:
    """Every key there is. Fixable `recovery_code_wrong` for a typing error, Refused `recovery_code_of_another`.

    Damaged `recovery_incomplete` where a key of the clinic has no sealed copy that this code opens.
    """
    opener = identity(code)
    if opener.public != members.recovery_public:
        raise Refused(
            "recovery_code_of_another",
            "This recovery code is well written, but it is not this clinic's, or a newer one has taken its place.",
            "Use the newest recovery kit of this clinic.",
        )
    found: dict[tuple[KeyKind, int], bytes] = {}
    secrets: dict[str, bytes] = {}
    records: list[bytes] = []
    for record in keys.recovery:
        try:
            kind, epoch, key = open_for_recovery(record, keys.clinic_id, opener)
        except Damaged:  # sealed to a kit that was replaced
            continue
        if kind is KeyKind.WORKSTATION_SECRET:
            secrets[to_text(recovery_holder(record))] = key
        elif members.marks.get((kind, epoch)) == key_mark(keys.clinic_id, kind, epoch, key):
            found[kind, epoch] = key
        else:
            continue
        records.append(record)
    if any(one not in found for one in members.marks if one[0] in _CLINICS):
        raise Damaged("recovery_incomplete", "Not every key of the clinic is sealed to this recovery code.")
    return CodeKeys(found, secrets, tuple(records))
