"""Where everything of a store lies on disk, and which places are no place for a store.

File names are random ids; nothing about a patient is ever part of a path.
"""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

from photodesk.errors import Fixable, Refused

_NETWORK_KINDS = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb2",
        "smb3",
        "smbfs",
        "afs",
        "ncpfs",
        "ceph",
        "glusterfs",
        "lustre",
        "davfs",
        "fuse.sshfs",
        "fuse.davfs2",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.glusterfs",
        "fuse.gvfsd-fuse",
        "afpfs",
        "webdav",
    }
)
_SYNCED_NAMES = frozenset(
    {"dropbox", "onedrive", "google drive", "googledrive", "icloud drive", "nextcloud", "owncloud"}
)
_SYNCED_MARKS = (".dropbox", ".dropbox.cache", ".stfolder", ".sync_root", ".owncloudsync.log")


class Layout:
    """The paths of one store. Nothing is read or made here except by `prepare`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.store_json = root / "store.json"
        self.store_json_next = root / "store.json.next"
        self.slots = root / "slots.msgpack"
        self.keys = root / "keys.msgpack"
        self.workstation_key = root / "workstation.key"
        self.members = root / "members.log"
        self.members_lock = root / "members.lock"
        self.attempts = root / "attempts.msgpack"
        self.totp_steps = root / "totp-steps.msgpack"
        self.generations = root / "generations.msgpack"
        self.lock = root / "store.lock"
        self.secrets_local = root / "secrets.local"
        self.catalog = root / "catalog.db"
        self.index = root / "index.db"
        self.erasure = root / "erasure.db"
        self.charts_folder = root / "charts"
        self.inbox_folder = root / "inbox"
        self.snapshots = root / "snapshots"
        self.log = root / "log"
        self.spool = root / "spool"
        self.quarantine = root / "quarantine"

    def charts(self, chart_id: str) -> Path:
        """The file of one chart: `charts/ab/<chart id>.db`."""
        return self.charts_folder / chart_id[:2] / f"{chart_id}.db"

    def inbox(self, job_id: str) -> Path:
        """The folder of one import job."""
        return self.inbox_folder / job_id

    def pack(self, job_id: str, number: int) -> Path:
        """The database of one pack."""
        return self.inbox(job_id) / f"{number}.db"

    def seal(self, job_id: str, number: int) -> Path:
        """The sealed key of one pack."""
        return self.inbox(job_id) / f"{number}.seal"

    def prepare(self) -> None:
        """Make the folders, readable by their owner only.

        Fixable `folder_read_only` or `network_folder` where the place is unfit.
        """
        refuse_network(self.root)
        try:
            for folder in (self.root, self.charts_folder, self.inbox_folder, self.snapshots, self.log, self.spool):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.root.chmod(0o700)
        except OSError:
            raise _read_only() from None
        refuse_read_only(self.root)


def refuse_read_only(root: Path) -> None:
    """Fixable `folder_read_only` where the store's folder cannot be written."""
    if not os.access(root, os.W_OK | os.X_OK):
        raise _read_only()


def refuse_network(path: Path) -> None:
    """Refused `network_folder` on a network drive, `synced_folder` inside a folder another program copies around."""
    real = path.expanduser().resolve()
    if _on_network(real):
        raise Refused(
            "network_folder",
            "The store lies on a network drive, where locks and durable writes cannot be relied on.",
            "Choose a folder on a disk of this computer.",
        )
    for folder in (real, *real.parents):
        if folder.name.lower() in _SYNCED_NAMES or any((folder / mark).exists() for mark in _SYNCED_MARKS):
            raise Refused(
                "synced_folder",
                "The store lies in a folder that another program synchronises, which tears databases apart.",
                "Choose a folder that is not synchronised.",
            )


def _read_only() -> Fixable:
    return Fixable(
        "folder_read_only",
        "The store's folder cannot be written.",
        "Choose another folder with --store, or ask for the right to write there.",
    )


def _on_network(path: Path) -> bool:
    system = platform.system()
    if system == "Linux":
        return mount_kind(path, Path("/proc/self/mountinfo").read_text("utf-8")) in _NETWORK_KINDS
    return _remote_on_windows(path) if system == "Windows" else _not_local_on_macos(path)


def _remote_on_windows(path: Path) -> bool:
    """UNC paths, and drives of type DRIVE_REMOTE (4)."""
    import ctypes

    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009  exists on Windows only
    return path.anchor.startswith("\\\\") or kernel.GetDriveTypeW(path.anchor) == 4


def mount_kind(path: Path, mountinfo: str) -> str:
    """The file system kind that holds an absolute path, from the text of `/proc/self/mountinfo` (proc(5))."""
    best, kind = -1, ""
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields, behind = before.split(), after.split()
        if len(fields) < 5 or not behind:
            continue
        mount = Path(fields[4].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\"))
        if path.is_relative_to(mount) and len(mount.parts) >= best:
            best, kind = len(mount.parts), behind[0]
    return kind


def _not_local_on_macos(path: Path) -> bool:
    """`f_flags & MNT_LOCAL` of statfs(2); the flags lie at offset 64 of the 64-bit-inode structure."""
    import ctypes

    while not path.exists() and path != path.parent:
        path = path.parent
    buffer = ctypes.create_string_buffer(4096)
    library = ctypes.CDLL(None)
    call = getattr(library, "statfs$INODE64", None) or library.statfs
    if call(os.fsencode(path), buffer) != 0:
        return False
    return not int.from_bytes(buffer.raw[64:68], sys.byteorder) & 0x1000
