"""A backup after an erasing: its next run holds nothing of the patient, and a restore brings everybody else back."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.errors import PhotoDeskError
from photodesk.ids import to_bytes
from photodesk.store.backup_run import back_up
from photodesk.store.backup_seal import chart_secret, clinic_secret
from photodesk.store.backup_sources import Sources
from photodesk.store.backup_target import FolderTarget
from photodesk.store.keyring import Secrets
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.member_author import author_of
from photodesk.store.member_entry import ErasePatient
from photodesk.store.members_log import MembersLog
from photodesk.store.operations import open_operation
from photodesk.store.records import unpack
from photodesk.store.restore_run import restore
from photodesk.store.restore_source import open_backup
from photodesk.store.sealed_blob import HEADER_BYTES, BlobKind, open_blob, read_header
from tests.store.backup_clinic import Keeper
from tests.store.clinic import PASSWORD, Clinic
from tests.store.erased_clinic import Open, Planted, erase, opened, two_patients
from tests.store.fake_keyring import MemoryKeyring
from tests.store.test_erasing import whole

Keys = Mapping[str, bytes]


@dataclass
class Witness:
    """What a backup asks of the keeper: generations as the desk told them, the log's signed state."""

    there: Open
    keeper: Keeper

    def sign(self, kind: str, data: bytes) -> bytes:
        return self.keeper.sign(kind, data)

    def checkpoint(self) -> bytes:
        return self.keeper.checkpoint()

    def generations(self) -> Mapping[str, int]:
        return dict(self.there.watching.known)


def back_up_to(folder: Path, there: Open, keeper: Keeper) -> None:
    sources = Sources(there.layout, there.keyset, there.catalog, there.charts, Witness(there, keeper), SystemClock())
    done = back_up(sources, FolderTarget(folder))
    assert done.problems == ()


def said_in(
    folder: Path, keyset: KeySet, erasure_keys: Mapping[str, bytes], photo_keys: list[bytes]
) -> Iterator[bytes]:
    """Every byte of the folder, every blob that opens with any key there is, every operation in it."""
    secrets = [chart_secret(key, erasure) for key in keyset.chart_keys.values() for erasure in erasure_keys.values()]
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        data = path.read_bytes()
        yield data
        if data[:4] != b"PDSB":
            continue
        uuid = read_header(data[:HEADER_BYTES]).uuid
        clinics = [clinic_secret(key, uuid) for key in (*keyset.desk_keys.values(), *keyset.chart_keys.values())]
        for secret in (*secrets, *clinics, *photo_keys):
            plain = _opened(data, secret, keyset.clinic_id)
            yield plain
            if plain:
                yield from _operations(plain, keyset, erasure_keys)


def _opened(data: bytes, secret: bytes, clinic_id: bytes) -> bytes:
    for kind in BlobKind:
        try:
            return b"".join(open_blob(io.BytesIO(data), secret, clinic_id, kind))
        except PhotoDeskError:
            continue
    return b""


def _operations(plain: bytes, keyset: KeySet, erasure_keys: Keys) -> Iterator[bytes]:
    try:
        fields = msgspec.msgpack.decode(plain)
    except msgspec.DecodeError:
        return
    if not isinstance(fields, list) or len(fields) < 4 or fields[2] not in ("operations", "chart"):
        return
    for record in fields[3] if fields[2] == "operations" else fields[4]:
        scope = unpack(record, "operation", 13)[7].hex()
        key = bytes(32) if not scope.strip("0") else erasure_keys.get(scope)
        if key is not None:
            yield repr(open_operation(record, keyset, lambda _: key)).encode()  # noqa: B023


def keys_that_remain(there: Open) -> tuple[dict[str, bytes], list[bytes]]:
    erasure = {chart_id: there.catalog.erasure.key(chart_id) for chart_id in there.catalog.erasure.known()}
    photos: list[bytes] = []
    for pointer in there.catalog.chart_pointers():
        database = there.charts.open_pointer(pointer).ledger.database
        photos += [bytes(row[0]) for row in database.rows("SELECT photo_key FROM photo WHERE photo_key <> x''")]
        database.close()
    return erasure, photos


def tells_of(planted: Planted, folder: Path, there: Open) -> int:
    wanted = [canary.lower().encode() for canary in planted.canaries]
    wanted += [bytes.fromhex(one) for one in planted.hashes] + [one.encode() for one in planted.hashes]
    found = said_in(folder, there.keyset, *keys_that_remain(there))
    return sum(1 for data in found if any(one in data.lower() or one in data for one in wanted))


def authorised(clinic: Clinic, there: Open, planted: Planted) -> None:
    log = MembersLog.open(clinic.layout.members, there.keyset.clinic_id)
    log.append([ErasePatient(to_bytes(planted.chart_id))], author_of(there.keyset, there.watching), 1)


def test_after_the_next_run_nothing_of_the_patient_opens(tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    clinic, goes, stays, known = two_patients(tmp_path / "store")
    keeper = Keeper(clinic)
    with opened(clinic, known) as there:
        back_up_to(folder, there, keeper)
        assert tells_of(goes, folder, there) > 10, "the test looks where it can find something"
        assert tells_of(stays, folder, there) > 10
        photos = {path.name for path in (folder / "blobs").rglob("*") if path.is_file()}
        authorised(clinic, there, goes)
        erase(there, goes)
        back_up_to(folder, there, keeper)
        assert tells_of(goes, folder, there) == 0
        assert tells_of(stays, folder, there) > 10
        left = {path.name for path in (folder / "blobs").rglob("*") if path.is_file()}
        assert len(photos - left) >= 3 * len(goes.hashes), "the patient's photos and pictures left the folder"
        whole(there, stays)
    keeper.log.close()


def test_a_restore_after_an_erasing_brings_everybody_else_back(tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    clinic, goes, stays, known = two_patients(tmp_path / "store")
    keeper = Keeper(clinic)
    with opened(clinic, known) as there:
        back_up_to(folder, there, keeper)
        authorised(clinic, there, goes)
        erase(there, goes)
        back_up_to(folder, there, keeper)
    keeper.log.close()
    again = _restored(clinic, folder, tmp_path / "again")
    with opened(again) as there:
        whole(there, stays)
        assert goes.chart_id not in there.catalog.erasure.known()
        assert [one.chart_id for one in there.book.erasures()] == [goes.chart_id]


def _restored(clinic: Clinic, folder: Path, to: Path) -> Clinic:
    keyring, code = MemoryKeyring(), clinic.founded.recovery_code
    secrets, layout = Secrets(keyring), Layout(to)
    restore(
        open_backup(FolderTarget(folder), code), layout, secrets, code, "ada byron", PASSWORD, "New", cost=FLOOR_COST
    )
    return Clinic(layout, secrets, keyring, clinic.founded)
