"""Passwords that cost nothing, for tests of what lies behind them."""

from __future__ import annotations

import pytest

from photodesk.crypto import Argon2Cost, sha256
from photodesk.store import slots


def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash in place of Argon2id, in this process."""

    def quick(password: str, salt: bytes, cost: Argon2Cost) -> bytes:
        return sha256(password.encode(), salt, repr(cost).encode())

    monkeypatch.setattr(slots, "password_key", quick)
