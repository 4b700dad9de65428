"""Append, read back, verify: the life of a log without accidents."""

from __future__ import annotations

from pathlib import Path

import pytest

from photodesk.crypto import KemPrivateKey, SigningKey
from photodesk.errors import Damaged, Fixable, Refused
from photodesk.log.entry import Action, Entry, decode, encode
from photodesk.log.generations import REMOVED, GenerationList
from photodesk.log.reader import read
from photodesk.log.records import encode_anchor
from photodesk.log.recovery import checkpoints_after
from photodesk.log.verify import Result, verify
from tests.log.writing import Bench, view


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "log")


def test_what_is_appended_is_read_back_by_the_holder_of_the_key_alone(bench: Bench) -> None:
    writer = bench.open()
    entries = [view(1), Entry(Action.LOCK, outcome="idle", details={"after": "300"}), Entry(Action.STOP)]
    receipts = [writer.append(entry) for entry in entries]
    writer.close()
    found = list(read(bench.folder, {1: bench.kem}, bench.clinic_id))
    assert [one.entry for one in found] == entries
    assert [(one.sequence, one.chain) for one in found] == [(one.sequence, one.chain) for one in receipts]
    stranger = list(read(bench.folder, {1: KemPrivateKey.generate()}, bench.clinic_id))
    assert {one.entry.outcome for one in stranger} == {"unreadable"}
    data = bench.segment().read_bytes()
    assert b"timeline" not in data
    assert bench.segment().stat().st_mode & 0o777 == 0o600


def test_an_empty_and_a_closed_log_are_intact(bench: Bench) -> None:
    assert bench.verify().result is Result.INTACT
    writer = bench.open()
    for photo in range(200):
        writer.append(view(photo))
    writer.close()
    verdict = bench.verify()
    assert (verdict.result, verdict.entries, verdict.segments, verdict.torn_bytes) == (Result.INTACT, 200, 1, 0)
    assert verdict.workstations == (bench.workstation_id,)
    assert verdict.first_at == verdict.last_at == bench.clock.wall


def test_starts_continue_one_segment_and_read_with_their_own_keys(bench: Bench) -> None:
    for photo in range(5):
        writer = bench.open()
        writer.append(view(photo))
        writer.close()
    found = list(read(bench.folder, {1: bench.kem}, bench.clinic_id))
    assert [one.entry for one in found] == [view(photo) for photo in range(5)]
    assert bench.verify().result is Result.INTACT
    assert bench.verify().segments == 1


def test_segments_rotate_by_age_and_by_size(bench: Bench) -> None:
    writer = bench.open()
    writer.append(view())
    bench.clock.move(86_400_001)
    writer.append(view())
    wide = Entry(Action.VIEW, photo_ids=tuple(f"{n:032x}" for n in range(100_000)))
    for _ in range(4):
        writer.append(wide)
    writer.close()
    assert bench.verify().segments == 3
    assert bench.verify().result is Result.INTACT
    again = bench.open()
    again.append(view())
    again.close()
    assert bench.verify().result is Result.INTACT
    assert len(list(read(bench.folder, {1: bench.kem}, bench.clinic_id))) == 7


def test_checkpoints_come_every_64_entries_and_every_minute(bench: Bench) -> None:
    writer = bench.open()
    writer.append_bodies([encode(view(photo)) for photo in range(200)])
    assert len(list(checkpoints_after(bench.folder, bench.workstation_id, 0))) == 3
    bench.clock.move(59_999)
    assert writer.checkpoint_if_due() is None
    bench.clock.move(1)
    assert writer.checkpoint_if_due() is not None
    bench.clock.move(60_000)
    assert writer.checkpoint_if_due() is None
    last = writer.last_checkpoint
    assert writer.checkpoint() is last
    assert last is not None
    assert last.signed_by(bench.signing.public)
    assert not last.signed_by(SigningKey.generate().public)
    writer.close()


