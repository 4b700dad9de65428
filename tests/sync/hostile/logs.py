"""Class 6: checkpoints and segments of the logs lost, altered, replayed; receipts that do not hold."""

from __future__ import annotations

from contextlib import suppress

from photodesk.crypto import SigningKey
from photodesk.errors import Fixable, Refused
from photodesk.log.records import sign_checkpoint
from photodesk.log.segment import segment_numbers, segment_path
from photodesk.log.verify import Result, verify
from photodesk.sync.contradictions import Contradiction
from photodesk.sync.line import KeptCheckpoint, ServerReceipt
from photodesk.sync.other_logs import fetch_other_logs, logs_folder
from photodesk.sync.statements import sign_receipt
from tests.server.clinic import NOW_MS, Clinic
from tests.sync.hostile.stage import SILENT, Stage, comes_to, replace


def a_writes(stage: Stage) -> None:
    """A's log goes on, and its newest checkpoint is at the server."""
    stage.a.write_log(2)
    stage.go(stage.a)


def serve(stage: Stage, change: object) -> None:
    """The victim is given another last checkpoint of A than there is."""
    a_writes(stage)
    station = stage.a.station.workstation_id

    def changed(workstation_id: str, after: int) -> list[KeptCheckpoint]:
        page = stage.server.checkpoints(workstation_id, after)
        return [*page[:-1], change(page[-1])] if workstation_id == station and page else page  # type: ignore[operator]

    stage.line.checkpoints = changed
    stage.log_pass()


def receipted(stage: Stage, record: bytes, sequence: int) -> KeptCheckpoint:
    """A checkpoint with a good receipt."""
    receipt = stage.server.receipt("checkpoint", record)
    return KeptCheckpoint(stage.a.station.workstation_id, sequence, record, NOW_MS, receipt.receipt)


def segment_waits(stage: Stage) -> None:
    """The victim has a finished segment, and the server everything else."""
    stage.b.log._next_segment()
    stage.b.write_log(1)

    def cut(_number: int, _data: bytes) -> ServerReceipt:
        raise Fixable("server_offline", "cut")

    stage.line.put_segment = cut
    with suppress(Fixable):
        stage.log_pass()


def altered(stage: Stage) -> None:
    """A bit of a checkpoint's chain is flipped."""
    serve(
        stage,
        lambda one: receipted(stage, one.record[:80] + bytes([one.record[80] ^ 1]) + one.record[81:], one.sequence),
    )


def of_another_key(stage: Stage) -> None:
    """A checkpoint that the server signed itself."""

    def made(one: KeptCheckpoint) -> KeptCheckpoint:
        fake = sign_checkpoint(
            SigningKey.generate(), stage.clinic.raw_id, stage.a.station.workstation_id,
            one.sequence, bytes(32), NOW_MS, [], b"", b"",
        )  # fmt: skip
        return receipted(stage, fake.encoded, one.sequence)

    serve(stage, made)


def of_another_workstation(stage: Stage) -> None:
    """C's checkpoint in the place of A's."""
    other = stage.server.kept_checkpoints[stage.c.station.workstation_id][-1]
    serve(stage, lambda one: replace(one, record=other.record, receipt=other.receipt))


def of_another_clinic(stage: Stage) -> None:
    """A checkpoint of the same workstation id, signed for another clinic."""
    fake = sign_checkpoint(
        stage.a.station.log_signing,
        Clinic().raw_id,
        stage.a.station.workstation_id,
        99,
        bytes(32),
        NOW_MS,
        [],
        b"",
        b"",
    )
    serve(stage, lambda _one: receipted(stage, fake.encoded, 99))


def replayed(stage: Stage) -> None:
    """An old checkpoint comes as the newest."""
    old = stage.server.kept_checkpoints[stage.a.station.workstation_id][0]
    serve(stage, lambda _one: old)


def hidden(stage: Stage) -> None:
    """A checkpoint that the others have seen is kept from the victim."""
    station = stage.a.station.workstation_id
    kept = list(stage.server.kept_checkpoints[station])
    a_writes(stage)
    stage.go(stage.c, stage.c)
    stage.line.checkpoints = lambda workstation_id, after: (
        [one for one in kept if one.sequence > after]
        if workstation_id == station
        else stage.server.checkpoints(workstation_id, after)
    )
    stage.log_pass()


def forked(stage: Stage) -> None:
    """The victim is given another checkpoint of the place that the others were given one of."""
    a_writes(stage)
    stage.go(stage.c, stage.c)
    held = stage.server.kept_checkpoints[stage.a.station.workstation_id]
    other = sign_checkpoint(
        stage.a.station.log_signing, stage.clinic.raw_id, stage.a.station.workstation_id,
        held[-1].sequence, b"\x01" * 32, NOW_MS, [], b"", b"",
    )  # fmt: skip
    held[-1] = receipted(stage, other.encoded, held[-1].sequence)
    stage.log_pass()


def receipt_empty(stage: Stage) -> None:
    """A receipt of zeros for the victim's own checkpoint."""
    stage.b.write_log(2)
    stage.line.put_checkpoint = lambda _record: ServerReceipt(NOW_MS, bytes(64))
    stage.log_pass()


