"""One change of the membership log with the files around it, safe to be interrupted at every step.

The files first hold what was and what will be (`keys.msgpack`, `slots.msgpack`, a `store.json` beside the one in
force); then the log takes the entries, in one write: from here on the change counts; then `settle` leaves only what the
log names. Whatever an interrupted change left is ignored by readers and settled by the next change or sign-in.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from photodesk.clock import Clock
from photodesk.errors import PhotoDeskError
from photodesk.ids import to_text
from photodesk.store.bundle import bundle_owner
from photodesk.store.grants import is_granted
from photodesk.store.keyring import Secrets
from photodesk.store.keys_file import (
    DATABASES,
    Grant,
    KeysFile,
    database_epoch,
    inbox_epoch,
    read_grant,
    read_keys,
    recovery_key_of,
    write_keys,
)
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.member_author import author_of
from photodesk.store.member_entry import Body, Cosigner
from photodesk.store.members import Members
from photodesk.store.members_log import MembersLog, PreparedEntries
from photodesk.store.publishing import SERVER_URL, once_more
from photodesk.store.roles import KeyKind
from photodesk.store.signer import Signer
from photodesk.store.signin import CheckedStore, check_store
from photodesk.store.slots import Slot
from photodesk.store.slots_file import ShownPerson, encode_slots, write_slots
from photodesk.store.store_json import (
    StoreFacts,
    is_newest,
    mac_key,
    make_store,
    prepare_store,
    settle_store,
)

Random = Callable[[int], bytes]


@dataclass(frozen=True)
class NewRecords:
    """What a change brings beside its entries; `old_bundles` are the records that a renewal replaces."""

    bundles: Sequence[bytes] = ()
    grants: Sequence[Grant] = ()
    databases: Sequence[bytes] = ()
    inbox: Sequence[bytes] = ()
    recovery: Sequence[bytes] = ()
    slots: Sequence[Slot] = ()
    shown: ShownPerson | None = None
    old_bundles: Sequence[bytes] = ()


@dataclass
class Membership:
    """The state before a change, and how it is changed by the person at this desk.

    `alone`: a clinic server that is not reached stops nothing, for the recovery code counts without it; the next pass
    tells it then.
    """

    layout: Layout
    keyset: KeySet
    secrets: Secrets
    signer: Signer
    clock: Clock
    random: Random = os.urandom
    alone: bool = False
    checked: CheckedStore = field(init=False)
    keys: KeysFile = field(init=False)

    def __post_init__(self) -> None:
        self.checked = check_store(self.layout, self.secrets)
        self.keys = tidied(read_keys(self.layout, self.keyset.clinic_id), self.checked.members)

    @property
    def members(self) -> Members:
        """Who belongs to the clinic, before the change."""
        return self.checked.members

    def commit(self, bodies: Iterable[Body], new: NewRecords = NewRecords(), cosigner: Cosigner | None = None) -> None:
        """Make the change. `bodies` tell the log of everything, the new grants too. Errors as `MembersLog.append`.

        A power cut may leave only the first of several entries: their order must be good at every place.
        """
        entries = list(bodies)
        once_more(self.layout, self.signer, lambda: self._commit(entries, new, cosigner))

    def _commit(self, entries: Sequence[Body], new: NewRecords, cosigner: Cosigner | None) -> None:
        log = MembersLog.open(self.layout.members, self.keyset.clinic_id)
        if log.members.head != self.members.head:
            self.__post_init__()
        prepared = log.prepare(entries, author_of(self.keyset, self.signer), self.clock.wall_ms(), cosigner)
        more = self.keys.with_more(
            bundles=new.bundles,
            grants=[grant.record for grant in new.grants],
            databases=new.databases,
            inbox=new.inbox,
            recovery=new.recovery,
        )
        if more != self.keys:
            write_keys(self.layout, more)
        if new.slots or new.shown:
            self._write_slots(new)
        self._prepare_store(prepared.after)
        if self.alone:
            _publish_if_reached(log, prepared)
        log.write(prepared, published=self.alone)
        kept = tuple(record for record in more.bundles if record not in new.old_bundles)
        self.checked = check_store(self.layout, self.secrets)
        self.keys = settle(self.layout, self.checked, replace(more, bundles=kept), self.random)

    def _write_slots(self, new: NewRecords) -> None:
        """The slots of before and after, and both names; the sign-in page shows whom the log knows."""
        names = self.checked.names
        if new.shown:
            others = tuple(one for one in names.people if one.person_id != new.shown.person_id)
            names = replace(names, people=(*others, new.shown))
        slots = (*self.checked.current_slots(), *new.slots)
        secret, keyset = self.checked.workstation_secret, self.keyset
        data = encode_slots(keyset.clinic_id, keyset.workstation_id, slots, names, secret, self.random)
        write_slots(self.layout, data)

    def _prepare_store(self, after: Members) -> None:
        """Where `store.json` will not fit any more, lay the one that will beside it."""
        store = self.checked.store
        if not is_newest(store, after):
            facts = StoreFacts(store.workstation_id, store.keyring, self.keyset.person_id)
            key = mac_key(self.checked.workstation_secret)
            prepare_store(self.layout, make_store(after, facts, self.keyset.signing, key))


def _publish_if_reached(log: MembersLog, prepared: PreparedEntries) -> None:
    """To the clinic server where that can be done now. Refused `members_changed` where the log grew there."""
    try:
        if prepared.publish is not None and SERVER_URL in log.members.policies:
            prepared.publish(log.members.sequence, log.members.head, prepared.records)
    except PhotoDeskError as error:
        if error.code == "members_changed":
            raise


def settle(layout: Layout, checked: CheckedStore, keys: KeysFile, random: Random = os.urandom) -> KeysFile:
    """Leave only what the membership log names; writes nothing where that is so already."""
    settle_store(layout, checked.store)
    tidy = tidied(keys, checked.members)
    if tidy != read_keys(layout, keys.clinic_id):
        write_keys(layout, tidy)
    slots, members = checked.current_slots(), checked.members
    people = tuple(
        replace(shown, roles=member.roles)
        for shown in checked.names.people
        if (member := members.person(shown.person_id)) is not None
    )
    names = replace(checked.names, people=people)
    if (slots, names) != (checked.slots.slots, checked.names) or names.sequence != members.sequence:
        station, secret = checked.store.workstation_id, checked.workstation_secret
        data = encode_slots(members.clinic_id, station, slots, names.at(members), secret, random)
        write_slots(layout, data)
    return tidy


def tidied(keys: KeysFile, members: Members) -> KeysFile:
    """The records that the membership log names: no grants or bundles of people who left, no keys never taken."""
    return replace(
        keys,
        databases=_newest(keys.databases, members),
        inbox=tuple(one for one in keys.inbox if (KeyKind.INBOX, inbox_epoch(one)) in members.marks),
        bundles=tuple(one for one in keys.bundles if members.person(to_text(bundle_owner(one))) is not None),
        grants=tuple(one for one in keys.grants if is_granted(read_grant(one), members)),
        recovery=tuple(one for one in keys.recovery if _is_sealed(recovery_key_of(one), members)),
    )


def _newest(databases: Sequence[bytes], members: Members) -> tuple[bytes, ...]:
    """Of each database's key the copy under the newest epoch that the log knows."""
    newest: dict[str, tuple[int, bytes]] = {}
    for record in databases:
        name, epoch = database_epoch(record)
        if (DATABASES[name], epoch) in members.marks and epoch > newest.get(name, (0, b""))[0]:
            newest[name] = epoch, record
    return tuple(record for _, record in newest.values())


def _is_sealed(key: tuple[KeyKind, int], members: Members) -> bool:
    return key in members.marks or key[0] is KeyKind.WORKSTATION_SECRET