def test_checkpoints_carry_generations_and_the_first_of_a_segment_the_whole_list(bench: Bench) -> None:
    generations = GenerationList()
    writer = bench.open(generations=generations)
    generations.committed("catalog", 5)
    generations.committed("catalog", 4)
    generations.committed("removed-chart", REMOVED)
    digest = generations.digest()
    first = writer.checkpoint()
    assert first.generations == (("catalog", 5), ("removed-chart", REMOVED))
    assert first.list_hash == digest
    writer.append(view())
    second = writer.checkpoint()
    assert second.generations == ()
    assert second.list_hash == b""
    writer.close()
    rebuilt = GenerationList()
    for checkpoint in checkpoints_after(bench.folder, bench.workstation_id, 0):
        rebuilt.checkpointed(checkpoint)
    assert rebuilt.known("catalog") == 5
    assert GenerationList.decode(rebuilt.encode()).digest() == digest
    assert GenerationList.decode(b"rubbish").known("catalog") == 0


def test_an_anchor_finds_a_log_cut_at_a_whole_frame(bench: Bench) -> None:
    writer = bench.open()
    writer.append(view())
    early = writer.checkpoint()
    size = bench.segment().stat().st_size
    writer.append(view())
    late = writer.checkpoint()
    writer.close()
    anchor = encode_anchor([early.encoded, late.encoded])
    anchored = bench.verify(anchor)
    assert anchored.result is Result.INTACT
    assert anchored.anchored_to == late
    data = bench.segment().read_bytes()
    bench.segment().write_bytes(data[:size])
    assert bench.verify().result is Result.INTACT
    assert bench.verify().anchored_to is None
    cut = bench.verify(anchor)
    assert (cut.result, cut.exit_code) == (Result.TRUNCATED, 11)
    assert cut.where is not None
    assert (cut.where.sequence, cut.where.offset) == (early.sequence + 2, size)
    bench.segment().unlink()
    assert bench.verify(anchor).exit_code == 11
    with pytest.raises(Fixable, match="anchor"):
        bench.verify(b"no anchor")


def test_a_fork_is_found_against_an_anchor(bench: Bench) -> None:
    writer = bench.open()
    size = bench.segment().stat().st_size
    writer.append(view(1))
    anchor = encode_anchor([writer.checkpoint().encoded])
    writer.close()
    bench.segment().write_bytes(bench.segment().read_bytes()[:size])
    forked = bench.open()
    for photo in range(9):
        forked.append(view(photo))
    forked.close()
    assert bench.verify().result is Result.INTACT
    assert bench.verify(anchor).exit_code == 11


def test_a_missing_segment_is_named(bench: Bench) -> None:
    writer = bench.open()
    for _ in range(3):
        writer.append(view())
        bench.clock.move(86_400_001)
    writer.close()
    bench.segment(2).unlink()
    verdict = bench.verify()
    assert (verdict.result, verdict.exit_code) == (Result.MISSING, 12)
    keys = {bench.workstation_id: bench.signing.public}
    absent = verify(bench.folder, keys, required=("ab" * 16,))
    assert absent.where is not None
    assert absent.where.workstation_id in {"ab" * 16, bench.workstation_id}


def test_a_pinned_key_must_be_the_one_that_signed(bench: Bench) -> None:
    writer = bench.open()
    writer.append(view())
    writer.close()
    assert verify(bench.folder, bench.signing.public).result is Result.INTACT
    assert verify(bench.folder, SigningKey.generate().public).exit_code == 10
    assert verify(bench.folder, {}).exit_code == 10


def test_bodies_are_refused_when_unknown_and_damaged_when_unreadable() -> None:
    body = encode(view())
    with pytest.raises(Refused, match="newer"):
        decode(body[:1] + b"\x02" + body[2:])
    for rubbish in (b"", b"\x90", b"\xc1", encode(view())[:-3]):
        with pytest.raises(Damaged):
            decode(rubbish)
    with pytest.raises(ValueError, match="32 hex"):
        encode(Entry(Action.VIEW, patient_id="ab"))


@pytest.mark.parametrize("starts", [1, 2, 3])
@pytest.mark.parametrize("again", [False, True])
def test_a_new_segment_after_several_starts_in_the_one_before_is_no_alarm(
    bench: Bench, starts: int, *, again: bool
) -> None:
    """A day with several starts, then the day's turn while the last one runs, then perhaps another start."""
    for start in range(starts):
        writer = bench.open()
        writer.append(view(start))
        if start < starts - 1:
            writer.close()
    bench.clock.move(90_000_000)
    writer.append(view(9))
    writer.close()
    if again:
        bench.open().close()
    assert bench.segment(2).exists()
    assert bench.verify().result is Result.INTACT
