"""Answers come on the GUI thread; late ones are dropped."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from photodesk.background.tasks import Tasks
from photodesk.progress import Cancel, Progress, Report


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.shutdown()


def test_answers_come_on_the_gui_thread_in_the_order_of_the_store(tasks: Tasks, qtbot: QtBot) -> None:
    answers: list[tuple[int, int]] = []
    workers: set[int] = set()

    def work(number: int) -> int:
        workers.add(threading.get_ident())
        return number << 40

    for number in range(20):
        tasks.store(lambda n=number: work(n), lambda got: answers.append((got, threading.get_ident())))
    qtbot.waitUntil(lambda: len(answers) == 20)
    assert [got >> 40 for got, _ in answers] == list(range(20))
    assert {thread for _, thread in answers} == {threading.get_ident()}
    assert len(workers) == 1


def test_errors_go_to_the_one_who_asked(tasks: Tasks, qtbot: QtBot) -> None:
    failed: list[BaseException] = []
    tasks.decode(lambda: 1 // 0, lambda _: None, failed.append)
    qtbot.waitUntil(lambda: bool(failed))
    assert isinstance(failed[0], ZeroDivisionError)


def test_late_answers_are_dropped(tasks: Tasks, qtbot: QtBot) -> None:
    gate = threading.Event()
    answers: list[str] = []
    first = tasks.store(lambda: gate.wait(5) and "late", answers.append)
    first.cancel()
    gate.set()
    tasks.store(lambda: "next", answers.append)
    qtbot.waitUntil(lambda: bool(answers))
    assert answers == ["next"]


def test_long_work_reports_and_hears_that_it_should_stop(tasks: Tasks, qtbot: QtBot) -> None:
    seen: list[Progress] = []
    stopped = threading.Event()

    def work(report: Report, cancel: Cancel) -> None:
        report(Progress("copying", 1, 3))
        while not cancel.requested:
            threading.Event().wait(0.001)
        stopped.set()

    request = tasks.long(work, lambda _: None, None, seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    request.cancel()
    assert stopped.wait(5)
    assert seen == [Progress("copying", 1, 3)]


def test_unexpected_errors_reach_the_crash_handler(qtbot: QtBot) -> None:
    heard: list[BaseException] = []
    tasks = Tasks(heard.append)
    tasks.store(lambda: {}["none"], lambda _: None)
    qtbot.waitUntil(lambda: bool(heard))
    tasks.shutdown()


def test_what_waits_for_another_computer_holds_up_nothing_else(tasks: Tasks, qtbot: QtBot) -> None:
    gate = threading.Event()
    answers: list[str] = []
    tasks.network(lambda: gate.wait(5) and "network", answers.append)
    tasks.store(lambda: "store", answers.append)
    tasks.decode(lambda: "decode", answers.append)
    qtbot.waitUntil(lambda: len(answers) == 2)
    gate.set()
    qtbot.waitUntil(lambda: len(answers) == 3)
    assert answers[-1] == "network"
