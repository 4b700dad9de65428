"""The line to a real server over TLS: its pin, its answers in our words, and nobody in between."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from photodesk.background.clinic_line import ClinicLine, fetch_certificate, pin_of
from photodesk.errors import Fixable, Refused
from photodesk.server.tls import certificate_in
from photodesk.store.member_entry import decode_entry
from photodesk.store.members import Members
from photodesk.store.members_log import start_of
from photodesk.sync.exchange import Exchange
from photodesk.sync.spool import Outgoing, Spool
from tests.server.clinic import Clinic
from tests.server.running import serving


def test_a_workstation_speaks_with_its_server(tmp_path: Path) -> None:
    clinic = Clinic()
    with serving(tmp_path / "data", "--quiet") as running:
        certificate, pin = fetch_certificate(running.url)
        assert pin == running.pin
        with ClinicLine(running.url, certificate, pin) as line:
            assert line.facts().versions == [1]
            with pytest.raises(Refused) as told:
                line.found("0000", clinic.clinic_id, clinic.entries)
            assert told.value.code == "code_wrong"
            line.found(running.code or "", clinic.clinic_id, clinic.entries)
            with pytest.raises(Refused) as told:
                line.members(0)
            assert told.value.code == "not_signed_in"
            members = Members(clinic.raw_id, start_of(clinic.raw_id))
            members.take(decode_entry(clinic.entries[0]))
            station, spool = clinic.first, Spool(tmp_path / "spool")
            exchange = Exchange(
                clinic.clinic_id,
                station.workstation_id,
                line,
                spool,
                lambda kind, data: station.signing.sign(kind, clinic.raw_id, data),
                lambda: members,
            )
            exchange.sign_in()
            assert line.members(0) == clinic.entries
            spool.add_outgoing([Outgoing("catalog", number, station.operation()) for number in range(1, 40)])
            done = exchange.run()
            assert (done.sent, done.fetched) == (39, 39)
            assert line.put_checkpoint(station.checkpoint(3)).receipt
            assert line.put_segment(1, b"sealed").receipt
            running.kill()
            with pytest.raises(Fixable) as gone:
                line.members(0)
            assert gone.value.code == "server_offline"
            spool.close()


@contextmanager
def stranger(folder: Path, *, newest: ssl.TLSVersion | None = None) -> Iterator[tuple[str, list[bytes]]]:
    """Another server on loopback, with a certificate of its own; and what anybody said to it."""
    made = certificate_in(folder, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    if newest is not None:
        context.maximum_version = newest
    heard: list[bytes] = []
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.settimeout(10)

        def answer() -> None:
            try:
                while True:
                    plain, _ = listening.accept()
                    with plain:
                        plain.settimeout(5)
                        try:
                            with context.wrap_socket(plain, server_side=True) as wrapped:
                                heard.append(wrapped.recv(65536))
                                wrapped.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
                        except OSError:
                            continue
            except OSError:
                return

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"https://127.0.0.1:{listening.getsockname()[1]}", heard
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(15)


def test_somebody_in_between_is_told_apart_and_hears_nothing(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "other").mkdir()
    own = certificate_in(tmp_path / "own", "localhost")
    certificate = own.certificate.read_text()
    with stranger(tmp_path / "other") as (url, heard), ClinicLine(url, certificate, own.pin) as line:
        with pytest.raises(Refused) as told:
            line.facts()
        assert told.value.code == "server_pin_wrong"
        assert "Nothing was sent" in told.value.remedy
        _, shown = fetch_certificate(url)
        assert shown != own.pin
    assert b"".join(heard) == b""
    with pytest.raises(Refused) as told:
        ClinicLine("https://localhost:1", certificate, bytes(32))
    assert told.value.code == "server_pin_wrong"
    assert pin_of(ssl.PEM_cert_to_DER_cert(certificate)) == own.pin


def test_an_old_tls_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with stranger(tmp_path, newest=ssl.TLSVersion.TLSv1_2) as (url, _heard):
        with pytest.raises(Refused) as told:
            fetch_certificate(url)
        assert told.value.code == "server_tls"
        own = certificate_in(tmp_path, "localhost")
        with ClinicLine(url, own.certificate.read_text(), own.pin) as line, pytest.raises(Refused) as told:
            line.facts()
        assert told.value.code == "server_tls"


def test_what_is_no_clinic_server_is_told(tmp_path: Path) -> None:
    own = certificate_in(tmp_path, "localhost")
    with stranger(tmp_path) as (url, _heard):
        with ClinicLine(url, own.certificate.read_text(), own.pin) as line, pytest.raises(Refused) as told:
            line.facts()
        assert told.value.code == "server_not_understood"
    for address in ("http://localhost", "ftp://x", "localhost:8443", ""):
        with pytest.raises(Fixable) as wrong:
            fetch_certificate(address)
        assert wrong.value.code == "server_address"
    with pytest.raises(Fixable) as gone:
        fetch_certificate("https://127.0.0.1:1")
    assert gone.value.code == "server_offline"
