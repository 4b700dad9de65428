"""What a screen gets and gives: the seam between the window and its pages.

A page is built with one `PageContext` and what it is about, by the window:

    TimelinePage(context, patient_id)      PhotoPage(context, patient_id, photo_id)
    ComparePage(context, patient_id, before_id, after_id)      all others: XPage(context)

It says what the top bar shows (`Heading`), which keys it knows (for `F1`), and
is told when it comes (`entered`) and goes (`left`). Texts of patients stay inside the page: never in a window title.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from photodesk.errors import PhotoDeskError
from photodesk.progress import Cancel, Report
from photodesk.ui.desk_services import Clinic, Imports
from photodesk.ui.display_colours import DisplayColours
from photodesk.ui.theme import DESK, Theme

if TYPE_CHECKING:
    from photodesk.desk.session import Session
    from photodesk.importing.job import Assignment
    from photodesk.photos.comparison import Comparison
    from photodesk.ui.backup.watch import BackupWatch
    from photodesk.ui.cards.acting import CardActions
    from photodesk.ui.locking import DeskLock
    from photodesk.ui.present.stage import Stage
    from photodesk.ui.sync.clinic_server import Arrived
    from photodesk.ui.sync.watch import ServerWatch
    from photodesk.ui.worklist.watching import WorklistWatch

T = TypeVar("T")


class Request(Protocol):
    """Work that was asked for; its answer is dropped once cancelled."""

    def cancel(self) -> None:
        """The answer is no longer wanted."""
        ...


class TaskRunner(Protocol):
    """`background.tasks.Tasks` as a page sees it: `work` runs elsewhere, `done` and `failed` on the GUI thread."""

    def store(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[BaseException], None] | None = None
    ) -> Request:
        """Run on the one thread that reads and writes the store."""
        ...

    def decode(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[BaseException], None] | None = None
    ) -> Request:
        """Run on the decoding pool."""
        ...

    def long(
        self,
        work: Callable[[Report, Cancel], T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None] | None = None,
        progress: Report | None = None,
    ) -> Request:
        """Run long work beside the store thread; `progress` hears its reports on the GUI thread."""
        ...

    def network(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[BaseException], None] | None = None
    ) -> Request:
        """Run what may wait for another computer."""
        ...


class Navigate(Protocol):
    """Where a page can go. The window does it."""

    def home(self) -> None:
        """The home page."""
        ...

    def back(self) -> None:
        """Where the person came from."""
        ...

    def inbox(self, job_id: str = "") -> None:
        """Photos waiting to be filed, of one import where given."""
        ...

    def inbox_count(self, photos: int) -> None:
        """How many photos wait: the rail says it."""
        ...

    def importing(self, patient_id: str = "", paths: Sequence[Path] = ()) -> None:
        """The import page, for a patient where one is known; `paths` (dropped files and folders) start at once."""
        ...

    def import_card(self, root: Path, assignment: Assignment | None = None) -> bool:
        """Import a card on the import page; False while another import is shown there."""
        ...

    def activity(self, patient_id: str = "") -> None:
        """The activity log, of one patient where given."""
        ...

    def settings(self, section: str = "") -> None:
        """The settings, at one of their sections where given."""
        ...

    def open_patient(self, patient_id: str) -> None:
        """The timeline."""
        ...

    def open_photo(self, patient_id: str, photo_id: str) -> None:
        """One photo at full size."""
        ...

    def open_compare(self, patient_id: str, before_id: str = "", after_id: str = "") -> None:
        """Two photos side by side; without ids the suggested pair."""
        ...

    def open_series(self, patient_id: str) -> None:
        """The grid of views and visits."""
        ...

    def open_photos(self, patient_id: str, photo_ids: Sequence[str]) -> None:
        """Two to six photos side by side, the oldest first."""
        ...

    def open_kept(self, patient_id: str, kept: Comparison) -> None:
        """A comparison kept in the chart, as it was seen."""
        ...

    def new_patient(self) -> None:
        """The form for a new patient."""
        ...

    def edit_patient(self, patient_id: str) -> None:
        """The form of a patient; the page shown is refreshed when it was saved."""
        ...

    def new_visit(self, patient_id: str) -> None:
        """The form for a new visit; the page shown is refreshed when it was saved."""
        ...

    def refresh(self) -> None:
        """Let the page shown read again what it shows."""
        ...

    def say(self, text: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        """A toast. Never a patient's name."""
        ...


