"""The clinic secret and the workstation secret: in the operating system's keyring, or in the store by choice.

Only real keyrings are accepted (an allow-list): the Secret Service, the macOS keychain, the Windows credential
locker. `keyring`'s plain-file, null and chained back ends are not, whatever its configuration says.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from photodesk.errors import Damaged, Fixable
from photodesk.store.files import write_atomically
from photodesk.store.layout import Layout
from photodesk.store.record_version import check_version

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "PhotoDesk"
SECRET_BYTES = 32
NO_KEYRING = "none"

_REAL = {
    "linux": ("keyring.backends.SecretService", "SecretService"),
    "darwin": ("keyring.backends.macOS", "macOS"),
    "win32": ("keyring.backends.Windows", "Windows"),
}
_Answer = TypeVar("_Answer")
_File = tuple[int, int, list[tuple[str, bytes]]]
_LIBRARIES = {"secretstorage", "jeepney", "win32ctypes", "pywintypes"}


def clinic_secret_account(clinic_id: bytes, workstation_id: str, epoch: int) -> str:
    """Under which account name CS of an epoch lies."""
    return f"{clinic_id.hex()}/{workstation_id}/clinic-secret/{epoch}"


def workstation_secret_account(clinic_id: bytes, workstation_id: str) -> str:
    """Under which account name WS lies."""
    return f"{clinic_id.hex()}/{workstation_id}/workstation-secret"


class Secrets:
    """Secrets of 32 bytes in this system's keyring, which is looked for at the first use.

    Every call raises Fixable `keyring_missing` or `keyring_locked`, with what to do about it.
    """

    def __init__(self, backend: KeyringBackend | None = None) -> None:
        self._backend = backend

    def name(self) -> str:
        """What `store.json` and `init` call it: `SecretService`, `macOS`, `Windows`, or `none`."""
        kind = type(self._real_backend())
        return next((name for module, name in _REAL.values() if kind.__module__ == module), kind.__name__)

    def get(self, account: str) -> bytes:
        """The secret; Fixable `secret_missing` where the keyring has none under this name."""
        backend = self._real_backend()
        text = _in_words(lambda: backend.get_password(SERVICE, account))
        if text is None:
            raise _secret_missing()
        return _from_text(text)

    def set(self, account: str, secret: bytes) -> None:
        """Keep a secret, and read it back."""
        backend = self._real_backend()
        _in_words(lambda: backend.set_password(SERVICE, account, secret.hex()))
        if self.get(account) != secret:
            raise _missing()

    def forget(self, account: str) -> None:
        """Remove a secret, where it is there."""
        backend = self._real_backend()
        if _in_words(lambda: backend.get_password(SERVICE, account)) is not None:
            _in_words(lambda: backend.delete_password(SERVICE, account))

    def words(self, account: str) -> str:
        """A text of another kind that is kept here, "" where there is none."""
        backend = self._real_backend()
        return _in_words(lambda: backend.get_password(SERVICE, account)) or ""

    def keep_words(self, account: str, words: str) -> bool:
        """Keep such a text; whether it is kept."""
        backend = self._real_backend()
        _in_words(lambda: backend.set_password(SERVICE, account, words))
        return True

    def _real_backend(self) -> KeyringBackend:
        if self._backend is None:
            self._backend = _in_words(_find)
        return self._backend


class LocalSecrets(Secrets):
    """Password only: both secrets lie in `secrets.local` (0600) in the store; a copy of it needs the password alone."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._moved_to: Secrets | None = None

    def name(self) -> str:
        """`none`: there is no keyring."""
        return NO_KEYRING if self._moved_to is None else self._moved_to.name()

    def follow(self, keyring: Secrets) -> None:
        """The secrets were moved there: whoever holds this object reads them there from now on."""
        self._moved_to = keyring

    def get(self, account: str) -> bytes:
        """The secret; Fixable `secret_missing`."""
        if self._moved_to is not None:
            return self._moved_to.get(account)
        secret = self._read().get(account)
        if secret is None:
            raise _secret_missing()
        return secret

    def words(self, account: str) -> str:
        """Only the store's own two secrets lie in a file: others are asked for each time."""
        return self._moved_to.words(account) if self._moved_to is not None else ""

    def keep_words(self, account: str, words: str) -> bool:
        """See `words`."""
        return self._moved_to is not None and self._moved_to.keep_words(account, words)

    def set(self, account: str, secret: bytes) -> None:
        """Keep a secret, durably."""
        if self._moved_to is not None:
            self._moved_to.set(account, secret)
            return
        held = self._read() | {account: secret}
        write_atomically(self._path, msgspec.msgpack.encode([1, 1, [[name, held[name]] for name in sorted(held)]]))

    def forget(self, account: str) -> None:
        """Remove a secret, where it is there."""
        if self._moved_to is not None:
            self._moved_to.forget(account)
            return
        held = self._read()
        if held.pop(account, None) is not None:
            write_atomically(self._path, msgspec.msgpack.encode([1, 1, [[name, held[name]] for name in sorted(held)]]))

    def everything(self) -> dict[str, bytes]:
        """Every secret by its account name, for moving them into a keyring."""
        return self._read()

    def _read(self) -> dict[str, bytes]:
        if not self._path.exists():
            return {}
        try:
            version, suite, pairs = msgspec.msgpack.decode(self._path.read_bytes(), type=_File)
        except (msgspec.MsgspecError, ValueError):
            raise Damaged("secrets_damaged", "The file secrets.local is not what was written.") from None
        check_version(version, suite)
        return dict(pairs)


