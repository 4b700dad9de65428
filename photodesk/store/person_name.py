"""When two spellings of a person's name are the same: case, spaces and compatible characters do not matter."""

from __future__ import annotations

import unicodedata


def same_name(one: str, other: str) -> bool:
    """Whether somebody typed this person's name. Not for finding patients (see `patients.search`)."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
