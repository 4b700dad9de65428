"""A backup in an object store: `pretend_s3` is a stand-in for one, no real store was asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from photodesk.crypto import FLOOR_COST
from photodesk.errors import Fixable, PhotoDeskError, Refused
from photodesk.store.backup_check import check_backup
from photodesk.store.backup_objects import ObjectKeys, object_place, open_objects
from photodesk.store.backup_place import keep_keys, kept_keys, target_of
from photodesk.store.backup_run import back_up
from photodesk.store.keyring import Secrets
from photodesk.store.layout import Layout
from photodesk.store.restore_run import restore
from photodesk.store.restore_source import open_backup
from tests.store.backup_clinic import Desk, files_of, founded_desk
from tests.store.fake_keyring import MemoryKeyring
from tests.store.pretend_s3 import KEY_ID, SECRET, PretendS3, pretend_s3

KEYS = ObjectKeys(KEY_ID, SECRET)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = founded_desk(tmp_path / "store")
    yield made
    made.close()


@pytest.fixture
def objects() -> Iterator[PretendS3]:
    with pretend_s3() as server:
        yield server


def test_backed_up_checked_and_restored(desk: Desk, objects: PretendS3, tmp_path: Path) -> None:
    patient = desk.patient("1")
    desk.file(patient, [*files_of(2), *files_of(1, 20 << 20)])
    target = open_objects(objects.place, KEYS)
    first = back_up(desk.sources, target)
    assert (first.photos, first.problems) == (3, ())
    assert {name.split("/")[0] for name in objects.objects} == {"backups"}
    assert objects.parts == {}
    desk.file(patient, files_of(1))
    second = back_up(desk.sources, target)
    assert second.new_bytes < 1 << 20
    public = {desk.keyset.workstation_id: desk.keeper.keys.workstation_signing.public}
    assert check_backup(target, public).problems == ()
    code = desk.clinic.founded.recovery_code
    opened = open_backup(open_objects(objects.place, KEYS), code)
    layout = Layout(tmp_path / "new")
    done = restore(
        opened, layout, Secrets(MemoryKeyring()), code, "Ada Byron", "eleven blue kettles sing", "B", cost=FLOOR_COST
    )
    assert (done.photos, done.problems) == (4, ())


def test_a_store_that_says_no_leaves_the_backup_before(desk: Desk, objects: PretendS3) -> None:
    desk.file(desk.patient("1"), files_of(2))
    target = open_objects(objects.place, KEYS)
    back_up(desk.sources, target)
    before = dict(objects.objects)
    desk.file(desk.patient("2", "Santos"), files_of(2))
    objects.fail_puts_after = 3
    with pytest.raises(PhotoDeskError) as failed:
        back_up(desk.sources, target)
    assert failed.value.code == "backup_keys_refused"
    assert SECRET not in str(failed.value)
    assert before.items() <= objects.objects.items()
    public = {desk.keyset.workstation_id: desk.keeper.keys.workstation_signing.public}
    assert check_backup(target, public).run.number == 1
    objects.fail_puts_after = -1
    assert back_up(desk.sources, target).photos == 4


def test_wrong_keys_and_no_server(desk: Desk, objects: PretendS3) -> None:
    with pytest.raises(Fixable) as refused:
        back_up(desk.sources, open_objects(objects.place, ObjectKeys("AKOTHER", "x")))
    assert refused.value.code == "backup_keys_refused"


def test_places_and_keys() -> None:
    assert object_place("s3://bucket/a/b?region=eu-central-1").prefix == "a/b"
    for bad in ("s3:///x", "s3://key:secret@bucket/x", "s3://bucket/x?secret=1"):
        with pytest.raises(Fixable):
            object_place(bad)
    with pytest.raises(Refused):
        object_place("s3://bucket/x?endpoint=http://objects.example")
    secrets, place = Secrets(MemoryKeyring()), "s3://bucket/x"
    assert kept_keys(place, secrets) is None
    with pytest.raises(Fixable) as missing:
        target_of(place)
    assert missing.value.code == "backup_keys_missing"
    assert keep_keys(place, KEYS, secrets)
    assert kept_keys("s3://bucket/other", secrets) == KEYS
    gone = MemoryKeyring()
    gone.gone = True
    assert not keep_keys(place, KEYS, Secrets(gone))
    assert kept_keys(place, Secrets(gone)) is None
