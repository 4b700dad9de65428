"""What the clinic's workstations are called, as the membership log says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from photodesk import ids
from photodesk.errors import PhotoDeskError
from photodesk.store.member_entry import open_name
from photodesk.store.members_log import MembersLog

if TYPE_CHECKING:
    from photodesk.store.keyset import KeySet
    from photodesk.store.layout import Layout


def workstation_names(layout: Layout, keyset: KeySet) -> dict[str, str]:
    """Names by workstation id; those that this person's keys open."""
    names: dict[str, str] = {}
    members = MembersLog.open(layout.members, keyset.clinic_id).members
    for one in members.workstations.values():
        try:
            raw_id = ids.to_bytes(one.workstation_id)
            names[one.workstation_id] = open_name(one.sealed_name, raw_id, keyset.clinic_id, keyset.desk_keys)
        except PhotoDeskError:
            continue
    return names
