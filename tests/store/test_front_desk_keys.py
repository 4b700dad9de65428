"""Everything a front-desk person holds, tried on everything in the store: no way to a pixel or a clinical field.

Not the services' refusals are tried here, but the keys themselves: whatever the person's password, this computer's
keyring and their grants open, and everything that can be derived from these, against every file and every record.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import msgspec
import pytest

from photodesk.crypto import KemPrivateKey, decrypt, derive, label, seal_open
from photodesk.errors import Damaged, PhotoDeskError
from photodesk.ids import to_bytes
from photodesk.log.reader import read
from photodesk.patients import PatientDraft
from photodesk.store.bundle import open_bundle
from photodesk.store.keyring import clinic_secret_account, workstation_secret_account
from photodesk.store.keys_file import inbox_key, open_for_recovery, read_grant, read_keys
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.operations import open_operation
from photodesk.store.roles import Role
from photodesk.store.signin import check_store, open_bundle_key, people_for_signin
from photodesk.store.sqlcipher import Error, Settings, connect
from photodesk.visits import VisitDraft
from tests.store.clinic import OTHER_PASSWORD, Clinic, make_clinic
from tests.store.conftest import Keeper, Store, open_store
from tests.store.inbox import RENDITIONS, packed, shot_of
from tests.store.quick import quick_passwords

PIXELS, THUMBNAIL, WAITING = b"CANARY-pixels-of-a-scar" * 50, b"CANARY-thumbnail", b"CANARY-pixels-in-the-inbox" * 50
TEXTS = (b"CANARY-title", b"CANARY-reason", b"CANARY-notes", b"CANARY-tag", b"6757004")
CANARIES = (PIXELS[:23], THUMBNAIL, WAITING[:26], *TEXTS)
LABELS = (
    "bundle-key", "chart", "chart-key", "content-id-key", "database-key", "grant", "inbox-key", "log-body-key",
    "log-entry", "member-name", "operation", "pack-seal", "photo-key", "recovery-identity", "sealed-blob",
    "separator-key", "shot-key", "sign-in-names", "slot-key", "snapshot", "workstation-key", "workstation-mac",
)  # fmt: skip
READABLE = {"catalog.db", "erasure.db"}


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    """A filed photo with clinical text, a photo in the inbox, an assignment, a log; Fay sits at the front desk."""
    quick_passwords(monkeypatch)
    made = make_clinic(tmp_path / "store")
    ada = made.sign_in()
    made.add(ada, "Fay", Role.FRONT_DESK)
    store = _opened(made, ada)
    patient = store.catalog.add_patient(store.change, PatientDraft("4711", "Müller", "Anna", date(1980, 5, 12)))
    visit = store.catalog.add_visit(store.change, VisitDraft(patient.patient_id, date(2026, 11, 20)))
    chart = store.charts.open(patient.patient_id)
    shot, source = shot_of(PIXELS)
    chart.file_shot(store.change, shot, source, dict.fromkeys(RENDITIONS, THUMBNAIL), visit.visit_id)
    photo_id = chart.photos()[0].photo_id
    chart.set_photo(store.change, photo_id, site="6757004", tags=["CANARY-tag"])
    chart.set_visit_text(store.change, visit.visit_id, "CANARY-title", "CANARY-reason")
    chart.set_notes(store.change, "CANARY-notes")
    packed(store, [WAITING])[1].close()
    store.close()
    return made


def _opened(clinic: Clinic, keyset: KeySet) -> Store:
    class Signs(Keeper):
        def sign(self, kind: str, data: bytes) -> bytes:
            return clinic.signer().sign(kind, data)

    return open_store(clinic.layout, keyset, Signs(keyset.signing, keyset.clinic_id))


def _everything_held(clinic: Clinic, fay: KeySet, erasure_keys: list[bytes]) -> set[bytes]:
    """Every secret behind Fay's password and this computer's keyring, and what can be derived from two of them."""
    station = fay.workstation_id
    clinic_secret = clinic.secrets.get(clinic_secret_account(fay.clinic_id, station, 1))
    workstation_secret = clinic.secrets.get(workstation_secret_account(fay.clinic_id, station))
    who = next(one for one in people_for_signin(clinic.layout, clinic.secrets) if one.name == "Fay")
    checked = check_store(clinic.layout, clinic.secrets)
    bundle_key = open_bundle_key(checked, clinic.secrets, who.slot_id, OTHER_PASSWORD)[1]
    raw = fay.kem.raw
    roots = {
        clinic_secret, workstation_secret, bundle_key, fay.signing.raw, raw[:32], raw[32:64], raw[64:],
        *fay.desk_keys.values(), *erasure_keys, *(key[:32] for key in fay.database_keys.values()),
        fay.clinic_id * 2, to_bytes(fay.person_id) * 2,
    }  # fmt: skip
    salts = {b"", clinic_secret, workstation_secret, *erasure_keys, *fay.desk_keys.values(), fay.clinic_id}
    return roots | {derive(root, salt, label(kind)) for root in roots for salt in salts for kind in LABELS}


def _opens(path: Path, key: bytes, page_bytes: int) -> bool:
    try:
        with closing(connect(path, key, Settings(page_bytes=page_bytes))) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except Error:
        return False
    return True


def _databases(layout: Layout) -> Iterator[Path]:
    found = sorted(layout.root.rglob("*.db"))
    assert {path.relative_to(layout.root).parts[0] for path in found} == {
        "catalog.db", "erasure.db", "index.db", "charts", "inbox",
    }  # fmt: skip
    yield from found


def test_only_catalog_and_erasure_keys_open(clinic: Clinic) -> None:
    fay = clinic.sign_in("Fay", OTHER_PASSWORD)
    assert set(fay.database_keys) == {"catalog", "erasure"}
    store = _opened(clinic, fay)
    erasure_keys = [bytes(row[0]) for row in store.catalog.erasure.database.rows("SELECT key FROM erasure_key")]
    store.close()
    assert erasure_keys
    held = _everything_held(clinic, fay, erasure_keys)
    opened = set()
    for path in _databases(clinic.layout):
        salt = path.read_bytes()[:16]
        tries = {*fay.database_keys.values(), *(key + salt for key in held)}
        page_bytes = 16384 if path.parent != clinic.layout.root else 4096
        if any(_opens(path, key, page_bytes) for key in tries):
            opened.add(path.name)
    assert opened == READABLE


def test_what_opens_holds_no_pixel_and_no_clinical_field(clinic: Clinic) -> None:
    fay = clinic.sign_in("Fay", OTHER_PASSWORD)
    store = _opened(clinic, fay)
    seen = 0
    for database in (store.catalog.ledger.database, store.catalog.erasure.database):
        for (table,) in database.rows("SELECT name FROM sqlite_master WHERE type = 'table'"):
            for row in database.rows(f'SELECT * FROM "{table}"'):  # noqa: S608
                seen += 1
                for cell in row:
                    _is_clean(cell if isinstance(cell, bytes) else str(cell).encode())
    operations = [bytes(row[0]) for row in store.catalog.ledger.database.rows("SELECT record FROM operation")]
    assert operations
    for record in operations:
        operation = open_operation(record, fay, store.catalog.erasure.key)
        _is_clean(repr(operation).encode())
    store.close()
    assert seen > 10


def _is_clean(cell: bytes) -> None:
    assert not [canary for canary in CANARIES if canary in cell], cell[:200]


def test_no_other_record_opens(clinic: Clinic) -> None:
    fay = clinic.sign_in("Fay", OTHER_PASSWORD)
    store = _opened(clinic, fay)
    erasure_keys = [bytes(row[0]) for row in store.catalog.erasure.database.rows("SELECT key FROM erasure_key")]
    pointers = store.catalog.chart_pointers()
    held = _everything_held(clinic, fay, erasure_keys)
    kems = [fay.kem, *(KemPrivateKey(key * 3) for key in [fay.signing.raw, *fay.desk_keys.values(), *erasure_keys])]
    keys = read_keys(clinic.layout, fay.clinic_id)
    for record in keys.grants:
        grant = read_grant(record)
        assert (grant.person_id == fay.person_id) == any(_tried(grant.open, fay.clinic_id, kem) for kem in kems)
    for record in keys.recovery:
        assert not any(_tried(open_for_recovery, record, fay.clinic_id, kem) for kem in kems)
    for record in keys.inbox:
        assert not any(_tried(inbox_key, record, fay.clinic_id, {1: key}) for key in held)
    ada = clinic.founded.person_id
    for record in keys.bundles:
        assert not any(_tried(open_bundle, record, fay.clinic_id, ada, key) for key in held)
    assert pointers
    for pointer in pointers:
        bound = to_bytes(pointer.chart_id) + pointer.epoch.to_bytes(4, "little")
        nonce, wrapped = pointer.wrapped[:12], pointer.wrapped[12:]
        assert not any(_tried(decrypt, key, nonce, wrapped, "chart-key", fay.clinic_id, bound) for key in held)
    store.close()
    seals = list(clinic.layout.inbox_folder.rglob("*.seal"))
    assert seals
    for path in seals:
        fields = msgspec.msgpack.decode(path.read_bytes())
        bound = fields[2] + fields[3].to_bytes(4, "little") + fields[4].to_bytes(4, "little")
        for sealed in fields[5:7]:
            assert not any(_tried(seal_open, kem, sealed, "pack-seal", fay.clinic_id, bound) for kem in kems)


def _tried(open_it: object, *arguments: object) -> bool:
    try:
        open_it(*arguments)  # type: ignore[operator]
    except (Damaged, PhotoDeskError, ValueError):
        return False
    return True


def test_nothing_lies_about_in_plain(clinic: Clinic) -> None:
    files = [path for path in clinic.layout.root.rglob("*") if path.is_file()]
    assert len(files) > 8
    for path in files:
        _is_clean(path.read_bytes())


def test_nobody_can_grant_what_they_do_not_hold(clinic: Clinic) -> None:
    fay = clinic.sign_in("Fay", OTHER_PASSWORD)
    assert clinic.catch_up(fay) == 0
    assert not list(read(clinic.layout.log, {1: fay.kem}, fay.clinic_id))
