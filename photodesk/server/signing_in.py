"""Signing in: a challenge that is signed by the workstation's keeper, once, and a token for ten minutes."""

from __future__ import annotations

import os

from sqlalchemy import delete, insert

from photodesk.clock import Clock
from photodesk.crypto import verify
from photodesk.ids import to_bytes
from photodesk.server import schema
from photodesk.server.clinics import Clinics, Contact
from photodesk.server.database import Database
from photodesk.server.identity import CHALLENGE_MS, TOKEN_MS, Identity, Token
from photodesk.server.refusals import Refusal, not_signed_in
from photodesk.sync.statements import SIGN_IN, sign_in_statement


class SigningIn:
    """Challenges, and what is given for a signed one."""

    def __init__(self, database: Database, clinics: Clinics, identity: Identity, pin: bytes, clock: Clock) -> None:
        self._database = database
        self._clinics = clinics
        self._identity = identity
        self._pin = pin
        self._clock = clock

    def challenge(self) -> tuple[bytes, int]:
        """A new challenge and until when it may be used, in ms."""
        made, now_ms = os.urandom(32), self._clock.wall_ms()
        table = schema.challenge
        with self._database.write() as connection:
            connection.execute(delete(table).where(table.c.expires_ms <= now_ms))
            connection.execute(insert(table).values(challenge=made, expires_ms=now_ms + CHALLENGE_MS))
        return made, now_ms + CHALLENGE_MS

    def sign_in(self, clinic_id: str, workstation_id: str, challenge: bytes, signature: bytes) -> tuple[str, int]:
        """(token, until when). 401 where challenge or signature do not hold, 403 `revoked`."""
        self.prove(clinic_id, workstation_id, challenge, signature)
        now_ms = self._clock.wall_ms()
        expires_ms = now_ms + TOKEN_MS
        return self._identity.token(Token(clinic_id, workstation_id, expires_ms)), expires_ms

    def prove(
        self, clinic_id: str, workstation_id: str, challenge: bytes, signature: bytes, *, revoked_too: bool = False
    ) -> None:
        """Spend a challenge that a workstation's keeper signed; errors as `sign_in`."""
        now_ms, table = self._clock.wall_ms(), schema.challenge
        with self._database.write() as connection:
            spent = delete(table).where(table.c.challenge == challenge).returning(table.c.expires_ms)
            row = connection.execute(spent).first()
        if row is None or row.expires_ms <= now_ms:
            raise Refusal(401, "challenge_over", "The challenge is over or was used.", "Ask for another one.")
        contact = self._clinics.contact(clinic_id, workstation_id, touch=True, revoked_too=revoked_too)
        statement = sign_in_statement(self._pin, workstation_id, challenge)
        if not verify(contact.signing_key, signature, SIGN_IN, to_bytes(clinic_id), statement):
            raise not_signed_in()

    def contact(self, authorization: str) -> Contact:
        """Who asks, from the header `Authorization: Bearer …`. 401 `not_signed_in`, 403 `revoked`."""
        kind, _, text = authorization.partition(" ")
        if kind.lower() != "bearer":
            raise not_signed_in()
        token = self._identity.read_token(text.strip(), self._clock.wall_ms())
        return self._clinics.contact(token.clinic_id, token.workstation_id)
