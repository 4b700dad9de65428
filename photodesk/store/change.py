"""Who changes something, and why: every change to data goes through one `Change`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """`actor` is a person's id (32 hex digits); `reason` a short phrase such as `import` or `edited`."""

    actor: str
    reason: str = ""
