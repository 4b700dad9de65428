"""The server as a process: TLS 1.3 only, its pin, a graceful stop, what a kill cannot take, what its log never says."""

from __future__ import annotations

import os
import random
import socket
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest

from photodesk.crypto import sha256
from photodesk.sync.blob_parts import PART_BYTES, id_of_parts, part_hash
from tests.server.clinic import Caller, raw, text
from tests.server.running import Running, serving


def handshake(running: Running, context: ssl.SSLContext) -> bytes:
    """The certificate the server shows, DER."""
    place = urlsplit(running.url)
    with (
        socket.create_connection((place.hostname or "", place.port or 0), 10) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as wrapped,
    ):
        assert wrapped.version() == "TLSv1.3"
        return wrapped.getpeercert(binary_form=True) or b""


def test_tls_1_3_only_and_the_pin_is_the_keys(tmp_path: Path) -> None:
    with serving(tmp_path, "--quiet") as running:
        context = ssl.create_default_context(cafile=str(tmp_path / "tls.pem"))
        shown = handshake(running, context)
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        public = x509.load_der_x509_certificate(shown).public_key()
        assert sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)) == running.pin
        old = ssl.create_default_context(cafile=str(tmp_path / "tls.pem"))
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises(ssl.SSLError):
            handshake(running, old)
        with pytest.raises(ssl.SSLError):
            handshake(running, ssl.create_default_context())
        assert oct((tmp_path / "tls.key").stat().st_mode)[-3:] == "600"


def test_a_stop_is_graceful_and_the_code_is_shown_until_a_clinic_is_founded(tmp_path: Path) -> None:
    with serving(tmp_path, "--quiet") as running, running.http() as http:
        assert running.code
        caller = running.founded(http)
        made = [caller.station.operation()]
        caller.push(caller.station.parcel(made), made).raise_for_status()
        pin, clinic = running.pin, caller.clinic
        assert running.stop() == 0
    with serving(tmp_path, "--quiet") as again, again.http() as http:
        assert again.code is None
        assert again.pin == pin, "the certificate stays"
        caller = again.caller(http, clinic)
        assert [raw(one["record"]) for one in caller.ask("GET", "/v1/operations").json()["operations"]] == made


def test_a_taken_port_is_a_sentence(tmp_path: Path) -> None:
    import subprocess
    import sys

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "photodesk", "serve", "--data", str(tmp_path), "--port", port]
        ended = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert ended.returncode == 1
    assert b"cannot listen on port" in ended.stderr


def push_through(folder: Path, caller: Caller, dice: random.Random) -> None:
    """Push parcels and a blob while the server is killed again and again; every answer counts once."""
    sent: list[bytes] = []
    data = os.urandom(2 * PART_BYTES + 77)
    cut = [data[start : start + PART_BYTES] for start in range(0, len(data), PART_BYTES)]
    blob = {"blob_id": id_of_parts(len(data), list(map(part_hash, cut))).hex(), "bytes": len(data)}
    waiting: tuple[bytes, list[bytes]] | None = None
    rounds, uploaded = 0, False
    while rounds < 3 or not uploaded:
        rounds += 1
        with serving(folder, "--quiet") as running, running.http() as http:
            caller.http, caller.pin = http, running.pin
            try:
                caller.sign_in().raise_for_status()
                for step in range(6):
                    if waiting is None:
                        operations = [caller.station.operation() for _ in range(20)]
                        waiting = (caller.station.parcel(operations), operations)
                    if step == dice.randrange(6):
                        running.process.kill()
                    caller.push(*waiting).raise_for_status()
                    sent += waiting[1]
                    waiting = None
                    if not uploaded:
                        begun = caller.ask("POST", "/v1/uploads", json=blob).json()
                        for number in set(range(len(cut))) - set(begun["parts"]):
                            path = f"/v1/uploads/{begun['upload_id']}/parts/{number}"
                            caller.ask("PUT", path, content=cut[number]).raise_for_status()
                            break
                        else:
                            path = f"/v1/uploads/{begun['upload_id']}/complete"
                            uploaded = begun["done"] or caller.ask("POST", path).status_code == 200
            except httpx.TransportError:
                continue
    with serving(folder, "--quiet") as running, running.http() as http:
        caller.http = http
        caller.sign_in().raise_for_status()
        if waiting is not None:
            caller.push(*waiting).raise_for_status()
            sent += waiting[1]
        held: list[bytes] = []
        while page := caller.ask("GET", "/v1/operations", params={"after": len(held)}).json()["operations"]:
            held += [raw(one["record"]) for one in page]
        assert held == sent, "everything once, in its order"
        assert caller.ask("GET", f"/v1/blobs/{blob['blob_id']}").content == data


def test_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    with serving(tmp_path, "--quiet") as running, running.http() as http:
        caller = running.founded(http)
    push_through(tmp_path, caller, random.Random(5))  # noqa: S311


def test_what_the_server_writes_names_nothing(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as file, serving(tmp_path / "data", log=file) as running, running.http() as http:
        caller = running.founded(http)
        made = [caller.station.operation()]
        caller.push(caller.station.parcel(made), made).raise_for_status()
        caller.upload(b"sealed bytes" * 50).raise_for_status()
        caller.ask("POST", "/v1/log/checkpoints", json={"record": text(caller.station.checkpoint(3))})
        assert caller.ask("GET", f"/v1/blobs/{'00' * 32}").status_code == 404
        metrics = http.get("/metrics").text
        assert running.stop() == 0
    written = log.read_text()
    for secret in (caller.clinic.clinic_id, caller.station.workstation_id, caller.token, "00" * 32):
        assert secret not in written
        assert secret not in metrics
    assert '"path": "/v1/operations", "status": 200' in written
    assert 'photodesk_requests_total{route="/v1/operations",status="200"} 1.0' in metrics
