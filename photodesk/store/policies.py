"""The clinic's policies: names and values signed into the membership log, so that no file can be put in their place."""

from __future__ import annotations

from collections.abc import Mapping

from photodesk.clock import Clock
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.member_author import author_of
from photodesk.store.member_entry import Policy
from photodesk.store.members_log import MembersLog
from photodesk.store.publishing import once_more
from photodesk.store.signer import Signer


def policies(layout: Layout, clinic_id: bytes) -> Mapping[str, str]:
    """Every policy that was ever set, with its value now."""
    return dict(MembersLog.open(layout.members, clinic_id).members.policies)


def set_policy(layout: Layout, keyset: KeySet, signer: Signer, clock: Clock, name: str, value: str) -> None:
    """Sign a policy into the membership log. Damaged `members_altered` for somebody who is no administrator."""

    def change() -> None:
        log = MembersLog.open(layout.members, keyset.clinic_id)
        if log.members.policies.get(name) != value:
            log.append([Policy(name, value)], author_of(keyset, signer), clock.wall_ms())

    once_more(layout, signer, change)
