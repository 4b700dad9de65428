"""What a backup holds from before: its runs, and whose it is.

`photodesk-backup.json` names the clinic and gives the backup an id of its own, so that an empty folder in the place of
one that is not mounted is not taken for a new beginning. Which runs stay is `kept`: the newest always, every one of the
last two days, then the last one of each day for as long as the policy says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from photodesk import ids
from photodesk.errors import Damaged, Fixable, PhotoDeskError
from photodesk.store.backup_record import Part, Run, check_signature, read_run
from photodesk.store.backup_target import Target, read_whole

MARKER = "photodesk-backup.json"
README = "README.txt"
PROGRESS = "runs/progress.part"
KEEP_DAYS = 30
_DAY_MS = 86_400_000
_ALL_KEPT_MS = 2 * _DAY_MS
_WORDS = """This folder is a backup made by PhotoDesk. Everything in it is encrypted.

To get the photos back, install PhotoDesk on a computer, have the clinic's recovery code at hand, and run:

    photodesk restore THIS-FOLDER --to NEW-FOLDER --user "YOUR NAME"

Do not rename, move or delete single files in here.
"""


class _Marker(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: int
    clinic_id: str
    folder_id: str


@dataclass(frozen=True)
class Found:
    """A backup as it was found. `damaged` are the numbers of runs whose record cannot be read or was altered.

    `foreign`: a workstation that is not known here has written into it.
    """

    folder_id: str
    clinic_id: str
    runs: tuple[Run, ...]
    damaged: tuple[int, ...] = ()
    progress: Run | None = None
    foreign: bool = False

    @property
    def newest(self) -> Run | None:
        """The last whole run."""
        return self.runs[-1] if self.runs else None

    @property
    def next_number(self) -> int:
        """Above every run there ever was here."""
        return max((*(run.number for run in self.runs), *self.damaged), default=0) + 1


def find_backup(target: Target, signing_keys: Mapping[str, bytes] | None) -> Found | None:
    """What a folder holds, None where it holds nothing of ours.

    `signing_keys` are the workstations' public keys by id; without them signatures are left for later. Fixable
    `not_a_backup`; Refused `newer_format`.
    """
    try:
        raw = read_whole(target, MARKER)
    except Damaged:
        if target.names("runs"):
            raise
        return None
    try:
        marker = msgspec.json.decode(raw, type=_Marker)
        ids.to_bytes(marker.clinic_id), ids.to_bytes(marker.folder_id)
    except (msgspec.MsgspecError, ValueError):
        raise not_a_backup() from None
    runs: list[Run] = []
    damaged: list[int] = []
    foreign = False
    for name in sorted(target.names("runs")):
        number = name.rpartition("/")[2].removesuffix(".run")
        if not number.isdigit():
            continue
        try:
            run = read_run(read_whole(target, name))
            foreign = foreign or (signing_keys is not None and run.workstation_id not in signing_keys)
            _check(run, signing_keys)
            if (run.clinic_id.hex(), run.number, run.complete) != (marker.clinic_id, int(number), True):
                raise Damaged("backup_altered", "A record of this backup has another's name.")
            runs.append(run)
        except Damaged:
            damaged.append(int(number))
    progress = _progress(target, signing_keys, marker.clinic_id)
    return Found(marker.folder_id, marker.clinic_id, tuple(runs), tuple(damaged), progress, foreign)


def begin_backup(target: Target, clinic_id: str) -> Found:
    """Mark an empty folder as a backup of this clinic. Fixable `folder_not_empty`."""
    if target.names(""):
        raise Fixable(
            "folder_not_empty",
            "This folder holds other files and no backup.",
            "Choose an empty folder, or the folder of an earlier backup.",
        )
    marker = _Marker(1, clinic_id, ids.random_id())
    target.put(MARKER, msgspec.json.format(msgspec.json.encode(marker), indent=2) + b"\n")
    target.put(README, _WORDS.encode())
    return Found(marker.folder_id, clinic_id, ())


def not_a_backup() -> Fixable:
    """The sentence for a folder that is something else."""
    return Fixable("not_a_backup", "This folder holds no PhotoDesk backup.", "Choose the folder of a backup.")


def kept(runs: Sequence[Run], now_ms: int, keep_days: int = KEEP_DAYS) -> tuple[Run, ...]:
    """The runs that stay, in their order. The newest stays however old it is; none from before an erasure does."""
    runs = [run for run in runs if run.erased >= runs[-1].erased]
    stays: dict[int, Run] = {}
    days: dict[int, Run] = {}
    for run in runs:
        age_ms = now_ms - run.at_ms
        if age_ms <= _ALL_KEPT_MS:
            stays[run.number] = run
        elif age_ms <= keep_days * _DAY_MS:
            days[run.at_ms // _DAY_MS] = run
    for run in (*days.values(), *runs[-1:]):
        stays[run.number] = run
    return tuple(stays[number] for number in sorted(stays))


def older_blobs(runs: Iterable[Run]) -> set[str]:
    """Blobs that runs before the newest keep: their snapshots of charts and catalog. Photos are the newest run's."""
    wanted: set[str] = set()
    for run in runs:
        wanted |= {chart.snapshot.blob_id for chart in run.charts}
        wanted |= {one.blob.blob_id for one in run.snapshots if one.part in {Part.CATALOG, Part.CATALOG_ROWS}}
    return wanted


def _check(run: Run, signing_keys: Mapping[str, bytes] | None) -> None:
    if signing_keys is not None:
        check_signature(run, signing_keys.get(run.workstation_id, b""))


def _progress(target: Target, signing_keys: Mapping[str, bytes] | None, clinic_id: str) -> Run | None:
    """What an interrupted run had done; a hint, so that whatever is wrong with it only costs time."""
    try:
        run = read_run(read_whole(target, PROGRESS))
        _check(run, signing_keys)
    except PhotoDeskError:
        return None
    return run if run.clinic_id.hex() == clinic_id and not run.complete else None
