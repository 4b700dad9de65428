"""An honest restore of the clinic server: an administrator signed it, so every workstation sends again what it lacks.

The membership entry names the place and chain with which the restored order ends. A workstation that was further goes
back to that place, if its own order went through it, and marks everything after it as unsent. What others sent after it
comes again from them under new places; what was applied already is known by its id and chain, so nothing doubles. What
was fetched and proven but not applied yet is kept, behind everything else, in case its workstation is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from photodesk.progress import Cancel
from photodesk.sync.contradictions import Attack, Contradiction
from photodesk.sync.passing import CurrentMembers
from photodesk.sync.spool import Spool
from photodesk.sync.spool_alarm import SpoolAlarms
from photodesk.sync.spool_seen import Seen
from photodesk.sync.statements import FIRST_ORDER

SEEN = "server-restored"


class RestoredStep:
    """The step behind the membership log. `send_again` are told to ask the server what it lacks of theirs."""

    name = "restored"

    def __init__(
        self,
        workstation_id: str,
        spool: Spool,
        members: CurrentMembers,
        now_ms: Callable[[], int],
        send_again: Sequence[Callable[[], None]] = (),
    ) -> None:
        self._workstation_id = workstation_id
        self._spool = spool
        self._members = members
        self._now_ms = now_ms
        self._send_again = send_again

    def run(self, _cancel: Cancel) -> int:
        """Go back to where the server is, once for every signed restore; 1 where there was one, else 0."""
        restored = self._members().restored
        if restored is None or self._spool.number(SEEN) >= restored.sequence:
            return 0
        place, _ = self._spool.order_head()
        if place >= restored.place:
            check_was_there(self._spool, restored.place, restored.chain)
            Seen(self._spool.file).go_back(restored.place, restored.chain, self._workstation_id, keep=True)
        self._unsend()
        for again in self._send_again:
            again()
        self._spool.set_facts({SEEN: restored.sequence.to_bytes(8, "little")})
        alarms = SpoolAlarms(self._spool.file)
        for alarm in alarms.standing():
            if alarm.attack != Attack.OWN_LOG:
                alarms.clear(alarm.number, self._now_ms())
        return 1

    def _unsend(self) -> None:
        """Nothing of the time after that place is said, or taken for sent, any more."""
        with self._spool.file.transaction() as connection:
            connection.execute("DELETE FROM log_receipt")
            connection.execute(
                "INSERT INTO told SELECT 'log', workstation, sequence FROM log_seen WHERE true"
                " ON CONFLICT DO UPDATE SET number = excluded.number"
            )
        self._spool.unsend_after(Seen(self._spool.file).parcel(self._workstation_id)[0])


def check_was_there(spool: Spool, place: int, chain: bytes) -> None:
    """The order this workstation followed went through this place, as far back as it knows; else a `Contradiction`."""
    known = FIRST_ORDER if place == 0 else Seen(spool.file).link(place)
    if known not in {None, chain}:
        raise Contradiction(Attack.OPERATIONS, "it was put back to an order that never was")