def receipt_of_something_else(stage: Stage) -> None:
    """A good receipt, but for another record."""
    stage.b.write_log(2)
    stage.line.put_checkpoint = lambda _record: stage.server.receipt("checkpoint", b"something else")
    stage.log_pass()


def receipt_of_another_server(stage: Stage) -> None:
    """A receipt under a key that the membership log does not name."""
    stage.b.write_log(2)
    key = SigningKey.generate()
    stage.line.put_checkpoint = lambda record: ServerReceipt(
        NOW_MS, sign_receipt(key, stage.clinic.raw_id, "checkpoint", record, NOW_MS)
    )
    stage.log_pass()


def receipt_of_a_checkpoint_for_a_segment(stage: Stage) -> None:
    """A finished segment is receipted as if it were a checkpoint."""
    segment_waits(stage)
    stage.line.put_segment = lambda _number, data: stage.server.receipt("checkpoint", data)
    stage.log_pass()


def receipt_with_another_time(stage: Stage) -> None:
    """A receipt whose instant was changed after it was signed."""
    stage.b.write_log(2)
    stage.line.put_checkpoint = lambda record: replace(stage.server.receipt("checkpoint", record), received_ms=1)
    stage.log_pass()


def lost_after_its_receipt(stage: Stage) -> None:
    """The server gave a receipt and does not keep what it is for."""
    stage.line.checkpoints = lambda _station, _after: []
    stage.log_pass()


def said_to_be_forked(stage: Stage) -> None:
    """The server says that another checkpoint stands there, and can show none."""
    stage.b.write_log(2)

    def refuse(_record: bytes) -> ServerReceipt:
        raise Refused("log_forked", "another one")

    stage.line.put_checkpoint = refuse
    stage.log_pass()


def segment_said_to_differ(stage: Stage) -> None:
    """The server says that it was given another segment under this number."""
    segment_waits(stage)

    def refuse(_number: int, _data: bytes) -> ServerReceipt:
        raise Refused("segment_differs", "another one")

    stage.line.put_segment = refuse
    stage.log_pass()


def segments_of(stage: Stage) -> list[bytes]:
    """A's log in three finished segments."""
    station, folder = stage.a.station.workstation_id, stage.a.log_folder
    for _ in range(3):
        stage.a.write_log(2)
        stage.a.log._next_segment()
    return [segment_path(folder, station, number).read_bytes() for number in (1, 2, 3)]


def fetch(stage: Stage, served: list[bytes]) -> None:
    """The victim's privacy officer wants to read A's log."""
    station = stage.a.station.workstation_id

    def segment(workstation_id: str, number: int) -> bytes:
        if workstation_id != station or number > len(served):
            raise Refused("unknown", "none")
        return served[number - 1]

    stage.line.segment = segment
    try:
        fetch_other_logs(stage.line, stage.b.spool, stage.b.members(), stage.b.station.workstation_id)
    except Contradiction as found:
        stage.b.alarms.keep(found)
        raise


def segment_altered(stage: Stage) -> None:
    """A bit of an entry is flipped."""
    first, *rest = segments_of(stage)
    fetch(stage, [first[:200] + bytes([first[200] ^ 1]) + first[201:], *rest])


def segment_left_out(stage: Stage) -> None:
    """The second segment is left out."""
    first, _, third = segments_of(stage)
    fetch(stage, [first, third])


def segment_repeated(stage: Stage) -> None:
    """The first segment comes as the second too."""
    first, *_ = segments_of(stage)
    fetch(stage, [first, first])


def segment_cut(stage: Stage) -> None:
    """A segment without its signed end."""
    first, *_ = segments_of(stage)
    fetch(stage, [first[:-60]])


def segment_of_another_workstation(stage: Stage) -> None:
    """The victim's own log as A's."""
    stage.b.write_log(2)
    stage.b.log._next_segment()
    own = segment_path(stage.b.log_folder, stage.b.station.workstation_id, 1).read_bytes()
    fetch(stage, [own])


@comes_to(SILENT)
def segments_as_they_are(stage: Stage) -> None:
    """An honest server, to see that the others fail for what they do."""
    fetch(stage, segments_of(stage))
    folder = logs_folder(stage.b.spool)
    assert segment_numbers(folder, stage.a.station.workstation_id) == [1, 2, 3]
    assert verify(folder, stage.a.station.log_signing.public).result is Result.INTACT


ATTACKS = (
    segment_altered,
    segment_left_out,
    segment_repeated,
    segment_cut,
    segment_of_another_workstation,
    segments_as_they_are,
    altered,
    of_another_key,
    of_another_workstation,
    of_another_clinic,
    replayed,
    hidden,
    forked,
    receipt_empty,
    receipt_of_something_else,
    receipt_of_another_server,
    receipt_of_a_checkpoint_for_a_segment,
    receipt_with_another_time,
    lost_after_its_receipt,
    said_to_be_forked,
    segment_said_to_differ,
)
