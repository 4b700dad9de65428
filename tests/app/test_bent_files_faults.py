"""Any file of a store damaged, gone, put back from earlier or out of reach: every command answers plainly, and says it.

`--thorough` tries many more places.
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from photodesk.errors import Refused
from photodesk.store import layout as layouts
from photodesk.store.keys_file import read_keys
from photodesk.store.store_json import read_store
from tests.app.bent_store import Bent, make_bent

COMMANDS = (("patient", "list"), ("timeline", "1"), ("timeline", "2"), ("inbox",), ("log", "show"), ("check",))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Bent:
    with pytest.MonkeyPatch.context() as patch:
        bent = make_bent(tmp_path_factory.mktemp("bent") / "store", patch)
    bent.patch = pytest.MonkeyPatch()
    return bent


@pytest.fixture
def bent(sound: Bent, tmp_path: Path) -> Bent:
    return sound.copied(tmp_path / "store")


def test_the_sound_store_is_clean(bent: Bent) -> None:
    for command in COMMANDS:
        said = bent.run(*command)
        said.must_be_plain(command)
        others = [line for line in said.stderr.splitlines() if not line.startswith("Password only:")]
        assert (said.code, others) == (0, [])
    assert bent.run("log", "verify").code == 0


def _damaged(sound: Bent, tmp_path: Path, places: list[tuple[Path, int | None]]) -> None:
    """Each place on a fresh copy; a place without offset is a file that is gone. `check` or opening must notice."""
    for file, offset in places:
        bent = sound.copied(tmp_path / "store")
        if offset is None:
            (bent.root / file).unlink()
        else:
            bent.flip(file, offset)
        seen = 0
        for command in (random.Random(str(file)).choice(COMMANDS[:-1]), ("check",), ("log", "verify")):  # noqa: S311
            said = bent.run(*command)
            said.must_be_plain((file, offset, command))
            seen |= said.code or int("photo index" in said.stderr)  # said, and filled again without a repair
        lost_quietly = file.name in {"generations.msgpack", "store.lock"} or (file.suffix == ".pdlog" and not offset)
        assert seen or lost_quietly, (file, offset)


def test_a_flipped_byte_anywhere_is_a_plain_sentence(sound: Bent, tmp_path: Path) -> None:
    draw = random.Random(20261121)  # noqa: S311
    _damaged(sound, tmp_path, [(file, draw.randrange((sound.root / file).stat().st_size)) for file in sound.files()])


def test_a_missing_file_is_a_plain_sentence(sound: Bent, tmp_path: Path) -> None:
    _damaged(sound, tmp_path, [(file, None) for file in sound.files()])


@pytest.mark.thorough
def test_flipped_bytes_at_many_places(sound: Bent, tmp_path: Path) -> None:
    draw = random.Random(1)  # noqa: S311
    for _ in range(25):
        files = sound.files()
        _damaged(sound, tmp_path, [(file, draw.randrange((sound.root / file).stat().st_size)) for file in files])


def test_damage_in_a_photos_bytes_names_chart_and_photo_and_leaves_the_other_chart(bent: Bent) -> None:
    chart = bent.layout.charts(bent.charts[0]).relative_to(bent.root)
    size = (bent.root / chart).stat().st_size
    sound = (bent.root / chart).read_bytes()
    for page in range(size // 16384 - 1, 0, -1):
        (bent.root / chart).write_bytes(sound)
        bent.flip(chart, page * 16384 + 5000)
        said = bent.run("check")
        if said.kinds == {"photo_damaged"}:
            (problem,) = said.document["problems"]
            assert (said.code, problem["chart_id"]) == (4, bent.charts[0])
            assert problem["photo_id"] in bent.photos[0]
            assert problem["photo_id"] in problem["message"]
            assert bent.run("timeline", "2").code == 0
            return
    pytest.fail("no page held a photo's bytes")


def test_a_damaged_index_costs_no_list_and_is_rebuilt(bent: Bent) -> None:
    for page in range(3, 6):
        bent.flip(Path("index.db"), page * 4096 + 100)
    listed = bent.run("patient", "list")
    assert listed.code == 0
    assert len(listed.document["patients"]) == 2
    assert "photo index" in listed.stderr
    assert bent.run("check").kinds == {"index_damaged"}
    repaired = bent.run("check", "--repair")
    assert (repaired.code, repaired.document["result"]) == (0, "repaired")
    assert bent.run("check").document["result"] == "clean"
    assert [one["photos"] for one in bent.run("patient", "list").document["patients"]] == [2, 2]


@pytest.mark.parametrize("ending", [".db", ".seal"])
def test_a_lost_part_of_the_inbox_is_named_and_what_is_left_of_it_stays(bent: Bent, ending: str) -> None:
    gone = bent.layout.pack(bent.job, 1).with_suffix(ending)
    left = bent.layout.pack(bent.job, 1).with_suffix(".seal" if ending == ".db" else ".db")
    gone.unlink()
    assert bent.run("timeline", "1").code == 0
    assert bent.run("inbox").code == 0
    assert left.exists()
    said = bent.run("check")
    assert said.code == 4
    assert said.kinds == ({"seal_missing"} if ending == ".seal" else {"database_missing", "shot_missing"})
    if ending == ".db":
        missing = {problem["photo_id"] for problem in said.document["problems"]}
        assert missing == {*bent.shots, None}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("catalog.db", "database_damaged"),
        ("erasure.db", "database_damaged"),
        ("keys.msgpack", "bad_record"),
    ],
)
def test_a_check_that_cannot_begin_is_a_document_too(bent: Bent, name: str, kind: str) -> None:
    (bent.root / name).write_bytes(bytes(64))
    said = bent.run("check")
    said.must_be_plain(name)
    assert (said.code, said.document["result"], said.kinds) == (4, "damaged", {kind})
    (problem,) = said.document["problems"]
    assert problem["message"].endswith(".")


def test_damage_behind_the_password_counts_as_no_attempt(bent: Bent) -> None:
    sound = bent.layout.keys.read_bytes()
    (record,) = read_keys(bent.layout, read_store(bent.layout).clinic).bundles
    at = sound.index(record) + len(record) - 1  # found only with the key that the password opens
    bent.layout.keys.write_bytes(sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1 :])
    for _ in range(5):
        said = bent.run("patient", "list")
        assert said.code == 4, said.document
    bent.layout.keys.write_bytes(sound)
    assert bent.run("patient", "list").code == 0


@pytest.mark.parametrize("name", ["chart", "catalog", "erasure"])
def test_an_emptied_database_is_no_new_one(bent: Bent, name: str) -> None:
    path = {"chart": bent.layout.charts(bent.charts[0]), "catalog": bent.layout.catalog, "erasure": bent.layout.erasure}
    path[name].write_bytes(b"")
    said = bent.run("timeline", "1")
    assert (said.code, said.error) == (4, "database_damaged")
    assert path[name].read_bytes() == b""


class TestPutBack:
    """An earlier copy of a file in the place of the newest one."""

    @pytest.fixture
    def changed(self, sound: Bent, tmp_path: Path) -> Bent:
        """The store after a change to chart 1, catalog, erasure keys and index."""
        bent = sound.copied(tmp_path / "store")
        assert bent.run("photo", "set", bent.photos[0][0], "--view", "close-up").code == 0
        new = ("--mrn", "9", "--family", "New", "--given", "N", "--birth", "1990-01-01")
        assert bent.run("patient", "add", *new).code == 0
        return bent

    def put_back(self, sound: Bent, bent: Bent, *names: str) -> None:
        for name in names:
            shutil.copy(sound.root / name, bent.root / name)

    def chart(self, bent: Bent) -> str:
        return str(bent.layout.charts(bent.charts[0]).relative_to(bent.root))

    def test_an_older_chart_opens_for_reading_with_an_alarm(self, sound: Bent, changed: Bent) -> None:
        self.put_back(sound, changed, self.chart(changed), "generations.msgpack")
        read = changed.run("timeline", "1")
        assert read.code == 0
        assert "older than the log says" in read.stderr
        written = changed.run("photo", "set", changed.photos[0][0], "--view", "close-up", "--tag", "x")
        assert (written.code, written.error) == (4, "behind_log")
        other = changed.run("timeline", "2")
        assert (other.code, other.stderr) == (0, "")
        assert "behind_log" in changed.run("check").kinds
        entries = changed.run("log", "show").document["entries"]
        assert "behind_log" in {one["outcome"] for one in entries if one["action"] == "DAMAGE"}

    @pytest.mark.parametrize("name", ["catalog.db", "erasure.db"])
    def test_an_older_catalog_opens_for_reading_with_an_alarm(self, sound: Bent, changed: Bent, name: str) -> None:
        self.put_back(sound, changed, name)
        read = changed.run("timeline", "1")
        assert (read.code, "older than the log says" in read.stderr) == (0, True)
        new = ("--mrn", "8", "--family", "B", "--given", "N", "--birth", "1990-01-01")
        assert (changed.run("patient", "add", *new).error) == "behind_log"
        assert "behind_log" in changed.run("check").kinds

    def test_an_older_or_a_forged_list_of_generations_changes_nothing(self, sound: Bent, changed: Bent) -> None:
        self.put_back(sound, changed, "generations.msgpack")
        assert changed.run("check").document["result"] == "clean"
        self.put_back(sound, changed, self.chart(changed))
        record = (changed.root / "generations.msgpack").read_bytes()
        (changed.root / "generations.msgpack").write_bytes(record[:-1] + bytes([record[-1] ^ 1]))
        assert "behind_log" in changed.run("check").kinds

    def test_a_log_cut_off_is_an_entry_of_the_new_one(self, sound: Bent, changed: Bent) -> None:
        for path in changed.layout.log.rglob("*.pdlog"):
            path.unlink()
        entries = changed.run("log", "show").document["entries"]
        assert "log_cut" in {one["outcome"] for one in entries if one["action"] == "DAMAGE"}
        later = changed.run("log", "show").document["entries"]
        assert [one["outcome"] for one in later if one["action"] == "DAMAGE"] == ["log_cut"]

    def test_a_log_cut_off_is_a_problem_of_the_check(self, sound: Bent, changed: Bent) -> None:
        for path in changed.layout.log.rglob("*.pdlog"):
            path.unlink()
        said = changed.run("check")
        assert (said.code, said.kinds) == (4, {"log_cut"})
        assert "end of the activity log is missing" in said.stderr


def test_a_folder_that_cannot_be_written_or_read_is_a_plain_sentence(bent: Bent) -> None:
    kept = bent.layout.slots.read_bytes()
    bent.layout.slots.unlink()
    bent.layout.slots.mkdir()  # reading it fails as a file of another user would, also for root
    said = bent.run("patient", "list")
    said.must_be_plain("slots is a folder")
    assert (said.code, said.error) == (1, "file_refused")
    bent.layout.slots.rmdir()
    bent.layout.slots.write_bytes(kept)
    with bent.patch.context() as patch:
        patch.setattr(layouts, "os", SimpleNamespace(access=lambda *_: False, W_OK=os.W_OK, X_OK=os.X_OK))
        said = bent.run("patient", "list")
    assert (said.code, said.error) == (1, "folder_read_only")


def test_a_network_drive_is_refused(bent: Bent) -> None:
    with bent.patch.context() as patch:
        patch.setattr(layouts, "_on_network", lambda _path: True)
        with pytest.raises(Refused):
            layouts.refuse_network(bent.root)
        said = bent.run("patient", "list")
    assert (said.code, said.error) == (3, "network_folder")


@pytest.mark.parametrize("name", ["store.json", "slots.msgpack", "keys.msgpack", "members.log", "workstation.key"])
def test_a_newer_format_is_refused_untouched(bent: Bent, name: str) -> None:
    path = bent.root / name
    data = bytearray(path.read_bytes())
    if name == "store.json":
        data = bytearray(bytes(data).replace(b'"version": 1', b'"version": 9'))
    else:
        place = next(at for at in range(12) if data[at] == 1)
        data[place] = 9
    path.write_bytes(data)
    said = bent.run("patient", "list")
    said.must_be_plain(name)
    assert (said.code, said.error) == (3, "newer_format")
    assert path.read_bytes() == data
