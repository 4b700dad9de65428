"""The clinic demands a second step: the QR code is scanned from the real window; the next sign-in asks for a code."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
import zxingcpp

from photodesk.crypto.totp import one_time_code, time_step
from tests.journeys.commands import PASSWORD, Clinic
from tests.journeys.screen import Screen, available, wait_until
from tests.journeys.windows import Windows

pytestmark = [pytest.mark.journey, pytest.mark.skipif(not available(), reason="no X tools here")]


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    made = Clinic(tmp_path)
    made.found()
    made.json("policy", "set", "second-factor.clinician", "required")
    return made


@pytest.fixture
def windows(clinic: Clinic) -> Iterator[Windows]:
    with Screen() as screen, Windows(clinic, screen) as made:
        made.wait_for_sign_in()
        yield made


def scanned(windows: Windows) -> str:
    """What a phone reads from the screen."""
    found = zxingcpp.read_barcodes(windows.screen.pixels())
    return found[0].text if found else ""


def type_line(windows: Windows, text: str) -> None:
    windows.screen.type(text)
    windows.screen.key("Return")


def test_an_app_is_enrolled_at_the_door_and_asked_from_then_on(windows: Windows) -> None:
    type_line(windows, PASSWORD)
    wait_until(lambda: scanned(windows).startswith("otpauth://"), "the QR code")
    secret = base64.b32decode(parse_qs(urlparse(scanned(windows)).query)["secret"][0])

    def code(steps: int = 0) -> str:
        return one_time_code(secret, time_step(time.time_ns() // 1_000_000) + steps)

    type_line(windows, code())
    wait_until(lambda: not scanned(windows), "the backup codes")
    assert windows.asks_for_password(), "the desk is not open before the codes were read"
    time.sleep(1)
    windows.screen.key("Return")
    wait_until(lambda: not windows.asks_for_password(), "the desk", 60)
    windows.lock()
    windows.wait_for_sign_in(spare=False)
    type_line(windows, PASSWORD)
    time.sleep(1)
    wait_until(windows.asks_for_password, "the second step")
    wait_until(lambda: _takes(windows, code(1)), "the desk", 60)


def _takes(windows: Windows, code: str) -> bool:
    """Type the code once the field takes it; whether the desk is open."""
    if windows.asks_for_password():
        type_line(windows, code)
        time.sleep(3)
    return not windows.asks_for_password()
