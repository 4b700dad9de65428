"""The packs of one job that a desk has open: a few at a time, because files of one photo may lie in different ones."""

from __future__ import annotations

from collections import OrderedDict

from photodesk.importing.workplace import Workplace
from photodesk.store.packs import PackReader

KEPT_OPEN = 4


class OpenPacks:
    """Opens packs at their first use and closes the one unused for longest. One thread at a time."""

    def __init__(self, workplace: Workplace, job_id: str) -> None:
        self._workplace = workplace
        self._job_id = job_id
        self._open: OrderedDict[int, PackReader] = OrderedDict()

    def reader(self, number: int) -> PackReader:
        """The pack of this number; errors as `PackReader.open`."""
        reader = self._open.get(number)
        if reader is None:
            while len(self._open) >= KEPT_OPEN:
                self._open.popitem(last=False)[1].close()
            workplace = self._workplace
            reader = PackReader.open(workplace.layout, self._job_id, number, workplace.keyset, workplace.keeper)
            self._open[number] = reader
        self._open.move_to_end(number)
        return reader

    def exists(self, number: int) -> bool:
        """Whether there is such a pack on disk."""
        return number in self._open or self._workplace.layout.pack(self._job_id, number).is_file()

    def holds(self, shot_id: str) -> bool:
        """Whether a pack that is open holds this shot."""
        return any(shot.shot_id == shot_id for reader in self._open.values() for shot in reader.shots())

    def remove_if_empty(self, number: int) -> None:
        """Remove a pack that holds no shot any more, also one that was closed for others meanwhile."""
        if self.exists(number) and self.reader(number).remove_if_empty():
            del self._open[number]

    def close(self) -> None:
        """Let go of all."""
        while self._open:
            self._open.popitem()[1].close()
