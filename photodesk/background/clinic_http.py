"""HTTPS with TLS 1.3 to exactly the key that was pinned, and the server's answers in our words. Blocking.

httpx2 is httpx's successor under the same names; `trust_env=False`, or variables of the environment could send requests
through a proxy. The context trusts the server's own certificate and nothing else: no authority can stand in for it.
A certificate that has expired is refused also where its key is the pinned one: `photodesk serve` makes a new one over
the same key, and a clock that is years off is worth a sentence.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TypeVar
from urllib.parse import urlsplit

import httpx2 as httpx
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from photodesk.crypto import sha256
from photodesk.errors import Fixable, PhotoDeskError, Refused
from photodesk.sync.line import ServerBusy

CONNECT_S, ANSWER_S, WHOLE_ANSWER_S = 10.0, 60.0, 600.0
MOST_ANSWER_BYTES = 64 * 1024 * 1024
MOST_RETRY_S = 3600.0
PIECE_BYTES = 64 * 1024  # at the slowest limit a piece takes half as long as the server waits for more
EXPIRED = 10  # X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL
NOT_YET = 9  # X509_V_ERR_CERT_NOT_YET_VALID
Answer = TypeVar("Answer")
Spend = Callable[[int], None]
"""Told of bytes before they go and after they came: it may wait, and it may raise to end the request."""


def freely(_size: int) -> None:
    """As fast as it goes."""


class _Said(msgspec.Struct):
    code: str
    message: str
    remedy: str


class _Failure(msgspec.Struct):
    error: _Said


class ClinicHttp:
    """Requests to one server. Refused `server_pin_wrong` before a byte is sent to another key."""

    def __init__(
        self, url: str, certificate: str, pin: bytes, spend: Spend = freely, answer_s: float = ANSWER_S
    ) -> None:
        if pin_of(ssl.PEM_cert_to_DER_cert(certificate)) != pin:
            raise pin_wrong()
        place_of(url)
        self.token = ""
        self.renew: Callable[[], None] | None = None
        self._renewing = threading.Lock()
        self._signing_in = 0
        self._spend = spend
        self._timeout = httpx.Timeout(answer_s, connect=CONNECT_S)
        self._http = httpx.Client(
            base_url=url,
            verify=_context(certificate),
            trust_env=False,
            timeout=self._timeout,
            limits=httpx.Limits(max_connections=6),
        )

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def ask(
        self,
        method: str,
        path: str,
        answer: type[Answer],
        body: Mapping[str, object] | None = None,
        *,
        content: bytes | None = None,
    ) -> Answer:
        """One request and its answer, read as what it must be."""
        raw = self.fetch(method, path, body, content=content)
        try:
            return msgspec.json.decode(raw, type=answer)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise not_understood() from error

    def fetch(
        self, method: str, path: str, body: Mapping[str, object] | None = None, *, content: bytes | None = None
    ) -> bytes:
        """One request and the bytes of its answer."""
        headers: dict[str, str] = {}
        if body is not None:
            content, headers["Content-Type"] = msgspec.json.encode(body), "application/json"
        with self._signed_in(method, path, headers, content) as response:
            return _bounded(response.iter_bytes(), MOST_ANSWER_BYTES)

    @contextmanager
    def pieces(
        self, path: str, headers: Mapping[str, str] | None = None, quiet_s: float = ANSWER_S
    ) -> Iterator[Iterator[bytes]]:
        """A GET whose answer is read as it comes; silent for at most `quiet_s`."""
        with self._signed_in("GET", path, dict(headers or {}), None, quiet_s) as response:
            yield _ours(response.iter_bytes())

    @contextmanager
    def _signed_in(
        self, method: str, path: str, headers: dict[str, str], content: bytes | None, quiet_s: float | None = None
    ) -> Iterator[httpx.Response]:
        """The answer; where the token is over, a new one is got first, once."""
        held = self._held()
        with ExitStack() as stack:
            try:
                yield stack.enter_context(self._response(method, path, headers | _bearer(held), content, quiet_s))
                return
            except Refused as refused:
                if refused.code != "not_signed_in" or self.renew is None or not held:
                    raise
            self._renew(held)
            yield stack.enter_context(self._response(method, path, headers | _bearer(self._held()), content, quiet_s))

    def _held(self) -> str:
        """The token; none for the thread that is about to get one, on which every other thread waits."""
        if self._signing_in == threading.get_ident():
            return ""
        with self._renewing:
            return self.token

    def _renew(self, held: str) -> None:
        with self._renewing:
            if self.renew is not None and self.token == held:  # several threads may have met the same end
                self._signing_in = threading.get_ident()
                try:
                    self.renew()
                finally:
                    self._signing_in = 0

    @contextmanager
    def _response(
        self, method: str, path: str, headers: dict[str, str], content: bytes | None, quiet_s: float | None
    ) -> Iterator[httpx.Response]:
        sent: bytes | Iterator[bytes] | None = content
        if content is not None and len(content) > PIECE_BYTES:
            headers["Content-Length"], sent = str(len(content)), self._piecewise(content)
        timeout = self._timeout if quiet_s is None else httpx.Timeout(quiet_s, connect=CONNECT_S)
        try:
            with self._http.stream(method, path, content=sent, headers=headers, timeout=timeout) as response:
                if response.status_code >= 300:
                    raise _said_no(response, _bounded(response.iter_bytes(), MOST_ANSWER_BYTES))
                yield response
        except httpx.ConnectError as error:
            raise _why(error) from error
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            raise offline() from error

    def _piecewise(self, content: bytes) -> Iterator[bytes]:
        for start in range(0, len(content), PIECE_BYTES):
            piece = content[start : start + PIECE_BYTES]
            self._spend(len(piece))
            yield piece


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def put_elsewhere(url: str, data: bytes) -> None:
    """Put sealed bytes at an address of the server's object store: HTTPS, the system's authorities, no token, no
    redirection. What lies there counts only once the server has checked its hash."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme == "https" and parts.hostname and "@" not in parts.netloc
    except ValueError:
        fits = False
    if not fits:
        raise not_understood()
    try:
        with httpx.Client(
            trust_env=False, follow_redirects=False, timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S)
        ) as client:
            answer = client.put(url, content=data)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise offline() from error
    if answer.status_code >= 300:
        raise offline()


