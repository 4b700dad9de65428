"""Parcels: placed once, in one order, chained; what contradicts itself is kept as evidence and refused."""

from __future__ import annotations

from sqlalchemy import select

from photodesk import ids
from photodesk.crypto import sha256
from photodesk.server import schema
from photodesk.store.records import signed, unpack
from photodesk.sync.statements import FIRST_ORDER, next_order
from tests.server.clinic import raw, text
from tests.server.conftest import Server
from tests.server.test_clinics import code_of


def test_two_workstations_see_one_order(server: Server) -> None:
    clinic = server.clinic()
    caller, before = server.caller(clinic), clinic.head
    second = clinic.add_workstation()
    caller.append(1, before, clinic.entries[1:]).raise_for_status()
    other = server.caller(clinic, second)
    sent: list[bytes] = []
    for one in (caller, other, caller):
        made = [one.station.operation() for _ in range(3)]
        answer = one.push(one.station.parcel(made), made).json()
        assert (answer["first_place"], answer["last_place"]) == (len(sent) + 1, len(sent) + 3)
        sent += made
    page = other.ask("GET", "/v1/operations", params={"after": 2, "limit": 4}).json()
    assert [raw(one["record"]) for one in page["operations"]] == sent[2:6]
    assert page["last_place"] == 9
    everything = caller.ask("GET", "/v1/operations").json()
    chain = FIRST_ORDER
    for place, one in enumerate(everything["operations"], start=1):
        chain = next_order(chain, clinic.raw_id, place, sha256(raw(one["record"])))
        assert (one["place"], raw(one["chain"])) == (place, chain)
    assert raw(everything["chain"]) == chain
    parcels = other.ask("GET", "/v1/parcels", params={"workstation_id": clinic.first.workstation_id}).json()
    assert len(parcels["parcels"]) == 2


def test_the_same_parcel_again_changes_nothing(server: Server) -> None:
    caller = server.caller(server.clinic())
    made = [caller.station.operation()]
    parcel = caller.station.parcel(made)
    first, again = caller.push(parcel, made), caller.push(parcel, made)
    assert first.json() == again.json() == {"send_sequence": 1, "first_place": 1, "last_place": 1}
    assert caller.ask("GET", "/v1/operations").json()["last_place"] == 1


def test_what_contradicts_itself_is_kept_and_refused(server: Server) -> None:
    caller = server.caller(server.clinic())
    station = caller.station
    made = [station.operation()]
    first = station.parcel(made)
    caller.push(first, made).raise_for_status()
    others = [station.operation()]
    assert code_of(caller.push(station.parcel_at(1, bytes(32), others), others)) == "parcel_forked"
    assert code_of(caller.push(station.parcel_at(2, bytes(32), others), others)) == "parcel_forked"
    assert code_of(caller.push(station.parcel_at(3, station.previous, others), others)) == "parcel_gap"
    fields = unpack(made[0], "operation", 13)[:12]
    changed = [*fields[:11], b"other words"]
    other_bytes = signed(changed, lambda before: station.signing.sign("operation", station.clinic_id, before))
    assert code_of(caller.push(station.parcel_at(2, station.previous, [other_bytes]), [other_bytes])) == (
        "operation_repeated"
    )
    assert code_of(caller.push(station.parcel_at(2, station.previous, made), made)) == "operation_repeated"
    with server.parts.database.read() as connection:
        kinds = sorted(connection.execute(select(schema.evidence.c.kind)).scalars())
    assert kinds == ["operation", "parcel", "parcel"]
    assert caller.ask("GET", "/v1/operations").json()["last_place"] == 1
    more = [station.operation()]
    assert caller.push(station.parcel(more), more).status_code == 200, "the honest chain goes on"


def test_nobody_sends_in_anothers_name(server: Server) -> None:
    clinic = server.clinic()
    caller, before = server.caller(clinic), clinic.head
    second = clinic.add_workstation()
    caller.append(1, before, clinic.entries[1:]).raise_for_status()
    made = [second.operation()]
    assert code_of(caller.push(second.parcel_at(1, bytes(32), made), made)) == "parcel_not_yours"
    assert code_of(caller.push(caller.station.parcel_at(1, bytes(32), made), made)) == "parcel_wrong"
    own = [caller.station.operation()]
    parcel = caller.station.parcel_at(1, bytes(32), own)
    assert code_of(caller.push(parcel, [caller.station.operation()])) == "parcel_wrong"
    assert code_of(caller.push(parcel[:-1] + bytes([parcel[-1] ^ 1]), own)) == "parcel_not_yours"
    assert code_of(caller.push(b"\x00", own)) == "bad_message"
    other = server.clinic()
    foreign = [other.first.operation()]
    assert caller.push(other.first.parcel_at(1, bytes(32), foreign), foreign).status_code == 400
    assert caller.ask("GET", "/v1/operations").json()["last_place"] == 0


