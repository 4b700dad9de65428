"""What the screens' tests share: fonts, a desk that remembers, tasks that run at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from photodesk.desk.activity import ChainCheck, Summary
from photodesk.desk.activity_review import Standing
from photodesk.desk.log_policy import LogPolicy
from photodesk.desk.roles import Right, allowed
from photodesk.desk.visits import PlannedVisit
from photodesk.errors import Fixable
from photodesk.patients import Patient, PatientSummary, Sex, fold
from photodesk.photos import DEFAULT_PROTOCOLS
from photodesk.progress import Cancel
from photodesk.store.roles import Role
from photodesk.ui import icons
from photodesk.ui.fonts import font, load_fonts
from photodesk.visits import Visit
from photodesk.visits.worklist_source import WorklistSource

TODAY = date(2026, 11, 20)
NOW_MS = 1_795_168_800_000


class AtOnce:
    """Tasks whose work runs when it is asked for."""

    def __init__(self) -> None:
        self.failures: list[BaseException] = []

    def store(self, work: Callable[[], Any], done: Callable[[Any], None], failed: Any = None) -> SimpleNamespace:
        try:
            result = work()
        except Fixable as failure:
            self.failures.append(failure)
            if failed:
                failed(failure)
        else:
            done(result)
        return SimpleNamespace(cancel=lambda: None)

    decode = store
    network = store

    def long(self, work: Any, done: Any, failed: Any = None, progress: Any = None) -> SimpleNamespace:
        return self.store(lambda: work(progress or (lambda _: None), Cancel()), done, failed)


class FixedClock:
    def wall_ms(self) -> int:
        return NOW_MS

    def monotonic_ms(self) -> int:
        return 1_000


@dataclass
class PretendPatients:
    """A few invented people."""

    people: list[Patient] = field(default_factory=list)

    def search(self, text: str, limit: int = 50) -> list[PatientSummary]:
        found = [p for p in self.people if fold(text) in fold(p.display_name)]
        return [PatientSummary(p, 3, TODAY if p.given == "Ada" else date(2026, 10, 2)) for p in found[:limit]]

    def add(self, draft: Any) -> Patient:
        if any(p.mrn == draft.mrn for p in self.people):
            raise Fixable("mrn_taken", "This record number is taken.", "Check the number.")
        patient = Patient("f" * 32, draft.mrn, draft.family, draft.given, draft.birth, draft.sex)
        self.people.append(patient)
        return patient

    def notes(self, _patient_id: str) -> str:
        return ""

    def set_notes(self, _patient_id: str, _text: str) -> None:
        """Kept nowhere."""


@dataclass
class PretendChain:
    """A log whose check finds what a test says."""

    finds: ChainCheck = field(default_factory=lambda: ChainCheck(True, 47_906, 1_795_168_800_000))
    last: ChainCheck | None = None

    def check(self) -> ChainCheck:
        self.last = self.finds
        return self.finds


def people() -> list[Patient]:
    return [
        Patient("a" * 32, "000123", "Test", "Ada", date(1968, 5, 12), Sex.FEMALE),
        Patient("b" * 32, "000098", "Test", "Bernard", date(1951, 1, 3), Sex.MALE),
        Patient("c" * 32, "000204", "Sample-Tessa", "Kim", date(1989, 11, 9), Sex.OTHER),
    ]


class PretendReading:
    """An answer without entries."""

    def lines(self, _count: int | None = None) -> list[Any]:
        return []

    def flagged(self) -> list[Any]:
        return []

    def summary(self) -> Summary:
        return Summary(0, {}, (), (), ())


def pretend_session(*roles: Role) -> SimpleNamespace:
    """A session as far as the pages of this package ask it."""
    held = frozenset(roles or (Role.CLINICIAN,))
    patients = PretendPatients(people())
    planned = [
        PlannedVisit(Visit("d" * 32, p.patient_id, TODAY, time(9, 10 + n), "Room 2", "", "", ""), p, "Dr. Sample", n)
        for n, p in enumerate(patients.people)
    ]
    purposes = SimpleNamespace(leave=lambda: None)
    gate = SimpleNamespace(leave=lambda _screen: None, view_shots=lambda *_: {}, purposes=purposes)
    return SimpleNamespace(
        alarms=SimpleNamespace(sentences=()),
        chain=PretendChain(),
        person=SimpleNamespace(person_id="e" * 32, name="Dr. Iris Sample", roles=held, emergency=""),
        clock=FixedClock(),
        may=lambda right: allowed(held, right),
        patients=patients,
        gate=gate,
        has_chart_keys=Role.CLINICIAN in held,
        visits=SimpleNamespace(today=lambda: planned, of_patient=lambda _: [], add=lambda draft: draft),
        worklist=SimpleNamespace(look_lines=lambda: (), source=WorklistSource),
        protocols=SimpleNamespace(all=lambda: DEFAULT_PROTOCOLS),
        inbox=SimpleNamespace(jobs=lambda: ()),
        cards=SimpleNamespace(erase_when="verified"),
        catalog=SimpleNamespace(setting=lambda _name: None),
        layout=SimpleNamespace(root=Path("store")),
        today=TODAY.isoformat(),
        activity=SimpleNamespace(
            ask=lambda _query: PretendReading(), check=lambda: ChainCheck(True, 1, 0), policy=LogPolicy(lambda _: None)
        ),
        log_review=SimpleNamespace(reviews=dict, standing=lambda: Standing(None, 0, 0), lost=lambda: None),
        right=Right,
    )


class Went:
    """A `Navigate` that remembers where it was sent."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *arguments: self.calls.append((name, *arguments))


@pytest.fixture(scope="session")
def clothes(qapp: QApplication) -> QFont:
    """Fonts and style once: a font file that is registered again makes Qt look for every font again."""
    load_fonts(Path(__file__).resolve().parents[2] / "resources" / "fonts")
    qapp.setStyle("Fusion")
    return font()


@pytest.fixture
def dressed(qapp: QApplication, clothes: QFont) -> QApplication:
    """The application with its fonts and style."""
    if qapp.font() != clothes:
        qapp.setFont(clothes)
    return qapp


@pytest.fixture(autouse=True)
def no_windows_left() -> Iterator[None]:
    """Windows end with their test: pytest-qt asks for that, but without an event loop nobody carries it out, and
    dressing the next test would style them all again."""
    yield
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        return
    for window in application.topLevelWidgets():
        if window.parent() is None:
            window.hide()
            window.deleteLater()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def icon_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test passes that painted an icon nobody drew."""
    wrong: list[str] = []
    code_point = icons.code_point

    def watched(name: str) -> str:
        if name not in icons._phosphor()[1]:
            wrong.append(name)
        return code_point(name)

    monkeypatch.setattr(icons, "code_point", watched)
    yield
    assert not [name for name in wrong if name != "no-such-icon"]
