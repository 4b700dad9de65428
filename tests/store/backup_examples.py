"""The frozen examples of a backup's records in `tests/vectors/backup.json`, and how they were made.

`python -m tests.store.backup_examples` prints them anew. Everything in them is fixed, so they come out the same every
time. The file is final: a change of any byte here is a new format version, and earlier ones must still be read.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path

from photodesk.crypto import SUITE, VERSION, SigningKey
from photodesk.store.backup_record import (
    KIND,
    Blob,
    ChartPart,
    LogPart,
    Part,
    Run,
    Snapshot,
    State,
    sign_run,
)
from photodesk.store.backup_seal import Shelf, chart_secret, plain
from photodesk.store.backup_target import FolderTarget, blob_path
from photodesk.store.records import pack
from photodesk.store.recovery import signing_key
from photodesk.store.sealed_blob import BlobKind, fixed_name

CLINIC, STATION, CHART = bytes([1]) * 16, "02" * 16, "0c" * 16
SIGNING = SigningKey(bytes([6]) * 32)
EK, DK, CK, PHOTO_KEY = (bytes([number]) * 32 for number in (7, 8, 9, 10))
PHOTO = b"PhotoDesk photo, frozen with format version 1."
OPERATION = b"an operation"
COPY = ["0d" * 16, 1, "11" * 32, 300, "12" * 32, 46, "13" * 16]


def payloads() -> dict[str, bytes]:
    """The plain bytes of each kind of snapshot."""
    head = [VERSION, SUITE]
    copy = [bytes.fromhex(one) if isinstance(one, str) else one for one in COPY]
    erased = [[bytes.fromhex(STATION), 4, bytes([4]) * 32]]
    shot = [
        bytes([14]) * 16, "IMG_1.JPG", 46, 1_700_000_000_000, bytes([15]) * 32, "verified",
        b'{"media_type":"image/jpeg"}', "", bytes([16]) * 32, [[1, bytes([17]) * 32, 200, bytes([15]) * 32, 46]],
    ]  # fmt: skip
    return {
        "chart": pack([*head, "chart", bytes.fromhex(CHART), [OPERATION], erased, [copy]]),
        "operations": pack([*head, "operations", [OPERATION, b"another"]]),
        "rows": pack(
            [
                *head,
                "rows",
                [[bytes.fromhex(CHART), 1, bytes(76), 1]],
                [[bytes([18]) * 32, "filed", "19" * 16, "0d" * 16, "1a" * 16]],
                [[bytes([19]) * 32, "1b" * 16, 1]],
                erased,
            ]
        ),
        "erasure": pack([*head, "erasure", [[bytes.fromhex(CHART), EK]]]),
        "inbox": pack([*head, "inbox", [[bytes([20]) * 16, 1, [shot]]]]),
    }


def blobs(folder: Path) -> dict[str, bytes]:
    """Sealed blobs as they lie in a backup."""
    shelf = Shelf(FolderTarget(folder), CLINIC, {})
    made = {"photo": shelf.put(PHOTO_KEY, BlobKind.ORIGINAL, plain(PHOTO))}
    for name, payload in payloads().items():
        if name == "chart":
            made[name] = shelf.put(chart_secret(CK, EK), BlobKind.SNAPSHOT, plain(payload))
        else:
            made[name] = shelf.put_under(CK if name == "inbox" else DK, plain(payload))
    return {name: (folder / blob_path(blob.blob_id)).read_bytes() for name, blob in made.items()}


def run_record() -> Run:
    """A run that has one of everything."""
    blob = Blob("21" * 32, 400)
    plain_run = Run(
        clinic_id=CLINIC,
        workstation_id=STATION,
        number=3,
        previous=bytes([22]) * 32,
        at_ms=1_700_000_000_000,
        erased=2,
        states=(State("members.log", "23" * 32, 900), State("keys.msgpack", "24" * 32, 800)),
        snapshots=(
            Snapshot(Part.INBOX, 1, blob),
            Snapshot(Part.CATALOG, 1, blob),
            Snapshot(Part.CATALOG_ROWS, 1, blob),
            Snapshot(Part.ERASURE, 1, blob),
        ),
        charts=(ChartPart(CHART, 41, 1, 1, blob, (Blob("25" * 32, 500), Blob("26" * 32, 600))),),
        inbox=(Blob("27" * 32, 700),),
        logs=(LogPart(STATION, 1, 1_000, "28" * 32),),
        checkpoint=b"a checkpoint",
        generations=((CHART, 41), ("catalog", 7)),
    )
    return sign_run(plain_run, lambda data: SIGNING.sign(KIND, CLINIC, data))


def examples() -> dict[str, str]:
    """Everything, in hexadecimal."""
    with tempfile.TemporaryDirectory() as folder:
        made = {f"blob_{name}": data.hex() for name, data in blobs(Path(folder)).items()}
    uuid, salt = fixed_name(PHOTO_KEY, BlobKind.ORIGINAL, hashlib.sha256(PHOTO).digest())
    made |= {"fixed_uuid": uuid.hex(), "fixed_salt": salt.hex(), "run": run_record().record.hex()}
    return made


def recovery_signing(code: str) -> str:
    """The public half of the recovery signing key."""
    return signing_key(code).public.hex()


if __name__ == "__main__":
    print(json.dumps(examples(), indent=1))  # noqa: T201
