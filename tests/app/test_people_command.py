"""`photodesk user` and `photodesk policy`, through real commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from photodesk.app.attempts import LAST_ATTEMPT, Attempts, _Row, boot_id, save_to
from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from photodesk.store.keyring import secrets_of
from photodesk.store.layout import Layout
from photodesk.store.signin import people_for_signin
from photodesk.store.workstation import open_workstation_keys
from tests.app.test_command_line import PASSWORD, Clinic

NEW, OTHER = "seven grey boats at noon", "nine slow trains by the sea"


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    made = Clinic(tmp_path)
    Entrance(made.store, SystemClock(), FLOOR_COST).found(
        "Example Clinic", "Room 1", "Ada Berg", PASSWORD, password_only=True
    )
    return made


def _people(clinic: Clinic, **settings: object) -> dict[str, tuple[list[str], str, list[str]]]:
    users = clinic.good("user", "list", **settings)["users"]
    return {one["name"]: (one["roles"], one["state"], one["waits_for"]) for one in users}


def test_people_come_change_and_go(clinic: Clinic) -> None:
    clinic.good("user", "add", "Ben Roth", "--role", "clinician", lines=(PASSWORD, NEW))
    assert clinic.good("patient", "list", user="Ben Roth", lines=(NEW,)) == {"patients": []}
    clinic.good("user", "set", "ben  roth", "--role", "front-desk", "--role", "privacy-officer")
    assert _people(clinic)["Ben Roth"] == (["front-desk", "privacy-officer"], "active", [])
    shown = clinic.good("user", "disable", "Ben Roth")
    assert (shown["name"], shown["state"]) == ("Ben Roth", "disabled")
    code, document = clinic.run("patient", "list", user="Ben Roth", lines=(NEW,))
    assert (code, document["error"]["code"]) == (3, "wrong_password")
    clinic.good("user", "enable", "Ben Roth", lines=(PASSWORD, OTHER))
    clinic.good("log", "show", user="Ben Roth", lines=(OTHER,))
    clinic.good("user", "password", user="Ben Roth", lines=(OTHER, NEW))
    clinic.good("patient", "list", user="Ben Roth", lines=(NEW,))
    code, document = clinic.run("user", "password", user="Ben Roth", lines=(NEW, "password"))
    assert (code, document["error"]["code"]) == (1, "password_weak")
    clinic.good("user", "reset", "Ben Roth", lines=(PASSWORD, OTHER))
    clinic.good("patient", "list", user="Ben Roth", lines=(OTHER,))
    entries = clinic.good("log", "show")["entries"]
    told = [one["details"]["what"] for one in entries if one["action"] == "PERSON"]
    assert set(told) == {"added", "roles", "disabled", "enabled", "password reset", "password changed", "new keys"}
    assert clinic.good("log", "verify", lines=())["result"] == "intact"


def test_two_administrators_sign_together(clinic: Clinic) -> None:
    clinic.good("user", "add", "Bea", "--role", "administrator", lines=(PASSWORD, NEW))
    adding = ("user", "add", "Cleo", "--role", "administrator")
    code, document = clinic.run(*adding, lines=(PASSWORD, OTHER))
    assert (code, document["error"]["code"]) == (3, "second_needed")
    code, document = clinic.run(*adding, "--second", "Bea", lines=(PASSWORD, OTHER, OTHER))
    assert (code, document["error"]["code"]) == (3, "wrong_password")
    clinic.good(*adding, "--second", "Bea", lines=(PASSWORD, OTHER, NEW))
    code, document = clinic.run("user", "disable", "Ada Berg")
    assert (code, document["error"]["code"]) == (3, "own_roles")
    clinic.good("user", "set", "Ada Berg", "--role", "clinician", user="Bea", lines=(NEW,))
    assert _people(clinic, user="Bea", lines=(NEW,))["Ada Berg"] == (["clinician"], "active", [])
    clinic.good("user", "disable", "Cleo", user="Bea", lines=(NEW,))
    added = clinic.good("user", "add", "Dora", "--role", "clinician", user="Bea", lines=(NEW, OTHER))
    assert (added["state"], added["waits_for"]) == ("waiting", ["chart"])
    clinic.good("patient", "list")
    assert _people(clinic, user="Bea", lines=(NEW,))["Dora"][1] == "active"


def test_ten_wrong_passwords_are_allowed_again(clinic: Clinic) -> None:
    clinic.good("user", "add", "Ben Roth", "--role", "clinician", lines=(PASSWORD, NEW))
    layout = Layout(clinic.store)
    secrets = secrets_of(layout)
    keys = open_workstation_keys(layout, secrets)
    slot_id = next(one.slot_id for one in people_for_signin(layout, secrets) if one.name == "Ben Roth")
    attempts = Attempts(keys.mac_key, keys.clinic_id, SystemClock(), boot_id(), save_to(layout.attempts))
    attempts._rows[slot_id] = _Row(LAST_ATTEMPT, 0)
    save_to(layout.attempts)(attempts._encode())
    code, document = clinic.run("patient", "list", user="Ben Roth", lines=(NEW,))
    assert (code, document["error"]["code"]) == (3, "slot_disabled")
    clinic.good("user", "allow", "Ben Roth")
    clinic.good("patient", "list", user="Ben Roth", lines=(NEW,))


def test_policies_are_listed_and_set(clinic: Clinic) -> None:
    clinic.good("policy", "set", "idle.clinician", "240")
    known = {one["name"]: one for one in clinic.good("policy", "list")["policies"]}
    assert (known["idle.clinician"]["value"], known["idle.clinician"]["set"]) == ("240", True)
    assert not known["idle.front-desk"]["set"]
    code, document = clinic.run("policy", "set", "idle.clinician", "1")
    assert (code, document["error"]["code"]) == (1, "policy_value")


def test_the_envelope_by_command(clinic: Clinic) -> None:
    clinic.good("user", "add", "Ben Roth", "--role", "front-desk", lines=(PASSWORD, NEW))
    made = clinic.good("envelope", "renew")
    assert made["state"] == "ready"
    clinic.good("patient", "add", "--mrn", "1", "--family", "Test", "--given", "Ada", "--birth", "1968-05-12")
    opening = ("timeline", "1", "--emergency", "bleeding, nobody reachable")
    code, document = clinic.run(*opening, user="Ben Roth", lines=(PASSWORD,))
    assert (code, document["error"]["code"]) == (1, "envelope_code_wrong")
    assert clinic.good(*opening, user="Ben Roth", lines=(made["code"],))["visits"] == []
    code, document = clinic.run(*opening, user="Ben Roth", lines=(made["code"],))
    assert (code, document["error"]["code"]) == (3, "no_envelope")
    status = clinic.good("envelope", "status")
    assert (status["state"], [use["reason"] for use in status["uses"]]) == ("used", ["bleeding, nobody reachable"])
    clinic.good("envelope", "seen")
    entries = clinic.good("log", "show")["entries"]
    marked = [one for one in entries if one["details"].get("emergency") == "yes"]
    assert {one["user"] for one in marked} == {"Emergency access"}
    assert {"PERSON", "RECORD_OPENED"} <= {one["action"] for one in marked}
    assert clinic.good("envelope", "renew")["code"] != made["code"]
