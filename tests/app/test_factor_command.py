"""Second factors on the command line, through real processes: enrolling an app, its code, backup codes, the policy."""

from __future__ import annotations

import base64
import os
import time

import pytest

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.crypto.totp import one_time_code, time_step
from photodesk.desk.entrance import Entrance
from tests.app.test_command_line import PASSWORD, Clinic

SECRET = os.urandom(20)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    made = Clinic(tmp_path_factory.mktemp("clinic"))
    made.store.parent.mkdir(parents=True, exist_ok=True)
    entrance = Entrance(made.store, SystemClock(), FLOOR_COST)
    entrance.found("Example Clinic", "Front desk", "Ada Berg", PASSWORD, password_only=True)
    return made


def _code(steps: int = 0) -> str:
    return one_time_code(SECRET, time_step(time.time_ns() // 1_000_000) + steps)


def _refused(clinic: Clinic, *arguments: str, lines: tuple[str, ...] = (PASSWORD,)) -> str:
    code, document = clinic.run(*arguments, lines=lines)
    assert code == 3, document
    return str(document["error"]["code"])


def test_an_app_from_enrolling_to_removing(clinic: Clinic) -> None:
    clinic.good("policy", "set", "second-factor.administrator", "required")
    assert _refused(clinic, "patient", "list") == "second_factor_required"
    typed = base64.b32encode(SECRET).decode()
    given = (PASSWORD, typed, _code())
    codes = clinic.good("user", "factor", "totp", "--secret", "@-", "--confirm", "@-", lines=given)["backup_codes"]
    assert len(codes) == 10
    assert _refused(clinic, "patient", "list") == "code_needed"
    assert _refused(clinic, "patient", "list", "--code", "@-", lines=(PASSWORD, "000000")) == "wrong_code"
    found = clinic.good("user", "factor", "list", "--code", "@-", lines=(PASSWORD, _code(1)))
    (mine,) = found["factors"]
    assert (mine["app"], mine["demanded"], mine["backup_codes"], mine["security_keys"]) == (True, True, 10, 0)
    clinic.good("patient", "list", "--code", "@-", lines=(PASSWORD, codes[0]))
    assert _refused(clinic, "patient", "list", "--code", codes[0]) == "wrong_code"
    fresh = clinic.good("user", "factor", "backup-codes", "--code", codes[1])["backup_codes"]
    assert _refused(clinic, "user", "factor", "remove", "app", "--code", fresh[0]) == "second_factor_required"
    clinic.good("policy", "set", "second-factor.administrator", "optional", "--code", fresh[1])
    clinic.good("user", "factor", "remove", "app", "--code", fresh[2])
    clinic.good("patient", "list")


def test_without_a_security_key_it_is_said(clinic: Clinic) -> None:
    code, document = clinic.run("user", "factor", "key")
    if document.get("error", {}).get("code") != "security_key_missing":
        pytest.skip("a security key is plugged in here")
    assert (code, document["error"]["remedy"]) == (1, "Plug it in, then try again.")


def test_a_weak_secret_is_refused(clinic: Clinic) -> None:
    arguments = ("user", "factor", "totp", "--secret", "A" * 32, "--confirm", "000000")
    code, document = clinic.run(*arguments)
    assert (code, document["error"]["code"]) == (1, "secret_unfit")
