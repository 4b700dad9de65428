"""Keys that were granted elsewhere while somebody is signed in: the key set learns them without a new sign-in."""

from __future__ import annotations

from photodesk.store.keyring import Secrets
from photodesk.store.keys_file import inbox_epoch, inbox_key, read_keys
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.roles import KeyKind
from photodesk.store.signin import check_store, granted_keys


def learn_keys(layout: Layout, secrets: Secrets, keyset: KeySet) -> frozenset[KeyKind]:
    """Which kinds of key the key set has new epochs of now. Somebody who left, or has other keys, learns nothing.

    Each key is what the membership log says it is. Damaged where the key files do not fit it.
    """
    checked = check_store(layout, secrets)
    member, keys = checked.members.person(keyset.person_id), read_keys(layout, keyset.clinic_id)
    if member is None or member.kem_public != keyset.kem.public or member.roles != keyset.roles:
        return frozenset()
    held: dict[KeyKind, set[int]] = {
        KeyKind.DESK: set(keyset.desk_keys),
        KeyKind.CHART: set(keyset.chart_keys),
        KeyKind.LOG: set(keyset.log_keys),
        KeyKind.INBOX: set(keyset.inbox_keys),
    }
    fresh: list[tuple[KeyKind, int, bytes]] = []
    for kind, granted in granted_keys(keys, member, checked.members, keyset.kem).items():
        fresh += [(kind, epoch, key) for epoch, key in sorted(granted.items()) if epoch not in held[kind]]
    for kind, epoch, key in fresh:
        keyset.learn(kind, epoch, key)
    for record in sorted(keys.inbox, key=inbox_epoch):
        opened = inbox_key(record, keyset.clinic_id, keyset.chart_keys)
        known = opened is not None and checked.members.marks.get((KeyKind.INBOX, opened[0])) == opened[1].public
        if opened is not None and known and opened[0] not in held[KeyKind.INBOX]:
            keyset.learn(KeyKind.INBOX, opened[0], opened[1].raw)
            fresh.append((KeyKind.INBOX, opened[0], opened[1].raw))
    newest, public = checked.members.newest_public(KeyKind.INBOX)
    keyset.inbox_public, keyset.inbox_epoch = public, newest
    return frozenset(kind for kind, _, _ in fresh)
