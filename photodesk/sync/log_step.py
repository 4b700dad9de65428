"""Anchoring logs: the newest checkpoint and every finished segment go up, receipts come back, others' logs are watched.

A receipt is the server's own signature under the key that the membership log names. What the server and the others keep
of this workstation's log must be in it; what others saw of a third log must be shown here too.
"""

from __future__ import annotations

from pathlib import Path

from photodesk.crypto import sha256
from photodesk.errors import Refused
from photodesk.ids import to_bytes
from photodesk.log.holding import holds
from photodesk.log.records import Checkpoint
from photodesk.log.recovery import checkpoints_after, find_end
from photodesk.log.segment import segment_numbers, segment_path
from photodesk.progress import Cancel
from photodesk.sync.checkpoints import check_receipt, checked_page
from photodesk.sync.contradictions import Attack, Contradiction
from photodesk.sync.heartbeats import Head
from photodesk.sync.line import PAGE, LogLine, ServerReceipt
from photodesk.sync.passing import CurrentMembers
from photodesk.sync.spool import Spool
from photodesk.sync.spool_log import CHECKPOINT, SEGMENT, HeldReceipt, SpoolLogs
from photodesk.sync.spool_seen import LOG, Seen

MOST_PAGES = 40


class LogStep:
    """One pass over the logs. `folder` is the store's log folder; it is only read."""

    name = "log"

    def __init__(
        self,
        clinic_id: str,
        workstation_id: str,
        line: LogLine,
        spool: Spool,
        members: CurrentMembers,
        folder: Path,
    ) -> None:
        self._clinic = to_bytes(clinic_id)
        self._workstation_id = workstation_id
        self._line = line
        self._spool = spool
        self._kept = SpoolLogs(spool.file)
        self._seen = Seen(spool.file)
        self._members = members
        self._folder = folder

    def run(self, cancel: Cancel) -> int:
        """Anchor what is new, look at the others; how many checkpoints and segments moved."""
        self._own_is_whole()
        moved = self._send_checkpoint() + self._send_segments(cancel)
        newest: dict[str, Checkpoint] = {}
        for workstation_id, station in self._members().workstations.items():
            cancel.check()
            if workstation_id != self._workstation_id and not station.revoked:
                moved += self._watch(workstation_id, newest)
        said = self._claims(newest)
        for checkpoint in newest.values():
            self._kept.keep_newest(checkpoint)
        self._seen.settle(LOG, said)
        return moved

    # -- this workstation's log --

    def _own_is_whole(self) -> None:
        """The server still keeps what it gave a receipt for; what it keeps beyond the end of this log was cut off."""
        end, last = find_end(self._folder, self._workstation_id).next_sequence - 1, self._kept.last(CHECKPOINT)
        after = end if last is None else min(end, last.number - 1)
        page = self._line.checkpoints(self._workstation_id, after)
        found = checked_page(self._members(), self._workstation_id, after, page)
        if found and found[-1].sequence > end:
            raise _cut(found[-1])
        if last is not None and last.hash not in {sha256(one.encoded) for one in found[:1]}:
            raise Contradiction(Attack.LOG, "it lost a checkpoint that it gave a receipt for")

    def _send_checkpoint(self) -> int:
        last = self._kept.last(CHECKPOINT)
        newest = self._newest(0 if last is None else last.number)
        if newest is None:
            return 0
        try:
            answer = self._line.put_checkpoint(newest.encoded)
        except Refused as refused:
            if refused.code == "log_forked":
                self._forked(newest)
            raise
        self._keep(CHECKPOINT, newest.sequence, newest.encoded, answer)
        return 1

    def _newest(self, after: int) -> Checkpoint | None:
        """This log's newest checkpoint, if it is one that was not sent."""
        end = find_end(self._folder, self._workstation_id)
        found = end.checkpoints
        if not found and after:
            found = tuple(checkpoints_after(self._folder, self._workstation_id, after))
        return found[-1] if found and found[-1].sequence > after else None

    def _send_segments(self, cancel: Cancel) -> int:
        sent = 0
        for number in segment_numbers(self._folder, self._workstation_id)[:-1]:
            if self._kept.has(SEGMENT, number):
                continue
            cancel.check()
            data = segment_path(self._folder, self._workstation_id, number).read_bytes()
            try:
                answer = self._line.put_segment(number, data)
            except Refused as refused:
                if refused.code == "segment_differs":
                    raise Contradiction(
                        Attack.OWN_LOG, f"segment {number} is not the one that the clinic server was given"
                    ) from refused
                raise
            self._keep(SEGMENT, number, data, answer)
            sent += 1
        return sent

    def _keep(self, kind: str, number: int, record: bytes, answer: ServerReceipt) -> None:
        check_receipt(self._members(), kind, record, answer.received_ms, answer.receipt)
        self._kept.keep(kind, HeldReceipt(number, sha256(record), answer.received_ms, answer.receipt))

    def _forked(self, ours: Checkpoint) -> None:
        """The server says that another checkpoint stands at this place: it must show one that was signed here."""
        page = self._line.checkpoints(self._workstation_id, ours.sequence - 1)
        for one in checked_page(self._members(), self._workstation_id, ours.sequence - 1, page[:1]):
            if (one.sequence, one.chain) != (ours.sequence, ours.chain):
                raise _cut(one)
        raise Contradiction(Attack.LOG, "it refuses a checkpoint of this log and cannot show another one")

    # -- the others' --

    def _watch(self, workstation_id: str, newest: dict[str, Checkpoint]) -> int:
        """Look at the newer checkpoints of another log; how many."""
        held = self._kept.newest(workstation_id)
        count, after = 0, 0 if held is None else held.sequence
        for _ in range(MOST_PAGES):
            page = self._line.checkpoints(workstation_id, after)
            checked = checked_page(self._members(), workstation_id, after, page)
            if checked:
                newest[workstation_id] = checked[-1]
                count, after = count + len(checked), checked[-1].sequence
            if len(page) < PAGE:
                break
        return count

    def _claims(self, newest: dict[str, Checkpoint]) -> list[tuple[Head, str]]:
        """What others said they saw of logs, this one's too; each is so, or it is a contradiction.

        Of a workstation that joined just now it is looked at in the next pass.
        """
        known = self._members().workstations
        said = [one for one in self._seen.claims(LOG) if one[0].workstation_id in known]
        for head in {head: None for head, _ in said}:
            if head.workstation_id == self._workstation_id:
                if not holds(self._folder, self._workstation_id, head.number, head.hash):
                    raise Contradiction(
                        Attack.OWN_LOG, f"another workstation has seen an entry {head.number} that it lacks"
                    )
            elif not self._was_shown(head, newest.get(head.workstation_id)):
                raise Contradiction(Attack.LOG, "another workstation was shown another log than this one")
        return said

    def _was_shown(self, head: Head, newest: Checkpoint | None) -> bool:
        newest = newest or self._kept.newest(head.workstation_id)
        if newest is not None and newest.sequence == head.number:
            return newest.chain == head.hash
        page = self._line.checkpoints(head.workstation_id, head.number - 1)
        checked = checked_page(self._members(), head.workstation_id, head.number - 1, page)
        return bool(checked) and (checked[0].sequence, checked[0].chain) == (head.number, head.hash)


def _cut(found: Checkpoint) -> Contradiction:
    """Signed by this workstation, and not in its log: this log was cut or put back."""
    return Contradiction(
        Attack.OWN_LOG,
        f"the clinic server keeps an entry {found.sequence} that it lacks",
        {"checkpoint.bin": found.encoded},
    )
