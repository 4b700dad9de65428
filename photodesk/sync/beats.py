"""Making heartbeats: at most one every 15 minutes, right after the order was followed to its end."""

from __future__ import annotations

from photodesk.clock import Clock
from photodesk.sync.heartbeats import EVERY_MS, KIND, Sight, make_heartbeat, read_heartbeat
from photodesk.sync.passing import CurrentMembers, Sign
from photodesk.sync.spool import Spool
from photodesk.sync.spool_seen import Seen


class Beats:
    """This workstation's own heartbeats."""

    def __init__(self, workstation_id: str, spool: Spool, sign: Sign, members: CurrentMembers, clock: Clock) -> None:
        self._workstation_id = workstation_id
        self._spool = spool
        self._seen = Seen(spool.file)
        self._sign = sign
        self._members = members
        self._clock = clock

    def beat(self) -> bool:
        """Make one if it is time, to be sent with the next parcel; whether it was. A clock set back makes one too."""
        now_ms = self._clock.wall_ms()
        last, previous, last_ms = self._seen.beat(self._workstation_id)
        if last and 0 <= now_ms - last_ms < EVERY_MS:
            return False
        place, chain = self._spool.order_head()
        members = self._members()
        parcels, logs = self._seen.news(self._workstation_id)
        sight = Sight(place, chain, members.sequence, members.head, tuple(parcels), tuple(logs))
        record = make_heartbeat(
            self._workstation_id, last + 1, previous, now_ms, sight, lambda data: self._sign(KIND, data)
        )
        self._seen.keep_own(read_heartbeat(record))
        return True
