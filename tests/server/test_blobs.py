"""Blobs: parts that resume, ids checked, ranges; and logs kept once with the server's receipt."""

from __future__ import annotations

import os

import pytest

from photodesk import ids
from photodesk.sync.blob_parts import PART_BYTES, id_of_parts, part_hash
from photodesk.sync.statements import receipt_holds
from tests.server.clinic import raw, text
from tests.server.conftest import Server
from tests.server.test_clinics import code_of


def cut(data: bytes) -> list[bytes]:
    return [data[start : start + PART_BYTES] for start in range(0, len(data), PART_BYTES)]


def blob_id(data: bytes) -> str:
    return id_of_parts(len(data), list(map(part_hash, cut(data)))).hex()


def test_the_id_is_the_sealed_blobs(tmp_path: object) -> None:
    from io import BytesIO

    from photodesk.store import sealed_blob

    data = os.urandom(PART_BYTES + 5)
    assert sealed_blob.blob_id(BytesIO(data)).hex() == blob_id(data)


def test_an_upload_resumes_where_it_broke_off(server: Server) -> None:
    caller = server.caller(server.clinic())
    data = os.urandom(2 * PART_BYTES + 1234)
    order = {"blob_id": blob_id(data), "bytes": len(data)}
    assert caller.ask("POST", "/v1/blobs/missing", json={"blob_ids": [blob_id(data)]}).json()["blob_ids"]
    begun = caller.ask("POST", "/v1/uploads", json=order).json()
    part = f"/v1/uploads/{begun['upload_id']}/parts"
    parts = cut(data)
    assert caller.ask("PUT", f"{part}/1", content=parts[1]).status_code == 200
    assert code_of(caller.ask("POST", f"/v1/uploads/{begun['upload_id']}/complete")) == "parts_missing"
    again = caller.ask("POST", "/v1/uploads", json=order).json()
    assert (again["upload_id"], again["parts"], again["done"]) == (begun["upload_id"], [1], False)
    assert code_of(caller.ask("PUT", f"{part}/2", content=parts[2] + b"x")) == "bad_message"
    assert code_of(caller.ask("PUT", f"{part}/3", content=b"x")) == "bad_message"
    for number in (0, 2, 2):
        caller.ask("PUT", f"{part}/{number}", content=parts[number]).raise_for_status()
    assert caller.ask("GET", f"/v1/blobs/{blob_id(data)}").status_code == 404, "not before it is complete"
    for _ in range(2):
        assert caller.ask("POST", f"/v1/uploads/{begun['upload_id']}/complete").status_code == 200
    assert caller.ask("GET", f"/v1/blobs/{blob_id(data)}").content == data
    assert caller.ask("POST", "/v1/uploads", json=order).json()["done"]
    assert not caller.ask("POST", "/v1/blobs/missing", json={"blob_ids": [blob_id(data)]}).json()["blob_ids"]
    for asked, expected in (
        ("bytes=0-0", data[:1]),
        (f"bytes={PART_BYTES - 2}-{PART_BYTES + 1}", data[PART_BYTES - 2 : PART_BYTES + 2]),
        (f"bytes={len(data) - 3}-", data[-3:]),
    ):
        answer = caller.ask("GET", f"/v1/blobs/{blob_id(data)}", headers={"Range": asked})
        assert (answer.status_code, answer.content) == (206, expected)
    for asked in (f"bytes={len(data)}-", "bytes=5-2", "pages=1-2", "bytes=-5"):
        answer = caller.ask("GET", f"/v1/blobs/{blob_id(data)}", headers={"Range": asked})
        assert answer.status_code == 416


def test_a_blob_of_one_part_comes_in_one_request(server: Server) -> None:
    caller, stranger = server.caller(server.clinic()), server.caller(server.clinic())
    for size in (1, 5000, PART_BYTES):
        data = os.urandom(size)
        other = bytes([data[0] ^ 1]) + data[1:]
        path, length = f"/v1/blobs/{blob_id(data)}", f"bytes={size}"
        assert code_of(caller.ask("PUT", f"{path}?{length}", content=other)) == "blob_wrong"
        assert code_of(caller.ask("PUT", f"{path}?{length}", content=data[:-1])) == "bad_message"
        assert caller.ask("GET", path).status_code == 404, "not before it is the blob"
        for _ in range(2):
            assert caller.ask("PUT", f"{path}?{length}", content=data).status_code == 200
        assert caller.ask("GET", path).content == data
        assert stranger.ask("GET", path).status_code == 404
    too_large = caller.ask("PUT", f"/v1/blobs/{'ab' * 32}?bytes={PART_BYTES + 1}", content=bytes(PART_BYTES + 1))
    assert too_large.status_code in {400, 413, 422}
    assert len(list(server.parts.objects.names())) == 3
    server.clock.now_ms += 8 * 24 * 3_600_000
    assert server.parts.blobs.drop_stale() == 0
    assert len(list(server.parts.objects.names())) == 3


