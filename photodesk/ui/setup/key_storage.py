"""Where this computer's half of the keys will lie: in its keyring, or beside the store with the password alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(kw_only=True)
class KeyStorage:
    """`keyring` is the computer's keyring, "" where there is none (`keyring_words` says why)."""

    keyring: str = ""
    keyring_words: str = ""
    password_only: bool = False

    @property
    def settled(self) -> bool:
        """Whether it is clear where the secrets go."""
        return bool(self.keyring) or self.password_only

    @property
    def lacks_keyring(self) -> bool:
        """Whether the password alone is what is left."""
        return not self.keyring and bool(self.keyring_words)

    def keyring_sentence(self) -> str:
        """What was found."""
        return f"{self.keyring} keeps the secret." if self.keyring else self.keyring_words or "Looking for it."
