"""A disk whose power may fail: what was synced is kept, anything else may be lost, whole, in part, or out of order.

Stricter than a journaling file system: a file's unsynced writes are kept or lost one by one, a kept one may be torn
where a sector ends, and what a folder lists is durable only once the folder was synced. Changes of one folder's list
stay in their order.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

from tests.power.recording import Step

SECTOR_BYTES = 512
LOST, KEPT, TORN = "lost", "kept", "torn"
SHARED_MEMORY = "-shm"


@dataclass
class _File:
    """`durable` is what the disk has; `waiting` are writes (place, bytes) and cuts (size, None) since the last sync."""

    durable: bytearray = field(default_factory=bytearray)
    waiting: list[tuple[int, bytes | None]] = field(default_factory=list)


def _apply(data: bytearray, at: int, piece: bytes | None) -> None:
    if piece is None:
        del data[at:]
        data.extend(bytes(at - len(data)))
        return
    data.extend(bytes(max(0, at - len(data))))
    data[at : at + len(piece)] = piece


@dataclass
class _Folder:
    """`durable` names: files, or True for a folder. `waiting`: changes, each names and what they name or None."""

    durable: dict[str, _File | bool] = field(default_factory=dict)
    waiting: list[dict[str, _File | bool | None]] = field(default_factory=list)

    def now(self) -> dict[str, _File | bool]:
        return self.after(len(self.waiting))

    def after(self, changes: int) -> dict[str, _File | bool]:
        names = dict(self.durable)
        for change in self.waiting[:changes]:
            names.update({name: what for name, what in change.items() if what is not None})
            for name in [name for name, what in change.items() if what is None]:
                names.pop(name, None)
        return names


class Disk:
    """Begins with a folder as it is, all of it durable; then `take` each step in order. `called`: its path there."""

    def __init__(self, root: Path, called: Path) -> None:
        self._root = called
        self._folders: dict[str, _Folder] = {}
        for path in (root, *sorted(root.rglob("*"))):
            there = called / path.relative_to(root)
            if path.is_dir():
                self._folders[str(there)] = _Folder()
            if path != root:
                what = True if path.is_dir() else _File(bytearray(path.read_bytes()))
                self._folders[str(there.parent)].durable[path.name] = what

    def take(self, step: Step) -> None:
        """One more thing happened."""
        if step.kind == "sync" and step.path in self._folders:
            folder = self._folders[step.path]
            folder.durable, folder.waiting = folder.now(), []
        elif step.kind == "sync":
            file = self._file(step.path)
            if file is not None:
                for at, piece in file.waiting:
                    _apply(file.durable, at, piece)
                file.waiting.clear()
        elif step.kind in {"write", "cut"}:
            file = self._file(step.path)
            if file is not None:
                file.waiting.append((step.at, step.data if step.kind == "write" else None))
        else:
            self._names(step)

    def _names(self, step: Step) -> None:
        folder, name = self._place(step.path)
        if step.kind == "make" and name not in folder.now():
            folder.waiting.append({name: _File()})
        elif step.kind == "folder":
            self._folders[step.path] = _Folder()
            folder.waiting.append({name: True})
        elif step.kind == "remove":
            folder.waiting.append({name: None})
        elif step.kind == "rename":
            target, new = self._place(step.to)
            if target is not folder:
                raise AssertionError("a rename from folder to folder is not known to this disk")
            folder.waiting.append({name: None, new: folder.now().get(name)})

    def _place(self, path: str) -> tuple[_Folder, str]:
        folder, _, name = path.rpartition("/")
        return self._folders[folder], name

    def _file(self, path: str) -> _File | None:
        if path.endswith(" (deleted)"):
            return None
        folder, name = self._place(path)
        what = folder.now().get(name)
        return what if isinstance(what, _File) else None

    def image(self, to: Path, how: str, seed: int = 0) -> None:
        """The folder as it may be found when the power comes back: unsynced things `lost`, `kept`, or `torn`."""
        chance = random.Random(seed)  # noqa: S311  which writes were lucky
        self._image(str(self._root), to, how, chance)

    def _image(self, path: str, to: Path, how: str, chance: random.Random) -> None:
        to.mkdir(mode=0o700)
        folder = self._folders[path]
        changes = {LOST: 0, KEPT: len(folder.waiting)}.get(how, chance.randint(0, len(folder.waiting)))
        for name, what in folder.after(changes).items():
            if isinstance(what, _File):
                data = bytes(what.durable) if how == LOST else _found(what, how, chance)
                (to / name).write_bytes(chance.randbytes(len(data)) if name.endswith(SHARED_MEMORY) else data)
            else:
                self._image(f"{path}/{name}", to / name, how, chance)

    def unsynced(self) -> int:
        """How many writes and changes of names a power cut could take now."""
        files = {id(what): what for folder in self._folders.values() for what in folder.now().values()}
        waiting = sum(len(what.waiting) for what in files.values() if isinstance(what, _File))
        return waiting + sum(len(folder.waiting) for folder in self._folders.values())


def _found(file: _File, how: str, chance: random.Random) -> bytes:
    data = bytearray(file.durable)
    for at, piece in file.waiting:
        if how == KEPT:
            _apply(data, at, piece)
        elif chance.random() < 0.5:
            torn = piece is not None and len(piece) > SECTOR_BYTES and chance.random() < 0.5
            _apply(data, at, _some_sectors(piece, at, chance) if torn and piece is not None else piece)
    return bytes(data)


def _some_sectors(piece: bytes, at: int, chance: random.Random) -> bytes:
    """The beginning of a write, up to where a sector of the disk ends."""
    sectors = range(SECTOR_BYTES - at % SECTOR_BYTES, len(piece), SECTOR_BYTES)
    return piece[: chance.choice(sectors)] if sectors else piece
