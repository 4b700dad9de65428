"""Where the bytes of blobs and segments lie: a folder of the server, or an S3-compatible store through obstore.

Objects are written once and never changed; their names are random or hashes. Uniqueness lives in the database.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from photodesk.errors import Fixable
from photodesk.server.refusals import Refusal, not_writable, unknown
from photodesk.store.files import sync_folder

S3_SCHEMES = frozenset({"s3", "s3a"})
PRESIGNED_S = 900
MOST_PUTS = 8  # at once from one process: each is a part of 8 MiB in memory
PARTIAL = ".part"
MOST_RETRIES, RETRY_S = 3, 15  # then whoever asked is told, and asks again


class Objects(Protocol):
    """Put, get, delete whole objects by name. `presigned_put` is None where parts go through the server."""

    def put(self, name: str, data: bytes) -> None:
        """Keep an object, durably."""
        ...

    def incoming(self, name: str) -> Incoming:
        """An object that arrives in pieces; memory holds one piece."""
        ...

    def get(self, name: str, start: int = 0, end: int | None = None) -> bytes:
        """Bytes `start` to `end` (exclusive) of an object, or all of it; 404 where it is gone."""
        ...

    def delete(self, name: str) -> None:
        """Remove an object; one that is not there is no fault."""
        ...

    def presigned_put(self, name: str) -> str | None:
        """An address that takes this one object for a quarter of an hour, or None."""
        ...

    def drop_partial(self, before_s: float) -> None:
        """Remove what never arrived whole, from before a moment (seconds since 1970)."""
        ...

    def names(self) -> Iterator[str]:
        """Every object there is."""
        ...

    def refuse_unready(self) -> None:
        """503 or OSError where nothing can be read here now."""
        ...


class Incoming(Protocol):
    """An object on its way in. One of `keep` and `drop` ends it."""

    def write(self, data: bytes) -> None:
        """The next piece."""
        ...

    def keep(self) -> None:
        """All is here: from now on it can be read, and stays."""
        ...

    def drop(self) -> None:
        """It does not come after all; nothing of it stays."""
        ...


class IncomingFile:
    """A file beside its place, renamed into it once it is whole and synced."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = path
        self._partial = path.with_name(f"{path.name}.{os.urandom(6).hex()}{PARTIAL}")
        self._fd = os.open(self._partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._fd, view) :]

    def keep(self) -> None:
        os.fsync(self._fd)
        self._close()
        self._partial.replace(self._path)
        sync_folder(self._path.parent)

    def drop(self) -> None:
        self._close()
        self._partial.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class FolderObjects:
    """A folder: each object a file that is written whole and synced before it counts."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, name: str, data: bytes) -> None:
        arriving = self.incoming(name)
        try:
            arriving.write(data)
            arriving.keep()
        except BaseException:
            arriving.drop()
            raise

    def incoming(self, name: str) -> Incoming:
        return IncomingFile(self._path(name))

    def get(self, name: str, start: int = 0, end: int | None = None) -> bytes:
        try:
            with self._path(name).open("rb") as file:
                file.seek(start)
                return file.read() if end is None else file.read(end - start)
        except FileNotFoundError:
            raise unknown("object") from None

    def refuse_unready(self) -> None:
        self._root.stat()

    def drop_partial(self, before_s: float) -> None:
        """Remove what arrived in part before a moment (seconds since 1970): a process was killed over it."""
        for path in self._root.rglob(f"*{PARTIAL}"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < before_s:
                    path.unlink()

    def delete(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def presigned_put(self, name: str) -> str | None:
        return None

    def names(self) -> Iterator[str]:
        for path in sorted(self._root.rglob("*")):
            if path.suffix != PARTIAL and path.is_file():
                yield path.relative_to(self._root).as_posix()

    def _path(self, name: str) -> Path:
        return self._root / name


class IncomingParcel:
    """What is on its way to an S3-compatible store waits in a nameless file; sealed bytes, as all of them."""

    def __init__(self, store: StoreObjects, name: str) -> None:
        self._store, self._name = store, name
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - ended by `keep` or `drop`

    def write(self, data: bytes) -> None:
        self._file.write(data)

    def keep(self) -> None:
        self._file.seek(0)
        self._store.put(self._name, self._file.read())
        self._file.close()

    def drop(self) -> None:
        self._file.close()


class StoreObjects:
    """An S3-compatible store. 503 where it does not answer."""

    def __init__(self, store: S3Store) -> None:
        self._store = store
        self._puts = threading.BoundedSemaphore(MOST_PUTS)

    def put(self, name: str, data: bytes) -> None:
        with self._puts, _answering():
            obstore.put(self._store, name, data, use_multipart=False)

    def incoming(self, name: str) -> Incoming:
        return IncomingParcel(self, name)

    def get(self, name: str, start: int = 0, end: int | None = None) -> bytes:
        with _answering():
            if end is None:
                return bytes(obstore.get(self._store, name).bytes())[start:]
            return bytes(obstore.get_range(self._store, name, start=start, end=end))

    def delete(self, name: str) -> None:
        with contextlib.suppress(NotFoundError, FileNotFoundError), _answering(missing=False):
            obstore.delete(self._store, name)

    def presigned_put(self, name: str) -> str | None:
        return str(obstore.sign(self._store, "PUT", name, timedelta(seconds=PRESIGNED_S)))

    def drop_partial(self, before_s: float) -> None:
        """Nothing arrives there in part."""

    def refuse_unready(self) -> None:
        try:
            with _answering():
                obstore.head(self._store, "ready")
        except Refusal as refusal:
            if refusal.status != 404:  # no such object is an answer
                raise

    def names(self) -> Iterator[str]:
        with _answering():
            for batch in obstore.list(self._store):
                yield from (one["path"] for one in batch)


@contextmanager
def _answering(*, missing: bool = True) -> Iterator[None]:
    """The store's own words may name objects: they stay out of answers and logs."""
    try:
        yield
    except (NotFoundError, FileNotFoundError):
        if missing:
            raise unknown("object") from None
        raise
    except BaseError:
        raise not_writable() from None


def refuse_unknown(place: str) -> None:
    """Fixable `objects_unknown` for an address that is neither S3's nor a folder's, before anything is made there."""
    scheme, _, rest = place.partition(":")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]+", scheme) or scheme == place:
        return  # a folder, also `C:\photos`
    if scheme in S3_SCHEMES and urlsplit(place).netloc:
        return
    if scheme != "file" or not rest.startswith("///"):
        raise Fixable(
            "objects_unknown",
            "The server keeps photos in an S3-compatible store or in a folder; it knows no other place.",
            "Write s3://BUCKET/PREFIX or a folder for --objects, or leave it out.",
        )


def objects_at(place: str) -> Objects:
    """`s3://bucket/prefix` (credentials from the environment, as S3 tools have them), or a folder.

    Fixable `objects_unknown`.
    """
    refuse_unknown(place)
    if urlsplit(place).scheme in S3_SCHEMES:
        patience = timedelta(seconds=RETRY_S)
        return StoreObjects(
            S3Store.from_url(place, retry_config={"max_retries": MOST_RETRIES, "retry_timeout": patience})
        )
    return FolderObjects(Path(place.removeprefix("file://")))
