"""What a desk asks of a security key (FIDO2, hmac-secret).

`background.security_keys.SecurityKeyReader` is the real one. The key's answer is part of what opens the slot: without
it the password opens nothing, which no changed program gets around.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from photodesk.errors import Fixable
from photodesk.store.slots import FidoPart


@dataclass(frozen=True)
class AskedKey:
    """A key that would do: its credential, and the salt it is asked with."""

    credential: bytes
    salt: bytes


@dataclass(frozen=True)
class KeyAnswer:
    """Which of the asked keys answered, and its 32 bytes."""

    number: int
    output: bytes = field(repr=False)


class KeyReader(Protocol):
    """Reads keys that are plugged in. Blocks until the key is touched, at most half a minute: never on a GUI thread.

    Fixable `security_key_missing`, `security_key_other`, `security_key_untouched`, `security_key_pin_needed`,
    `security_key_pin_wrong`, `security_key_blocked`, `security_key_unfit`, `security_key_failed`.
    """

    def answer(self, asked: Sequence[AskedKey]) -> KeyAnswer:
        """One touch."""
        ...

    def enrol(self, known: Sequence[bytes]) -> FidoPart:
        """A new credential on a key that holds none of `known`, and its first answer: two touches."""
        ...


class NoKeyReader:
    """Where nothing can ask for a key."""

    def answer(self, asked: Sequence[AskedKey]) -> KeyAnswer:
        """There is none."""
        raise no_security_key()

    def enrol(self, known: Sequence[bytes]) -> FidoPart:
        """There is none."""
        raise no_security_key()


def no_security_key() -> Fixable:
    """Nothing is plugged in."""
    return Fixable("security_key_missing", "There is no security key here.", "Plug it in, then try again.")
