"""Every edit of a layer is an entry before it is a change, and nothing is said twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from photodesk import ids
from photodesk.errors import Fixable, Refused
from photodesk.log.entry import Action
from photodesk.photos.comparison import Comparison, Laid
from photodesk.photos.marks import Mark, MarkKind, Scale, ScaleSource
from tests.desk.conftest import Desk


def test_marks_are_logged_and_history_is_kept(desk: Desk) -> None:
    patient = desk.store.patient()
    photo = desk.photos(patient, desk.store.visit(patient), 1)[0]
    layers = desk.session.layers
    mark = Mark(ids.random_id(), photo, MarkKind.CIRCLE, ((10.0, 10.0), (20.0, 10.0)))
    layers.draw(patient.patient_id, mark)
    layers.draw(patient.patient_id, mark)
    edits = [entry for entry in desk.keeper.entries if entry.action is Action.EDIT]
    assert [entry.photo_ids for entry in edits] == [(photo,)]
    assert edits[0].details == {"mark": mark.mark_id}
    layers.draw(patient.patient_id, replace(mark, text="border"))
    layers.take_away(patient.patient_id, mark)
    layers.take_away(patient.patient_id, mark)
    assert layers.of(patient.patient_id).marks == ()
    assert len([entry for entry in desk.keeper.entries if entry.action is Action.EDIT]) == 3


def test_without_a_log_nothing_is_drawn(desk: Desk) -> None:
    patient = desk.store.patient()
    photo = desk.photos(patient, desk.store.visit(patient), 1)[0]
    desk.keeper.full = True
    with pytest.raises(Fixable, match="space"):
        desk.session.layers.draw(patient.patient_id, Mark(ids.random_id(), photo, MarkKind.TEXT, ((1.0, 1.0),), "here"))
    desk.keeper.full = False
    assert desk.session.layers.of(patient.patient_id).marks == ()


def test_scales_lesions_and_unknown_photos(desk: Desk) -> None:
    patient = desk.store.patient()
    photo = desk.photos(patient, desk.store.visit(patient), 1)[0]
    layers = desk.session.layers
    scale = Scale("", 0.05, 0.05, 0.01, ScaleSource.HAND)
    layers.set_scale(patient.patient_id, photo, scale)
    assert layers.of(patient.patient_id).scales == {photo: replace(scale, photo_id=photo)}
    layers.set_scale(patient.patient_id, photo, None)
    assert layers.of(patient.patient_id).scales == {}
    lesion = layers.follow(patient.patient_id, "  L1  forearm ")
    assert lesion.name == "L1 forearm"
    with pytest.raises(Fixable) as told:
        layers.follow(patient.patient_id, "L1 forearm")
    assert told.value.code == "lesion_named_alike"
    with pytest.raises(Fixable):
        layers.draw(patient.patient_id, Mark(ids.random_id(), ids.random_id(), MarkKind.TEXT, ((1.0, 1.0),), "x"))
    with pytest.raises(Fixable):
        layers.draw(
            patient.patient_id,
            Mark(ids.random_id(), photo, MarkKind.TEXT, ((1.0, 1.0),), "x", lesion_id=ids.random_id()),
        )


def test_marks_lie_on_the_photo_and_have_an_extent(desk: Desk) -> None:
    patient = desk.store.patient()
    photo = desk.photos(patient, desk.store.visit(patient), 1)[0]
    layers, person = desk.session.layers, patient.patient_id
    facts = desk.store.charts.open(person).photo(photo).facts
    right, low = facts.width_px - 0.5, facts.height_px - 0.5
    refused = {
        "mark_outside": [((-1.0, 5.0), (9.0, 5.0)), ((5.0, 5.0), (5.0, low + 1))],
        "mark_without_extent": [((10.0, 10.0), (10.0, 10.0))],
    }
    for code, lines in refused.items():
        for line in lines:
            with pytest.raises(Fixable) as told:
                layers.draw(person, Mark(ids.random_id(), photo, MarkKind.LENGTH, line))
            assert told.value.code == code
    with pytest.raises(Fixable) as told:
        layers.set_scale(person, photo, Scale("", 0.05, 0.05, 0.01, ScaleSource.RULER, ((-9.0, 0.0), (20.0, 0.0)), 1.0))
    assert (told.value.code, layers.of(person).marks, layers.of(person).scales) == ("mark_outside", (), {})
    whole = Mark(ids.random_id(), photo, MarkKind.LENGTH, ((-0.5, -0.5), (right, low)))
    layers.draw(person, whole)
    assert layers.of(person).marks == (whole,)


def test_a_mark_from_elsewhere_that_lies_outside_is_shown_and_may_stay(desk: Desk) -> None:
    patient = desk.store.patient()
    photo = desk.photos(patient, desk.store.visit(patient), 1)[0]
    layers, person = desk.session.layers, patient.patient_id
    far = Mark(ids.random_id(), photo, MarkKind.LENGTH, ((-5000.0, 1.0), (99999.0, 1.0)))
    desk.store.charts.open(person).put_mark(desk.store.change, far)
    assert layers.of(person).marks == (far,)
    layers.draw(person, replace(far, text="long"))
    layers.draw(person, replace(far, points=((1.0, 1.0), (2.0, 1.0))))
    layers.take_away(person, far)
    layers.draw(person, far)  # undone
    assert layers.of(person).marks == (far,)


def test_a_comparison_is_kept_opened_and_dropped(desk: Desk) -> None:
    patient = desk.store.patient()
    a, b = desk.photos(patient, desk.store.visit(patient), 2)
    layers = desk.session.layers
    made = Comparison("", "Before and after", (Laid(a), Laid(b)), "curtain", divider_degrees=45, as_taken=True)
    made = replace(made, surround="middle")
    kept = layers.keep(patient.patient_id, made)
    assert kept.surround == "middle"
    assert kept.made_by == desk.session.person.person_id
    assert layers.comparisons(patient.patient_id) == (kept,)
    layers.drop_comparison(patient.patient_id, kept.comparison_id)
    assert layers.comparisons(patient.patient_id) == ()


def test_deleted_photos_hide_their_layers_and_bring_them_back(desk: Desk) -> None:
    patient = desk.store.patient()
    photo = desk.photos(patient, desk.store.visit(patient), 1)[0]
    layers = desk.session.layers
    layers.draw(patient.patient_id, Mark(ids.random_id(), photo, MarkKind.TEXT, ((1.0, 1.0),), "here"))
    layers.set_scale(patient.patient_id, photo, Scale("", 0.05, 0.05, 0.01, ScaleSource.HAND))
    before = layers.of(patient.patient_id)
    desk.session.corrections.delete([photo], "blurred")
    hidden = layers.of(patient.patient_id)
    assert (hidden.marks, hidden.scales) == ((), {})
    desk.session.corrections.restore([photo])
    assert layers.of(patient.patient_id) == before


def test_a_mark_that_is_moved_back_belongs_to_its_lesion_again(desk: Desk) -> None:
    patient, other = desk.store.patient(), desk.store.patient(mrn="2")
    photo = desk.photos(patient, desk.store.visit(patient), 1)[0]
    layers = desk.session.layers
    lesion = layers.follow(patient.patient_id, "L1")
    ring = ((1.0, 1.0), (40.0, 1.0), (40.0, 40.0))
    mark = Mark(ids.random_id(), photo, MarkKind.OUTLINE, ring, lesion_id=lesion.lesion_id)
    layers.draw(patient.patient_id, mark)
    moved = desk.session.corrections.move([photo], other.patient_id, desk.store.visit(other).visit_id, "wrong patient")
    assert layers.of(other.patient_id).marks == (replace(mark, lesion_id=""),)
    desk.session.corrections.undo_move(moved.move_id)
    assert layers.of(patient.patient_id).marks == (mark,)


def test_the_front_desk_draws_nothing(counter: Desk) -> None:
    with pytest.raises(Refused, match="charts"):
        counter.session.layers.of("0" * 32)
