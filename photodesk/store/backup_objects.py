"""A backup in an S3-compatible store: `s3://bucket/prefix?endpoint=https://…&region=…`.

The same names and bytes as in a folder. A blob is sealed once to learn its id and, where it is not there, once more on
its way up; it is then read back and taken away again where it differs. Puts are whole or not at all, so nothing is left
aside. Access keys come from the computer's keyring or are typed, and are never part of the place.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import parse_qs, urlsplit

from photodesk.errors import Fixable, PhotoDeskError, Refused
from photodesk.store.backup_target import Check, Known, Pieces, Stored, blob_path, gone, missing, reads_badly
from photodesk.store.sealed_blob import BlobName

if TYPE_CHECKING:
    from obstore.store import ObjectStore

SCHEME = "s3://"
_PART_BYTES = 8 << 20
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class ObjectKeys:
    """Access to a bucket."""

    key_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class ObjectPlace:
    """A place in words, taken apart."""

    bucket: str
    prefix: str
    endpoint: str
    region: str

    @property
    def account(self) -> str:
        """Under which name its keys lie in a keyring."""
        return f"backup-keys/{self.endpoint or 'aws'}/{self.bucket}"


def is_objects(place: str) -> bool:
    """Whether these words mean an object store."""
    return place.startswith(SCHEME)


def object_place(place: str) -> ObjectPlace:
    """Fixable `bad_place`; Refused `http_refused` for a server that is asked in the open."""
    parts = urlsplit(place)
    asked = parse_qs(parts.query)
    endpoint, region = asked.get("endpoint", [""])[0], asked.get("region", ["us-east-1"])[0]
    if not parts.netloc or set(asked) - {"endpoint", "region"} or "@" in parts.netloc:
        raise Fixable(
            "bad_place",
            "This is no place in an object store.",
            "Write s3://bucket/prefix, with ?endpoint=https://… where it is not Amazon's. Never put keys into it.",
        )
    if endpoint:
        server = urlsplit(endpoint)
        if server.scheme != "https" and server.hostname not in _LOOPBACK:
            raise Refused("http_refused", "The object store must be asked over https.", "Write https:// before it.")
    return ObjectPlace(parts.netloc, parts.path.strip("/"), endpoint, region)


def open_objects(place: str, keys: ObjectKeys) -> ObjectTarget:
    """The target for a place."""
    from obstore.store import S3Store

    at = object_place(place)
    more: dict[str, Any] = {"endpoint": at.endpoint} if at.endpoint else {}
    store = S3Store(
        at.bucket,
        region=at.region,
        access_key_id=keys.key_id,
        secret_access_key=keys.secret,
        virtual_hosted_style_request=not at.endpoint,
        client_options={"allow_http": at.endpoint.startswith("http://"), "timeout": "120s"},
        retry_config={"max_retries": 3},
        **more,
    )
    return ObjectTarget(store, at.prefix)


class ObjectTarget:
    """A bucket below a prefix. `store` is one of obstore's."""

    def __init__(self, store: ObjectStore, prefix: str = "") -> None:
        self._store = store
        self._prefix = f"{prefix}/" if prefix else ""

    def names(self, folder: str) -> dict[str, int]:
        """See `Target`."""
        import obstore

        found: dict[str, int] = {}
        with _in_words():
            for some in obstore.list(self._store, prefix=f"{self._prefix}{folder}"):
                found |= {str(one["path"]).removeprefix(self._prefix): int(one["size"]) for one in some}
        return {name: size for name, size in found.items() if not folder or name.startswith(f"{folder}/")}

    def put(self, name: str, data: bytes) -> None:
        """See `Target`."""
        import obstore

        with _in_words():
            obstore.put(self._store, self._prefix + name, data)
        with self.open(name) as stream:
            if stream.read() != data:
                raise reads_badly()

    def put_blob(self, pieces: Pieces, check: Check, known: Known) -> Stored:
        """See `Target`."""
        import obstore

        named = BlobName()
        for _ in named.over(pieces()):
            pass
        blob_id = named.hex()
        name = blob_path(blob_id)
        if known(name, named.size_bytes):
            return Stored(name, named.size_bytes, new=False)
        with _in_words():
            obstore.put(self._store, self._prefix + name, _gathered(pieces()), chunk_size=_PART_BYTES)
        try:
            with self.open(name) as stream:
                check(stream)
            again = BlobName()
            with self.open(name) as stream:
                again.take(stream)
            if again.hex() != blob_id:
                raise reads_badly()
        except PhotoDeskError:
            with suppress(PhotoDeskError):
                self.remove([name])
            raise
        return Stored(name, named.size_bytes, new=True)

    def open(self, name: str) -> BinaryIO:
        """See `Target`."""
        import obstore

        with _in_words(name):
            reader = obstore.open_reader(self._store, self._prefix + name, buffer_size=_PART_BYTES)
        return io.BufferedReader(_Reading(reader), _PART_BYTES)

    def remove(self, names: Iterable[str]) -> None:
        """See `Target`."""
        import obstore
        from obstore.exceptions import NotFoundError

        for name in names:
            with _in_words(), suppress(NotFoundError, FileNotFoundError):
                obstore.delete(self._store, self._prefix + name)

    def settle(self) -> None:
        """A put is durable when it returns."""

    def tidy(self) -> None:
        """Nothing is left aside; parts of a put that broke off are the bucket's to expire."""


class _Reading(io.RawIOBase):
    """An object as a stream."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _in_words():
            data = bytes(self._reader.read(len(buffer)))
        buffer[: len(data)] = data
        return len(data)


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Larger pieces: a blob begins with 104 bytes."""
    held = bytearray()
    for piece in pieces:
        held += piece
        if len(held) >= _PART_BYTES:
            yield bytes(held)
            held.clear()
    yield bytes(held)


@contextmanager
def _in_words(name: str = "") -> Iterator[None]:
    """What obstore raises, as one of ours. Its texts may hold keys and are not passed on."""
    from obstore.exceptions import BaseError, NotFoundError, PermissionDeniedError, UnauthenticatedError

    try:
        yield
    except (NotFoundError, FileNotFoundError):
        if not name:
            raise gone() from None
        raise missing(name) from None
    except (PermissionDeniedError, UnauthenticatedError, PermissionError):
        raise Fixable(
            "backup_keys_refused",
            "The object store does not take these access keys. The backup before this one is whole.",
            "Type the keys anew, or have its owner look at what they may do.",
        ) from None
    except (BaseError, OSError):
        raise gone() from None
