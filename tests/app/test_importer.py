"""What an importer tells the keeper for the lock screen."""

from __future__ import annotations

from photodesk.app.importer import TELL_MS, Importer
from photodesk.protocol.importing import Moving
from photodesk.protocol.messages import ImportState
from tests.log.writing import HandClock


class Link:
    """A keeper that listens."""

    def __init__(self) -> None:
        self.told: list[int] = []

    def import_state(self, state: ImportState) -> None:
        self.told.append(state.done)


def moving(done: int) -> Moving:
    return Moving("Copying", done, 9, 0, 0, verified=0)


def test_the_lock_screen_hears_the_last_count_whatever_came_just_before() -> None:
    link, clock = Link(), HandClock()
    importer = Importer(link)  # type: ignore[arg-type]
    importer._clock = clock  # type: ignore[assignment]
    clock.move(TELL_MS)
    for done in (6, 7, 8):
        importer._tell_keeper(moving(done))
    assert link.told == [6], "twice a second is enough"
    importer._tell_the_last()
    importer._tell_the_last()
    assert link.told == [6, 8], "also of an import that was stopped"
    importer._tell_keeper(moving(9))
    assert link.told == [6, 8, 9], "all is copied: at once"
