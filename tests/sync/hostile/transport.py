"""Class 7: TLS 1.2, another pin, somebody in between, replayed tokens, another workstation's token."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2 as httpx
from starlette.testclient import TestClient

from photodesk.background.clinic_line import ClinicLine
from photodesk.crypto import verify
from photodesk.errors import Refused
from photodesk.server.app import make_app
from photodesk.server.identity import first_code
from photodesk.server.parts import Places, open_parts
from photodesk.server.tls import certificate_in
from photodesk.sync.server_facts import ServerFacts, SignedFacts
from photodesk.sync.statements import SIGN_IN, sign_in_statement
from tests.background.test_clinic_line import stranger
from tests.server.clinic import Caller, Clinic, found
from tests.server.conftest import TestClock
from tests.sync.hostile.stage import SILENT, Stage, comes_to

PIN = bytes(range(32))


@comes_to("server_tls")
def old_tls(stage: Stage) -> None:
    """A server that speaks no TLS 1.3, with the right key."""
    own = certificate_in(stage.folder, "localhost")
    with (
        stranger(stage.folder, newest=ssl.TLSVersion.TLSv1_2) as (url, _heard),
        ClinicLine(url, own.certificate.read_text(), own.pin) as line,
    ):
        line.facts()


@comes_to("server_pin_wrong")
def another_key(stage: Stage) -> None:
    """Somebody in between shows a certificate of their own, and hears nothing."""
    (stage.folder / "other").mkdir()
    own = certificate_in(stage.folder, "localhost")
    with stranger(stage.folder / "other") as (url, heard):
        try:
            with ClinicLine(url, own.certificate.read_text(), own.pin) as line:
                line.facts()
        finally:
            assert b"".join(heard) == b""


@comes_to("server_pin_wrong")
def certificate_swapped_in_the_spool(stage: Stage) -> None:
    """The certificate that lies here was changed: its key is not the pinned one."""
    other = certificate_in(stage.folder, "localhost")
    ClinicLine("https://localhost:1", other.certificate.read_text(), PIN)


@comes_to(SILENT)
def address_swapped_in_the_spool(stage: Stage) -> None:
    """The address that lies here was changed: it counts only as the membership log says it."""
    facts = SignedFacts.of(stage.b.members())
    assert facts is not None
    facts.keep(stage.b.spool, "certificate")
    assert ServerFacts.of(stage.b.members(), stage.b.spool) is not None
    stage.b.spool.set_facts({"server-url": b"https://elsewhere.example"})
    assert ServerFacts.of(stage.b.members(), stage.b.spool) is None


@comes_to(SILENT)
def sign_in_passed_on(stage: Stage) -> None:
    """A signed challenge is passed on to another server: the pin is in what was signed."""
    station, challenge = stage.b.station, bytes(32)
    signature = station.signing.sign(
        SIGN_IN, stage.clinic.raw_id, sign_in_statement(PIN, station.workstation_id, challenge)
    )
    for pin, fits in ((PIN, True), (bytes(32), False)):
        statement = sign_in_statement(pin, station.workstation_id, challenge)
        assert verify(station.signing.public, signature, SIGN_IN, stage.clinic.raw_id, statement) is fits


@contextmanager
def honest(stage: Stage) -> Iterator[tuple[TestClient, TestClock, Clinic]]:
    """The real server, and somebody on its line."""
    clock, clinic = TestClock(), Clinic()
    (stage.folder / "server").mkdir()
    parts = open_parts(Places.in_folder(stage.folder / "server", ""), PIN, clock)
    try:
        code = first_code(parts.database, clock)
        with TestClient(make_app(parts, quiet=True)) as http:
            assert found(http, clinic, code or "").status_code == 200
            yield http, clock, clinic
    finally:
        parts.close()


def refused(answer: httpx.Response) -> None:
    """The server's refusal as the error that a workstation sees."""
    if answer.status_code >= 300:
        said = answer.json()["error"]
        raise Refused(said["code"], said["message"])


@comes_to("not_signed_in")
def token_replayed_later(stage: Stage) -> None:
    """A token that was overheard, eleven minutes later."""
    with honest(stage) as (http, clock, clinic):
        caller = Caller(http, clinic, clinic.first, PIN)  # type: ignore[arg-type]
        refused(caller.sign_in())
        clock.now_ms += 11 * 60_000
        refused(caller.ask("GET", "/v1/members"))


@comes_to("not_signed_in")
def token_altered(stage: Stage) -> None:
    """A token with another workstation's id written into it."""
    with honest(stage) as (http, _clock, clinic):
        caller = Caller(http, clinic, clinic.first, PIN)  # type: ignore[arg-type]
        refused(caller.sign_in())
        other = "ab" * 16
        caller.token = caller.token.replace(clinic.first.workstation_id.encode().hex(), other.encode().hex())
        refused(caller.ask("GET", "/v1/members"))


@comes_to("challenge_over")
def challenge_replayed(stage: Stage) -> None:
    """A signed challenge is used a second time."""
    with honest(stage) as (http, _clock, clinic):
        sent: list[dict[str, str]] = []
        caller = Caller(http, clinic, clinic.first, PIN)  # type: ignore[arg-type]
        post = http.post

        def overheard(path: str, **given: dict[str, str]) -> httpx.Response:
            sent.append(given["json"])
            return post(path, **given)  # type: ignore[arg-type]

        http.post = overheard  # type: ignore[method-assign, assignment]
        refused(caller.sign_in())
        refused(post("/v1/sign-in", json=sent[-1]))


@comes_to("parcel_not_yours")
def token_of_another_workstation(stage: Stage) -> None:
    """A thief with one workstation's token sends what another one signed."""
    with honest(stage) as (http, _clock, clinic):
        caller = Caller(http, clinic, clinic.first, PIN)  # type: ignore[arg-type]
        refused(caller.sign_in())
        other = clinic.add_workstation()
        operation = other.operation()
        refused(caller.push(other.parcel([operation]), [operation]))


@comes_to("not_signed_in")
def token_of_another_clinic(stage: Stage) -> None:
    """A workstation that nobody of this server's clinics knows signs in."""
    with honest(stage) as (http, _clock, _clinic):
        other = Clinic()
        refused(Caller(http, other, other.first, PIN).sign_in())  # type: ignore[arg-type]


@comes_to("clock_off")
def server_clock_wrong(_stage: Stage) -> None:
    """A server whose clock is a day away is not enrolled with."""
    from photodesk.sync.enrolling import check_clock

    check_clock(TestClock(), TestClock().now_ms + 86_400_000)


ATTACKS = (
    old_tls,
    another_key,
    certificate_swapped_in_the_spool,
    address_swapped_in_the_spool,
    sign_in_passed_on,
    token_replayed_later,
    token_altered,
    challenge_replayed,
    token_of_another_workstation,
    token_of_another_clinic,
    server_clock_wrong,
)
