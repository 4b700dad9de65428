"""The keeper's part of a pass: what lies in the spool goes into the key files, and what others need into the spool."""

from __future__ import annotations

from collections.abc import Callable

from photodesk.crypto import sha256
from photodesk.store.keyring import Secrets
from photodesk.store.layout import Layout
from photodesk.store.taking_members import TakenMembers, own_key_records, take_members
from photodesk.sync.spool import Spool
from photodesk.sync.spool_members import SpoolMembers

_GIVEN = "key-files-given"


def take_from_spool(
    layout: Layout, secrets: Secrets, spool: Spool, sign: Callable[[str, bytes], bytes]
) -> TakenMembers:
    """Take entries and key records; then lay this workstation's own records into the spool, where any are new.

    Errors as `take_members`.
    """
    held = SpoolMembers(spool.file)
    taken = take_members(layout, secrets, held.entries(), held.records())
    files = _fingerprint(layout)
    if not taken.revoked and spool.fact(_GIVEN) != files:
        held.add_own(own_key_records(layout, secrets, sign, held.known_marks()))
        spool.set_facts({_GIVEN: files})
    return taken


def _fingerprint(layout: Layout) -> bytes:
    """Which state of the key files this is."""
    return b"".join(sha256(path.read_bytes()) for path in (layout.keys, layout.slots, layout.members))
