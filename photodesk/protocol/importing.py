"""What a desk and an importer say to each other, over a stream that the keeper made for them.

The importer never holds a clinic key: the desk gives it public keys, and it asks with hashes. The stream may end at any
time (the desk was locked); the importer goes on. It numbers its events from 1 and keeps each until a desk says `Taken`;
a desk that attaches later gets all that nobody took. Handling an event twice changes nothing.
"""

from __future__ import annotations

import msgspec

from photodesk.protocol.messages import Message

LISTED_FILES = 1000


class FileRead(msgspec.Struct, array_like=True, frozen=True):
    """One regular file: which chosen source it lies below, its name there, its size.

    `sha256` is hex, "" while unread. `mtime_ms` is told once, when the file is listed.
    """

    source: int
    name: str
    size_bytes: int
    sha256: str = ""
    mtime_ms: int = 0


class StartJob(Message, frozen=True):
    """Desk to importer, once: copy every regular file below `sources` (paths as bytes) into sealed packs.

    `store` is the store's folder. `first_pack` is above every pack number the job used before.
    """

    job_id: str
    store: bytes
    clinic_id: bytes
    inbox_public: bytes
    inbox_epoch: int
    starter_kem_public: bytes | None
    sources: tuple[bytes, ...]
    first_pack: int = 1


class StopCopying(Message, frozen=True):
    """Desk to importer: the person stopped the import; what is verified stays."""


class Known(Message, frozen=True):
    """Desk to importer, in answer to `question`: whether this content is in the store already."""

    question: int
    known: bool


class Taken(Message, frozen=True):
    """Desk to importer: all events up to and with `number` are recorded."""

    number: int


class AskKnown(Message, frozen=True):
    """Importer to desk: are bytes with this SHA-256 (32 bytes) in the store already?"""

    question: int
    sha256: bytes


class Moving(Message, frozen=True):
    """Importer to desk: how far the copy is. Not kept, not taken."""

    what: str
    done: int
    total: int
    done_bytes: int
    total_bytes: int
    verified: int = 0


class Listed(Message, frozen=True):
    """Regular files found (at most `LISTED_FILES` a message), and what was passed over: (name, why)."""

    number: int
    files: tuple[FileRead, ...]
    skipped: tuple[tuple[str, str], ...] = ()


class NotCopied(Message, frozen=True):
    """A file that could not be read, or (`copied`) not be proven; `reason` is for the person."""

    number: int
    file: FileRead
    reason: str
    copied: bool = False


class AlreadyThere(Message, frozen=True):
    """Equal bytes are in the store (`shot_id` ""), or were copied and proven by this very run as `shot_id`."""

    number: int
    file: FileRead
    shot_id: str = ""


class PackVerified(Message, frozen=True):
    """A pack whose shots are proven: from now on it is the desk's. Each shot id with the file it came from."""

    number: int
    pack: int
    shots: tuple[tuple[str, FileRead], ...]


class Ended(Message, frozen=True):
    """The run is over; `code` is "" when every file was looked at.

    `copied_ms` counts from the start until the last shot was proven, `renditions_ms` until the last rendition.
    """

    number: int
    code: str = ""
    message: str = ""
    remedy: str = ""
    copied_ms: int = 0
    copied_bytes: int = 0
    renditions_ms: int = 0


Event = Listed | NotCopied | AlreadyThere | PackVerified | Ended
ToImporter = StartJob | StopCopying | Known | Taken
FromImporter = Listed | NotCopied | AlreadyThere | PackVerified | Ended | Moving | AskKnown
