"""Damage that a desk met on its way: each is an entry once, and a sentence that the person sees."""

from __future__ import annotations

import threading

from photodesk.desk.actor import Actor
from photodesk.errors import Damaged
from photodesk.log.entry import Action


def log_cut() -> Damaged:
    """The log is shorter than its own last signature said; the keeper has made the entry."""
    return Damaged(
        "log_cut",
        "The end of the activity log is missing: entries that were written are gone.",
        "Keep a copy of the whole store folder as it is, and tell the privacy officer.",
    )


class Alarms:
    """What was met since sign-in. Any thread may raise one; the work that met it goes on with what is sound."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._lock = threading.Lock()
        self._met: dict[tuple[str, str], Damaged] = {}

    def __call__(self, damage: Damaged) -> None:
        """Log it (`DAMAGE`, durable) and keep its sentence, the first time. `Fixable("log_not_writable")`."""
        known = (damage.code, damage.message)
        with self._lock:
            if known in self._met:
                return
            self._met[known] = damage
        self._actor.log(
            self._actor.entry(
                Action.DAMAGE,
                photo_ids=(damage.photo_id,) if damage.photo_id else (),
                outcome=damage.code,
                details={"kind": damage.code, "chart": damage.chart_id or ""},
            )
        )

    def note(self, damage: Damaged) -> None:
        """Keep the sentence of what is an entry already."""
        with self._lock:
            self._met.setdefault((damage.code, damage.message), damage)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Message and remedy of each, in the order they were met."""
        with self._lock:
            return tuple(f"{damage.message} {damage.remedy}".strip() for damage in self._met.values())
