"""What a page may ask besides the session: facts about the clinic, and importing.

The session (`desk.session.Session`) is the desk itself:
`patients visits timeline photo_edit inbox people activity gate alarms`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from photodesk.importing.closing import ImportClosing
from photodesk.importing.inbox_filing import Part
from photodesk.importing.job import Assignment, ImportResult, Outcome
from photodesk.importing.resuming import UnfinishedImport
from photodesk.progress import Cancel, Report

if TYPE_CHECKING:
    from photodesk.desk.session import Session
    from photodesk.ui.setup.join_model import JoinsClinic
    from photodesk.ui.sync.clinic_server import ClinicServer
    from photodesk.ui.workstations.asking import Workstations


@dataclass(frozen=True)
class Clinic:
    """Names shown on the screens. `demo` marks every screen."""

    name: str = ""
    workstation: str = ""
    demo: bool = False


class Outside(Protocol):
    """What the program around the windows gives them: the clinic server, and joining a clinic that has one."""

    def joins(self) -> JoinsClinic:
        """For a computer that has no store yet."""
        ...

    def server(self, session: Session) -> tuple[ClinicServer, Workstations]:
        """For a signed-in desk: the server, and the clinic's computers."""
        ...


class Imports(Protocol):
    """`importing.service.ImportService` as the screens use it; blocking, so called through `Tasks`."""

    @property
    def closing(self) -> ImportClosing:
        """Receipts, reports and erasing of imports that have ended."""
        ...

    def active_jobs(self) -> frozenset[str]:
        """Jobs that are seen through at this moment."""
        ...

    def run(
        self,
        paths: Sequence[Path],
        assignment: Assignment | None = None,
        report: Report = ...,
        cancel: Cancel | None = None,
        *,
        again: bool = False,
        beside: bool = False,
    ) -> ImportResult:
        """Copy, prove and, with an assignment, file. Cancelling keeps what is proven."""
        ...

    def unfinished(self) -> tuple[UnfinishedImport, ...]:
        """Imports that broke off, newest first; the same order again goes on with one."""
        ...

    def outcomes(self) -> tuple[Outcome, ...]:
        """What is known of each file of the import that runs; called from `report`."""
        ...

    def running_job_id(self) -> str:
        """The job of the import that runs, or ran last; "" before the first."""
        ...

    def read_unread(self, job_id: str, report: Report = ..., cancel: Cancel | None = None) -> int:
        """Look at shots that were copied and never read: how many."""
        ...

    def file_shots(self, job_id: str, assignment: Assignment, shot_ids: Sequence[str] | None = None) -> list[str]:
        """Decide whose these shots are; files them where this desk opens charts. Ids of the photos filed."""
        ...

    def file_parts(
        self, job_id: str, parts: Sequence[Part], report: Report = ..., cancel: Cancel | None = None
    ) -> list[str]:
        """As `file_shots`, for decisions that differ in site and view."""
        ...

    def assign_parts(self, job_id: str, parts: Sequence[tuple[Assignment, Sequence[str]]]) -> None:
        """Only decide; while the copy goes on. `file_parts` without parts files what is decided."""
        ...
