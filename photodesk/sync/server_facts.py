"""What this workstation knows of the clinic's server, believed from signed policies of the membership log alone.

The certificate lies in the spool: it is public, and of use only where its key is the pinned one.
"""

from __future__ import annotations

from dataclasses import dataclass
from string import hexdigits

from photodesk.store.member_entry import Policy
from photodesk.store.members import Members
from photodesk.store.publishing import SERVER_PIN, SERVER_RECEIPT_KEY, SERVER_URL
from photodesk.sync.spool import Spool

CERTIFICATE = "server-certificate"
URL = "server-url"
_HASH_DIGITS = 64


@dataclass(frozen=True)
class SignedFacts:
    """What the membership log says: where the server is, the hash of its public key, and its receipts' public key."""

    url: str
    pin: bytes
    receipt_key: bytes

    @classmethod
    def of(cls, members: Members) -> SignedFacts | None:
        """None for a clinic without a server."""
        url, pin, key = (members.policies.get(name, "") for name in (SERVER_URL, SERVER_PIN, SERVER_RECEIPT_KEY))
        if not url or not _is_hash(pin) or not _is_hash(key):
            return None
        return cls(url, bytes.fromhex(pin), bytes.fromhex(key))

    def policies(self) -> list[Policy]:
        """As they are written; the address comes last, for with it the server counts."""
        return [
            Policy(SERVER_PIN, self.pin.hex()),
            Policy(SERVER_RECEIPT_KEY, self.receipt_key.hex()),
            Policy(SERVER_URL, self.url),
        ]

    def keep(self, spool: Spool, certificate: str) -> None:
        """Lay the certificate that was seen into the spool."""
        spool.set_facts({URL: self.url.encode(), CERTIFICATE: certificate.encode()})


@dataclass(frozen=True)
class ServerFacts:
    """Everything a line to the server is made of. `certificate` is PEM."""

    url: str
    certificate: str
    pin: bytes
    receipt_key: bytes

    @classmethod
    def of(cls, members: Members, spool: Spool) -> ServerFacts | None:
        """None for a clinic without a server, or where its certificate is not here (it is fetched again then)."""
        signed = SignedFacts.of(members)
        certificate = spool.fact(CERTIFICATE)
        if signed is None or not certificate or spool.fact(URL) != signed.url.encode():
            return None
        return cls(signed.url, certificate.decode("ascii", "replace"), signed.pin, signed.receipt_key)


def _is_hash(text: str) -> bool:
    return len(text) == _HASH_DIGITS and not set(text) - set(hexdigits)
