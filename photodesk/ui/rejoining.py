"""Imports that went on behind the lock: the next desk takes what they copied, and shows it on its import page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from photodesk.background.desk_host import DeskHost
from photodesk.background.tasks import Tasks
from photodesk.importing.job import ImportResult
from photodesk.importing.line import DeskLine
from photodesk.importing.resuming import UnfinishedImport
from photodesk.importing.service import ImportService
from photodesk.progress import Cancel, Report
from photodesk.ui.navigation import Navigator
from photodesk.ui.page import sentence


def rejoin_imports(
    host: DeskHost, tasks: Tasks, navigator: Navigator, imports: ImportService, ended: Callable[[], None]
) -> None:
    """Join every import that runs: without a desk it would wait for ever. The first has the import page.

    `ended` is called on a worker's thread after each.
    """
    link = host.link

    def running() -> list[UnfinishedImport]:
        return [imports.order(state.job_id) for state in link.imports_running() if not state.finished]

    def see_through(job_id: str, report: Report, cancel: Cancel) -> ImportResult:
        try:
            return imports.rejoin(job_id, DeskLine(link.attach_import(job_id)), report, cancel)
        finally:
            ended()

    def failed(failure: BaseException) -> None:
        navigator.say(sentence(failure))

    def join(orders: list[UnfinishedImport]) -> None:
        for number, order in enumerate(orders):
            work: Callable[[Report, Cancel], ImportResult] = partial(see_through, order.job_id)
            if number == 0:
                navigator.join_import(order, work)
            else:
                tasks.long(work, lambda _result: None, failed)

    tasks.store(running, join, failed)
