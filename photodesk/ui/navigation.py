"""Where a person can go: makes pages, keeps the way back, opens forms. Implements `page.Navigate`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from photodesk.desk.place import Place
from photodesk.desk.roles import Right
from photodesk.errors import PhotoDeskError
from photodesk.importing.job import Assignment, ImportResult
from photodesk.importing.resuming import UnfinishedImport
from photodesk.photos.comparison import Comparison
from photodesk.progress import Cancel, Report
from photodesk.ui.desk_services import Clinic, Imports
from photodesk.ui.forms import OpensForms
from photodesk.ui.page import Page, PageContext, TaskRunner, sentence
from photodesk.ui.window import MainWindow
from photodesk.ui.words import role_words

if TYPE_CHECKING:
    from photodesk.desk.session import Session

RAIL = (
    ("home", "house", "Home", None),
    ("inbox", "tray", "Inbox", Right.SEE_INBOX),
    ("import", "download-simple", "Import", Right.IMPORT),
    ("activity", "list-bullets", "Activity", None),
    ("settings", "gear-six", "Settings", None),
    ("lock", "lock-simple", "Lock", None),
)


@dataclass(frozen=True)
class PageMakers:
    """How pages are made: timeline and series(context, patient_id), photo(…, photo_id), compare(…, a, b)."""

    timeline: Callable[[PageContext, str], Page]
    photo: Callable[[PageContext, str, str], Page]
    compare: Callable[[PageContext, str, str, str], Page]
    series: Callable[[PageContext, str], Page]
    sections: Mapping[str, Callable[[PageContext], Page]] = field(default_factory=dict)


def rail_entries(session: Session) -> tuple[tuple[str, str, str], ...]:
    """Entries this person can use; nothing dead."""
    return tuple((name, icon, words) for name, icon, words, right in RAIL if right is None or session.may(right))


class Navigator(OpensForms):
    """One per signed-in desk."""

    def __init__(
        self,
        session: Session,
        tasks: TaskRunner,
        clinic: Clinic,
        imports: Imports | None,
        makers: PageMakers,
        lock: Callable[[], None],
    ) -> None:
        person = session.person
        self.window = MainWindow(person.name, role_words(person.roles), rail_entries(session), demo=clinic.demo)
        self.context = PageContext(session, tasks, self, clinic, imports)
        self._makers = makers
        self._sections: dict[str, Page] = {}
        self._trail: list[Page] = []
        self.window.section_chosen.connect(self.section)
        self.window.find_asked.connect(self.home)
        self.window.back_asked.connect(self.back)
        self.window.new_patient_asked.connect(self.new_patient)
        self.window.lock_asked.connect(lock)

    # -- sections --

    def section(self, name: str) -> None:
        """Go to a page of the rail, with a clean way back."""
        if name not in self._makers.sections or name not in {entry[0] for entry in rail_entries(self.context.desk)}:
            return
        page = self._sections.get(name)
        if page is None:
            page = self._sections[name] = self._makers.sections[name](self.context)
        self._drop(self._trail)
        self._trail = []
        self.context.desk.gate.purposes.leave()
        self.window.show_page(page)

    def home(self) -> None:
        self.section("home")

    def inbox(self, job_id: str = "") -> None:
        self.section("inbox")
        self._reopen("inbox", job_id)

    def inbox_count(self, photos: int) -> None:
        self.window.rail.show_count("inbox", photos)

    def importing(self, patient_id: str = "", paths: Sequence[Path] = ()) -> None:
        self.section("import")
        dropped = getattr(self._sections.get("import"), "take_dropped", None)
        if dropped is not None and paths:
            dropped(patient_id, tuple(paths))
        else:
            self._tell("import", patient_id)

    def import_card(self, root: Path, assignment: Assignment | None = None) -> bool:
        """Import a card on the import page, and go there; False while another import is shown there."""
        take = getattr(self._import_page(), "take_card", None)
        if take is None or not take(root, assignment):
            return False
        self.section("import")
        return True

    def _import_page(self) -> Page:
        if "import" not in self._sections:
            self._sections["import"] = self._makers.sections["import"](self.context)
        return self._sections["import"]

    def join_import(self, order: UnfinishedImport, see_through: Callable[[Report, Cancel], ImportResult]) -> None:
        """The import page shows an import that went on behind the lock, wherever the person is."""
        join = getattr(self._import_page(), "join", None)
        if join is not None:
            join(order, see_through)

    def _reopen(self, name: str, job_id: str) -> None:
        reopen = getattr(self._sections.get(name), "reopen", None)
        if reopen is not None and job_id:
            reopen(job_id)

    def activity(self, patient_id: str = "") -> None:
        self.section("activity")
        self._tell("activity", patient_id)

    def settings(self, section: str = "") -> None:
        self.section("settings")
        show = getattr(self._sections.get("settings"), "show_section", None)
        if show is not None and section:
            show(section)

    def _tell(self, name: str, patient_id: str) -> None:
        about = getattr(self._sections.get(name), "about_patient", None)
        if about is not None and patient_id:
            about(patient_id)

    # -- pages about a patient --

    def open_patient(self, patient_id: str) -> None:
        self._push(partial(self._makers.timeline, self.context, patient_id))

    def open_photo(self, patient_id: str, photo_id: str) -> None:
        self._push(partial(self._makers.photo, self.context, patient_id, photo_id))

    def open_compare(self, patient_id: str, before_id: str = "", after_id: str = "") -> None:
        self._push(partial(self._makers.compare, self.context, patient_id, before_id, after_id))

    def open_series(self, patient_id: str) -> None:
        self._push(partial(self._makers.series, self.context, patient_id))

    def open_photos(self, patient_id: str, photo_ids: Sequence[str]) -> None:
        self.open_compare(patient_id, photo_ids[0], photo_ids[-1])
        show = getattr(self.window.page, "show_photos", None)
        if show is not None and len(photo_ids) > 2:
            show(tuple(photo_ids))

    def open_kept(self, patient_id: str, kept: Comparison) -> None:
        self.open_compare(patient_id, *kept.photo_ids[:2])
        _reopen_once_read(self.window.page, kept)

    def _push(self, make: Callable[[], Page]) -> None:
        if not self.context.desk.may(Right.SEE_CHART):
            self.say("Your role does not open charts. Ask a clinician.")
            return
        page = make()
        self._trail.append(page)
        self.window.show_page(page)

    def back(self) -> None:
        """The page before; from the first one home."""
        if not self._trail:
            self.home()
            return
        gone = self._trail.pop()
        if self._trail:
            self.window.show_page(self._trail[-1])
        else:
            self.context.desk.gate.purposes.leave()
            self.window.show_page(self._sections["home"])
        self._drop([gone])

    def _drop(self, pages: list[Page]) -> None:
        for page in pages:
            if self.window.page is page and "home" in self._sections:
                self.window.show_page(self._sections["home"])
            self.window.drop_page(page)

    def refresh(self) -> None:
        """Let the page shown read again what it shows."""
        page = self.window.page
        if page is not None:
            page.refresh()

    def say(self, text: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        self.window.toast.say(text, action, act)

    # -- the place to return to --

    def place(self, saved_at_ms: int) -> Place:
        """Where the person is now."""
        page = self.window.page
        screen, patient_id, zoom, photo_ids = page.place() if page is not None else ("home", "", 0.0, ())
        marks, returning = getattr(page, "marks", None), getattr(page, "returning", None)
        draft = marks.draft() if marks is not None else ""
        seen = returning.seen() if returning is not None else ""
        return Place(patient_id, screen, zoom, photo_ids, saved_at_ms, draft, self.form_draft(), seen)

    def return_to(self, place: Place | None) -> None:
        """Where the same person was; home for everyone else and for what is no longer there."""
        self.home()
        if place is None:
            return
        try:
            if place.screen != "home":
                self._return(place)
            if place.form:
                self.restore_form(place.form)
        except PhotoDeskError as gone:
            self.say(sentence(gone))

    def _return(self, place: Place) -> None:
        ids = (*place.photo_ids, "", "")
        if place.screen in self._makers.sections:
            self.section(place.screen)
            self._reopen(place.screen, ids[0])
        elif place.patient_id and self.context.desk.may(Right.SEE_CHART):
            self.open_patient(place.patient_id)
            if place.screen == "photo" and ids[0]:
                self.open_photo(place.patient_id, ids[0])
            elif place.screen == "compare":
                self.open_compare(place.patient_id, ids[0], ids[1])
            elif place.screen == "series":
                self.open_series(place.patient_id)
        _go_on(self.window.page, place)


def _go_on(page: Page | None, place: Place) -> None:
    """How near, what else was seen, and an unfinished drawing: once what they belong to is read."""
    restore = getattr(page, "restore_zoom", None)
    if restore is not None and place.zoom:
        restore(place.zoom)
    for part, text in (("returning", place.seen), ("marks", place.draft)):
        found = getattr(page, part, None)
        if found is not None and text:
            found.restore(text)


def _reopen_once_read(page: Page | None, kept: Comparison) -> None:
    outward = getattr(page, "outward", None)
    if outward is not None:
        outward.keeping.reopen_once_read(kept)
