"""What somebody gets who is not signed in: a workstation that was shut out, and one that is invited."""

from __future__ import annotations

from typing import Any

from photodesk import ids
from photodesk.store.member_entry import Policy
from photodesk.sync.statements import SIGN_IN, sign_in_statement
from tests.server.clinic import Caller, raw, text
from tests.server.conftest import Server
from tests.server.test_clinics import code_of


def ask_revocation(caller: Caller, after: int = 0, challenge: bytes | None = None, by: Caller | None = None) -> Any:
    who = {"clinic_id": caller.clinic.clinic_id, "workstation_id": caller.station.workstation_id}
    made = challenge or raw(caller.http.post("/v1/sign-in/challenge", json=who).json()["challenge"])
    statement = sign_in_statement(caller.pin, caller.station.workstation_id, made)
    signature = (by or caller).station.signing.sign(SIGN_IN, caller.clinic.raw_id, statement)
    body = who | {"challenge": text(made), "signature": text(signature), "after": after}
    return caller.http.post("/v1/sign-in/revoked", json=body)


def test_who_was_shut_out_gets_the_entries_that_say_so_and_no_more(server: Server) -> None:
    clinic = server.clinic()
    caller, before = server.caller(clinic), clinic.head
    second = clinic.add_workstation()
    caller.append(1, before, clinic.entries[1:]).raise_for_status()
    other = server.caller(clinic, second)
    assert ask_revocation(other).json()["entries"] == [], "nobody shut it out"
    for body in ("revoke", Policy("idle.clinician", "300"), "revoke", Policy("idle.clinician", "400")):
        before = clinic.head
        made = clinic.revoke(second) if body == "revoke" else clinic.append(body)  # type: ignore[arg-type]
        caller.append(len(clinic.entries) - 1, before, [made]).raise_for_status()
    served = [raw(one) for one in ask_revocation(other, after=2).json()["entries"]]
    assert served == clinic.entries[2:5], "up to the last one that names it"
    assert [raw(one) for one in ask_revocation(other, after=4).json()["entries"]] == clinic.entries[4:5]
    assert ask_revocation(other, by=caller).status_code == 401
    assert ask_revocation(other, challenge=bytes(32)).status_code == 401
    assert code_of(other.ask("GET", "/v1/members")) == "revoked"


def test_who_is_invited_reads_the_log_and_the_key_records_while_the_invitation_waits(server: Server) -> None:
    clinic = server.clinic()
    caller, invitation_id = server.caller(clinic), ids.random_id()
    caller.ask("PUT", "/v1/key-records", json={"records": [text(b"one"), text(b"two")]}).raise_for_status()
    path = f"/v1/invitations/{invitation_id}"
    for what in ("members", "key-records"):
        assert server.http.get(f"{path}/{what}").status_code == 404
    caller.ask("POST", "/v1/invitations", json={"invitation_id": invitation_id, "package": text(b"sealed")})
    assert [raw(one) for one in server.http.get(f"{path}/members").json()["entries"]] == clinic.entries
    assert server.http.get(f"{path}/members?after=1").json()["entries"] == []
    records = server.http.get(f"{path}/key-records?after=1").json()["records"]
    assert [raw(one["record"]) for one in records] == [b"two"]
    server.clock.now_ms += 11 * 60_000
    for what in ("members", "key-records"):
        assert server.http.get(f"{path}/{what}").status_code == 404
