"""What this computer remembers about PhotoDesk's window: nothing about people, patients or passwords."""

from __future__ import annotations

from pathlib import Path

import msgspec

from photodesk.store.files import write_atomically


class Settings(msgspec.Struct, frozen=True, omit_defaults=True):
    """`store` is the folder opened last, `welcomed` whether the first start has offered the demo."""

    store: str = ""
    welcomed: bool = False
    thumbnail_px: int = 140


def load(path: Path) -> Settings:
    """The settings, or the defaults where there are none or they cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Settings)
    except (OSError, msgspec.DecodeError):
        return Settings()


def save(path: Path, settings: Settings) -> None:
    """Keep them for the next start."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, msgspec.json.format(msgspec.json.encode(settings)))
