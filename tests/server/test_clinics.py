"""Founding, signing in, the membership log by compare-and-swap, invitations, revocation."""

from __future__ import annotations

from photodesk import ids
from photodesk.store.member_entry import Policy
from tests.server.clinic import Caller, Clinic, Workstation, found, raw, text
from tests.server.conftest import Server


def code_of(answer: object) -> str:
    return str(answer.json()["error"]["code"])  # type: ignore[attr-defined]


def test_a_clinic_is_founded_once_with_the_code_of_the_terminal(server: Server) -> None:
    clinic = Clinic()
    assert code_of(found(server.http, clinic, "0000-0000-0000-0000-0000")) == "code_wrong"
    assert found(server.http, clinic, server.code.lower().replace("-", " ")).status_code == 200
    assert found(server.http, clinic, server.code).status_code == 200, "a repeated request changes nothing"
    other = Clinic()
    assert code_of(found(server.http, other, server.code)) == "code_wrong", "a code founds one clinic"
    forged = Clinic()
    forged.entries = [bytes(one) for one in clinic.entries]
    assert found(server.http, forged, server.code).status_code in {400, 403}


def test_a_restored_workstations_longer_log_is_taken_with_a_code_and_another_history_is_not(server: Server) -> None:
    clinic = Clinic()
    assert found(server.http, clinic, server.code).status_code == 200
    kept = list(clinic.entries)
    newcomer = clinic.add_workstation()
    assert found(server.http, clinic, server.code).status_code == 200
    assert server.caller(clinic, newcomer).ask("GET", "/v1/members").json()["entries"][-1] == text(clinic.entries[-1])
    assert found(server.http, clinic, "0000-0000-0000-0000-0000").status_code == 403
    clinic.entries = kept
    assert found(server.http, clinic, server.code).status_code == 200, "an older log changes nothing"
    clinic.add_workstation()
    assert code_of(found(server.http, clinic, server.code)) == "clinic_exists"


def test_a_code_is_over_after_a_day(server: Server) -> None:
    server.clock.now_ms += 25 * 3_600_000
    assert code_of(found(server.http, Clinic(), server.code)) == "code_wrong"


def test_entries_that_do_not_verify_found_nothing(server: Server) -> None:
    clinic = Clinic()
    clinic.append(Policy("idle.clinician", "300"))
    damaged = bytearray(clinic.entries[1])
    damaged[-80] ^= 1
    clinic.entries[1] = bytes(damaged)
    assert code_of(found(server.http, clinic, server.code)) == "members_wrong"
    assert server.http.get("/readyz").status_code == 200
    assert Caller(server.http, clinic, clinic.first, server.pin).sign_in().status_code == 401


def test_signing_in_takes_the_workstations_key_and_a_fresh_challenge(server: Server) -> None:
    clinic = server.clinic()
    stranger = Workstation(clinic.raw_id)
    assert Caller(server.http, clinic, stranger, server.pin).sign_in().status_code == 401
    thief = Workstation(clinic.raw_id, workstation_id=clinic.first.workstation_id)
    assert Caller(server.http, clinic, thief, server.pin).sign_in().status_code == 401
    assert Caller(server.http, clinic, clinic.first, bytes(32)).sign_in().status_code == 401, "another server's pin"
    caller = server.caller(clinic)
    assert caller.ask("GET", "/v1/members").status_code == 200
    server.clock.now_ms += 11 * 60_000
    assert code_of(caller.ask("GET", "/v1/members")) == "not_signed_in"
    caller.token = caller.token[:-2] + ("00" if caller.token[-2:] != "00" else "11")
    assert caller.ask("GET", "/v1/members").status_code == 401


def test_a_challenge_is_good_once(server: Server) -> None:
    clinic = server.clinic()
    who = {"clinic_id": clinic.clinic_id, "workstation_id": clinic.first.workstation_id}
    challenge = server.http.post("/v1/sign-in/challenge", json=who).json()["challenge"]
    from photodesk.sync.statements import SIGN_IN, sign_in_statement

    statement = sign_in_statement(server.pin, clinic.first.workstation_id, raw(challenge))
    signature = text(clinic.first.signing.sign(SIGN_IN, clinic.raw_id, statement))
    body = who | {"challenge": challenge, "signature": signature}
    assert server.http.post("/v1/sign-in", json=body).status_code == 200
    assert code_of(server.http.post("/v1/sign-in", json=body)) == "challenge_over"


