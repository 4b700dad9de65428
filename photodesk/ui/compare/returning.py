"""Back where a lock found the person: mode, divider, panes, how photos lie and what of them was seen.

It travels as text inside the sealed place, and is taken for granted by nobody: what cannot be read, or names photos the
chart has no longer, is left out, and the pair is opened as ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from photodesk.compare import LinkedView
from photodesk.photos.comparison import Comparison
from photodesk.ui.compare.degree import FASTEST_HZ, SLOWEST_HZ
from photodesk.ui.compare.keeping import all_put_back, all_taken_down, lay_all, taken_down
from photodesk.ui.compare.model import Side
from photodesk.ui.compare.modes import Mode
from photodesk.ui.theme import SURROUNDS

if TYPE_CHECKING:
    from photodesk.ui.compare.page import ComparePage

NAME = "Seen when it locked"
MOST_CHARACTERS = 64_000


@dataclass(frozen=True)
class Seen:
    """What is seen of a comparison. `together`: three photos or more, also behind another mode.

    `views` of A and B, `panes` of the photos together, exactly as the hand left them.
    """

    pair: Comparison
    views: tuple[LinkedView, LinkedView]
    panes: tuple[LinkedView, ...] = ()
    together: Comparison | None = None
    chosen: int = 1
    curtain: float = 0.5
    opacity: float = 0.5
    blink_hz: float = 1.5
    linked: bool = True
    surround: int = 0
    pinned: str = ""

    @property
    def photo_ids(self) -> set[str]:
        """Every photo it names."""
        return {*self.pair.photo_ids, *(self.together.photo_ids if self.together is not None else ())}


class Returning:
    """Of one comparison page. What `restore` was given waits for the chart, and is kept again until then."""

    def __init__(self, page: ComparePage) -> None:
        self._page, self._waiting = page, ""

    def place(self, screen: str, patient_id: str) -> tuple[str, str, float, tuple[str, ...]]:
        """Screen, patient, zoom and pair; with `seen` all that is needed."""
        page, model = self._page, self._page.model
        if not model.ready:
            return (screen, patient_id, page._zoom_wanted, page._first)
        zoomed = model.view(Side.A).zoom > 1.001
        percent = page.panes.canvas(Side.A).percent()
        return (screen, patient_id, percent / 100 if zoomed else 0.0, model.pair())

    def seen(self) -> str:
        """What is seen now, as text; "" while nothing is."""
        page, model = self._page, self._page.model
        if self._waiting or not model.ready:
            return self._waiting
        several = page.several
        seen = Seen(
            taken_down(model, NAME),
            (model.view(Side.A), model.view(Side.B)),
            tuple(several.views.get(photo_id, LinkedView()) for photo_id in several.ids),
            all_taken_down(several, NAME) if len(several.ids) > 2 else None,
            several.chosen,
            model.curtain,
            model.opacity,
            model.blink_hz,
            model.linked,
            model.surround,
            model.pinned.value if model.pinned is not None else "",
        )
        text = msgspec.json.encode(seen, enc_hook=float).decode("utf-8")
        return text if len(text) <= MOST_CHARACTERS else ""

    def restore(self, text: str) -> None:
        """Put this back once the chart is here."""
        self._waiting = text

    def put_back(self) -> bool:
        """The chart is here: show what waits, if anything does; whether it is shown."""
        page, model = self._page, self._page.model
        seen, self._waiting = decoded(self._waiting), ""
        if seen is None or None in map(model.frame_of, seen.photo_ids):
            return False
        page._zoom_wanted = 0.0
        self._settings(seen)
        if seen.together is None or seen.pair.mode != Mode.SIDE_BY_SIDE:
            page.outward.keeping.reopen_pair(seen.pair)
            for side, view in zip(Side, seen.views, strict=True):
                model.show(side, view, alone=True)
            page._show_views()
        if seen.together is not None:
            self._together(seen, seen.together)
        return True

    def _settings(self, seen: Seen) -> None:
        page, model = self._page, self._page.model
        model.curtain, model.opacity = (min(1.0, max(0.0, share)) for share in (seen.curtain, seen.opacity))
        model.curtain_degrees = seen.pair.divider_degrees
        model.blink_hz = min(FASTEST_HZ, max(SLOWEST_HZ, seen.blink_hz))
        model.linked, model.surround = seen.linked, seen.surround % len(SURROUNDS)
        model.pinned = next((side for side in Side if side.value == seen.pinned), None)
        page.bar.show_link(model.linked)
        page.panes.show_surround()
        page.side.show_surround()

    def _together(self, seen: Seen, kept: Comparison) -> None:
        """Three photos or more; behind another mode they are there again as soon as it is left."""
        several = self._page.several
        if self._page.model.mode is Mode.SIDE_BY_SIDE:
            all_put_back(several, kept)
            several.choose(seen.chosen)
        else:
            lay_all(several, kept)
            several.ids, several.chosen = list(kept.photo_ids), min(max(1, seen.chosen), len(kept.laid) - 1)
        several.views = dict(zip(kept.photo_ids, seen.panes, strict=False))
        if several.active:
            several.refresh()


def decoded(text: str) -> Seen | None:
    """What `Returning.seen` gave; None for anything else."""
    try:
        seen = msgspec.json.decode(text, type=Seen) if text else None
    except (msgspec.DecodeError, ValueError):
        return None  # another version's: the pair is opened as ever
    return seen if seen is not None and all(view.zoom > 0 for view in (*seen.views, *seen.panes)) else None
