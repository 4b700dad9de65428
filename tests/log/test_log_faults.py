"""Flipped bytes, torn tails, full and broken disks, a killed writer."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photodesk.errors import Damaged, Fixable
from photodesk.log.entry import Action, encode
from photodesk.log.frames import HEADER, OVERHEAD_BYTES, is_torn_tail
from photodesk.log.reader import read
from photodesk.log.records import sign_checkpoint
from photodesk.log.segment import frames, scan
from photodesk.log.verify import Result, Verdict, verify_newest
from photodesk.log.writer import LogWriter
from tests.log.writing import Bench, FailingSegment, flipped, owner, view

ENTRIES = 10_000


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "log")


@pytest.fixture(scope="module")
def long_log(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """10,000 entries of three starts, in one segment."""
    bench = Bench(tmp_path_factory.mktemp("long") / "log")
    for start in range(3):
        writer = bench.open()
        share = ENTRIES // 3 + (start < ENTRIES % 3)
        writer.append_bodies([encode(view(photo)) for photo in range(share)])
        writer.close()
    assert bench.verify().entries == ENTRIES
    return bench


def test_any_flipped_byte_is_found_at_its_place(long_log: Bench, tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - places, not secrets
    path, data = long_log.segment(), long_log.segment().read_bytes()
    places = [*range(HEADER.size + OVERHEAD_BYTES), *range(len(data) - 400, len(data))]
    places = chance.sample(places, 60) + [chance.randrange(len(data)) for _ in range(30)] + list(range(60, 84))
    try:
        for at in places:
            path.write_bytes(flipped(data, at, 1 << chance.randrange(8)))
            verdict = long_log.verify()
            assert (verdict.result, verdict.exit_code) == (Result.ALTERED, 10), at
            assert verdict.where is not None
            assert verdict.where.workstation_id == long_log.workstation_id
            assert (verdict.where.sequence, verdict.where.offset) == owner(data, at), at
    finally:
        path.write_bytes(data)


def test_a_look_at_the_newest_segments_finds_what_they_hold_and_no_more(bench: Bench) -> None:
    writer = bench.open()
    for day in range(4):
        writer.append(view(day))
        bench.clock.move(86_400_001)
    writer.close()
    sizes = {number: bench.segment(number).stat().st_size for number in range(1, 5)}
    newest_two = sizes[3] + sizes[4]

    def look(limit_bytes: int) -> Verdict:
        return verify_newest(bench.folder, bench.workstation_id, bench.signing.public, limit_bytes)

    assert [look(limit).segments for limit in (1, newest_two, newest_two + sizes[2], 1 << 20)] == [1, 2, 3, 4]
    assert [look(limit).exit_code for limit in (1, newest_two, newest_two + sizes[2], 1 << 20)] == [0, 0, 0, 0]
    for number, code in ((4, 10), (3, 10), (2, 0)):
        data = bench.segment(number).read_bytes()
        for at in (HEADER.size + 40, len(data) - 1):
            bench.segment(number).write_bytes(flipped(data, at, 0x10))
            assert look(newest_two).exit_code == code, (number, at)
        bench.segment(number).write_bytes(data)


def test_a_rewritten_chain_does_not_pass_the_signature(bench: Bench) -> None:
    writer = bench.open()
    writer.append(view(1))
    writer.append(view(2))
    writer.close()
    honest = bench.segment().read_bytes()
    forger = Bench(bench.folder, bench.clinic_id, bench.workstation_id, kem=bench.kem, clock=bench.clock)
    bench.segment().unlink()
    forged = forger.open()
    forged.append(view(3))
    forged.append(view(2))
    forged.close()
    verdict = bench.verify()
    assert verdict.exit_code == 10
    checkpoint = next(frame for frame in frames(honest) if frame.kind == 2)
    own = bytearray(bench.segment().read_bytes())
    place = next(frame for frame in frames(bytes(own)) if frame.kind == 2)
    body = place.offset + 37
    own[body : body + len(checkpoint.body)] = checkpoint.body
    bench.segment().write_bytes(bytes(own))
    assert bench.verify().exit_code == 10


def test_a_log_without_its_checkpoints_is_altered(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("photodesk.log.writer.CHECKPOINT_ENTRIES", 1_000)
    writer = bench.open()
    for photo in range(70):
        writer.append(view(photo))
    assert bench.verify().exit_code == 10
    writer.close()


def test_every_strict_prefix_of_the_last_frame_is_torn_and_recovered(bench: Bench) -> None:
    writer = bench.open()
    writer.append(view(1))
    whole = bench.segment().stat().st_size
    writer.append(view(2))
    data = bench.segment().read_bytes()
    for size in range(whole + 1, len(data)):
        bench.segment().write_bytes(data[:size])
        verdict = bench.verify()
        assert (verdict.result, verdict.torn_bytes) == (Result.INTACT, size - whole)
    bench.segment().write_bytes(data[:-5])
    again = bench.open()
    assert again.dropped_bytes == len(data) - 5 - whole
    again.append(view(3))
    again.close()
    assert bench.verify().result is Result.INTACT
    assert bench.verify().torn_bytes == 0
    assert [one.entry for one in read(bench.folder, {1: bench.kem}, bench.clinic_id)] == [view(1), view(3)]
    kinds = [frame.kind for frame in frames(bench.segment().read_bytes())]
    assert kinds == [3, 1, 4, 3, 2, 1, 2]


def test_zeros_after_the_last_whole_frame_are_a_torn_tail_and_rubbish_is_not(bench: Bench) -> None:
    writer = bench.open()
    writer.append(view(1))
    writer.checkpoint()
    data = bench.segment().read_bytes()
    bench.segment().write_bytes(data + bytes(4096))
    assert bench.verify().torn_bytes == 4096
    bench.segment().write_bytes(data + b"\x01" + bytes(4095))
    assert bench.verify().exit_code == 10
    again = bench.open()
    assert again.found_altered
    again.append(view(2))
    again.close()
    verdict = bench.verify()
    assert verdict.exit_code == 10
    assert verdict.where is not None
    assert verdict.where.offset == len(data)
    assert len(list(read(bench.folder, {1: bench.kem}, bench.clinic_id))) == 2


@settings(max_examples=200, deadline=None)
@given(st.binary(min_size=1, max_size=200), st.integers(1, 1 << 40))
def test_random_bytes_never_crash_the_tail_rule(rest: bytes, sequence: int) -> None:
    if is_torn_tail(rest, sequence) and any(rest) and len(rest) >= 12:
        assert rest[4:12] == sequence.to_bytes(8, "little")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_a_segment_of_rubbish_is_never_whole(rubbish: bytes) -> None:
    header = bytes(HEADER.size)
    found = scan(header + rubbish, 1)
    assert found.next_sequence == 1
    assert list(frames(header + rubbish)) is not None


def test_a_full_disk_fails_the_entry_and_the_log_goes_on_after(bench: Bench) -> None:
    faults: dict[str, int] = {}
    writer = bench.open(lambda path: FailingSegment(path, faults))
    writer.append(view(1))
    faults["write"] = errno.ENOSPC
    with pytest.raises(Fixable, match="disk is full") as caught:
        writer.append(view(2))
    assert caught.value.code == "log_not_writable"
    assert bench.verify().torn_bytes == 0
    faults.clear()
    writer.append(view(3))
    writer.close()
    assert bench.verify().result is Result.INTACT
    assert [one.entry for one in read(bench.folder, {1: bench.kem}, bench.clinic_id)] == [view(1), view(3)]


@pytest.mark.parametrize("faults", [{"sync": errno.EIO}, {"write": errno.EIO, "truncate": errno.EIO}])
def test_a_failed_sync_or_cut_is_final(bench: Bench, faults: dict[str, int]) -> None:
    told: dict[str, int] = {}
    writer = bench.open(lambda path: FailingSegment(path, told))
    writer.append(view(1))
    told.update(faults)
    for _ in range(2):
        with pytest.raises(Fixable) as caught:
            writer.append(view(2))
        assert caught.value.code == "log_not_writable"
        told.clear()
    writer.close()
    again = bench.open()
    again.append(view(3))
    again.close()
    assert bench.verify().result is Result.INTACT
    assert view(3) in [one.entry for one in read(bench.folder, {1: bench.kem}, bench.clinic_id)]


def test_an_unreadable_segment_is_damage(bench: Bench) -> None:
    bench.open().close()
    bench.segment().write_bytes(b"no segment")
    with pytest.raises(Damaged, match="can not be read"):
        bench.open()


def test_a_checkpoint_of_another_clinic_does_not_verify(bench: Bench) -> None:
    made = sign_checkpoint(bench.signing, bytes(16), bench.workstation_id, 1, bytes(32), 0, (), b"", b"")
    moved = made.encoded.replace(bytes(16), b"\x01" * 16, 1)
    assert made.signed_by(bench.signing.public)
    assert moved != made.encoded


CHILD = """
import sys
from pathlib import Path
from photodesk.clock import SystemClock
from photodesk.crypto import SigningKey
from photodesk.log.entry import Action, Entry
from photodesk.log.writer import LogWriter
folder, clinic, workstation, signing, public = sys.argv[1:]
writer = LogWriter(Path(folder), bytes.fromhex(clinic), workstation, SigningKey(bytes.fromhex(signing)),
    Path(public).read_bytes(), SystemClock())
