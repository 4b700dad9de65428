"""A TLS server on loopback that says exactly what a test wrote, and remembers what anybody said to it."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from photodesk.background.clinic_http import pin_of

Answer = Callable[[bytes], bytes]


@dataclass
class Shown:
    """A certificate and its key."""

    private: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def pin(self) -> bytes:
        return pin_of(self.certificate.public_bytes(Encoding.DER))

    def context(self, folder: Path) -> ssl.SSLContext:
        kept = folder / "shown.pem"
        key = self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        kept.write_bytes(key + self.pem.encode())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(kept)
        return context


def certificate(
    *,
    key: ec.EllipticCurvePrivateKey | None = None,
    by: Shown | None = None,
    ends_in: timedelta = timedelta(days=365),
    authority: bool = False,
) -> Shown:
    """A certificate for loopback, of its own key or signed by another."""
    private = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority" if authority else "server")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by.certificate.subject if by else name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=800))
        .not_valid_after(now + ends_in)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(by.private if by else private, hashes.SHA256())
    )
    return Shown(private, made)


def http(status: str, body: bytes, *more: str) -> bytes:
    """A whole answer."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *more]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


@dataclass
class Scripted:
    """The server. `answer` makes the bytes of an answer of the bytes of a request; the connection ends then."""

    url: str
    answer: Answer
    heard: list[bytes] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)


@contextmanager
def scripted(folder: Path, shown: Shown, answer: Answer, *, holding: bool = False) -> Iterator[Scripted]:
    """Serve until the end; `holding` keeps connections open after an answer until then."""
    context = shown.context(folder)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        made = Scripted(f"https://127.0.0.1:{listening.getsockname()[1]}", answer)
        thread = threading.Thread(target=_serve, args=(listening, context, made, holding))
        thread.start()
        try:
            yield made
        finally:
            made.hold.set()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(15)


def _serve(listening: socket.socket, context: ssl.SSLContext, made: Scripted, holding: bool) -> None:
    while True:
        try:
            plain, _ = listening.accept()
        except OSError:
            return
        with plain:
            plain.settimeout(5)
            try:
                with context.wrap_socket(plain, server_side=True) as wrapped:
                    request = _request(wrapped)
                    made.heard.append(request)
                    wrapped.sendall(made.answer(request))
                    if holding:
                        made.hold.wait(10)
            except OSError:
                continue


def _request(wrapped: ssl.SSLSocket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = wrapped.recv(65536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    wanted = int(lengths[0].split(b":")[1]) if lengths else 0
    while len(body) < wanted:
        body += wrapped.recv(65536)
    return head + b"\r\n\r\n" + body
