"""The spool's tables of alarms: what of the server does not hold, and the bytes that show it, until a person looked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from photodesk.sync.spool_file import SpoolFile

MOST_EVIDENCE_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Alarm:
    """One alarm. `attack` is the kind of thing that does not hold, `what` half a sentence, `at_ms` the wall clock."""

    number: int
    attack: str
    what: str
    at_ms: int


class SpoolAlarms:
    """Alarms that stand, the oldest first. Cleared ones stay for the record, without their evidence."""

    def __init__(self, file: SpoolFile) -> None:
        self._file = file

    def standing(self) -> list[Alarm]:
        """Those that nobody cleared."""
        rows = self._file.rows("SELECT number, attack, what, at_ms FROM alarm WHERE cleared_ms IS NULL ORDER BY number")
        return [Alarm(int(row[0]), str(row[1]), str(row[2]), int(row[3])) for row in rows]

    def keep(self, attack: str, what: str, at_ms: int, evidence: Mapping[str, bytes]) -> Alarm:
        """A new alarm, or the one that stands for the same; beyond the bounds evidence is left out, never the alarm."""
        for held in self.standing():
            if (held.attack, held.what) == (attack, what):
                return held
        with self._file.transaction() as connection:
            number = connection.execute(
                "INSERT INTO alarm (attack, what, at_ms) VALUES (?, ?, ?)", (attack, what, at_ms)
            ).lastrowid
            held_bytes = connection.execute("SELECT coalesce(sum(length(data)), 0) FROM evidence").fetchone()[0]
            for name, data in evidence.items():
                held_bytes += len(data)
                if held_bytes <= MOST_EVIDENCE_BYTES:
                    connection.execute("INSERT INTO evidence VALUES (?, ?, ?)", (number, name, data))
        return Alarm(int(number or 0), attack, what, at_ms)

    def evidence(self, number: int) -> dict[str, bytes]:
        """An alarm's evidence by file name."""
        rows = self._file.rows("SELECT name, data FROM evidence WHERE alarm = ? ORDER BY name", (number,))
        return {str(name): bytes(data) for name, data in rows}

    def clear(self, number: int, at_ms: int) -> None:
        """A person looked at it: it stands no more."""
        with self._file.transaction() as connection:
            connection.execute("UPDATE alarm SET cleared_ms = ? WHERE number = ?", (at_ms, number))
            connection.execute("DELETE FROM evidence WHERE alarm = ?", (number,))


def is_alarm(file: SpoolFile) -> bool:
    """Whether an alarm stands: the door of the spool hands nothing out then."""
    return file.row("SELECT 1 FROM alarm WHERE cleared_ms IS NULL LIMIT 1") is not None
