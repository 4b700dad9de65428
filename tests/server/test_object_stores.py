"""Photos in an S3-compatible store: what holds over a folder holds over moto's stand-in, and over Swift where it is."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2 as httpx
import pytest

from photodesk.clock import SystemClock
from photodesk.server.keeping import back_up, bring_back
from photodesk.sync.blob_parts import PART_BYTES
from tests.server import test_blobs
from tests.server.conftest import Server, in_process
from tests.server.stand_in import stand_in
from tests.server.swift import S3Place, installed, swift
from tests.server.test_blobs import blob_id, cut
from tests.server.test_clinics import code_of

test_an_upload_resumes = test_blobs.test_an_upload_resumes_where_it_broke_off
test_other_bytes_never_become_the_blob = test_blobs.test_bytes_that_are_not_the_blob_never_become_it
test_a_blob_is_its_clinics_alone = test_blobs.test_a_blob_is_its_clinics_alone
test_the_log_is_kept_once = test_blobs.test_the_log_is_kept_once_with_a_receipt


@pytest.fixture(scope="module", params=["moto", "swift"])
def store(request: pytest.FixtureRequest) -> Iterator[S3Place]:
    if request.param == "swift" and not installed():
        pytest.skip("Swift is not installed here")
    with ExitStack() as stack:
        if request.param == "moto":
            yield stack.enter_context(stand_in())
        else:
            yield stack.enter_context(swift(Path(stack.enter_context(tempfile.TemporaryDirectory())) / "swift"))


@pytest.fixture
def server(store: S3Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name, value in store.environment.items():
        monkeypatch.setenv(name, value)
    with in_process(tmp_path, objects=f"{store.objects}/{tmp_path.name}") as made:
        yield made


def test_parts_go_straight_to_the_store(server: Server) -> None:
    caller = server.caller(server.clinic())
    data = os.urandom(PART_BYTES + 700)
    begun = caller.ask("POST", "/v1/uploads", json={"blob_id": blob_id(data), "bytes": len(data)}).json()
    part = f"/v1/uploads/{begun['upload_id']}/parts"
    with httpx.Client(trust_env=False, timeout=60) as straight:
        for number, bytes_of_part in enumerate(cut(data)):
            assert caller.ask("POST", f"{part}/{number}/check").status_code == 404, "nothing is there yet"
            address = caller.ask("POST", f"{part}/{number}/address").json()["url"]
            assert straight.put(address, content=bytes_of_part).status_code == 200
            assert caller.ask("POST", f"{part}/{number}/check").status_code == 200
        assert caller.ask("POST", f"/v1/uploads/{begun['upload_id']}/complete").status_code == 200
        assert caller.ask("GET", f"/v1/blobs/{blob_id(data)}").content == data
        other = os.urandom(5000)
        begun = caller.ask("POST", "/v1/uploads", json={"blob_id": blob_id(other), "bytes": len(other)}).json()
        part = f"/v1/uploads/{begun['upload_id']}/parts"
        address = caller.ask("POST", f"{part}/0/address").json()["url"]
        straight.put(address, content=other + b"x").raise_for_status()
        assert code_of(caller.ask("POST", f"{part}/0/check")) == "bad_message"
        straight.put(address, content=os.urandom(5000)).raise_for_status()
        caller.ask("POST", f"{part}/0/check").raise_for_status()
        assert code_of(caller.ask("POST", f"/v1/uploads/{begun['upload_id']}/complete")) == "blob_wrong"


def test_a_copy_holds_the_stores_objects_and_goes_back_into_one(server: Server, store: S3Place, tmp_path: Path) -> None:
    caller, data = server.caller(server.clinic()), os.urandom(9000)
    caller.upload(data).raise_for_status()
    objects = f"{store.objects}/{tmp_path.name}"
    copy = tmp_path.parent / f"{tmp_path.name}-copy"
    assert back_up(tmp_path, copy, SystemClock(), objects=objects).objects == 1
    new = tmp_path.parent / f"{tmp_path.name}-new"
    bring_back(copy, new, objects=f"{objects}-new")
    with in_process(new, objects=f"{objects}-new", founded=True) as other:
        again = other.caller(caller.clinic)
        assert again.ask("GET", f"/v1/blobs/{blob_id(data)}").content == data


def test_a_store_that_is_away_is_said_and_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"AWS_ENDPOINT": "http://127.0.0.1:1", "AWS_ALLOW_HTTP": "true"}.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "nobody")
    monkeypatch.setattr("photodesk.server.objects.RETRY_S", 0)
    with in_process(tmp_path, objects="s3://nowhere/at-all") as server:
        caller = server.caller(server.clinic())
        begun = caller.ask("POST", "/v1/uploads", json={"blob_id": "ab" * 32, "bytes": 4}).json()
        answer = caller.ask("PUT", f"/v1/uploads/{begun['upload_id']}/parts/0", content=b"four")
        assert (answer.status_code, code_of(answer)) == (503, "not_writable")
        assert int(answer.headers["Retry-After"]) > 0
        assert caller.ask("POST", "/v1/uploads", json={"blob_id": "ab" * 32, "bytes": 4}).json()["parts"] == []
        assert server.http.get("/readyz").status_code == 503
        assert server.http.get("/healthz").status_code == 200
