"""The line to the clinic server: HTTPS with TLS 1.3 to exactly the key that was pinned. Blocking, for one thread.

httpx2 is httpx's successor under the same names; `trust_env=False`, or variables of the environment could send requests
through a proxy. The context trusts the server's own certificate and nothing else: no authority can stand in for it.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

import httpx2 as httpx
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from photodesk.crypto import sha256
from photodesk.errors import Fixable, PhotoDeskError, Refused
from photodesk.sync.line import OrderPage, Pushed, ServerReceipt

CONNECT_S, ANSWER_S = 10.0, 60.0
MOST_ANSWER_BYTES = 64 * 1024 * 1024


def fetch_certificate(url: str) -> tuple[str, bytes]:
    """(certificate as PEM, SHA-256 of its public key) that a server shows; nothing is sent to it.

    Fixable `server_offline`, `server_address`; Refused `server_tls` for anything older than TLS 1.3.
    """
    host, port = _place(url)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # what is shown is compared with the pin
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        with (
            socket.create_connection((host, port), CONNECT_S) as plain,
            context.wrap_socket(plain, server_hostname=host) as wrapped,
        ):
            shown = wrapped.getpeercert(binary_form=True) or b""
    except ssl.SSLError as error:
        raise _tls() from error
    except OSError as error:
        raise offline() from error
    return ssl.DER_cert_to_PEM_cert(shown), pin_of(shown)


def pin_of(certificate: bytes) -> bytes:
    """SHA-256 of the public key of a certificate (DER)."""
    public = x509.load_der_x509_certificate(certificate).public_key()
    return sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


Answer = TypeVar("Answer")


class ServerFacts(msgspec.Struct, frozen=True):
    """Which versions it speaks, the public key of its receipts, its clock."""

    versions: list[int]
    receipt_key: bytes
    time_ms: int


class _Done(msgspec.Struct):
    done: bool


class _Challenge(msgspec.Struct):
    challenge: bytes


class _SignedIn(msgspec.Struct):
    token: str


class _Members(msgspec.Struct):
    entries: list[bytes]


class _Head(msgspec.Struct):
    sequence: int
    head: bytes


class _Said(msgspec.Struct):
    code: str
    message: str
    remedy: str


class _Failure(msgspec.Struct):
    error: _Said


class ClinicLine:
    """Implements `sync.line.Line`. Refused `server_pin_wrong` before a byte is sent to another key."""

    def __init__(self, url: str, certificate: str, pin: bytes) -> None:
        if pin_of(ssl.PEM_cert_to_DER_cert(certificate)) != pin:
            raise pin_wrong()
        _place(url)
        self._pin = pin
        self._token = ""
        self._http = httpx.Client(
            base_url=url,
            verify=_context(certificate),
            trust_env=False,
            timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
            limits=httpx.Limits(max_connections=4),
        )

    def __enter__(self) -> ClinicLine:
        return self

    def __exit__(self, *_ended: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    @property
    def pin(self) -> bytes:
        return self._pin

    def facts(self) -> ServerFacts:
        """What the server says of itself to anybody."""
        return self._ask("GET", "/v1/server", ServerFacts)

    def found(self, code: str, clinic_id: str, entries: Sequence[bytes]) -> None:
        """Found the clinic on this server. Refused `code_wrong`, `clinic_exists`."""
        self._ask("POST", "/v1/clinics", _Done, {"code": code, "clinic_id": clinic_id, "entries": list(entries)})

    def challenge(self, clinic_id: str, workstation_id: str) -> bytes:
        body = {"clinic_id": clinic_id, "workstation_id": workstation_id}
        return self._ask("POST", "/v1/sign-in/challenge", _Challenge, body).challenge

    def sign_in(self, clinic_id: str, workstation_id: str, challenge: bytes, signature: bytes) -> None:
        who = {"clinic_id": clinic_id, "workstation_id": workstation_id}
        body = who | {"challenge": challenge, "signature": signature}
        self._token = self._ask("POST", "/v1/sign-in", _SignedIn, body).token

    def members(self, after: int) -> list[bytes]:
        return self._ask("GET", f"/v1/members?after={after}", _Members).entries

    def append_members(self, clinic_id: str, sequence: int, previous: bytes, entries: Sequence[bytes]) -> None:
        body = {"clinic_id": clinic_id, "sequence": sequence, "previous": previous, "entries": list(entries)}
        self._ask("POST", "/v1/members", _Head, body)

    def push(self, parcel: bytes, operations: Sequence[bytes]) -> Pushed:
        return self._ask("POST", "/v1/operations", Pushed, {"parcel": parcel, "operations": list(operations)})

    def pull(self, after: int, limit: int) -> OrderPage:
        return self._ask("GET", f"/v1/operations?after={after}&limit={limit}", OrderPage)

    def put_checkpoint(self, record: bytes) -> ServerReceipt:
        return self._ask("POST", "/v1/log/checkpoints", ServerReceipt, {"record": record})

    def put_segment(self, number: int, data: bytes) -> ServerReceipt:
        return self._ask("PUT", f"/v1/log/segments/{number}", ServerReceipt, content=data)

    def _ask(
        self,
        method: str,
        path: str,
        answer: type[Answer],
        body: Mapping[str, object] | None = None,
        *,
        content: bytes | None = None,
    ) -> Answer:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        if body is not None:
            content, headers["Content-Type"] = msgspec.json.encode(body), "application/json"
        try:
            with self._http.stream(method, path, content=content, headers=headers) as response:
                raw = _bounded(response)
        except httpx.ConnectError as error:
            raise _why(error) from error
        except (httpx.TransportError, OSError) as error:
            raise offline() from error
        if response.status_code >= 300:
            raise _said_no(response.status_code, raw)
        try:
            return msgspec.json.decode(raw, type=answer)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise not_understood() from error


def _bounded(response: httpx.Response) -> bytes:
    """The answer, but never more than an answer can be."""
    taken: list[bytes] = []
    size = 0
    for piece in response.iter_bytes():
        size += len(piece)
        if size > MOST_ANSWER_BYTES:
            raise not_understood()
        taken.append(piece)
    return b"".join(taken)


def _said_no(status: int, raw: bytes) -> PhotoDeskError:
    try:
        said = msgspec.json.decode(raw, type=_Failure).error
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return offline()
    kind = Fixable if status in {429, 503, 507} else Refused
    return kind(said.code, said.message, said.remedy)


def _context(certificate: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False  # the one key that is trusted says more than a name
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=certificate)
    return context


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise Fixable("server_address", "This is no address of a clinic server.", "It begins with https://")
    return parts.hostname, parts.port or 443


def _why(error: BaseException) -> PhotoDeskError:
    """A connection that failed: another certificate is told from a server that is not there."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return pin_wrong()
        if isinstance(cause, ssl.SSLError):
            return _tls()
        cause = cause.__cause__ or cause.__context__
    return offline()


def offline() -> Fixable:
    """Nobody answers there."""
    return Fixable(
        "server_offline", "The clinic server cannot be reached.", "Everything is saved here and will sync later."
    )


def pin_wrong() -> Refused:
    """Another key than the one that was pinned."""
    return Refused(
        "server_pin_wrong",
        "Another computer answers in place of the clinic server: its key is not the one this clinic trusts.",
        "Nothing was sent. Call your administrator.",
    )


def not_understood() -> Refused:
    """An answer no clinic server gives."""
    return Refused("server_not_understood", "The answer is not a clinic server's.", "Check the address.")


def _tls() -> Refused:
    return Refused("server_tls", "The server does not speak TLS 1.3.", "Check the address, or update the server.")