number = 0
while True:
    writer.append(Entry(Action.EDIT, details={"number": str(number)}))
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
    number += 1
"""


def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(bench: Bench, tmp_path: Path) -> None:
    chance = random.Random(11)  # noqa: S311 - instants, not secrets
    public = tmp_path / "public"
    public.write_bytes(bench.kem.public)
    arguments = [str(bench.folder), bench.clinic_id.hex(), bench.workstation_id, bench.signing.raw.hex(), str(public)]
    acknowledged = 0
    for _ in range(4):
        with subprocess.Popen([sys.executable, "-c", CHILD, *arguments], stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            for _ in range(chance.randrange(3, 150)):
                child.stdout.readline()
            os.kill(child.pid, signal.SIGKILL)
            rest = child.stdout.read()
        assert isinstance(rest, bytes)
        bench_writer: LogWriter = bench.open()
        bench_writer.close()
        assert bench.verify().result is Result.INTACT
        edits = [one.entry for one in read(bench.folder, {1: bench.kem}, bench.clinic_id)]
        numbers = [int(one.details["number"]) for one in edits if one.action is Action.EDIT]
        said = rest.split(b"\n")[:-1]
        last_said = int(said[-1]) if said else 0
        assert len(numbers) > acknowledged
        assert last_said <= numbers[-1]
        acknowledged = len(numbers)
