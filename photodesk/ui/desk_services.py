"""What a page may ask besides the session: facts about the clinic, and importing.

The session (`desk.session.Session`) is the desk itself:
`patients visits timeline photo_edit inbox people activity gate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from photodesk.importing.job import Assignment, ImportResult
from photodesk.progress import Cancel, Report


@dataclass(frozen=True)
class Clinic:
    """Names shown on the screens. `demo` marks every screen."""

    name: str = ""
    workstation: str = ""
    demo: bool = False


class Imports(Protocol):
    """Importing as the screens use it; blocking, so called through `Tasks.long` or `Tasks.store`."""

    def run(
        self, paths: Sequence[Path], assignment: Assignment | None, report: Report, cancel: Cancel
    ) -> ImportResult:
        """Copy, prove and, with an assignment, file. Cancelling keeps what is proven."""
        ...

    def assign(self, job_id: str, shot_ids: Sequence[str], assignment: Assignment) -> int:
        """Decide whose these shots are; files them where this desk has chart keys. How many were filed."""
        ...