@dataclass(frozen=True)
class PageContext:
    """What every page is built with. `desk` is the signed-in person's session: all a page may ask.

    `imports` is the import service, None where this desk cannot import; `cards` hears of camera cards, None likewise.
    `worklist` reads another system's visits. `stage` shows a comparison to the patient, None where nothing can.
    `colours` are those of the screen photos are seen on.
    `locking` knows when this desk locks by itself. `backups` runs them beside everything else. `server` follows the
    clinic server.
    """

    desk: Session
    tasks: TaskRunner
    navigate: Navigate
    clinic: Clinic = field(default_factory=Clinic)
    imports: Imports | None = None
    theme: Theme = DESK
    cards: CardActions | None = None
    worklist: WorklistWatch | None = None
    stage: Stage | None = None
    colours: DisplayColours = field(default_factory=DisplayColours)
    locking: DeskLock | None = None
    backups: BackupWatch | None = None
    server: ServerWatch | None = None


@dataclass(frozen=True)
class Heading:
    """The top bar of a page. `back` shows the arrow, `find` the field that goes to the search."""

    title: str
    subtitle: str = ""
    back: bool = False
    find: bool = False


@dataclass(frozen=True)
class Key:
    """One line of the keys popover: `Key(("A",), "Mark as before")`."""

    keys: tuple[str, ...]
    words: str


class Page(QWidget):
    """One screen. `section` is the rail entry that is lit; `full_screen` pages hide the rail and the top bar."""

    heading_changed = Signal()

    section = "home"
    full_screen = False
    own_demo_mark = False
    """Whether a full-screen page shows the mark of a demonstration itself, where it covers nothing."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.setObjectName("page")

    def heading(self) -> Heading:
        """What the top bar says now; emit `heading_changed` when it changes."""
        return Heading("")

    def top_actions(self) -> tuple[QWidget, ...]:
        """Widgets for the right of the top bar (made once)."""
        return ()

    def keys(self) -> tuple[Key, ...]:
        """The keys of this screen, in the order of use."""
        return ()

    def entered(self) -> None:
        """The page is shown now: put the focus where the person works, ask for what is shown."""

    def left(self) -> None:
        """The page is hidden now: tell the gate that its photos are no longer seen, drop what was asked for."""

    def refresh(self) -> None:
        """Something changed elsewhere (a form was saved, photos were filed)."""

    def arrived(self, arrived: Arrived) -> None:
        """Other workstations' changes are here; what is chosen and where it is scrolled stays. Reads again unless told
        otherwise."""
        if arrived.catalog or arrived.everything:
            self.refresh()

    def escape(self) -> bool:
        """`Esc` was pressed; True when the page used it, otherwise the window goes back."""
        return False

    # A page may also have `about_patient(patient_id)` (import, activity), `restore_zoom(zoom)` (photo, compare) and
    # `returning` (compare).

    def place(self) -> tuple[str, str, float, tuple[str, ...]]:
        """(screen, patient id, zoom, photo ids) to return to after a lock."""
        return (self.section, "", 0.0, ())


def sentence(failure: BaseException) -> str:
    """What a person is told: message and remedy of ours, or a plain sentence for a fault of PhotoDesk itself."""
    if isinstance(failure, PhotoDeskError):
        return f"{failure.message} {failure.remedy}".strip()
    return "Something went wrong inside PhotoDesk. Nothing was lost; try again or call your administrator."
