"""Every way PhotoDesk says no, as one tree.

    PhotoDeskError
    ├── Fixable      the person can put it right (disk full, wrong folder, number taken)     exit 1
    │   └── Cancelled    the person stopped it                                               exit 1
    ├── Refused      no right, locked, wrong password, newer format, no consent              exit 3
    └── Damaged      bytes are not what was written: stop writing, offer recovery            exit 4

Each carries a stable `code` for scripts, a `message` that says what happened and a `remedy` that says
what to do. Messages name ids, never patients. A bug is any other exception and reaches the crash
handler in `app`.
"""

from __future__ import annotations


class PhotoDeskError(Exception):
    """Base of the tree; `exit_code` is what the command line returns."""

    exit_code = 1

    def __init__(self, code: str, message: str, remedy: str = "") -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.code = code
        self.message = message
        self.remedy = remedy


class Fixable(PhotoDeskError):
    """The world's fault, and the person can put it right."""


class Cancelled(Fixable):
    """The person stopped the work; what was finished stays."""

    def __init__(self, message: str = "Stopped.", remedy: str = "What was finished is kept.") -> None:
        super().__init__("cancelled", message, remedy)


class Refused(PhotoDeskError):
    """Not allowed: no right, locked, wrong password, newer format."""

    exit_code = 3


class Damaged(PhotoDeskError):
    """Stored bytes are not what was written. Nothing may be written there any more.

    `chart_id` and `photo_id` name what is affected, where known.
    """

    exit_code = 4

    def __init__(
        self,
        code: str,
        message: str,
        remedy: str = "Run a check, and restore from the backup what it names.",
        *,
        chart_id: str | None = None,
        photo_id: str | None = None,
    ) -> None:
        super().__init__(code, message, remedy)
        self.chart_id = chart_id
        self.photo_id = photo_id
