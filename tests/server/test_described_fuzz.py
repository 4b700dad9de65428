"""The server's own OpenAPI page against it: whatever is sent, no answer is a fault of the server (schemathesis)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from starlette.testclient import TestClient

from photodesk.server.app import make_app
from photodesk.server.identity import first_code
from photodesk.server.parts import Places, open_parts
from tests.server.clinic import Caller, Clinic, found
from tests.server.conftest import TestClock

EXAMPLES = 8
ENDLESS = "/v1/events"


def test_no_answer_is_a_fault(tmp_path: Path) -> None:
    clock, pin = TestClock(), os.urandom(32)
    parts = open_parts(Places.in_folder(tmp_path), pin, clock)
    app = make_app(parts, quiet=True)
    with TestClient(app) as http:
        clinic = Clinic()
        found(http, clinic, first_code(parts.database, clock) or "").raise_for_status()
        caller = Caller(http, clinic, clinic.first, pin)
        caller.sign_in().raise_for_status()
        headers = {"Authorization": f"Bearer {caller.token}"}
        asked: dict[str, set[int]] = {}
        described: Any = schemathesis.openapi.from_asgi("/openapi.json", app)
        for found_operation in described.get_all_operations():
            operation = found_operation.ok()
            if operation.path == ENDLESS:
                continue
            asked[f"{operation.method} {operation.path}"] = _ask(operation, headers)
    parts.close()
    assert len(asked) > 20
    assert any(200 in statuses for statuses in asked.values())


def _ask(operation: Any, headers: dict[str, str]) -> set[int]:
    """Send what the description allows, and the statuses that came back."""
    statuses: set[int] = set()

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        answer = case.call(headers=headers)
        statuses.add(answer.status_code)
        assert answer.status_code < 500, (answer.status_code, answer.text)
        if answer.status_code >= 400:
            error = answer.json()["error"]
            assert error["code"]
            assert error["message"]

    ask()
    return statuses
