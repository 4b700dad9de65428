"""The server's certificate: made at first start or given, and the pin workstations hold it to. TLS 1.3 only."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from photodesk.crypto import sha256
from photodesk.errors import Fixable
from photodesk.store.files import write_atomically

YEARS = 10
RENEWED = timedelta(days=90)


@dataclass(frozen=True)
class Certificate:
    """Files of the certificate and its key, and SHA-256 of the certificate's public key (DER), the pin."""

    certificate: Path
    key: Path
    pin: bytes

    def context(self) -> ssl.SSLContext:
        """TLS 1.3 and nothing older."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(self.certificate, self.key)
        return context


def certificate_in(folder: Path, host: str) -> Certificate:
    """The server's own certificate, made where there is none: ECDSA P-256, ten years, for this host and loopback.

    One that ends within 90 days is made anew over the same key, so that the pin stays.
    """
    certificate, key = folder / "tls.pem", folder / "tls.key"
    if not (certificate.exists() and key.exists()):
        _make(certificate, key, host)
    made = given_certificate(certificate, key)
    if x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc - datetime.now(UTC) < RENEWED:
        private = load_pem_private_key(key.read_bytes(), None)
        if isinstance(private, ec.EllipticCurvePrivateKey):
            write_atomically(certificate, _signed(private, host))
    return made


def given_certificate(certificate: Path, key: Path) -> Certificate:
    """A certificate from elsewhere. Fixable `certificate_wrong`."""
    try:
        read = x509.load_pem_x509_certificate(certificate.read_bytes())
        public = read.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        made = Certificate(certificate, key, sha256(public))
        made.context()
    except (OSError, ValueError) as error:
        raise Fixable(
            "certificate_wrong",
            "The server's certificate or its key cannot be read, or they do not belong together.",
            "Name the right PEM files with --certificate and --key.",
        ) from error
    return made


def _make(certificate: Path, key: Path, host: str) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    write_atomically(key, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    write_atomically(certificate, _signed(private, host))


def _signed(private: ec.EllipticCurvePrivateKey, host: str) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "PhotoDesk clinic server")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(x509.SubjectAlternativeName(_names(host)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM)


def _names(host: str) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    try:
        names.append(x509.IPAddress(ip_address(host)))
    except ValueError:
        names.append(x509.DNSName(host))
    return names
