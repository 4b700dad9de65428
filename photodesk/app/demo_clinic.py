"""The demo clinic: a store made anew each time from `resources/demo/clinic.toml`, with a password nobody knows.

Everything goes the way of a real clinic: founded, people added, a card copied and read back, shots filed to visits.
"""

from __future__ import annotations

import secrets
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import photodesk
from photodesk.app.command_desk import CommandDesk, command_desk
from photodesk.app.command_line import Invocation
from photodesk.app.demo_marks import draw_marks
from photodesk.app.workplaces import import_service
from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance, Role
from photodesk.errors import Fixable
from photodesk.importing.job import Assignment, ImportResult
from photodesk.importing.service import ImportService
from photodesk.patients import PatientDraft, Sex
from photodesk.store.layout import Layout
from photodesk.visits import VisitDraft

PICTURES = Path(photodesk.__file__).parent.parent / "resources" / "demo"
MARK = "DEMO"


@dataclass(frozen=True)
class DemoClinic:
    """A made demo store and the password of its first person."""

    store: Path
    person: str
    password: str


def make_demo(store: Path, tell: Callable[[str], None], *, fill_inbox: bool = True) -> DemoClinic:
    """Make the store in an empty folder, or in the place of an earlier demo. Fixable `folder_not_empty`."""
    described = _described()
    _clear(store)
    store.mkdir(parents=True, exist_ok=True, mode=0o700)
    (store / MARK).write_text("A demo clinic: invented people. It is made anew each time.\n", encoding="utf-8")
    clinic = DemoClinic(store, described["people"][0]["name"], secrets.token_urlsafe(24))
    tell("Making the demo clinic")
    Entrance(store, SystemClock(), FLOOR_COST).found(
        described["clinic"], described["workstation"], clinic.person, clinic.password, password_only=True
    )
    invocation = Invocation(store=store, user=clinic.person, passwords=[clinic.password], quiet=True, cost=FLOOR_COST)
    with command_desk(invocation, decoder=True) as desk:
        for person in described["people"][1:]:
            roles = [Role(role) for role in person["roles"]]
            desk.session.people.add(person["name"], roles, secrets.token_urlsafe(24))
        desk.session.catalog.set_setting(desk.session.actor.change("demo"), "demo", "yes")
        _fill(desk, described)
        draw_marks(desk.session, PICTURES / "marks.toml")
        if fill_inbox:
            import_service(desk.session, desk.link, desk.decoder).run(waiting_photos())
    return clinic


def waiting_photos() -> list[Path]:
    """What lies on the demo's card, not filed yet."""
    return [PICTURES / name for name in _described()["inbox"]["photos"]]


def _described() -> dict[str, Any]:
    return tomllib.loads((PICTURES / "clinic.toml").read_text(encoding="utf-8"))


def is_demo(store: Path) -> bool:
    """Whether a store was made by `make_demo`."""
    return (store / MARK).is_file()


def _clear(store: Path) -> None:
    if is_demo(store):
        shutil.rmtree(store)
    elif Layout(store).store_json.exists() or (store.is_dir() and any(store.iterdir())):
        raise Fixable(
            "folder_not_empty",
            "The folder for the demo clinic holds something else.",
            "Name an empty folder with --store.",
        )


def _fill(desk: CommandDesk, described: dict[str, Any]) -> None:
    session, today = desk.session, date.fromisoformat(desk.session.today)
    service = import_service(session, desk.link, desk.decoder)
    files = [shot[0] for one in described["patients"] for visit in one["visits"] for shot in visit["photos"]]
    card = service.run([PICTURES / name for name in files])
    shots = {Path(outcome.name).name: outcome.shot_id for outcome in card.outcomes}
    for one in described["patients"]:
        draft = PatientDraft(one["mrn"], one["family"], one["given"], date.fromisoformat(one["birth"]), Sex(one["sex"]))
        patient_id = session.patients.add(draft).patient_id
        for visit in one["visits"]:
            day = today - timedelta(days=visit["days"])
            at = time.fromisoformat(visit["at"]) if "at" in visit else None
            session.visits.add(
                VisitDraft(patient_id, day, at, visit.get("room", ""), session.person.person_id, visit["title"])
            )
            _file(service, card, shots, patient_id, day, visit["photos"])
        if one.get("notes"):
            session.patients.set_notes(patient_id, one["notes"])


def _file(
    service: ImportService,
    card: ImportResult,
    shots: dict[str, str],
    patient_id: str,
    day: date,
    photos: list[tuple[str, str, str]],
) -> None:
    for name, site, view in photos:
        service.file_shots(card.job_id, Assignment(patient_id, day, site, view), [shots[name]])
