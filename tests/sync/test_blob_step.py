"""Blobs up and down: in order, resuming, exactly once whatever is cut; a full server says so; nothing false is kept."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from photodesk.errors import Fixable
from photodesk.progress import Cancel
from photodesk.store.sealed_blob import BlobKind, BlobName
from photodesk.sync.blob_parts import PART_BYTES
from photodesk.sync.blob_step import LISTED, BlobStep
from photodesk.sync.spool import Spool
from photodesk.sync.spool_blobs import URGENT, BlobSpool, In, Out, SpooledBlob, rank_of
from tests.sync.pretend_blobs import PretendBlobs

SCOPE = "ab" * 16


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    made = Spool(tmp_path / "spool")
    yield made
    made.close()


def blob(data: bytes, kind: BlobKind = BlobKind.ORIGINAL, rank: int | None = None) -> SpooledBlob:
    name = BlobName()
    name.add(data)
    return SpooledBlob(name.digest(), SCOPE, kind, len(data), rank_of(kind) if rank is None else rank)


def sealed(spool: Spool, *datas: tuple[bytes, BlobKind]) -> list[SpooledBlob]:
    blobs = BlobSpool(spool.file)
    made = [blob(data, kind) for data, kind in datas]
    for one, (data, _) in zip(made, datas, strict=True):
        blobs.out_path(one.blob_id).write_bytes(data)
    blobs.add_out(made, Out.SEALED)
    return made


def states(spool: Spool, table: str) -> list[int]:
    return sorted(row[0] for row in spool.file.rows(f"SELECT state FROM {table}"))  # noqa: S608


def test_pictures_go_before_originals_and_files_leave_the_spool(spool: Spool) -> None:
    server = PretendBlobs()
    made = sealed(
        spool, (b"original" * 9, BlobKind.ORIGINAL), (b"screen", BlobKind.SCREEN), (b"small", BlobKind.THUMBNAIL)
    )
    assert BlobStep(server, spool).run(Cancel()) == 3
    assert server.completed == [made[2].blob_id, made[1].blob_id, made[0].blob_id]
    assert not list(BlobSpool(spool.file).out_folder.iterdir())
    assert states(spool, "blob_out") == [Out.THERE] * 3
    assert BlobStep(server, spool).run(Cancel()) == 0


def test_what_has_gone_is_not_listed_again_however_much_there_is(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    server, listed, ask = PretendBlobs(), [], BlobSpool.out_in
    made = sealed(spool, *((f"small {number}".encode(), BlobKind.THUMBNAIL) for number in range(5 * LISTED)))

    def out_in(self: BlobSpool, state: Out, most: int = 1000, scope: str = "") -> list[SpooledBlob]:
        found = ask(self, state, most, scope)
        listed.append(len(found))
        return found

    monkeypatch.setattr(BlobSpool, "out_in", out_in)
    assert BlobStep(server, spool).run(Cancel()) == len(made)
    assert len(server.completed) == len(made)
    assert max(listed) <= LISTED


def test_small_ones_go_whole_and_what_is_wrong_with_them_is_told_apart(spool: Spool) -> None:
    server, blobs = PretendBlobs(), BlobSpool(spool.file)
    server.whole_bytes = 1000
    fine, torn, short, large = sealed(
        spool,
        (b"small" * 9, BlobKind.THUMBNAIL),
        (b"torn" * 9, BlobKind.THUMBNAIL),
        (b"short" * 9, BlobKind.SCREEN),
        (bytes(1001), BlobKind.ORIGINAL),
    )
    blobs.out_path(torn.blob_id).write_bytes(b"nrot" * 9)
    blobs.out_path(short.blob_id).write_bytes(b"sh")
    assert BlobStep(server, spool).run(Cancel()) == 2
    assert set(server.blobs) == {fine.blob_id, large.blob_id}
    known = blobs.known_out(SCOPE)
    assert known[torn.blob_id] is known[short.blob_id] is Out.LACKING
    assert known[fine.blob_id] is known[large.blob_id] is Out.THERE
    sealed(spool, (b"late" * 9, BlobKind.THUMBNAIL))
    server.quota = 0
    with pytest.raises(Fixable, match="room"):
        BlobStep(server, spool).run(Cancel())
    assert len(blobs.out_in(Out.SEALED)) == 1


def test_a_large_upload_goes_on_where_it_stood(spool: Spool) -> None:
    server = PretendBlobs()
    data = os.urandom(3 * PART_BYTES + 5)
    sealed(spool, (data, BlobKind.ORIGINAL))

    def cut(what: str) -> None:
        if what == "part" and len(server.asked) == 3:
            raise Fixable("server_offline", "", "")

    server.cut = cut
    with pytest.raises(Fixable):
        BlobStep(server, spool).run(Cancel())
    server.cut = lambda _what: None
    assert BlobStep(server, spool).run(Cancel()) == 1
    assert [what for what, _ in server.asked].count("part") == 4
    assert list(server.blobs.values()) == [data]


def test_what_a_person_waits_for_comes_first_and_a_large_one_resumes(spool: Spool) -> None:
    server, blobs = PretendBlobs(), BlobSpool(spool.file)
    data, small = os.urandom(2 * PART_BYTES + 77), [os.urandom(100) for _ in range(5)]
    big = blob(data, rank=URGENT)
    thumbs = [blob(one, BlobKind.THUMBNAIL) for one in small]
    server.blobs = {big.blob_id: data} | {one.blob_id: raw for one, raw in zip(thumbs, small, strict=True)}
    blobs.want([*thumbs, big])
    pieces = 0

    def cut(what: str) -> None:
        nonlocal pieces
        pieces += what == "piece"
        if pieces == 40:
            pieces += 1
            raise Fixable("server_offline", "", "")

    server.cut = cut
    with pytest.raises(Fixable):
        BlobStep(server, spool).run(Cancel())
    assert 0 < blobs.partial_path(big.blob_id).stat().st_size < len(data)
    assert BlobStep(server, spool).run(Cancel()) == 6
    assert {blob_id for what, blob_id in server.asked[:3] if what == "read"} == {big.blob_id}
    assert blobs.in_path(big.blob_id).read_bytes() == data
    assert [blob_id for _, blob_id in server.asked].count(big.blob_id) == 4  # three ranges, the second one twice


@pytest.mark.parametrize("how", ["other blob", "one bit", "short", "swapped parts", "empty"])
def test_other_bytes_than_were_asked_for_are_not_kept(spool: Spool, how: str) -> None:
    server, blobs = PretendBlobs(), BlobSpool(spool.file)
    data = os.urandom(PART_BYTES + 500)
    one = blob(data)
    server.blobs = {one.blob_id: data}

    def spoil(_blob_id: bytes, good: bytes) -> bytes:
        if how == "other blob":
            return os.urandom(len(good))
        if how == "one bit":
            return good[:-1] + bytes([good[-1] ^ 1])
        if how == "swapped parts":
            return good[PART_BYTES:] + good[:PART_BYTES]
        return good[:-9] if how == "short" else b""

    server.spoil = spoil
    blobs.want([one])
    for _ in range(3):
        if how in {"short", "empty"}:
            with pytest.raises(Fixable):
                BlobStep(server, spool).run(Cancel())
        else:
            assert BlobStep(server, spool).run(Cancel()) == 0
    assert not blobs.here()
    if how not in {"short", "empty"}:
        assert states(spool, "blob_in") == [In.WRONG]
        assert blobs.waiting().wrong == 1
        blobs.another_chance()
        assert states(spool, "blob_in") == [In.WRONG]
        blobs.another_chance(after_ms=0)
        assert BlobStep(server, spool).run(Cancel()) == 0
        assert states(spool, "blob_in") == [In.WRONG]
        blobs.want([blob(data, rank=URGENT)])
    server.spoil = lambda _id, good: good
    assert BlobStep(server, spool).run(Cancel()) == 1
    assert blobs.in_path(one.blob_id).read_bytes() == data


def test_a_picture_that_is_asked_for_before_every_pass_is_named_all_the_same(spool: Spool) -> None:
    """What a patient of today lacks is asked for in every round: that gives no new tries, and no early chance."""
    server, blobs = PretendBlobs(), BlobSpool(spool.file)
    data = os.urandom(500)
    one = blob(data, BlobKind.SCREEN)
    server.blobs = {one.blob_id: data}
    server.spoil = lambda _id, good: good[:-1] + bytes([good[-1] ^ 1])
    for asked in range(1, 6):
        blobs.want([one])
        assert BlobStep(server, spool).run(Cancel()) == 0
        assert blobs.waiting().wrong == (asked >= 3)
    assert len(server.asked) == 3
    for _ in range(2):
        blobs.want([blob(data, BlobKind.SCREEN, rank=URGENT)], 1)
        assert BlobStep(server, spool).run(Cancel()) == 0
        assert blobs.waiting().wrong == 1, "a person's wish is one more try, and is told as soon"
    assert len(server.asked) == 5


def test_a_full_server_stops_what_goes_up_and_nothing_that_comes_down(spool: Spool) -> None:
    server, blobs = PretendBlobs(), BlobSpool(spool.file)
    up = sealed(spool, (b"x" * 1000, BlobKind.ORIGINAL), (b"small", BlobKind.THUMBNAIL))
    down = blob(b"y" * 500)
    server.blobs = {down.blob_id: b"y" * 500}
    server.quota = 600
    blobs.want([down])
    with pytest.raises(Fixable) as raised:
        BlobStep(server, spool).run(Cancel())
    assert raised.value.code == "quota_full"
    assert up[1].blob_id in server.blobs
    assert [one.blob_id for one in blobs.here()] == [down.blob_id]
    server.quota = 10_000
    assert BlobStep(server, spool).run(Cancel()) == 1


def test_a_torn_file_is_sealed_again_and_never_sent(spool: Spool) -> None:
    server, blobs = PretendBlobs(), BlobSpool(spool.file)
    torn, short = sealed(spool, (b"a" * 1000, BlobKind.ORIGINAL), (b"b" * 1000, BlobKind.ORIGINAL))
    blobs.out_path(torn.blob_id).write_bytes(b"a" * 999 + b"\0")
    blobs.out_path(short.blob_id).write_bytes(b"b" * 10)
    assert BlobStep(server, spool).run(Cancel()) == 0
    assert not server.blobs
    assert states(spool, "blob_out") == [Out.LACKING] * 2


def test_uploads_and_downloads_cut_anywhere_end_with_each_thing_once(spool: Spool) -> None:
    random_ = random.Random(4711)  # noqa: S311
    server, blobs = PretendBlobs(), BlobSpool(spool.file)
    up = [(random_.randbytes(size), BlobKind.ORIGINAL) for size in (10, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES + 3)]
    made = sealed(spool, *up, *((random_.randbytes(200), BlobKind.THUMBNAIL) for _ in range(20)))
    theirs = [random_.randbytes(size) for size in (5, PART_BYTES, PART_BYTES * 2 + 9)]
    server.blobs = {blob(one).blob_id: one for one in theirs}
    before = dict(server.blobs)
    blobs.want([blob(one) for one in theirs])
    cuts = 60

    def cut(_what: str) -> None:
        nonlocal cuts
        if cuts and random_.random() < 0.25:
            cuts -= 1
            raise Fixable("server_offline", "", "")

    server.cut = cut
    with ThreadPoolExecutor(3) as pool:
        while True:
            try:
                BlobStep(server, spool, pool if random_.random() < 0.5 else None).run(Cancel())
                break
            except Fixable:
                continue
    assert len(server.completed) == len(set(server.completed)) == len(made)
    assert set(server.blobs) == set(before) | {one.blob_id for one in made}
    for one in theirs:
        assert blobs.in_path(blob(one).blob_id).read_bytes() == one
    assert states(spool, "blob_in") == [In.HERE] * 3
    assert not list(blobs.out_folder.iterdir())
