"""Settings, keys that never show, formats that only go forward, and the sentences for a failing place."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from photodesk.clock import SystemClock
from photodesk.errors import Damaged, Fixable, Refused
from photodesk.store import files
from photodesk.store.database import Database, Settings
from photodesk.store.files import write_atomically
from photodesk.store.layout import Layout, mount_kind, refuse_network, refuse_read_only
from photodesk.store.migrations import Format, drop_old_snapshots
from photodesk.store.signer import UnwatchedGenerations
from photodesk.store.sqlcipher import refuse_old_sqlite
from tests.store.conftest import Store
from tests.store.inbox import RENDITIONS, shot_of

KEY = bytes(range(48))
FORM = Format("test", (("CREATE TABLE word (text TEXT)", "CREATE TABLE blobs (bytes BLOB)"),), frozenset({"blobs"}))
NEXT = Format("test", (*FORM.steps, ("ALTER TABLE word ADD COLUMN number INTEGER DEFAULT 7",)), FORM.byte_tables)
QUIET = UnwatchedGenerations()


def created(path: Path, settings: Settings | None = None) -> Database:
    return Database.create(path, KEY, "test", settings or Settings(), FORM, QUIET)


def opened(path: Path, form: Format = FORM, key: bytes = KEY, snapshots: Path | None = None) -> Database:
    return Database.open(path, key, "test", Settings(), form, QUIET, snapshots=snapshots)


def pragma(database: Database, name: str) -> Any:
    with database.transaction() as connection:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]


def test_every_setting_of_the_design_holds(store: Store) -> None:
    chart = store.charts.open(store.patient().patient_id).ledger.database
    wanted = {
        "cipher_page_size": "16384",
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "temp_store": 2,
        "mmap_size": 0,
        "trusted_schema": 0,
        "cell_size_check": 1,
        "foreign_keys": 1,
        "journal_size_limit": 64 << 20,
    }
    assert {name: pragma(chart, name) for name in wanted} == wanted
    catalog = store.catalog.ledger.database
    assert (pragma(catalog, "cipher_page_size"), pragma(catalog, "journal_mode")) == ("4096", "wal")
    with chart.fresh() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_packs_use_a_persistent_journal(tmp_path: Path) -> None:
    database = created(tmp_path / "p.db", Settings(page_bytes=16384, journal="PERSIST"))
    assert pragma(database, "journal_mode") == "persist"
    database.close()


def test_nothing_readable_lies_in_the_files(store: Store) -> None:
    patient = store.patient("MRN-UNMISTAKABLE", "Lindqvist-Marker")
    chart = store.charts.open(patient.patient_id)
    shot, source = shot_of(b"PIXELMARKER" * 1000, "DSC_MARKER.JPG")
    chart.file_shot(store.change, shot, source, RENDITIONS, "v")
    chart.set_notes(store.change, "note marker")
    for path in (p for p in store.layout.root.rglob("*") if p.is_file()):
        data = path.read_bytes()
        for marker in (b"MRN-UNMISTAKABLE", b"Lindqvist", b"PIXELMARKER", b"DSC_MARKER", b"note marker", b"SQLite"):
            assert marker not in data
            assert marker.decode() not in str(path)


def test_an_old_sqlite_is_refused() -> None:
    refuse_old_sqlite((3, 51, 3))
    with pytest.raises(Refused, match=r"3\.50\.4"):
        refuse_old_sqlite((3, 50, 4))


def test_another_key_is_damage_and_shows_no_key(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    created(tmp_path / "a.db").close()
    with pytest.raises(Damaged) as caught:
        opened(tmp_path / "a.db", key=bytes(48))
    shown: list[str] = [repr(caught.value)]
    error: BaseException | None = caught.value
    while error is not None:
        shown.append(repr(error.args))
        error = error.__context__
    assert not any(part in text for text in shown for part in (KEY.hex(), bytes(48).hex()))
    assert capfd.readouterr() == ("", "")


def test_a_missing_file_is_never_made_anew(tmp_path: Path) -> None:
    with pytest.raises(Damaged) as caught:
        opened(tmp_path / "gone.db")
    assert caught.value.code == "database_missing"
    assert not (tmp_path / "gone.db").exists()


def test_an_interrupted_making_is_finished(tmp_path: Path) -> None:
    (tmp_path / "a.db").touch()
    database = created(tmp_path / "a.db")
    assert database.generation() == 0
    database.close()


def test_a_file_that_lost_everything_is_no_new_database(tmp_path: Path) -> None:
    created(tmp_path / "a.db").close()
    (tmp_path / "a.db").write_bytes(b"")
    with pytest.raises(Damaged, match="is empty, though it was in use"):
        opened(tmp_path / "a.db")
    assert (tmp_path / "a.db").read_bytes() == b""


def test_a_migration_is_forward_and_keeps_a_snapshot_without_photo_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    old = created(path)
    with old.transaction() as connection:
        connection.execute("INSERT INTO word VALUES ('kept')")
        connection.execute("INSERT INTO blobs VALUES (zeroblob(100000))")
    old.close()
    new = opened(path, NEXT, snapshots=tmp_path / "snapshots")
    assert new.rows("SELECT * FROM word") == [("kept", 7)]
    assert new.generation() == 1
    new.close()
    before = path.read_bytes()
    with pytest.raises(Refused) as caught:
        opened(path)
    assert caught.value.code == "newer_format"
    assert path.read_bytes() == before
    copies = list((tmp_path / "snapshots").glob("*.db"))
    assert [copy.name for copy in copies] == ["test.v1.db"]
    copy = opened(copies[0])
    assert (copy.rows("SELECT * FROM word"), copy.rows("SELECT * FROM blobs")) == ([("kept",)], [])
    copy.close()
    drop_old_snapshots(tmp_path / "snapshots", SystemClock())
    assert copies[0].exists()
    os.utime(copies[0], (0, 0))
    drop_old_snapshots(tmp_path / "snapshots", SystemClock())
    assert not copies[0].exists()


def test_a_step_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    created(tmp_path / "a.db").close()
    broken = Format("test", (*FORM.steps, ("CREATE TABLE new (x)", "NOT SQL")), frozenset())
    with pytest.raises(Exception, match="syntax error"):
        opened(tmp_path / "a.db", broken)
    database = opened(tmp_path / "a.db")
    assert database.rows("SELECT name FROM sqlite_master WHERE name = 'new'") == []
    database.close()


def test_a_new_database_has_all_steps_or_none(tmp_path: Path) -> None:
    broken = Format("test", (*FORM.steps, ("CREATE TABLE new (x)", "NOT SQL")), frozenset())
    with pytest.raises(Exception, match="syntax error"):
        Database.create(tmp_path / "a.db", KEY, "test", Settings(), broken, QUIET)
    database = created(tmp_path / "a.db")
    assert database.rows("SELECT name FROM sqlite_master WHERE name = 'new'") == []
    assert database.generation() == 0
    database.close()


def test_reads_from_other_threads_while_one_writes(tmp_path: Path) -> None:
    database = created(tmp_path / "a.db")
    seen: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.append(database.rows("SELECT count(*) FROM word")[0][0])

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(50):
        with database.transaction() as connection:
            connection.executemany("INSERT INTO word VALUES (?)", [("a",), ("b",)])
    done.set()
    for thread in threads:
        thread.join()
    assert all(count % 2 == 0 for count in seen)
    assert database.generation() == 50
    database.close()


def test_an_error_inside_rolls_everything_back(tmp_path: Path) -> None:
    database = created(tmp_path / "a.db")

    def fail() -> None:
        with database.transaction() as connection:
            connection.execute("INSERT INTO word VALUES ('x')")
            raise KeyError("bug")

    with pytest.raises(KeyError):
        fail()
    assert database.rows("SELECT * FROM word") == []
    assert database.generation() == 0
    database.close()


def test_small_files_are_replaced_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    write_atomically(path, b"one")
    assert path.stat().st_mode & 0o777 == 0o600

    def full(_: int) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(Fixable) as caught:
        write_atomically(path, b"two")
    assert caught.value.code == "disk_full"
    assert path.read_bytes() == b"one"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_places_that_are_no_place_for_a_store(tmp_path: Path) -> None:
    mounts = "1 0 8:1 / / rw - ext4 /dev/a rw\n2 1 0:5 / /mnt/My\\040Share rw shared:1 - cifs //server/x rw\n"
    assert mount_kind(Path("/mnt/My Share/store"), mounts) == "cifs"
    assert mount_kind(Path("/mnt/other"), mounts) == "ext4"
    with pytest.raises(Refused) as caught:
        refuse_network(tmp_path / "Dropbox" / "store")
    assert caught.value.code == "synced_folder"
    (tmp_path / ".stfolder").mkdir()
    with pytest.raises(Refused):
        refuse_network(tmp_path / "store")
    with pytest.raises(Fixable) as read_only:
        refuse_read_only(tmp_path / "nowhere")
    assert read_only.value.code == "folder_read_only"


def test_the_layout_is_private(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "store")
    layout.prepare()
    assert {p.stat().st_mode & 0o777 for p in (layout.root, *layout.root.iterdir())} == {0o700}
    assert layout.charts("abcd" * 8).relative_to(layout.root).as_posix() == f"charts/ab/{'abcd' * 8}.db"
