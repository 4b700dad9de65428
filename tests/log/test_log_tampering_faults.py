"""Three segments, tampered with in every way there is: found, at the right place, with the right exit code.

The long form (`pytest tests/log --thorough`) flips every byte, then every bit, and opens 1,000 logs with crash tails.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from photodesk.crypto import SigningKey
from photodesk.log.frames import Frame, Kind
from photodesk.log.records import encode_anchor
from photodesk.log.segment import frames
from photodesk.log.verify import Place, Result, verify
from tests.log.writing import Bench, Unsynced, flipped, owner, view

SEGMENTS = (1, 2, 3)
DAY_MS = 86_400_001


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return three_segments(Bench(tmp_path / "log"))


def three_segments(bench: Bench) -> Bench:
    """Two starts; entries and checkpoints in each segment."""
    for _ in range(2):
        writer = bench.open(Unsynced)
        for number in range(4):
            writer.append(view(number))
            if number % 2:
                writer.checkpoint()
            if number == 1:
                bench.clock.move(DAY_MS)
        writer.close()
    assert (bench.verify().segments, bench.verify().exit_code) == (3, 0)
    return bench


def anchor_of(bench: Bench) -> bytes:
    """The last checkpoint, kept elsewhere."""
    last = [frame for frame in frames(bench.segment(3).read_bytes()) if frame.kind == Kind.CHECKPOINT][-1]
    return encode_anchor([last.body])


def each_frame(bench: Bench) -> Iterator[tuple[int, bytes, list[Frame], int]]:
    """(segment, its bytes, its frames, which of them) for every frame; the segment is put back afterwards."""
    for number in SEGMENTS:
        data = bench.segment(number).read_bytes()
        found = list(frames(data))
        for which in range(len(found)):
            yield number, data, found, which
        bench.segment(number).write_bytes(data)


def cut_out(data: bytes, found: list[Frame], which: int) -> tuple[bytes, bytes, bytes]:
    """Before, the frame, after."""
    begin = found[which].offset
    end = found[which + 1].offset if which + 1 < len(found) else len(data)
    return data[:begin], data[begin:end], data[end:]


def places(bench: Bench, step: int, masks: tuple[int, ...]) -> None:
    for number in SEGMENTS:
        path = bench.segment(number)
        data = path.read_bytes()
        first = next(frames(data)).sequence
        for at in range(number % step, len(data), step):
            for mask in masks or (1 << at % 8,):
                path.write_bytes(flipped(data, at, mask))
                verdict = bench.verify()
                sequence, offset = owner(data, at)
                place = Place(bench.workstation_id, sequence if offset else first, offset)
                assert (verdict.exit_code, verdict.where) == (10, place), (number, at, mask)
        path.write_bytes(data)


def test_bytes_of_three_segments_are_missed_when_they_are_others(bench: Bench) -> None:
    places(bench, 11, ())


@pytest.mark.thorough
def test_every_byte_of_three_segments_is_missed_when_it_is_another(bench: Bench) -> None:
    places(bench, 1, ())


@pytest.mark.thorough
def test_every_bit_of_three_segments_is_missed_when_it_is_another(bench: Bench) -> None:
    places(bench, 1, tuple(1 << bit for bit in range(8)))


def test_a_frame_left_out_is_found_where_it_was(bench: Bench) -> None:
    anchor = anchor_of(bench)
    for number, data, found, which in each_frame(bench):
        before, _, after = cut_out(data, found, which)
        bench.segment(number).write_bytes(before + after)
        frame, last = found[which], which + 1 == len(found)
        if last and number == 3:  # a log cut at a whole frame looks like an honest shorter one, but for an anchor
            assert bench.verify().result is Result.INTACT
            verdict, code, offset = bench.verify(anchor), 11, frame.offset
        else:
            verdict, code, offset = bench.verify(), 10, 0 if last else frame.offset
        assert (verdict.exit_code, verdict.where) == (code, Place(bench.workstation_id, frame.sequence, offset))


def test_frames_that_changed_places_are_found_at_the_first(bench: Bench) -> None:
    for number, data, found, which in each_frame(bench):
        if which + 1 == len(found):
            continue
        before, first, rest = cut_out(data, found, which)
        second = cut_out(data, found, which + 1)[1]
        bench.segment(number).write_bytes(before + second + first + rest[len(second) :])
        verdict = bench.verify()
        assert verdict.exit_code == 10
        assert verdict.where == Place(bench.workstation_id, found[which].sequence, found[which].offset)


def test_a_frame_said_twice_is_found_at_the_second(bench: Bench) -> None:
    for number, data, found, which in each_frame(bench):
        before, frame, after = cut_out(data, found, which)
        bench.segment(number).write_bytes(before + frame + frame + after)
        verdict = bench.verify()
        assert verdict.exit_code == 10
        place = Place(bench.workstation_id, found[which].sequence + 1, len(before) + len(frame))
        assert verdict.where == place


def test_a_cut_at_every_frame_is_found_against_an_anchor_behind_it(bench: Bench) -> None:
    anchor = anchor_of(bench)
    for number, data, found, which in each_frame(bench):
        before = data[: found[which].offset]
        bench.segment(number).write_bytes(before)
        frame = found[which]
        verdict = bench.verify(anchor)
        if number == 3:
            assert bench.verify().exit_code == 0
            place = Place(bench.workstation_id, frame.sequence, frame.offset)
            assert (verdict.exit_code, verdict.where) == (11, place)
        else:  # the segment after it does not follow
            assert verdict.exit_code == bench.verify().exit_code == 10
            assert verdict.where == Place(bench.workstation_id, frame.sequence, 0)


def test_segments_left_out_are_missing_or_cut(bench: Bench) -> None:
    anchor = anchor_of(bench)
    kept = {number: bench.segment(number).read_bytes() for number in SEGMENTS}
    for number, code, anchored in ((1, 12, 12), (2, 12, 12), (3, 0, 11)):
        bench.segment(number).unlink()
        assert bench.verify().exit_code == code
        assert bench.verify(anchor).exit_code == anchored
        bench.segment(number).write_bytes(kept[number])
    assert bench.verify(anchor).exit_code == 0


def test_a_piece_of_another_workstation_does_not_fit(bench: Bench, tmp_path: Path) -> None:
    other = three_segments(Bench(tmp_path / "other", bench.clinic_id, kem=bench.kem))
    for number in SEGMENTS:
        mine = bench.segment(number).read_bytes()
        theirs = other.segment(number).read_bytes()
        first = next(frames(mine))
        bench.segment(number).write_bytes(theirs)
        verdict = bench.verify()
        assert (verdict.exit_code, verdict.where) == (10, Place(bench.workstation_id, first.sequence, 0))
        found, foreign = list(frames(mine)), list(frames(theirs))
        for which in range(len(found)):
            before, _, after = cut_out(mine, found, which)
            bench.segment(number).write_bytes(before + cut_out(theirs, foreign, which)[1] + after)
            verdict = bench.verify()
            place = Place(bench.workstation_id, found[which].sequence, found[which].offset)
            assert (verdict.exit_code, verdict.where) == (10, place)
        bench.segment(number).write_bytes(mine)
    assert bench.verify().exit_code == 0


def test_a_log_signed_anew_by_another_key_is_found_at_its_first_checkpoint(bench: Bench, tmp_path: Path) -> None:
    """The forger has everything but the key: whole frames up to a place, and a writer that goes on from there."""
    for number in SEGMENTS:
        for which, frame in enumerate(frames(bench.segment(number).read_bytes())):
            folder = tmp_path / f"{number}-{which}"
            shutil.copytree(bench.folder, folder)
            forger = Bench(folder, bench.clinic_id, bench.workstation_id, SigningKey.generate(), bench.kem, bench.clock)
            for later in range(number + 1, 4):
                forger.segment(later).unlink()
            path = forger.segment(number)
            path.write_bytes(path.read_bytes()[: frame.offset])
            writer = forger.open(Unsynced)
            writer.append(view(99))
            writer.close()
            keys = {bench.workstation_id: bench.signing.public}
            verdict = verify(folder, keys)
            signed = [
                (one.sequence, one.offset)
                for later in range(number, 5)
                if forger.segment(later).exists()
                for one in frames(forger.segment(later).read_bytes())
                if one.kind == Kind.CHECKPOINT and one.sequence >= frame.sequence
            ]
            assert verdict.exit_code == 10
            assert verdict.where == Place(bench.workstation_id, *signed[0])
            shutil.rmtree(folder)


def crash_tails(folder: Path, logs: int) -> None:
    """Honest logs, each ended by a power cut: no false alarm, neither as found nor after the next start."""
    chance = random.Random(13)  # noqa: S311 - places, not secrets
    made = three_segments(Bench(folder / "log"))
    whole = made.segment(3).read_bytes()
    found = list(frames(whole))
    for number in range(logs):
        which = chance.randrange(1, len(found))
        before, frame, _ = cut_out(whole, found, which)
        rest = frame[: chance.randrange(1, len(frame))] if number % 4 else bytes(chance.randrange(1, 5000))
        made.segment(3).write_bytes(before + rest)
        verdict = made.verify()
        assert (verdict.exit_code, verdict.torn_bytes) == (0, len(rest)), (number, which, len(rest))
        writer = made.open(Unsynced)
        assert (writer.dropped_bytes, writer.found_altered) == (len(rest), False)
        writer.append(view(number))
        writer.close()
        assert made.verify().exit_code == 0
        assert made.verify().torn_bytes == 0
        for later in (4, 5):
            made.segment(later).unlink(missing_ok=True)


def test_crash_tails_alarm_nobody(tmp_path: Path) -> None:
    crash_tails(tmp_path, 60)


@pytest.mark.thorough
def test_a_thousand_crash_tails_alarm_nobody(tmp_path: Path) -> None:
    crash_tails(tmp_path, 1_000)
