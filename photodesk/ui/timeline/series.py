"""Which series a person follows on the timeline, and what each visit lacks of it. No Qt."""

from __future__ import annotations

from photodesk.desk.timeline import Timeline
from photodesk.photos import Coverage, Photo, PhotoChange, Protocol, Step, cover, within

KEYS = 9


class Series:
    """The protocols of the clinic and the one chosen; empty code for none."""

    def __init__(self) -> None:
        self.protocols: tuple[Protocol, ...] = ()
        self.code = ""
        self._covered: dict[str, Coverage] = {}

    @property
    def protocol(self) -> Protocol | None:
        """The one chosen."""
        return next((protocol for protocol in self.protocols if protocol.code == self.code), None)

    def load(self, timeline: Timeline | None) -> None:
        """Look anew at what every visit has."""
        protocol = self.protocol
        visits = timeline.visits if timeline is not None and protocol is not None else ()
        self._covered = {each.visit.visit_id: cover(protocol, each.photos) for each in visits if protocol is not None}

    def coverage(self, visit_id: str) -> Coverage | None:
        """What a visit has of the series."""
        return self._covered.get(visit_id)

    def short_words(self, visit_id: str) -> str:
        """`4 of 6` for the margin of a visit, nothing where no series is followed."""
        found = self._covered.get(visit_id)
        return f"{len(found.taken)} of {len(found.protocol.steps)}" if found is not None else ""

    def targets(self, visit_id: str) -> tuple[Step, ...]:
        """The first gaps, each with a digit."""
        found = self._covered.get(visit_id)
        return found.missing[:KEYS] if found is not None else ()


def filling(step: Step, photo: Photo) -> PhotoChange:
    """The change that makes a photo stand for a step; a site within the step's stays as it is."""
    site = None if within(photo.body_site, step.site) else step.site
    return PhotoChange(site=site, view=step.view)


def begun(protocols: tuple[Protocol, ...], photos: tuple[Photo, ...]) -> str:
    """The code of the series these photos fill most, where they fill half of it; empty for a visit without one."""
    covered = [cover(one, photos) for one in protocols]
    best = max(covered, key=lambda each: len(each.taken) / len(each.protocol.steps), default=None)
    if best is None or len(best.taken) < 2 or 2 * len(best.taken) < len(best.protocol.steps):
        return ""
    return best.protocol.code
