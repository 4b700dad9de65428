"""Records in the settings, on a real store: holds, erasing with its questions, a patient's record to a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from photodesk.desk.session import Session
from photodesk.errors import PhotoDeskError
from photodesk.export.record import INCOMPLETE, PURPOSE
from photodesk.log.entry import Action
from photodesk.patients import Patient
from photodesk.progress import Cancel, silent
from photodesk.store.keeping_book import ErasureState
from photodesk.store.roles import Role
from photodesk.ui.desk_services import Clinic
from photodesk.ui.page import PageContext
from photodesk.ui.records.dialogs import ClassesDialog, EraseDialog, HoldDialog, RunDialog
from photodesk.ui.records.exporting import RecordDialog, RecordExport
from photodesk.ui.records.section import RecordsSection
from tests.desk.test_records_kept import Desks, patient
from tests.store.clinic import OTHER_PASSWORD
from tests.store.inbox import RENDITIONS, shot_of
from tests.ui.conftest import AtOnce, Went

pytestmark = pytest.mark.usefixtures("dressed")


class Tasks(AtOnce):
    """Work at once; whatever fails is told, refusals and damage too."""

    def store(self, work: Callable[[], Any], done: Any, failed: Any = None) -> Any:
        try:
            result = work()
        except PhotoDeskError as failure:
            failed(failure)
        else:
            done(result)
        return None

    def long(self, work: Callable[..., Any], done: Any, failed: Any = None, progress: Any = None) -> Any:
        return self.store(lambda: work(silent, Cancel()), done, failed)


class Said(Went):
    """What was said in toasts."""

    @property
    def said(self) -> list[str]:
        return [call[1] for call in self.calls if call[0] == "say"]


@pytest.fixture
def desks(tmp_path: Path) -> Desks:
    return Desks(tmp_path / "store")


@pytest.fixture
def session(desks: Desks) -> Iterator[Session]:
    with desks.sits() as made:
        yield made


def section(qtbot: QtBot, session: Session) -> tuple[RecordsSection, Said]:
    went = Said()
    made = RecordsSection(PageContext(session, Tasks(), went, clinic=Clinic("Example Clinic")))  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(1032, 744)
    made.show()
    made.refresh()
    QApplication.processEvents()
    return made, went


def test_a_record_is_held_and_released(qtbot: QtBot, session: Session) -> None:
    who = patient(session)
    made, went = section(qtbot, session)
    made.cards["due"].buttons["Hold: Okafor, Ngozi · 4711"].click()
    dialog = made.dialog
    assert isinstance(dialog, HoldDialog)
    dialog.save()
    assert not session.retention.holds(), "a reason is needed"
    dialog.fields["reason"].edit.setText("claim announced")  # type: ignore[union-attr]
    dialog.save()
    assert [one.patient for one in session.retention.holds()] == [who]
    assert went.said == ["The record is held."]
    assert list(made.cards["due"].buttons) == []
    made.cards["holds"].buttons["Release: Okafor, Ngozi · 4711"].click()
    assert isinstance(made.dialog, HoldDialog)
    made.dialog.fields["reason"].edit.setText("closed")  # type: ignore[union-attr]
    made.dialog.save()
    assert session.retention.holds() == ()


def test_an_early_erasure_asks_for_its_ground_and_is_revoked(qtbot: QtBot, session: Session) -> None:
    who = patient(session, last=date(2026, 1, 1))
    made, _ = section(qtbot, session)
    made.erase(who)
    dialog = made.dialog
    assert isinstance(dialog, EraseDialog)
    dialog.fields["reason"].edit.setText("Okafor Ngozi asks")  # type: ignore[union-attr]
    dialog.save()
    assert session.erasures.erasures() == (), "the ground is needed"
    dialog.fields["ground"].edit.setText("the patient's right")  # type: ignore[union-attr]
    dialog.save()
    assert session.erasures.erasures() == (), "the reason names the patient"
    dialog.fields["reason"].edit.setText("asked for")  # type: ignore[union-attr]
    dialog.save()
    (line,) = session.erasures.erasures()
    assert line.erasure.state is ErasureState.REQUESTED
    made.cards["erasures"].buttons["Revoke: Okafor, Ngozi · 4711"].click()
    assert session.patients.by_mrn("4711") == who


def test_what_is_due_goes_with_two_signatures_and_a_certificate(qtbot: QtBot, desks: Desks, tmp_path: Path) -> None:
    with desks.sits() as session:
        who = patient(session)
        session.people.add("Bo Lind", {Role.ADMINISTRATOR}, OTHER_PASSWORD)
        made, _ = section(qtbot, session)
        made.erase(who)
        assert isinstance(made.dialog, EraseDialog)
        made.dialog.fields["reason"].edit.setText("kept long enough")  # type: ignore[union-attr]
        made.dialog.fields["second"].edit.setText("not this one")  # type: ignore[union-attr]
        made.dialog.save()
        assert session.erasures.erasures() == ()
        made.dialog.fields["second"].edit.setText(OTHER_PASSWORD)  # type: ignore[union-attr]
        made.dialog.save()
        assert len(session.erasures.erasures()) == 1
    desks.days(30)
    with desks.sits() as session:
        made, went = section(qtbot, session)
        made.run_due()
        assert isinstance(made.dialog, RunDialog)
        made.dialog.fields["second"].edit.setText(OTHER_PASSWORD)  # type: ignore[union-attr]
        made.dialog.save()
        (line,) = session.erasures.erasures()
        assert line.erasure.state is ErasureState.ERASED
        assert went.said == ["Erased."]
        made.certificate(line.erasure.erasure_id)
        made.dialog._chosen(tmp_path)  # type: ignore[union-attr]
        assert sorted(path.suffix for path in tmp_path.glob("erasure-certificate*")) == [".json", ".pdf"]
        session.catalog.search("")


def test_what_a_class_means_is_changed_for_the_whole_clinic(qtbot: QtBot, session: Session) -> None:
    patient(session)
    made, _ = section(qtbot, session)
    assert made.cards["due"].buttons
    made.change_classes()
    dialog = made.dialog
    assert isinstance(dialog, ClassesDialog)
    dialog.fields["standard years"].edit.setText("")  # type: ignore[union-attr]
    dialog.save()
    assert session.policy.get("retention.standard") == "10 25", "one number alone says nothing"
    dialog.fields["standard years"].edit.setText("30")  # type: ignore[union-attr]
    dialog.fields["long years"].edit.setText("")  # type: ignore[union-attr]
    dialog.fields["long age"].edit.setText("")  # type: ignore[union-attr]
    dialog.save()
    assert [session.policy.get(f"retention.{name}") for name in ("standard", "long")] == ["30 25", "for ever"]
    assert not made.cards["due"].buttons, "nothing is due any more"


def test_a_whole_record_goes_to_a_folder(qtbot: QtBot, desks: Desks, session: Session, tmp_path: Path) -> None:
    who = _with_photos(session)
    made, went = section(qtbot, session)
    export = RecordExport(made, made.context)
    export.ask(None)
    export.ask(who)
    (dialog,) = made.window().findChildren(RecordDialog)
    assert dialog.text("purpose") == PURPOSE
    export.write(who, tmp_path / "record", PURPOSE, "the patient")
    assert went.said[-1] == "The record is complete: 2 photos."
    assert len(list((tmp_path / "record" / "originals").rglob("*.jpg"))) == 2
    exports = [entry for entry in desks.keeper.entries if entry.action is Action.EXPORT and entry.rendition == "record"]
    assert [len(entry.photo_ids) for entry in exports] == [2]
    export.write(who, tmp_path / "record", PURPOSE, "the patient")
    assert "folder of its own" in went.said[-1]


def test_a_record_that_fails_says_that_it_is_not_complete(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    who = _with_photos(session)
    chart = session.charts.open(who.patient_id)
    last = chart.photos()[-1].photo_id
    with chart.ledger.database.transaction() as connection:
        connection.execute("UPDATE original_part SET bytes = ? WHERE original_id = ?", (b"something else", last))
    made, went = section(qtbot, session)
    RecordExport(made, made.context).write(who, tmp_path / "record", PURPOSE, "the patient")
    assert went.said[-1].endswith("The folder says that it is not complete.")
    assert (tmp_path / "record" / INCOMPLETE).exists()
    assert not (tmp_path / "record" / "contents.json").exists()


def _with_photos(session: Session) -> Patient:
    who = patient(session)
    visit = session.visits.of_patient(who.patient_id)[0]
    chart = session.charts.open(who.patient_id)
    for number in range(2):
        shot, source = shot_of(bytes([number + 1]) * 999, f"{number}.JPG")
        chart.file_shot(session.actor.change("t"), shot, source, RENDITIONS, visit.visit_id)
    return who
