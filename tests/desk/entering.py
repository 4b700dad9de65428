"""Signing in to a founded clinic: a keeper whose signatures count, a clock that is turned by hand, an app."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlparse

from photodesk.crypto import FLOOR_COST, SigningKey
from photodesk.crypto.totp import one_time_code, time_step
from photodesk.desk.factors import Enrolment
from photodesk.desk.security_key import KeyReader
from photodesk.desk.session import Session
from photodesk.desk.signing_in import SignIn, begin_sign_in, sign_in
from tests.desk.conftest import ListKeeper, TestClock
from tests.store.clinic import PASSWORD, Clinic
from tests.store.conftest import Keeper as Signing


def keeper_of(clinic: Clinic) -> ListKeeper:
    """A keeper that signs as the clinic's workstation."""
    signer = clinic.signer()

    class Workstation(Signing):
        def sign(self, kind: str, data: bytes) -> bytes:
            return signer.sign(kind, data)

    return ListKeeper(Workstation(SigningKey.generate(), bytes(16)))


class App:
    """An authenticator app that was shown the QR code."""

    def __init__(self, enrolment: Enrolment, clock: TestClock) -> None:
        query = parse_qs(urlparse(enrolment.uri).query)
        self.secret, self._clock = base64.b32decode(query["secret"][0]), clock

    def code(self, steps: int = 0) -> str:
        return one_time_code(self.secret, time_step(self._clock.now_ms) + steps)


class Door:
    """One person at one clinic's sign-in."""

    def __init__(self, clinic: Clinic, name: str = "Ada Byron", password: str = PASSWORD) -> None:
        self.clinic, self.name, self.password = clinic, name, password
        self.clock = TestClock()
        self.keeper = keeper_of(clinic)

    def enter(self, code: str = "", password: str = "", keys: KeyReader | None = None) -> Session:
        """All at once."""
        layout, secrets = self.clinic.layout, self.clinic.secrets
        said = password or self.password
        return sign_in(layout, secrets, self.keeper, self.name, said, self.clock, cost=FLOOR_COST, code=code, keys=keys)

    def begin(self) -> SignIn:
        """Step by step."""
        layout, secrets = self.clinic.layout, self.clinic.secrets
        return begin_sign_in(layout, secrets, self.keeper, self.name, self.password, self.clock, cost=FLOOR_COST)

    def enrolled(self) -> tuple[App, tuple[str, ...]]:
        """An app is enrolled; with its backup codes. Half a minute goes by."""
        session = self.enter()
        enrolment = session.factors.begin_totp()
        app = App(enrolment, self.clock)
        codes = session.factors.confirm_totp(enrolment, app.code())
        session.close()
        self.clock.now_ms += 30_000
        return app, codes