def fetch_certificate(url: str) -> tuple[str, bytes]:
    """(certificate as PEM, SHA-256 of its public key) that a server shows; nothing is sent to it.

    Fixable `server_offline`, `server_address`; Refused `server_tls` for anything older than TLS 1.3.
    """
    host, port = place_of(url)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # what is shown is compared with the pin
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        with (
            socket.create_connection((host, port), CONNECT_S) as plain,
            context.wrap_socket(plain, server_hostname=host) as wrapped,
        ):
            shown = wrapped.getpeercert(binary_form=True) or b""
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
        raise offline() from error
    except ssl.SSLError as error:
        raise _tls() from error
    except OSError as error:
        raise offline() from error
    return ssl.DER_cert_to_PEM_cert(shown), pin_of(shown)


def pin_of(certificate: bytes) -> bytes:
    """SHA-256 of the public key of a certificate (DER)."""
    public = x509.load_der_x509_certificate(certificate).public_key()
    return sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def place_of(url: str) -> tuple[str, int]:
    """Host and port of a clinic server's address. Fixable `server_address`."""
    wrong = Fixable("server_address", "This is no address of a clinic server.", "It begins with https://")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or 443
    except ValueError:
        raise wrong from None
    if parts.scheme != "https" or not host:
        raise wrong
    return host, port


def _ours(pieces: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from pieces
    except (httpx.HTTPError, httpx.StreamError, OSError) as error:
        raise offline() from error


def _bounded(pieces: Iterator[bytes], most: int, now: Callable[[], float] = time.monotonic) -> bytes:
    """The answer, but never more than an answer can be, and never slower."""
    taken: list[bytes] = []
    size, until = 0, now() + WHOLE_ANSWER_S
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise not_understood()
        if now() > until:
            raise offline()
        taken.append(piece)
    return b"".join(taken)


def _said_no(response: httpx.Response, raw: bytes) -> PhotoDeskError:
    """The server's own error. An answer that is none of its own is somebody else's: a gateway in front of it."""
    status = response.status_code
    try:
        said = msgspec.json.decode(raw, type=_Failure).error
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return offline() if status in {502, 503, 504} else not_understood()
    code, message, remedy = (one[:400] for one in (said.code, said.message, said.remedy))
    if status in {429, 503}:
        return ServerBusy("server_busy", message, remedy, _retry_after_s(response))
    return (Fixable if status == 507 else Refused)(code, message, remedy)


def _retry_after_s(response: httpx.Response) -> float:
    said = response.headers.get("Retry-After", "")
    return min(MOST_RETRY_S, float(said)) if said.isascii() and said.isdigit() else 1.0


def _context(certificate: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False  # the one key that is trusted says more than a name
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=certificate)
    return context


def _why(error: BaseException) -> PhotoDeskError:
    """A connection that failed: another certificate is told from a server that is not there."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return expired() if cause.verify_code in {EXPIRED, NOT_YET} else pin_wrong()
        if isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
            return offline()  # torn in the middle of greeting each other: that says nothing about the server
        if isinstance(cause, ssl.SSLError):
            return _tls()
        cause = cause.__cause__ or cause.__context__
    return offline()


def offline() -> Fixable:
    """Nobody answers there."""
    return Fixable(
        "server_offline", "The clinic server cannot be reached.", "Nothing is lost here. Try again when it is online."
    )


def pin_wrong() -> Refused:
    """Another key than the one that was pinned."""
    return Refused(
        "server_pin_wrong",
        "Another computer answers in place of the clinic server: its key is not the one this clinic trusts.",
        "Nothing was sent. Call your administrator.",
    )


def expired() -> Refused:
    """The right key under a certificate that is not valid today."""
    return Refused(
        "server_certificate_expired",
        "The clinic server's certificate is not valid today: it has expired, or a clock is wrong.",
        "Nothing was sent. Check this computer's date; renew the certificate on the server.",
    )


def not_understood() -> Refused:
    """An answer no clinic server gives."""
    return Refused("server_not_understood", "The answer is not a clinic server's.", "Check the address.")


def _tls() -> Refused:
    return Refused("server_tls", "The server does not speak TLS 1.3.", "Check the address, or update the server.")
