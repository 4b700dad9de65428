"""Checkpoints as the server gives them: each is what it says, signed by its workstation, receipted by the server."""

from __future__ import annotations

from collections.abc import Sequence

from photodesk.errors import PhotoDeskError
from photodesk.log.records import Checkpoint, read_checkpoint
from photodesk.store.members import Members
from photodesk.store.publishing import SERVER_RECEIPT_KEY
from photodesk.sync.contradictions import Attack, Contradiction
from photodesk.sync.line import PAGE, KeptCheckpoint
from photodesk.sync.spool_log import CHECKPOINT
from photodesk.sync.statements import receipt_holds


def checked_page(members: Members, workstation_id: str, after: int, page: Sequence[KeptCheckpoint]) -> list[Checkpoint]:
    """One workstation's checkpoints after a place of its log, rising; a `Contradiction` where one does not hold."""
    if len(page) > PAGE:
        raise Contradiction(Attack.RESOURCES, "it gives more checkpoints than were asked for")
    public = members.workstations[workstation_id].log_signing_public
    checked: list[Checkpoint] = []
    for one in page:
        evidence = {"checkpoint.bin": one.record}
        try:
            found = read_checkpoint(one.record)
        except PhotoDeskError as error:
            raise Contradiction(Attack.LOG, "it serves what is no checkpoint", evidence) from error
        owner = (found.clinic_id, found.workstation_id)
        if owner != (members.clinic_id, workstation_id) or not found.signed_by(public):
            raise Contradiction(Attack.LOG, "it serves a checkpoint that nobody signed", evidence)
        if found.sequence <= after or found.sequence != one.sequence:
            raise Contradiction(Attack.LOG, "it serves checkpoints again or out of their order", evidence)
        check_receipt(members, CHECKPOINT, one.record, one.received_ms, one.receipt)
        after = found.sequence
        checked.append(found)
    return checked


def check_receipt(members: Members, kind: str, record: bytes, received_ms: int, receipt: bytes) -> None:
    """The server signed that it keeps `record`, with the key that the membership log names; else `Contradiction`."""
    public = bytes.fromhex(members.policies.get(SERVER_RECEIPT_KEY, ""))
    if not receipt_holds(public, receipt, members.clinic_id, kind, record, received_ms):
        raise Contradiction(Attack.LOG, "its receipt for a log does not hold", {"receipt.bin": receipt})
