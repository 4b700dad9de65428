"""The viewing gate's half for shots that wait in the inbox: pixels only after their entry, as for photos of a chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from photodesk.desk.actor import Actor
from photodesk.desk.durable import append_async, durable
from photodesk.desk.roles import Right
from photodesk.desk.shown import Shown
from photodesk.log.entry import Action
from photodesk.photos import Rendition


class Inbox(Protocol):
    """Where shots wait to be filed, as the gate reads it."""

    def renditions(self, job_id: str, shot_ids: Sequence[str], rendition: Rendition) -> dict[str, bytes]:
        """JPEGs by shot id; absent where a shot has no picture or its pack is not readable here."""
        ...


class ShotGate:
    """Pixels of shots for entries."""

    def __init__(self, actor: Actor, shown: Shown, inbox: Inbox | None = None) -> None:
        self._actor = actor
        self._shown = shown
        self._inbox = inbox

    def view_shots(
        self, job_id: str, shot_ids: Sequence[str], screen: str = "import", rendition: Rendition = Rendition.THUMBNAIL
    ) -> dict[str, bytes]:
        """JPEGs of shots that wait in the inbox, after one `VIEW` entry naming the job; those without are absent."""
        self._actor.require(Right.SEE_INBOX)
        fresh = self._shown.fresh(screen, "", shot_ids, rendition)
        pending = None
        if fresh:
            pending = append_async(
                self._actor.keeper,
                self._actor.entry(
                    Action.VIEW,
                    photo_ids=fresh,
                    rendition=rendition.value,
                    screen=screen,
                    purpose="filing",
                    details={"job": job_id},
                ),
            )
        try:
            found = self._inbox.renditions(job_id, shot_ids, rendition) if self._inbox else {}
        finally:
            if pending is not None:
                durable(pending)
        self._shown.mark(screen, "", fresh, rendition)
        return found