def keep_secrets(
    secrets: Secrets, clinic_id: bytes, workstation_id: str, clinic_secrets: Mapping[int, bytes], secret: bytes
) -> None:
    """Put CS, by epoch, and this workstation's WS where they belong."""
    for epoch, clinic_secret in clinic_secrets.items():
        secrets.set(clinic_secret_account(clinic_id, workstation_id, epoch), clinic_secret)
    secrets.set(workstation_secret_account(clinic_id, workstation_id), secret)


def secrets_of(layout: Layout) -> Secrets:
    """Where an existing store's secrets lie, by what its `store.json` says. Errors as `read_store`."""
    from photodesk.store.store_json import read_store

    return LocalSecrets(layout.secrets_local) if read_store(layout).keyring == NO_KEYRING else Secrets()


def _find() -> KeyringBackend:
    """This system's one real back end, made directly so that no configuration can put another in its place."""
    module, _ = _REAL.get(sys.platform, ("", ""))
    try:
        kind: type[KeyringBackend] = importlib.import_module(module).Keyring
        if not kind.viable:
            raise _missing()
        return kind()
    except (ImportError, ValueError, RuntimeError):
        raise _missing() from None


def _in_words(ask: Callable[[], _Answer]) -> _Answer:
    """What a keyring raises, as one of ours. Its back ends raise their own library's errors besides `keyring`'s."""
    from keyring.errors import InitError, KeyringError, KeyringLocked

    try:
        return ask()
    except Fixable:
        raise
    except (KeyringLocked, InitError):
        raise _locked() from None
    except (KeyringError, OSError):
        raise _missing() from None
    except Exception as error:
        if "lock" in type(error).__name__.lower() or "prompt" in type(error).__name__.lower():
            raise _locked() from None
        if type(error).__module__.split(".")[0] in _LIBRARIES:
            raise _missing() from None
        raise


def _from_text(text: str) -> bytes:
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        secret = b""
    if len(secret) != SECRET_BYTES:
        raise Damaged("secrets_damaged", "The keyring's secret for this store is not what was written.")
    return secret


def _locked() -> Fixable:
    return Fixable(
        "keyring_locked",
        "The keyring of this computer is locked.",
        "Unlock it (usually by signing in to the computer with a password) and try again.",
    )


def _missing() -> Fixable:
    return Fixable(
        "keyring_missing",
        "This computer offers no keyring that PhotoDesk can use.",
        "Start a desktop session with a Secret Service (GNOME Keyring, KWallet), or set up with --password-only.",
    )


def _secret_missing() -> Fixable:
    return Fixable(
        "secret_missing",
        "The keyring does not hold this store's secret.",
        "Sign in to the computer as the user who set PhotoDesk up here, or use the recovery code: photodesk recover",
    )
