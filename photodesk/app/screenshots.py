"""The screens of the demo clinic drawn into PNG files: the same pages, session and gate as in the windows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEventLoop, QMessageLogContext, QSize, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from photodesk.app.command_desk import CommandDesk
from photodesk.app.demo_clinic import DemoClinic, waiting_photos
from photodesk.app.terminal import tell
from photodesk.background.decoders import DecoderPool
from photodesk.background.desk_host import DeskHost, Pushes
from photodesk.background.tasks import Tasks
from photodesk.clock import SystemClock
from photodesk.desk.entrance import Entrance
from photodesk.ui.importing import ImportPage
from photodesk.ui.open_desk import OpenDesk
from photodesk.ui.run_desk import dress
from photodesk.ui.settings.sections import sections_for
from photodesk.ui.sign_in import SignInModel, SignInView, lock_sentence
from photodesk.ui.window import MainWindow

CHATTER = "This plugin does not support propagateSizeHints()"
PATIENT = "000123"
QUIET_S = 0.4
LONGEST_S = 30.0
Screens = list[tuple[str, Path]]


@contextmanager
def _without_chatter() -> Iterator[None]:
    """The one line that Qt says about windows nobody sees is left out; all others go on to standard error."""

    def heard(_kind: QtMsgType, _where: QMessageLogContext, message: str) -> None:
        if message != CHATTER:
            tell(message)

    before = qInstallMessageHandler(heard)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def draw_screens(desk: CommandDesk, clinic: DemoClinic, folder: Path, size_px: tuple[int, int]) -> Screens:
    """Draw sign-in, both faces of import, and every other screen of a signed-in clinician; (name, path) each."""
    with _without_chatter():
        return _draw(desk, clinic, folder, size_px)


def _draw(desk: CommandDesk, clinic: DemoClinic, folder: Path, size_px: tuple[int, int]) -> Screens:
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(["photodesk"])
    dress(application)
    drawing = _Drawing(application, folder, QSize(*size_px))
    drawing.keep("sign-in", _sign_in(clinic))
    host = DeskHost(desk.link, Pushes(), clinic.store, SystemClock(), clinic.password)
    tasks = Tasks()
    decoders = desk.decoder or DecoderPool()
    page = Entrance(clinic.store, SystemClock()).page()
    open_desk = OpenDesk(host, tasks, desk.session, decoders, page.clinic_name, page.workstation_name)
    try:
        drawing.tasks = tasks
        for name, step in _steps(open_desk, desk):
            step()
            drawing.keep(name, open_desk.navigator.window)
    finally:
        tasks.shutdown()
        open_desk.navigator.window.hide()  # closing it would ask the keeper to end
    return drawing.kept


class _Drawing:
    """Waits until nothing is on its way, then keeps the picture."""

    def __init__(self, application: QApplication, folder: Path, size: QSize) -> None:
        self._application, self._folder, self._size = application, folder, size
        self.tasks: Tasks | None = None
        self.kept: Screens = []

    def keep(self, name: str, widget: QWidget) -> None:
        widget.resize(self._size)
        widget.show()
        self._settle()
        path = (self._folder / f"{name}.png").resolve()
        if not widget.grab().save(str(path)):
            raise OSError(f"{name}.png could not be written")
        self.kept.append((name, path))

    def _settle(self) -> None:
        end = time.monotonic() + LONGEST_S
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < QUIET_S and time.monotonic() < end:
            self._application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            if self.tasks is not None and self.tasks.busy:
                quiet_since = time.monotonic()


def _sign_in(clinic: DemoClinic) -> SignInView:
    page = Entrance(clinic.store, SystemClock()).page()
    view = SignInView(SignInModel(page.people), SystemClock(), page.clinic_name, page.workstation_name, demo=True)
    view.show_reason(lock_sentence(""))
    return view


def _steps(open_desk: OpenDesk, desk: CommandDesk) -> Iterator[tuple[str, Callable[[], None]]]:
    go, window = open_desk.navigator, open_desk.navigator.window
    patient_id = desk.session.patients.by_mrn(PATIENT).patient_id
    yield "import-safe", lambda: _start_import(go.importing, window)
    yield "import", lambda: _press(window, Qt.Key.Key_Return)
    yield "inbox", go.inbox
    yield "home", lambda: _type(go.home, window, "tes")
    yield "timeline", lambda: go.open_patient(patient_id)
    yield "series", lambda: go.open_series(patient_id)
    yield "compare", lambda: go.open_compare(patient_id)
    yield "measure", lambda: _press(window, Qt.Key.Key_M, Qt.Key.Key_U)
    yield "curtain", lambda: _press(window, Qt.Key.Key_M, Qt.Key.Key_2)
    yield "overlay", lambda: _press(window, Qt.Key.Key_3)
    yield "difference", lambda: _press(window, Qt.Key.Key_5)
    yield "time-lapse", lambda: _press(window, Qt.Key.Key_6)
    yield "photo", lambda: go.open_photo(patient_id, _newest(desk, patient_id))
    yield "log", go.activity
    for section in sections_for(go.context):
        yield f"settings-{section.name}", partial(go.settings, section.name)


def _newest(desk: CommandDesk, patient_id: str) -> str:
    newest = desk.session.timeline.refresh(patient_id).visits[0]
    return newest.photos[-1].photo_id


def _start_import(go: Callable[[], None], window: MainWindow) -> None:
    go()
    if isinstance(window.page, ImportPage):
        window.page.start(tuple(waiting_photos()))


def _type(go: Callable[[], None], window: MainWindow, text: str) -> None:
    go()
    QApplication.processEvents()
    target = window.focusWidget() or window
    QTest.keyClicks(target, text)


def _press(window: MainWindow, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(window.page or window, key)
