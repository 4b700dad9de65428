"""Alarms about the clinic server: kept with their evidence, shown, saved for somebody who can judge it, cleared.

While one stands nothing that the server gave is applied; work goes on here, and what is made waits to be sent. A copy
of the evidence holds only what anybody on the way could see: ciphertext, signatures, numbers, ids.
"""

from __future__ import annotations

import json
from pathlib import Path

from photodesk.clock import Clock, rfc3339
from photodesk.errors import Fixable
from photodesk.store.files import in_words, write_atomically
from photodesk.sync.contradictions import CODE, Attack, Contradiction, sentence
from photodesk.sync.spool import Spool
from photodesk.sync.spool_alarm import Alarm, SpoolAlarms

SUMMARY = "alarm.json"


class Alarms:
    """One workstation's alarms."""

    def __init__(self, spool: Spool, clock: Clock) -> None:
        self._spool = spool
        self._kept = SpoolAlarms(spool.file)
        self._clock = clock

    def standing(self) -> list[Alarm]:
        """Alarms that nobody cleared, the oldest first."""
        return self._kept.standing()

    def keep(self, found: Contradiction) -> Alarm:
        """Keep what was found, durably. The same found again is the same alarm."""
        place, chain = self._spool.order_head()
        seen = json.dumps({"order_place": place, "order_chain": chain.hex()}).encode()
        evidence = {"seen.json": seen} | found.evidence
        return self._kept.keep(found.attack.value, found.what, self._clock.wall_ms(), evidence)

    def refuse(self) -> None:
        """The oldest alarm as the error of everything that would believe the server; nothing where none stands."""
        standing = self.standing()
        if standing:
            raise contradiction_of(standing[0])

    def save(self, folder: Path) -> int:
        """Write every alarm with its evidence into a new folder each; how many. Fixable `alarm_none`, `folder_used`."""
        standing = self.standing()
        if not standing:
            raise Fixable("alarm_none", "There is no alarm about the clinic server.")
        try:
            for alarm in standing:
                place = folder / f"alarm-{alarm.number}"
                if place.exists():
                    raise Fixable("folder_used", "This folder holds evidence already.", "Choose another folder.")
                place.mkdir(parents=True)
                for name, data in self._kept.evidence(alarm.number).items():
                    write_atomically(place / Path(name).name, data)
                write_atomically(place / SUMMARY, _summary(alarm))
        except OSError as error:
            raise in_words(error, folder, 0) from error
        return len(standing)

    def clear(self) -> int:
        """A person looked at them: none stands any more; how many did. Who may, and the entry, are the caller's."""
        standing = self.standing()
        for alarm in standing:
            self._kept.clear(alarm.number, self._clock.wall_ms())
        return len(standing)


def contradiction_of(alarm: Alarm) -> Contradiction:
    """A kept alarm as the error it was."""
    return Contradiction(Attack(alarm.attack), alarm.what)


def words(alarm: Alarm) -> str:
    """What a person reads of an alarm."""
    return sentence(Attack(alarm.attack), alarm.what)


def _summary(alarm: Alarm) -> bytes:
    said = {"code": CODE, "attack": alarm.attack, "what": alarm.what, "at": rfc3339(alarm.at_ms)}
    return (json.dumps(said, indent=2) + "\n").encode()