def test_another_clinics_token_reaches_nothing(server: Server) -> None:
    clinic, other = server.clinic(), server.clinic()
    caller, stranger = server.caller(clinic), server.caller(other)
    made = [caller.station.operation()]
    caller.push(caller.station.parcel(made), made).raise_for_status()
    caller.upload(b"sealed" * 100).raise_for_status()
    caller.ask("POST", "/v1/log/checkpoints", json={"record": text(caller.station.checkpoint(5))}).raise_for_status()
    assert stranger.ask("GET", "/v1/operations").json()["operations"] == []
    assert len(stranger.ask("GET", "/v1/members").json()["entries"]) == 1
    who = {"workstation_id": clinic.first.workstation_id}
    assert stranger.ask("GET", "/v1/parcels", params=who).json()["parcels"] == []
    assert stranger.ask("GET", "/v1/log/checkpoints", params=who).json()["checkpoints"] == []
    entry = clinic.append(clinic.first.body())
    body = {"clinic_id": clinic.clinic_id, "sequence": 1, "previous": text(bytes(32)), "entries": [text(entry)]}
    assert stranger.ask("POST", "/v1/members", json=body).status_code == 404


def test_a_full_quota_changes_nothing(server: Server) -> None:
    clinic = server.clinic()
    caller = server.caller(clinic)
    from sqlalchemy import update

    with server.parts.database.write() as connection:
        connection.execute(update(schema.clinic).values(quota_bytes=10_000))
    made = [caller.station.operation(size=9_900)]
    parcel = caller.station.parcel(made)
    answer = caller.push(parcel, made)
    assert (answer.status_code, code_of(answer)) == (507, "quota_full")
    assert code_of(caller.ask("POST", "/v1/uploads", json={"blob_id": "ab" * 32, "bytes": 20_000})) == "quota_full"
    assert caller.ask("GET", "/v1/operations").json()["last_place"] == 0
    with server.parts.database.write() as connection:
        connection.execute(update(schema.clinic).values(quota_bytes=1 << 40))
    assert caller.push(parcel, made).status_code == 200


def test_key_records_reach_every_workstation_of_the_clinic(server: Server) -> None:
    clinic = server.clinic()
    caller, stranger = server.caller(clinic), server.caller(server.clinic())
    records = [b"slot", b"bundle", b"grant"]
    for _ in range(2):
        caller.ask("PUT", "/v1/key-records", json={"records": [text(one) for one in records]}).raise_for_status()
    page = caller.ask("GET", "/v1/key-records").json()["records"]
    assert [(one["place"], raw(one["record"])) for one in page] == list(enumerate(records, start=1))
    assert stranger.ask("GET", "/v1/key-records").json()["records"] == []
    hashes = {"hashes": [text(sha256(b"slot"))]}
    stranger.ask("POST", "/v1/key-records/drop", json=hashes).raise_for_status()
    caller.ask("POST", "/v1/key-records/drop", json=hashes).raise_for_status()
    caller.ask("PUT", "/v1/key-records", json={"records": [text(b"new slot")]}).raise_for_status()
    page = caller.ask("GET", "/v1/key-records", params={"after": 2}).json()["records"]
    assert [raw(one["record"]) for one in page] == [b"grant", b"new slot"]


def test_erasure_keys_lie_apart_and_go_with_the_patient(server: Server) -> None:
    clinic = server.clinic()
    caller, before = server.caller(clinic), clinic.head
    scopes = sorted(ids.random_id() for _ in range(3))
    keys = [{"scope": scope, "sealed": text(scope.encode())} for scope in scopes]
    caller.ask("PUT", "/v1/erasure-keys", json={"keys": keys}).raise_for_status()
    caller.ask("PUT", "/v1/erasure-keys", json={"keys": keys[:1]}).raise_for_status()
    page = caller.ask("GET", "/v1/erasure-keys", params={"limit": 2}).json()["keys"]
    assert [one["scope"] for one in page] == scopes[:2]
    rest = caller.ask("GET", "/v1/erasure-keys", params={"after": scopes[1]}).json()["keys"]
    assert [one["scope"] for one in rest] == scopes[2:]
    if server.parts.database.is_sqlite:
        assert scopes[1].encode() not in (server.folder / "server.db").read_bytes()
    caller.append(1, before, [clinic.erase(scopes[1])]).raise_for_status()
    left = caller.ask("GET", "/v1/erasure-keys").json()["keys"]
    assert [one["scope"] for one in left] == [scopes[0], scopes[2]]
