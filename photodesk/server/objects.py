"""Where the bytes of blobs and segments lie: a folder of the server, or an S3-compatible store through obstore.

Objects are written once and never changed; their names are random or hashes. Uniqueness lives in the database.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import NotFoundError
from obstore.store import S3Store

from photodesk.server.refusals import unknown
from photodesk.store.files import sync_folder

PRESIGNED_S = 900


class Objects(Protocol):
    """Put, get, delete whole objects by name. `presigned_put` is None where parts go through the server."""

    def put(self, name: str, data: bytes) -> None:
        """Keep an object, durably."""
        ...

    def get(self, name: str) -> bytes:
        """The whole object; 404 where it is gone."""
        ...

    def delete(self, name: str) -> None:
        """Remove an object; one that is not there is no fault."""
        ...

    def presigned_put(self, name: str) -> str | None:
        """An address that takes this one object for a quarter of an hour, or None."""
        ...

    def names(self) -> Iterator[str]:
        """Every object there is."""
        ...


class FolderObjects:
    """A folder: each object a file that is written whole and synced before it counts."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, name: str, data: bytes) -> None:
        path = self._path(name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = path.with_name(f"{path.name}.{os.urandom(6).hex()}.part")
        fd = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(fd, "wb", buffering=0) as file:
                view = memoryview(data)
                while view:
                    view = view[file.write(view) :]
                os.fsync(file.fileno())
            partial.replace(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)

    def get(self, name: str) -> bytes:
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            raise unknown("object") from None

    def delete(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def presigned_put(self, name: str) -> str | None:
        return None

    def names(self) -> Iterator[str]:
        for path in sorted(self._root.rglob("*")):
            if path.is_file() and path.suffix != ".part":
                yield path.relative_to(self._root).as_posix()

    def _path(self, name: str) -> Path:
        return self._root / name


class StoreObjects:
    """An S3-compatible store."""

    def __init__(self, store: S3Store) -> None:
        self._store = store

    def put(self, name: str, data: bytes) -> None:
        obstore.put(self._store, name, data, use_multipart=False)

    def get(self, name: str) -> bytes:
        try:
            return bytes(obstore.get(self._store, name).bytes())
        except (NotFoundError, FileNotFoundError):
            raise unknown("object") from None

    def delete(self, name: str) -> None:
        try:
            obstore.delete(self._store, name)
        except (NotFoundError, FileNotFoundError):
            return

    def presigned_put(self, name: str) -> str | None:
        return str(obstore.sign(self._store, "PUT", name, timedelta(seconds=PRESIGNED_S)))

    def names(self) -> Iterator[str]:
        for batch in obstore.list(self._store):
            yield from (one["path"] for one in batch)


def objects_at(place: str) -> Objects:
    """`s3://bucket/prefix` (credentials from the environment, as S3 tools have them), or a folder."""
    if urlsplit(place).scheme in {"s3", "s3a"}:
        return StoreObjects(S3Store.from_url(place))
    return FolderObjects(Path(place.removeprefix("file://")))
