"""Signing that the clinic server was honestly restored, and looking at an alarm, as an administrator.

What is signed is the place and chain with which the server's order ends now: one that this workstation's own order went
through. Entries of the membership log that the restored server lacks are sent to it first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from photodesk.desk.roles import Right
from photodesk.desk.session import Session
from photodesk.errors import Refused
from photodesk.log.entry import Action
from photodesk.store.changing import changing_members
from photodesk.store.member_author import author_of
from photodesk.store.member_entry import ServerRestored, decode_entry
from photodesk.store.members_log import MembersLog
from photodesk.sync.alarms import Alarms
from photodesk.sync.contradictions import CODE
from photodesk.sync.enrolling import MOST_ENTRIES, all_pages
from photodesk.sync.line import OrderPage
from photodesk.sync.server_restored import check_was_there
from photodesk.sync.spool import Spool
from photodesk.sync.spool_alarm import SpoolAlarms

LOGGED = "alarm-logged"


class RestoredLine(Protocol):
    """What this asks of the server."""

    def members(self, after: int) -> list[bytes]:
        """Membership entries after a number."""
        ...

    def append_members(self, clinic_id: str, sequence: int, previous: bytes, entries: Sequence[bytes]) -> None:
        """Append by compare-and-swap."""
        ...

    def pull(self, after: int, limit: int) -> OrderPage:
        """Operations after a place."""
        ...


def accept_restore(session: Session, spool: Spool, line: RestoredLine) -> int:
    """Sign that the server was restored; the place its order goes on from. Interrupted, it is simply repeated.

    Refused `no_right`, `restore_unknown` where this workstation cannot vouch for it; `Contradiction` where it is none.
    """
    session.require(Right.MANAGE_POLICY)
    end = line.pull(0, 1)
    if end.last_place > spool.order_head()[0]:
        raise Refused(
            "restore_unknown",
            "The server has more than this workstation has seen, so it cannot vouch for it.",
            "Sign at the workstation that was in contact last, or, if nothing was restored, simply sync.",
        )
    check_was_there(spool, end.last_place, end.chain)
    entry = session.actor.entry(Action.POLICY, details={"what": "server restored", "place": str(end.last_place)})
    with session.actor.logged(entry), changing_members(session.layout):
        log = MembersLog.open(session.layout.members, session.keyset.clinic_id)
        _bring_up(log, line, session.keyset.clinic_id.hex())
        body = ServerRestored(end.last_place, end.chain)
        prepared = log.prepare([body], author_of(session.keyset, session.log), session.clock.wall_ms())
        line.append_members(session.keyset.clinic_id.hex(), log.members.sequence, log.members.head, prepared.records)
        log.write(prepared, published=True)
    return end.last_place


def log_alarms(session: Session, spool: Spool) -> None:
    """An entry for each alarm that has none yet: by the first desk that meets it, once."""
    logged = spool.number(LOGGED)
    for alarm in SpoolAlarms(spool.file).standing():
        if alarm.number > logged:
            details = {"attack": alarm.attack, "alarm": str(alarm.number)}
            session.actor.log(session.actor.entry(Action.DAMAGE, outcome=CODE, details=details))
            spool.set_facts({LOGGED: alarm.number.to_bytes(8, "little")})


def clear_alarms(session: Session, alarms: Alarms) -> int:
    """An administrator looked at the alarms: an entry each, then none stands; how many did. Refused `no_right`."""
    session.require(Right.MANAGE_POLICY)
    for alarm in alarms.standing():
        details = {"what": "server alarm cleared", "attack": alarm.attack, "alarm": str(alarm.number)}
        session.actor.log(session.actor.entry(Action.POLICY, details=details))
    return alarms.clear()


def _bring_up(log: MembersLog, line: RestoredLine, clinic_id: str) -> None:
    """The server gets the entries that it lacks; it must have no others."""
    there, records = all_pages(line.members, 0), log.records_after(0)
    if there != records[: len(there)] or not there:
        raise Refused(
            "members_changed",
            "The server has other entries about people and workstations than this workstation.",
            "If it has more of them, sync first; else keep the evidence and do not sign.",
        )
    for at in range(len(there), len(records), MOST_ENTRIES):
        previous = decode_entry(records[at - 1]).hash()
        line.append_members(clinic_id, at, previous, records[at : at + MOST_ENTRIES])
