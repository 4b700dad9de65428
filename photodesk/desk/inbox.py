"""The inbox as a desk sees it: which shots wait, for whom, and how many."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from photodesk.desk.actor import Actor
from photodesk.desk.roles import Right
from photodesk.errors import Damaged, Fixable, Refused
from photodesk.photos import Rendition
from photodesk.store.catalog import Catalog, Job
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.packs import PackReader, Shot, pack_numbers, packed_jobs

KEPT_PACKS = 128  # of up to 64 shots each


@dataclass(frozen=True)
class InboxShot:
    """A shot that waits. `group` names its assignment (an id) once a person has decided, else it is empty."""

    shot: Shot
    group: str

    @property
    def state(self) -> str:
        """`assigned`, or how far the copy got."""
        return "assigned" if self.group else self.shot.stage


@dataclass(frozen=True)
class InboxJob:
    """One import with what waits of it."""

    job: Job
    shots: tuple[InboxShot, ...]

    @property
    def undecided(self) -> int:
        """How many of its shots nobody has assigned yet."""
        return sum(1 for shot in self.shots if not shot.group)


class InboxDesk:
    """Reads packs; filing is `importing`'s."""

    def __init__(
        self,
        actor: Actor,
        layout: Layout,
        keyset: KeySet,
        catalog: Catalog,
        alarm: Callable[[Damaged], None] = lambda _: None,
    ) -> None:
        self._actor = actor
        self._alarm = alarm
        self._layout = layout
        self._keyset = keyset
        self._catalog = catalog
        self._where: dict[tuple[str, str], int] = {}
        self._read: OrderedDict[tuple[str, int], tuple[tuple[int, int, int], tuple[Shot, ...]]] = OrderedDict()
        self._lock = threading.Lock()

    def jobs(self) -> tuple[InboxJob, ...]:
        """Jobs with shots that wait, oldest first.

        Packs this person holds no key for count as empty; so do damaged ones, which are an alarm.
        """
        self._actor.require(Right.SEE_INBOX)
        found = (self._job(job) for job in self._catalog.jobs_of(packed_jobs(self._layout)))
        return tuple(inbox_job for inbox_job in found if inbox_job.shots)

    def waiting(self) -> int:
        """How many shots wait to be assigned or filed."""
        return sum(len(job.shots) for job in self.jobs())

    def job(self, job_id: str) -> InboxJob:
        """One job with what waits of it, perhaps nothing; Fixable `job_unknown`."""
        self._actor.require(Right.SEE_INBOX)
        return self._job(self._catalog.job(job_id))

    def renditions(self, job_id: str, shot_ids: Sequence[str], rendition: Rendition) -> dict[str, bytes]:
        """For the viewing gate only: pictures by shot id; shots without one are absent. Each pack is opened once."""
        wanted = set(shot_ids)
        with self._lock:
            numbers = {self._where.get((job_id, shot_id)) for shot_id in wanted}
        known = sorted(number for number in numbers if number is not None)
        others = [number for number in pack_numbers(self._layout, job_id) if number not in known]
        found: dict[str, bytes] = {}
        for number in [*known, *(others if None in numbers else ())]:
            pack = self._pack(job_id, number) if wanted else None
            if pack is None:
                continue
            try:
                here = {shot.shot_id for shot in pack.shots()} & wanted
                wanted -= here
                pictures = {shot_id: pack.rendition(shot_id, rendition) for shot_id in here}
                found.update({shot_id: picture for shot_id, picture in pictures.items() if picture is not None})
            finally:
                pack.close()
        return found

    def _job(self, job: Job) -> InboxJob:
        assigned = {
            shot_id: assignment
            for assignment in self._catalog.assignments(job.job_id)
            for shot_id in assignment.shot_ids
        }
        gone = self._catalog.hidden_patients()
        groups = {shot_id: one.assignment_id for shot_id, one in assigned.items()}
        hidden = {shot_id for shot_id, one in assigned.items() if one.patient_id in gone}
        shots: list[InboxShot] = []
        for number in pack_numbers(self._layout, job.job_id):
            here = [shot for shot in self._shots(job.job_id, number) if shot.shot_id not in hidden]
            shots += [InboxShot(shot, groups.get(shot.shot_id, "")) for shot in here]
            with self._lock:
                self._where.update(((job.job_id, shot.shot_id), number) for shot in here)
        return InboxJob(job, tuple(shots))

    def _shots(self, job_id: str, number: int) -> tuple[Shot, ...]:
        """What a pack holds; remembered, for the packs asked for last, until its file is written again."""
        try:
            found = self._layout.pack(job_id, number).stat()
        except OSError:
            return ()
        key, stamp = (job_id, number), (found.st_ino, found.st_mtime_ns, found.st_size)
        with self._lock:
            known = self._read.get(key)
            if known is not None and known[0] == stamp:
                self._read.move_to_end(key)
                return known[1]
        pack = self._pack(job_id, number)
        if pack is None:
            return ()
        try:
            shots = pack.shots()
        except Damaged as damage:
            self._alarm(damage)
            return ()
        finally:
            pack.close()
        with self._lock:
            self._read[key] = stamp, shots
            while len(self._read) > KEPT_PACKS:
                self._read.popitem(last=False)
        return shots

    def _pack(self, job_id: str, number: int) -> PackReader | None:
        try:
            return PackReader.open(self._layout, job_id, number, self._keyset, self._actor.keeper)
        except (Fixable, Refused):
            return None  # sealed to keys this person does not hold, or the importer still owns it
        except Damaged as damage:
            self._alarm(damage)
            return None
