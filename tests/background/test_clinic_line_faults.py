"""What stands in for the clinic server, or answers badly in its name, is refused in words and never believed."""

from __future__ import annotations

import json
import ssl
import threading
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from photodesk.background import clinic_http, clinic_line
from photodesk.background.clinic_line import ClinicLine, fetch_certificate
from photodesk.errors import Fixable, PhotoDeskError, Refused
from photodesk.sync.line import PAGE, Changed, ServerBusy
from tests.background.scripted_server import Scripted, Shown, certificate, http, scripted

FACTS = http(
    "200 OK", json.dumps({"versions": [1], "receipt_key": b64encode(bytes(32)).decode(), "time_ms": 5}).encode()
)
OWN = certificate()


def line_to(server: Scripted, shown: Shown = OWN) -> ClinicLine:
    return ClinicLine(server.url, shown.pem, shown.pin)


def refused(folder: Path, answer: bytes, shown: Shown = OWN) -> PhotoDeskError:
    """Why a server that answers this is not believed."""
    with (
        scripted(folder, shown, lambda _: answer) as server,
        line_to(server, shown) as line,
        pytest.raises(PhotoDeskError) as told,
    ):
        line.facts()
    return told.value


def test_the_scripted_server_is_believed_as_it_stands(tmp_path: Path) -> None:
    with scripted(tmp_path, OWN, lambda _: FACTS) as server, line_to(server) as line:
        assert line.facts().time_ms == 5


def test_an_expired_certificate_is_refused_though_its_key_is_the_pinned_one(tmp_path: Path) -> None:
    old = certificate(ends_in=timedelta(days=-2))
    with scripted(tmp_path, old, lambda _: FACTS) as server, line_to(server, old) as line:
        with pytest.raises(Refused) as told:
            line.facts()
        assert told.value.code == "server_certificate_expired"
        assert "has expired" in told.value.message
        assert b"".join(server.heard) == b"", "nothing was sent"
        renewed = certificate(key=old.private)
        assert renewed.pin == old.pin
        assert fetch_certificate(server.url) == (old.pem, old.pin)


def test_a_renewed_certificate_over_the_same_key_has_to_be_taken_first(tmp_path: Path) -> None:
    renewed = certificate(key=OWN.private)
    with scripted(tmp_path, renewed, lambda _: FACTS) as server:
        with line_to(server, OWN) as line, pytest.raises(Refused) as told:
            line.facts()
        assert told.value.code == "server_pin_wrong"
        pem, pin = fetch_certificate(server.url)
        assert pin == OWN.pin
        with ClinicLine(server.url, pem, pin) as line:
            assert line.facts().versions == [1]


def test_a_man_in_the_middle_with_a_certificate_that_everybody_trusts_hears_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = certificate(authority=True)
    (tmp_path / "authorities.pem").write_text(authority.pem)
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(tmp_path / "authorities.pem"))
    between = certificate(by=authority)
    with scripted(tmp_path, between, lambda _: FACTS) as server:
        trusting = ssl.create_default_context(cafile=str(tmp_path / "authorities.pem"))
        assert trusting.verify_mode is ssl.CERT_REQUIRED
        with line_to(server) as line, pytest.raises(Refused) as told:
            line.facts()
        assert told.value.code == "server_pin_wrong"
        assert b"".join(server.heard) == b""


def test_proxies_of_the_environment_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with scripted(tmp_path, OWN, lambda _: FACTS) as server, line_to(server) as line:
        assert line.facts().time_ms == 5


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (FACTS[: len(FACTS) - 9], "server_offline"),
        (FACTS[:30], "server_offline"),
        (b"", "server_offline"),
        (http("200 OK", b'{"versions": [1], "rec'), "server_not_understood"),
        (http("200 OK", b"<html>Please accept our terms</html>"), "server_not_understood"),
        (http("302 Found", b"", "Location: https://portal.example/"), "server_not_understood"),
        (http("511 Network Authentication Required", b"<html>sign in</html>"), "server_not_understood"),
        (http("502 Bad Gateway", b"<html>bad gateway</html>"), "server_offline"),
        (http("200 OK", b'{"versions": ' + b"[" * 100_000), "server_not_understood"),
        (http("200 OK", b'{"versions": [1], "receipt_key": "not base64!", "time_ms": 5}'), "server_not_understood"),
        (http("418 I'm a teapot", b'{"error": {"code": "kettle", "message": "No.", "remedy": ""}}'), "kettle"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "server_offline"),
    ],
)
def test_bad_answers(tmp_path: Path, answer: bytes, code: str) -> None:
    assert refused(tmp_path, answer).code == code


@pytest.mark.parametrize(
    ("said", "waits"), [("7", 7), ("", 1), ("-5", 1), ("never", 1), ("99999999", 3600), ("1e9", 1)]
)
def test_a_server_that_is_busy_says_how_long(tmp_path: Path, said: str, waits: float) -> None:
    body = b'{"error": {"code": "too_often", "message": "Too many requests from here.", "remedy": "Wait."}}'
    error = refused(tmp_path, http("429 Too Many Requests", body, *([f"Retry-After: {said}"] if said else [])))
    assert isinstance(error, ServerBusy)
    assert (error.code, error.retry_after_s) == ("server_busy", waits)


def test_an_answer_without_end_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clinic_http, "MOST_ANSWER_BYTES", 100_000)
    assert refused(tmp_path, http("200 OK", b"[" * 200_000)).code == "server_not_understood"


