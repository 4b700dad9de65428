"""What the server keeps about itself: the key of its receipts, the key of its tokens, and codes that found a clinic."""

from __future__ import annotations

import hmac
import os
import secrets
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from photodesk.clock import Clock
from photodesk.crypto import SigningKey, hmac_sha256, label, sha256
from photodesk.server import schema
from photodesk.server.database import Database
from photodesk.server.refusals import Refusal, not_signed_in

TOKEN_MS = 10 * 60_000
CHALLENGE_MS = 2 * 60_000
CODE_MS = 24 * 3_600_000
_MAC_BYTES = 32
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base32
_CODE_CHARACTERS = 20  # 100 bits


class Token(msgspec.Struct, array_like=True, frozen=True):
    """Who asks, until when. Carried by the client, MACed by the server, kept nowhere."""

    clinic_id: str
    workstation_id: str
    expires_ms: int


@dataclass(frozen=True)
class Identity:
    """The server's own keys; every process of one server has the same."""

    receipt_key: SigningKey = field(repr=False)
    token_key: bytes = field(repr=False)

    def token(self, token: Token) -> str:
        """A token as hexadecimal text."""
        record = msgspec.msgpack.encode(token)
        return (record + self._mac(record)).hex()

    def read_token(self, text: str, now_ms: int) -> Token:
        """401 `not_signed_in` for anything this server did not give, or that is over."""
        try:
            raw = bytes.fromhex(text)
            record, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
            if not hmac.compare_digest(mac, self._mac(record)):
                raise not_signed_in()
            token = msgspec.msgpack.decode(record, type=Token)
        except (ValueError, msgspec.MsgspecError):
            raise not_signed_in() from None
        if token.expires_ms <= now_ms:
            raise not_signed_in()
        return token

    def _mac(self, record: bytes) -> bytes:
        return hmac_sha256(self.token_key, label("server-token"), record)


def identity_of(database: Database) -> Identity:
    """The keys, made at the first start."""
    with database.write(alone=True) as connection:
        return Identity(
            SigningKey(_value(connection, "receipt-key", 32)),
            _value(connection, "token-key", 32),
        )


def _value(connection: Connection, name: str, length: int) -> bytes:
    row = connection.execute(select(schema.server.c.value).where(schema.server.c.name == name)).first()
    if row is not None:
        return bytes(row[0])
    made = os.urandom(length)
    connection.execute(insert(schema.server).values(name=name, value=made))
    return made


def first_code(database: Database, clock: Clock) -> str | None:
    """A new enrolment code while no clinic is here yet, else None. One of another process stays good for its day."""
    with database.write() as connection:
        if connection.execute(select(func.count()).select_from(schema.clinic)).scalar_one():
            return None
        return new_code(connection, clock)


def new_code(connection: Connection, clock: Clock) -> str:
    """A code of 100 bits for founding one clinic here, good for a day; only its hash is kept."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_CHARACTERS))
    table = schema.enrolment_code
    connection.execute(delete(table).where(table.c.clinic_id.is_(None) & (table.c.expires_ms <= clock.wall_ms())))
    row = {"code_hash": _code_hash(code), "expires_ms": clock.wall_ms() + CODE_MS, "clinic_id": None}
    connection.execute(insert(table).values(row))
    return "-".join(code[start : start + 4] for start in range(0, _CODE_CHARACTERS, 4))


def use_code(connection: Connection, code: str, clinic_id: str, now_ms: int) -> None:
    """Spend a code for a clinic. 403 `code_wrong`; the same clinic may repeat itself with the same code."""
    table = schema.enrolment_code
    free = table.c.clinic_id.is_(None) | (table.c.clinic_id == clinic_id)
    this = (table.c.code_hash == _code_hash(code)) & (table.c.expires_ms > now_ms) & free
    if connection.execute(update(table).where(this).values(clinic_id=clinic_id)).rowcount != 1:
        raise Refusal(
            403,
            "code_wrong",
            "This code is mistyped, used, or too old.",
            "Compare it with the server's terminal; `photodesk serve new-code` gives another.",
        )


def _code_hash(code: str) -> bytes:
    plain = "".join(code.upper().replace("-", "").split()).translate(str.maketrans("OIL", "011"))
    return sha256(label("server-code"), plain.encode())