def test_membership_grows_by_compare_and_swap(server: Server) -> None:
    clinic = server.clinic()
    caller, before = server.caller(clinic), clinic.head
    entry = clinic.append(Policy("idle.clinician", "300"))
    assert code_of(caller.append(0, before, [entry])) == "members_changed"
    assert code_of(caller.append(1, bytes(32), [entry])) == "members_changed"
    answer = caller.append(1, before, [entry])
    assert (answer.json()["sequence"], raw(answer.json()["head"])) == (2, clinic.head)
    assert caller.append(1, before, [entry]).status_code == 200, "the same again is answered the same"
    page = caller.ask("GET", "/v1/members", params={"after": 1}).json()["entries"]
    assert [raw(one) for one in page] == clinic.entries[1:]
    wrong = clinic.entry(Policy("idle.clinician", "9"), Workstation(clinic.raw_id))
    assert code_of(caller.append(2, clinic.head, [wrong])) == "members_wrong"
    again = clinic.append(Policy("x", "y"))
    assert caller.append(2, raw(answer.json()["head"]), [again]).status_code == 200, "a refusal leaves no trace"


def test_a_revoked_workstation_gets_nothing_more(server: Server) -> None:
    clinic = server.clinic()
    caller, before = server.caller(clinic), clinic.head
    second = clinic.add_workstation()
    caller.append(1, before, clinic.entries[1:]).raise_for_status()
    other, before = server.caller(clinic, second), clinic.head
    assert other.ask("GET", "/v1/members").status_code == 200
    caller.append(2, before, [clinic.revoke(second)]).raise_for_status()
    assert code_of(other.ask("GET", "/v1/members")) == "revoked"
    assert code_of(other.sign_in()) == "revoked"
    listed = {one["workstation_id"]: one for one in caller.ask("GET", "/v1/workstations").json()["workstations"]}
    assert listed[second.workstation_id]["revoked"]
    assert not listed[clinic.first.workstation_id]["revoked"]
    assert listed[clinic.first.workstation_id]["last_contact_ms"] > 0


def test_an_invitation_waits_ten_minutes_for_whoever_knows_it(server: Server) -> None:
    clinic = server.clinic()
    caller, invitation_id = server.caller(clinic), ids.random_id()
    body = {"invitation_id": invitation_id, "package": text(b"sealed for the code")}
    assert caller.ask("POST", "/v1/invitations", json=body).status_code == 200
    assert code_of(caller.ask("POST", "/v1/invitations", json=body)) == "invitation_taken"
    package = server.http.get(f"/v1/invitations/{invitation_id}").json()
    assert (package["clinic_id"], raw(package["package"])) == (clinic.clinic_id, b"sealed for the code")
    assert server.http.get(f"/v1/invitations/{ids.random_id()}").status_code == 404
    server.clock.now_ms += 11 * 60_000
    assert server.http.get(f"/v1/invitations/{invitation_id}").status_code == 404


def test_a_newcomer_joins_with_an_entry_the_log_itself_allows(server: Server) -> None:
    clinic = server.clinic()
    caller, invitation_id, before = server.caller(clinic), ids.random_id(), clinic.head
    caller.ask("POST", "/v1/invitations", json={"invitation_id": invitation_id, "package": text(b"p")})
    newcomer = clinic.add_workstation()
    joining = {"clinic_id": clinic.clinic_id, "sequence": 1, "previous": text(before)}
    joining["entries"] = [text(one) for one in clinic.entries[1:]]
    other = server.clinic()
    elsewhere = joining | {"clinic_id": other.clinic_id}
    assert server.http.post(f"/v1/invitations/{invitation_id}/join", json=elsewhere).status_code == 404
    assert server.http.post(f"/v1/invitations/{invitation_id}/join", json=joining).status_code == 200
    assert server.caller(clinic, newcomer).ask("GET", "/v1/members").status_code == 200
    assert server.http.get(f"/v1/invitations/{invitation_id}").status_code == 404, "used once"