def test_an_answer_that_never_comes_to_its_end_is_given_up(tmp_path: Path) -> None:
    answer = FACTS[: len(FACTS) - 9]
    with scripted(tmp_path, OWN, lambda _: answer, holding=True) as server:
        asking = clinic_http.ClinicHttp(server.url, OWN.pem, OWN.pin, answer_s=0.3)
        with pytest.raises(Fixable) as told:
            asking.fetch("GET", "/v1/server")
        asking.close()
    assert told.value.code == "server_offline"
    instants = iter([0.0, 1.0, 10_000.0])
    with pytest.raises(Fixable) as slow:
        clinic_http._bounded(iter([b"a", b"b"]), 10, lambda: next(instants))
    assert slow.value.code == "server_offline"


def test_a_stream_of_events_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clinic_line, "QUIET_S", 0.3)
    begun = b'HTTP/1.1 200 OK\r\n\r\ndata: {"place": 3, "members": 2}\n\n: still here\n\ndata: {"pla'
    with scripted(tmp_path, OWN, lambda _: begun, holding=True) as server, line_to(server) as line:
        heard: list[Changed | None] = []
        with pytest.raises(Fixable) as told, line.events() as events:
            heard.extend(events)
    assert told.value.code == "server_offline"
    assert heard == [Changed(3, 2), None]


@pytest.mark.parametrize("said", [b'data: {"place": "x"}\n\n', b"data: [[[[\n\n", b"x" * 10_000])
def test_nonsense_among_the_events_ends_them(tmp_path: Path, said: bytes) -> None:
    with (
        scripted(tmp_path, OWN, lambda _: b"HTTP/1.1 200 OK\r\n\r\n" + said) as server,
        line_to(server) as line,
        pytest.raises(Refused) as told,
        line.events() as events,
    ):
        list(events)
    assert told.value.code == "server_not_understood"


def test_more_than_was_asked_for_is_refused(tmp_path: Path) -> None:
    with scripted(tmp_path, OWN, lambda _: http("206 Partial Content", bytes(5000))) as server, line_to(server) as line:
        with pytest.raises(Refused) as told, line.read_blob(bytes(32), 0, 4000) as pieces:
            list(pieces)
        assert told.value.code == "server_not_understood"
    entries = [b64encode(b"x").decode()] * (PAGE + 1)
    page = http("200 OK", json.dumps({"entries": entries}).encode())
    with (
        scripted(tmp_path, OWN, lambda _: page) as server,
        line_to(server) as line,
        pytest.raises(Refused) as told,
    ):
        line.members(0)
    assert told.value.code == "server_not_understood"


def test_a_token_that_is_over_is_renewed_once_in_the_middle(tmp_path: Path) -> None:
    over = http("401 Unauthorized", b'{"error": {"code": "not_signed_in", "message": "Over.", "remedy": ""}}')

    def answer(request: bytes) -> bytes:
        if b"POST /v1/sign-in " in request:
            return http("200 OK", b'{"token": "second"}')
        return FACTS if b"Bearer second" in request else over

    with scripted(tmp_path, OWN, answer) as server, line_to(server) as line:
        line._http.token = "first"
        with pytest.raises(Refused):
            line.facts()
        line.keep_signed_in(lambda: line.sign_in("a" * 32, "b" * 32, bytes(32), bytes(64)))
        assert line.facts().time_ms == 5
        server.answer = lambda request: answer(request.replace(b"second", b"third"))
        with pytest.raises(Refused) as told:
            line.facts()
    assert told.value.code == "not_signed_in", "one that is refused again is told, not tried for ever"


def test_who_asks_while_another_thread_signs_in_again_waits_for_it(tmp_path: Path) -> None:
    over = http("401 Unauthorized", b'{"error": {"code": "not_signed_in", "message": "Over.", "remedy": ""}}')
    asked, go_on = threading.Event(), threading.Event()

    def answer(request: bytes) -> bytes:
        if b"POST /v1/sign-in " in request:
            asked.set()
            go_on.wait(10)
            return http("200 OK", b'{"token": "second"}')
        return FACTS if b"Bearer second" in request else over

    with scripted(tmp_path, OWN, answer) as server, line_to(server) as line, ThreadPoolExecutor(4) as pool:
        line._http.token = "first"
        line.keep_signed_in(lambda: line.sign_in("a" * 32, "b" * 32, bytes(32), bytes(64)))
        first = pool.submit(line.facts)
        assert asked.wait(10)
        others = [pool.submit(line.facts) for _ in range(3)]
        time.sleep(0.2)
        assert not any(one.done() for one in others)
        go_on.set()
        assert [one.result(10).time_ms for one in (first, *others)] == [5] * 4
        assert sum(b"POST /v1/sign-in " in request for request in server.heard) == 1


def test_where_signing_in_again_fails_the_next_request_tries_once_more(tmp_path: Path) -> None:
    over = http("401 Unauthorized", b'{"error": {"code": "not_signed_in", "message": "Over.", "remedy": ""}}')
    tries = 0

    def answer(request: bytes) -> bytes:
        nonlocal tries
        if b"POST /v1/sign-in " in request:
            tries += 1
            return http("200 OK", b'{"token": "second"}') if tries > 1 else b""
        return FACTS if b"Bearer second" in request else over

    with scripted(tmp_path, OWN, answer) as server, line_to(server) as line:
        line._http.token = "first"
        line.keep_signed_in(lambda: line.sign_in("a" * 32, "b" * 32, bytes(32), bytes(64)))
        with pytest.raises(Fixable) as told:
            line.facts()
        assert told.value.code == "server_offline"
        assert line.facts().time_ms == 5