def test_bytes_that_are_not_the_blob_never_become_it(server: Server) -> None:
    caller = server.caller(server.clinic())
    data = os.urandom(5000)
    begun = caller.ask("POST", "/v1/uploads", json={"blob_id": blob_id(data), "bytes": len(data)}).json()
    part = f"/v1/uploads/{begun['upload_id']}/parts/0"
    caller.ask("PUT", part, content=os.urandom(5000)).raise_for_status()
    assert code_of(caller.ask("POST", f"/v1/uploads/{begun['upload_id']}/complete")) == "blob_wrong"
    caller.ask("PUT", part, content=data).raise_for_status()
    assert caller.ask("POST", f"/v1/uploads/{begun['upload_id']}/complete").status_code == 200
    assert caller.ask("GET", f"/v1/blobs/{blob_id(data)}").content == data


def test_a_blob_is_its_clinics_alone(server: Server) -> None:
    caller, stranger = server.caller(server.clinic()), server.caller(server.clinic())
    data = os.urandom(3000)
    caller.upload(data).raise_for_status()
    assert stranger.ask("GET", f"/v1/blobs/{blob_id(data)}").status_code == 404
    assert stranger.ask("POST", "/v1/blobs/missing", json={"blob_ids": [blob_id(data)]}).json()["blob_ids"]
    begun = caller.ask("POST", "/v1/uploads", json={"blob_id": "cd" * 32, "bytes": 10}).json()
    assert stranger.ask("PUT", f"/v1/uploads/{begun['upload_id']}/parts/0", content=b"0123456789").status_code == 404
    assert stranger.ask("POST", f"/v1/uploads/{begun['upload_id']}/complete").status_code == 404


def test_uploads_nobody_goes_on_with_are_dropped(server: Server) -> None:
    caller = server.caller(server.clinic())
    begun = caller.ask("POST", "/v1/uploads", json={"blob_id": "ef" * 32, "bytes": 10}).json()
    caller.ask("PUT", f"/v1/uploads/{begun['upload_id']}/parts/0", content=b"0123456789").raise_for_status()
    caller.upload(b"kept").raise_for_status()
    assert server.parts.blobs.drop_stale() == 0
    server.clock.now_ms += 8 * 24 * 3_600_000
    assert server.parts.blobs.drop_stale() == 1
    assert len(list(server.parts.objects.names())) == 1


@pytest.mark.parametrize("size", [16 * 1024 * 1024 + 1])
def test_a_body_that_is_too_large_is_not_read(server: Server, size: int) -> None:
    caller = server.caller(server.clinic())
    answer = caller.ask("POST", "/v1/operations", content=bytes(size), headers={"Content-Type": "application/json"})
    assert (answer.status_code, code_of(answer)) == (413, "too_large")
    begun = caller.ask("POST", "/v1/uploads", json={"blob_id": "ab" * 32, "bytes": PART_BYTES}).json()

    def endless() -> object:
        for _ in range(10):
            yield bytes(1 << 20)

    part = f"/v1/uploads/{begun['upload_id']}/parts/0"
    assert caller.ask("PUT", part, content=endless()).status_code == 413, "also where no length was said"


def test_the_log_is_kept_once_with_a_receipt(server: Server) -> None:
    clinic = server.clinic()
    caller = server.caller(clinic)
    record = caller.station.checkpoint(7)
    answer = caller.ask("POST", "/v1/log/checkpoints", json={"record": text(record)}).json()
    public = raw(server.http.get("/v1/server").json()["receipt_key"])
    assert receipt_holds(public, raw(answer["receipt"]), clinic.raw_id, "checkpoint", record, answer["received_ms"])
    assert not receipt_holds(public, raw(answer["receipt"]), clinic.raw_id, "segment", record, answer["received_ms"])
    assert caller.ask("POST", "/v1/log/checkpoints", json={"record": text(record)}).json() == answer
    forked = caller.station.checkpoint(7, b"\x08" * 32)
    assert code_of(caller.ask("POST", "/v1/log/checkpoints", json={"record": text(forked)})) == "log_forked"
    other = clinic.first.__class__(clinic.raw_id)
    foreign = {"record": text(other.checkpoint(9))}
    assert code_of(caller.ask("POST", "/v1/log/checkpoints", json=foreign)) == "checkpoint_not_yours"
    who = {"workstation_id": clinic.first.workstation_id}
    listed = caller.ask("GET", "/v1/log/checkpoints", params=who).json()["checkpoints"]
    assert [raw(one["record"]) for one in listed] == [record]
    segment = os.urandom(4000)
    kept = caller.ask("PUT", "/v1/log/segments/1", content=segment)
    assert receipt_holds(
        public, raw(kept.json()["receipt"]), clinic.raw_id, "segment", segment, kept.json()["received_ms"]
    )
    assert caller.ask("PUT", "/v1/log/segments/1", content=segment).json() == kept.json()
    assert code_of(caller.ask("PUT", "/v1/log/segments/1", content=segment + b"x")) == "segment_differs"
    path = f"/v1/log/segments/{clinic.first.workstation_id}/1"
    assert caller.ask("GET", path).content == segment
    assert caller.ask("GET", f"/v1/log/segments/{ids.random_id()}/1").status_code == 404
