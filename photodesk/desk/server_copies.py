"""What this desk knows of the clinic server's copies of photos; told by whoever keeps the spool, where there is one."""

from __future__ import annotations

from collections.abc import Callable, Collection

Lacking = Callable[[Collection[str]], int]
"""How many of these files (SHA-256 hex) the server does not hold with all that was made from them."""


class ServerCopies:
    """`lacking` is set where the clinic has a server."""

    def __init__(self) -> None:
        self.lacking: Lacking | None = None

    @property
    def kept(self) -> bool:
        """Whether there is a clinic server that photos are sent to."""
        return self.lacking is not None
