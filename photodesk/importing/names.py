"""Names of files as people see them. A card may hold any name, also one meant to deceive or to steer a terminal."""

from __future__ import annotations

JOINERS = "\u200c\u200d"
UNSEEN = "\ufffd"


def plain_name(text: str) -> str:
    """Every script as it is; control characters, marks that turn the reading direction and broken bytes as `�`."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() or letter in JOINERS else UNSEEN for letter in text)


def short_name(name: str) -> str:
    """The last part of a name on the card, to be shown."""
    return plain_name(name.rsplit("/", 1)[-1])
