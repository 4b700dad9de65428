"""Two server processes over one PostgreSQL and one object store: whichever is asked, it is one server."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from photodesk import ids
from photodesk.background.trial_postgres import cluster, programs
from photodesk.crypto import sha256
from photodesk.server.tls import certificate_in
from photodesk.sync.blob_parts import PART_BYTES, id_of_parts, part_hash
from photodesk.sync.statements import FIRST_ORDER, SIGN_IN, next_order, sign_in_statement
from tests.server.clinic import Caller, Clinic, Workstation, found, raw, text
from tests.server.running import Running, serving
from tests.server.stand_in import stand_in
from tests.server.swift import S3Place

pytestmark = pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed here")


@dataclass
class Pair:
    """Two processes of one server."""

    first: Running
    second: Running
    here: httpx.Client
    there: httpx.Client
    clinic: Clinic
    options: list[str]
    store: S3Place

    def caller(self, station: Workstation, *, there: bool = False) -> Caller:
        """A workstation signed in at one of them."""
        caller = Caller(self.there if there else self.here, self.clinic, station, self.first.pin)
        caller.sign_in().raise_for_status()
        return caller

    def other(self, caller: Caller) -> Caller:
        """The same workstation, with the same token, at the other process."""
        made = Caller(self.there if caller.http is self.here else self.here, caller.clinic, caller.station, caller.pin)
        made.token = caller.token
        return made

    def newcomer(self) -> Workstation:
        """One workstation more."""
        before, count = self.clinic.head, len(self.clinic.entries)
        made = self.clinic.add_workstation()
        self.caller(self.clinic.first).append(count, before, self.clinic.entries[count:]).raise_for_status()
        return made


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        database = stack.enter_context(cluster(folder / "pg"))
        (folder / "data").mkdir()
        certificate = certificate_in(folder / "data", "127.0.0.1")
        store = stack.enter_context(stand_in())
        options = ["--database", database, "--objects", store.objects, "--quiet"]
        options += ["--certificate", str(certificate.certificate), "--key", str(certificate.key)]
        shutil.copytree(folder / "data", folder / "other")
        with ThreadPoolExecutor(2) as pool:  # both set the database up at once
            starting = [serving(folder / name, *options, environment=store.environment) for name in ("data", "other")]
            first, second = pool.map(stack.enter_context, starting)
        here, there = stack.enter_context(first.http()), stack.enter_context(second.http())
        clinic = Clinic()
        found(here, clinic, second.code or "").raise_for_status()
        yield Pair(first, second, here, there, clinic, options, store)


def everything(caller: Caller) -> list[dict[str, Any]]:
    """The whole order, page by page."""
    held: list[dict[str, Any]] = []
    while page := caller.ask("GET", "/v1/operations", params={"after": len(held)}).json()["operations"]:
        held += page
    return held


def test_pushes_through_both_make_one_order_without_a_gap(pair: Pair) -> None:
    stations = [pair.newcomer() for _ in range(6)]
    started = len(everything(pair.caller(pair.clinic.first)))

    def push(numbered: tuple[int, Workstation]) -> set[bytes]:
        number, station = numbered
        caller, sent = pair.caller(station, there=bool(number % 2)), set()
        for _ in range(4):
            made = [station.operation() for _ in range(5)]
            caller.push(station.parcel(made), made).raise_for_status()
            sent |= set(made)
            caller = pair.other(caller)
            page = caller.ask("GET", "/v1/operations", params={"after": started}).json()
            assert page["operations"][-1]["place"] == page["last_place"], "the page and where the order ends fit"
            assert page["operations"][-1]["chain"] == page["chain"]
        return sent

    with ThreadPoolExecutor(6) as pool:
        sent = set().union(*pool.map(push, enumerate(stations)))
    order, other = (everything(pair.caller(stations[0], there=there)) for there in (False, True))
    assert order == other
    chain = FIRST_ORDER
    for place, one in enumerate(order, start=1):
        chain = next_order(chain, pair.clinic.raw_id, place, sha256(raw(one["record"])))
        assert (one["place"], raw(one["chain"])) == (place, chain)
    assert {raw(one["record"]) for one in order[started:]} == sent
    assert len(order) - started == len(sent) == 120


def test_a_parcel_that_is_sent_to_both_at_once_counts_once(pair: Pair) -> None:
    station = pair.newcomer()
    caller = pair.caller(station)
    both = [caller, pair.other(caller)]
    for _ in range(5):
        made = [station.operation()]
        parcel = station.parcel(made)
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda one, p=parcel, m=made: one.push(p, m), both))  # type: ignore[misc]
        assert answers[0].json() == answers[1].json()
        assert answers[0].json()["first_place"] == answers[0].json()["last_place"]


def test_a_challenge_of_one_is_spent_once_at_either(pair: Pair) -> None:
    who = {"clinic_id": pair.clinic.clinic_id, "workstation_id": pair.clinic.first.workstation_id}
    for _ in range(5):
        challenge = pair.here.post("/v1/sign-in/challenge", json=who).json()["challenge"]
        statement = sign_in_statement(pair.first.pin, pair.clinic.first.workstation_id, raw(challenge))
        signature = text(pair.clinic.first.signing.sign(SIGN_IN, pair.clinic.raw_id, statement))
        body = who | {"challenge": challenge, "signature": signature}
        with ThreadPoolExecutor(2) as pool:
            answers = pool.map(lambda http, b=body: http.post("/v1/sign-in", json=b), (pair.here, pair.there))  # type: ignore[misc]
        assert sorted(one.status_code for one in answers) == [200, 401]


def test_what_happens_at_one_is_told_at_the_other(pair: Pair) -> None:
    station = pair.newcomer()
    caller = pair.caller(station)
    reader = pair.other(caller)
    headers = {"Authorization": f"Bearer {reader.token}"}
    with reader.http.stream("GET", "/v1/events", headers=headers) as stream:
        told = (json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: "))
        before = next(told)
        made = [station.operation()]
        caller.push(station.parcel(made), made).raise_for_status()
        assert next(told)["place"] == before["place"] + 1
        pair.newcomer()
        assert next(told)["members"] == before["members"] + 1


def test_a_blob_comes_in_through_both_at_once(pair: Pair) -> None:
    caller = pair.caller(pair.newcomer())
    both = [caller, pair.other(caller)]
    data = os.urandom(3 * PART_BYTES + 5)
    cut = [data[start : start + PART_BYTES] for start in range(0, len(data), PART_BYTES)]
    blob_id = id_of_parts(len(data), list(map(part_hash, cut))).hex()
    with ThreadPoolExecutor(4) as pool:
        order = {"blob_id": blob_id, "bytes": len(data)}
        begun = [one.json() for one in pool.map(lambda one: one.ask("POST", "/v1/uploads", json=order), both)]
        assert begun[0]["upload_id"] == begun[1]["upload_id"]
        path = f"/v1/uploads/{begun[0]['upload_id']}"

        def put(job: tuple[Caller, int]) -> int:
            return job[0].ask("PUT", f"{path}/parts/{job[1]}", content=cut[job[1]]).status_code

        jobs = [(one, number) for number in range(len(cut)) for one in both]
        assert set(pool.map(put, jobs)) == {200}, "the same part at both at once is the same part"
        done = pool.map(lambda one: one.ask("POST", f"{path}/complete").status_code, both)
        assert set(done) == {200}
    assert both[1].ask("GET", f"/v1/blobs/{blob_id}").content == data


def test_an_invitation_lets_in_one_newcomer_whichever_is_asked(pair: Pair) -> None:
    invitation_id = ids.random_id()
    caller = pair.caller(pair.clinic.first)
    body = {"invitation_id": invitation_id, "package": text(b"sealed for the code")}
    caller.ask("POST", "/v1/invitations", json=body).raise_for_status()
    count, before = len(pair.clinic.entries), pair.clinic.head
    rivals = [Workstation(pair.clinic.raw_id) for _ in range(2)]
    entries = [pair.clinic.entry(one.body()) for one in rivals]

    def join(job: tuple[httpx.Client, bytes]) -> httpx.Response:
        joining = {"clinic_id": pair.clinic.clinic_id, "sequence": count, "previous": text(before)}
        return job[0].post(f"/v1/invitations/{invitation_id}/join", json=joining | {"entries": [text(job[1])]})

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(join, zip((pair.here, pair.there), entries, strict=True)))
    assert sorted(one.status_code for one in answers) == [200, 404]
    won = next(number for number, one in enumerate(answers) if one.status_code == 200)
    pair.clinic.entries.append(entries[won])
    for http in (pair.here, pair.there):
        assert join((http, entries[won])).status_code == 200, "a lost answer is asked for again"
        assert join((http, entries[1 - won])).status_code == 404
    assert pair.caller(rivals[won], there=True).ask("GET", "/v1/members").status_code == 200


def test_a_code_founds_one_clinic_whichever_is_asked(pair: Pair) -> None:
    code = pair.first.code or ""
    rivals = [Clinic(), Clinic()]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda http, one: found(http, one, code), (pair.here, pair.there), rivals))
    assert sorted(one.status_code for one in answers) == [200, 403]


def test_one_that_is_killed_over_a_parcel_leaves_the_others_working(pair: Pair, tmp_path: Path) -> None:
    station = pair.newcomer()
    shutil.copytree(pair.first.folder, tmp_path, dirs_exist_ok=True)
    third_process = serving(tmp_path, *pair.options, environment=pair.store.environment)
    with third_process as third, third.http() as http, ThreadPoolExecutor(1) as pool:
        caller = Caller(http, pair.clinic, station, third.pin)
        caller.sign_in().raise_for_status()
        made = [station.operation(size=12_000) for _ in range(500)]
        parcel = station.parcel(made)
        cut_off = pool.submit(caller.push, parcel, made)
        time.sleep(0.05)
        third.kill()
        with contextlib.suppress(httpx.TransportError):
            cut_off.result()
    again = pair.caller(station)
    taken = again.push(parcel, made).json()
    assert taken["last_place"] - taken["first_place"] == 499
    assert again.push(parcel, made).json() == taken
    page = pair.other(again).ask("GET", "/v1/operations", params={"after": taken["first_place"] - 1}).json()
    assert [raw(one["record"]) for one in page["operations"]] == made
