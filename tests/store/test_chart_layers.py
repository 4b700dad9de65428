"""Marks, scales, lesions and kept comparisons: what stands, what stood before, and that it opens again."""

from __future__ import annotations

from dataclasses import replace

from photodesk.photos.comparison import Comparison, Laid, LaidBy, SeenPart
from photodesk.photos.marks import Lesion, Mark, MarkKind, Scale, ScaleSource
from tests.store.conftest import Store
from tests.store.inbox import RENDITIONS, shot_of

MATRIX = ((1.0, 0.01, 4.5), (-0.01, 1.0, 2.25), (1e-6, 0.0, 1.0))


def filed(store: Store, patient_id: str) -> str:
    """The id of a photo of the chart."""
    shot, source = shot_of(b"photo")
    return store.charts.open(patient_id).file_shot(store.change, shot, source, RENDITIONS, "v").photo_id


def test_marks_are_drawn_changed_and_taken_away_with_their_history(store: Store) -> None:
    patient = store.patient().patient_id
    chart, points = store.charts.open(patient), ((0.5, 1.5), (10.25, 1.0), (4.0, 9.0))
    drawn = Mark("1" * 32, filed(store, patient), MarkKind.OUTLINE, points, "L1", "3" * 32, True, (0, 2))
    assert chart.put_mark(store.change, drawn)
    assert not chart.put_mark(store.change, drawn)  # nothing differs: no operation
    moved = replace(drawn, points=((0.5, 1.5), (11, 1), (4, 9)), aided=False)
    assert chart.put_mark(store.change, moved)
    assert chart.marks() == (moved,)
    assert chart.marks(["9" * 32]) == ()
    assert chart.drop_mark(store.change, drawn.mark_id)
    assert chart.marks() == ()
    assert chart.put_mark(store.change, drawn)  # undone: it stands again
    assert chart.marks([drawn.photo_id]) == (drawn,)
    rows = chart.ledger.database.rows(
        "SELECT count(*) FROM operation WHERE entity = 'mark' AND entity_id = ?", (drawn.mark_id,)
    )
    assert rows[0][0] == 4


def test_a_scale_and_a_lesion_stay(store: Store) -> None:
    patient = store.patient().patient_id
    chart = store.charts.open(patient)
    scale = Scale(filed(store, patient), 0.05, 0.051, 0.01, ScaleSource.RULER, ((0, 0), (100, 0)), 5.0)
    assert chart.put_scale(store.change, scale)
    lesion = Lesion("3" * 32, "L1 left forearm", "66480008")
    assert chart.put_lesion(store.change, lesion)
    store.charts.close(patient)
    again = store.charts.open(patient)
    assert again.scales() == {scale.photo_id: scale}
    assert again.lesions() == (lesion,)
    again.drop_scale(store.change, scale.photo_id)
    assert again.scales() == {}


def test_a_kept_comparison_opens_as_it_was(store: Store) -> None:
    patient = store.patient().patient_id
    chart = store.charts.open(patient)
    kept = Comparison(
        "4" * 32,
        "Before and twelve weeks",
        (Laid("a" * 32), Laid("b" * 32, LaidBy.LANDMARKS, MATRIX, 0.0, ((1.0, 2.0, 3.0, 4.5),), True)),
        "curtain",
        (SeenPart(2.0, 0.4, 0.6, 1.5), SeenPart()),
        0.33,
        True,
        "5" * 32,
        1_700_000_000_000,
    )
    assert chart.put_comparison(store.change, kept)
    store.charts.close(patient)
    assert store.charts.open(patient).comparisons() == (kept,)
    store.charts.open(patient).drop_comparison(store.change, kept.comparison_id)
    assert store.charts.open(patient).comparisons() == ()
