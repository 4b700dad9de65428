"""`check` and `check --repair` over a store bent in every way: named, never deleted, repaired once, the rest works."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from tests.app.bent_store import Bent, Said, make_bent

DERIVED = {"rendition_damaged", "chart_damaged", "index_differs", "index_damaged", "file_torn", "file_unknown"}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bent]:
    with pytest.MonkeyPatch.context() as patch:
        bent = make_bent(tmp_path_factory.mktemp("check") / "store", patch)
        assert bent.run("check").document["result"] == "clean"
        yield bent


@pytest.fixture
def bent(sound: Bent, tmp_path: Path) -> Bent:
    return sound.copied(tmp_path / "store")


def chart_path(bent: Bent, number: int = 0) -> Path:
    return bent.layout.charts(bent.charts[number])


def contents(root: Path) -> set[str]:
    """SHA-256 of every file, wherever it lies; what a run writes anew is left out."""
    changing = {"generations.msgpack", "attempts.msgpack"}
    return {
        sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file() and path.name not in changing and path.suffix not in {".pdlog", ".db"}
    }


def check(bent: Bent, *words: str) -> Said:
    said = bent.run("check", *words)
    said.must_be_plain(words)
    wanted = {"clean": 0, "repaired": 0, "damaged": 4}
    if "result" in said.document:
        assert said.code == wanted[said.document["result"]]
        for problem in said.document["problems"]:
            assert problem["message"].endswith("."), problem
            assert problem["repaired"] or problem["remedy"], problem
    return said


def repaired_once(bent: Bent) -> Said:
    """A repair; the next finds nothing more to do and changes nothing but says the same of what is lost."""
    first = check(bent, "--repair")
    after = sorted(path.relative_to(bent.root).as_posix() for path in bent.root.glob("quarantine/*/*"))
    second = check(bent, "--repair")
    assert sorted(path.relative_to(bent.root).as_posix() for path in bent.root.glob("quarantine/*/*")) == after
    assert not any(problem["repaired"] for problem in second.document["problems"])
    assert second.kinds == check(bent).kinds
    return first


def cases(bent: Bent) -> list[dict[str, object]]:
    return [json.loads(path.read_text("utf-8")) for path in sorted(bent.root.glob("quarantine/*/record.json"))]


def test_files_nobody_knows_are_named_and_moved_aside_and_nothing_is_deleted(bent: Bent) -> None:
    strange = {
        "notes.txt": "file_unknown",
        "charts/zz/x.db": "file_unknown",
        "charts/readme": "file_unknown",
        "inbox/0123/1.db": "file_unknown",
        "inbox/.1.seal.99.new": "file_torn",
        "log/x.txt": "file_unknown",
        "snapshots/y.db": "file_unknown",
        "elsewhere/deep/z": "file_unknown",
        ".members.log.4711.new": "file_torn",
    }
    for name in strange:
        path = bent.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    (bent.root / "link").symlink_to(bent.root / "store.json")
    said = check(bent)
    assert (said.code, said.kinds) == (4, {"file_unknown", "file_torn"})
    assert len(said.document["problems"]) == len(strange) + 1
    for name in strange:
        assert any(name in problem["message"] for problem in said.document["problems"]), name
    before = contents(bent.root)
    first = repaired_once(bent)
    assert (first.code, first.document["result"]) == (0, "repaired")
    assert check(bent).document["result"] == "clean"
    assert before <= contents(bent.root)
    assert {file["path"] for case in cases(bent) for file in case["files"]} == {*strange, "link"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(6))
def test_a_chart_flipped_anywhere_is_named_and_a_repair_ends(bent: Bent, seed: int) -> None:
    """Photos stay readable, or are named; what was derived is made again; the other chart and the inbox go on."""
    path = chart_path(bent)
    size = path.stat().st_size
    offset = random.Random(seed).randrange(size) if seed else 2_000  # noqa: S311
    bent.flip(path.relative_to(bent.root), offset)
    said = check(bent)
    assert said.code == 4
    assert {problem["chart_id"] for problem in said.document["problems"]} == {bent.charts[0]}
    first = repaired_once(bent)
    lost = {problem["photo_id"] for problem in first.document["problems"] if not problem["repaired"]} - {None}
    assert lost <= set(bent.photos[0])
    left = [one for one in first.document["problems"] if not one["repaired"]]
    assert all(one["in_backup"] for one in left if one["kind"] != "rendition_damaged")  # no picture, as originals go
    listed = bent.run("timeline", "1")
    if path.exists():
        assert listed.code == 0
    else:
        assert cases(bent)[-1]["photo_ids"]
    assert bent.run("timeline", "2").code == 0
    job = bent.run("inbox").document["jobs"][0]["job_id"]
    assert bent.run("inbox", "file", job, "--patient", "2", "--visit", "2026-11-20").code == 0


def test_every_page_of_derived_bytes_is_made_again(bent: Bent) -> None:
    """Each page of a chart in turn: where no original is hit, one repair ends clean, with all photos proven."""
    path = chart_path(bent)
    sound_bytes = path.read_bytes()
    mended = 0
    for page in range(1, len(sound_bytes) // 16_384):
        for side in ("-wal", "-shm"):
            path.with_name(path.name + side).unlink(missing_ok=True)
        path.write_bytes(sound_bytes)
        bent.flip(path.relative_to(bent.root), page * 16_384 + 9_000)
        kinds = check(bent).kinds
        if not kinds <= DERIVED:
            continue
        mended += 1
        said = check(bent, "--repair")
        if "rendition_damaged" in said.kinds and said.code == 4:
            continue  # these originals are random bytes: no decoder makes a picture of them
        assert (said.code, said.document["result"]) == (0, "repaired"), (page, said.document["problems"])
        assert check(bent).document["result"] == "clean"
        if mended == 3:
            return
    assert mended, "no page held anything but originals"


def test_charts_that_were_swapped_are_put_back(bent: Bent) -> None:
    first, second = chart_path(bent, 0), chart_path(bent, 1)
    swap(first, second)
    said = check(bent)
    assert said.code == 4
    assert "file_misplaced" in said.kinds
    repaired = repaired_once(bent)
    assert (repaired.code, repaired.kinds) == (0, {"file_misplaced"})
    assert check(bent).document["result"] == "clean"
    assert not cases(bent)


def test_packs_and_seals_that_were_swapped_are_put_back(bent: Bent, sound: Bent) -> None:
    pack, seal = bent.layout.pack(bent.job, 1), bent.layout.seal(bent.job, 1)
    away = bent.layout.inbox("00" * 16)
    away.mkdir()
    pack.rename(away / "7.db")
    seal.rename(away / "9.seal")
    assert check(bent).code == 4
    assert repaired_once(bent).kinds == {"file_misplaced"}
    assert pack.exists()
    assert check(bent).document["result"] == "clean"


def swap(first: Path, second: Path) -> None:
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)


@pytest.mark.parametrize("cut", [0, 100, 40_000])
def test_a_chart_cut_off_is_moved_aside_and_could_be_had_back(bent: Bent, cut: int) -> None:
    path = chart_path(bent)
    whole = path.read_bytes()
    path.write_bytes(whole[:cut])
    assert check(bent).code == 4
    said = repaired_once(bent)
    assert said.code == 4
    lost = {problem["photo_id"] for problem in said.document["problems"]} - {None}
    assert lost == set(bent.photos[0])
    assert not path.exists()
    assert bent.run("timeline", "2").code == 0
    path.write_bytes(whole)  # what restoring a backup does
    assert check(bent).document["result"] == "clean"


def test_a_deleted_chart_is_named_with_its_photos(bent: Bent) -> None:
    chart_path(bent).unlink()
    said = check(bent)
    assert (said.code, said.kinds) == (4, {"database_missing", "photo_unreachable"})
    assert repaired_once(bent).kinds == said.kinds
    assert bent.run("timeline", "2").code == 0


@pytest.mark.parametrize("what", ["pack", "seal", "torn seal"])
def test_a_bad_pack_is_moved_aside_with_its_seal(bent: Bent, what: str) -> None:
    pack, seal = bent.layout.pack(bent.job, 1), bent.layout.seal(bent.job, 1)
    if what == "pack":
        bent.flip(pack.relative_to(bent.root), 2_000)
    elif what == "seal":
        bent.flip(seal.relative_to(bent.root), 60)
    else:
        seal.write_bytes(seal.read_bytes()[:20])
    assert check(bent).code == 4
    said = repaired_once(bent)
    assert said.code == 4
    assert not pack.exists()
    (case,) = cases(bent)
    assert case["job_id"] == bent.job
    missing = {problem["photo_id"] for problem in check(bent).document["problems"]} - {None}
    assert missing == set(bent.shots)
    assert bent.run("timeline", "1").code == 0
    assert bent.run("inbox").document["jobs"] == []


def test_an_import_the_catalog_forgot_is_known_again(bent: Bent) -> None:
    other = "ab" * 16
    bent.layout.inbox(other).mkdir()
    (bent.layout.inbox(other) / "1.db").write_bytes(b"no database at all" * 40)
    said = check(bent)
    assert said.code == 4
    assert {"job_unknown", "seal_missing"} <= said.kinds
    said = repaired_once(bent)
    assert {one["kind"]: one["repaired"] for one in said.document["problems"]} == {
        "job_unknown": True,
        "seal_missing": False,
    }
    assert bent.run("inbox").code == 0


@pytest.mark.parametrize("how", ["deleted", "emptied", "flipped", "older"])
def test_the_index_is_always_made_again(bent: Bent, sound: Bent, how: str) -> None:
    index = bent.layout.index
    if how == "deleted":
        index.unlink()
    elif how == "emptied":
        index.write_bytes(b"")
    elif how == "flipped":
        for page in range(1, 6):
            bent.flip(Path("index.db"), page * 4096 + 100)
    else:
        assert bent.run("photo", "set", bent.photos[0][0], "--view", "close-up").code == 0
        shutil.copy(sound.layout.index, index)
    said = check(bent)
    assert said.document["problems"]
    assert check(bent, "--repair").code == 0
    assert check(bent).document["result"] == "clean"
    assert [one["photos"] for one in bent.run("patient", "list").document["patients"]] == [2, 2]


def test_a_damaged_snapshot_is_moved_aside(bent: Bent) -> None:
    bent.layout.snapshots.mkdir(exist_ok=True)
    snapshot = bent.layout.snapshots / "catalog.v1.db"
    shutil.copy(bent.layout.catalog, snapshot)
    assert check(bent).document["result"] == "clean"
    bent.flip(snapshot.relative_to(bent.root), 8_000)
    assert check(bent).kinds == {"snapshot_damaged"}
    assert repaired_once(bent).code == 0
    assert not snapshot.exists()
    assert check(bent).document["result"] == "clean"


def test_the_last_check_is_remembered_for_the_security_page(bent: Bent) -> None:
    chart_path(bent).unlink()
    assert check(bent).code == 4
    facts = {fact["name"]: fact for fact in bent.run("security").document["facts"]}
    assert facts["check"]["details"]["result"] == "damaged"
    assert facts["check"]["details"]["problems"] == 3
