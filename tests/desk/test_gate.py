"""No pixel before its entry, one entry for a batch, none at all when the log cannot be written."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from photodesk.desk.ahead import Ahead, Ready
from photodesk.desk.look import Looked
from photodesk.desk.purpose import NONE_GIVEN, TREATMENT
from photodesk.errors import Damaged, Fixable, Refused
from photodesk.log.entry import Action
from photodesk.photos import Rendition
from tests.desk.conftest import Desk
from tests.store.inbox import RENDITIONS, shot_of

THUMBNAIL, SCREEN = Rendition.THUMBNAIL, Rendition.SCREEN


def _chart(desk: Desk, day: date = date(2026, 11, 20), count: int = 3) -> tuple[str, list[str]]:
    patient = desk.store.patient()
    return patient.patient_id, desk.photos(patient, desk.store.visit(patient, day), count)


def test_one_entry_covers_a_batch(desk: Desk) -> None:
    patient_id, photo_ids = _chart(desk)
    pictures = desk.session.gate.view(patient_id, photo_ids, THUMBNAIL, "timeline")
    assert pictures == dict.fromkeys(photo_ids, RENDITIONS[THUMBNAIL])
    (entry,) = desk.keeper.entries
    assert (entry.action, entry.patient_id, entry.photo_ids) == (Action.VIEW, patient_id, tuple(photo_ids))
    assert (entry.rendition, entry.screen, entry.purpose) == ("thumbnail", "timeline", TREATMENT)
    assert entry.person_id == desk.session.person.person_id


def test_a_log_that_cannot_be_written_shows_nothing(desk: Desk) -> None:
    patient_id, photo_ids = _chart(desk)
    desk.session.gate.prefetch(patient_id, photo_ids, THUMBNAIL)
    desk.keeper.full = True
    for look in (
        lambda: desk.session.gate.view(patient_id, photo_ids, THUMBNAIL, "timeline"),
        lambda: desk.session.gate.compare(patient_id, photo_ids[:2]),
        lambda: desk.session.gate.original_pixels(patient_id, photo_ids[0], "photo"),
    ):
        with pytest.raises(Fixable) as caught:
            look()
        assert caught.value.code == "log_not_writable"
        assert str(caught.value) == (
            "Photos cannot be shown: the activity log cannot be written. Free some space or call your administrator."
        )
    with pytest.raises(Fixable):
        desk.session.disclosures.disclose(patient_id, photo_ids, "teaching", "Dr Lind", "original", "export")
    desk.keeper.full = False
    desk.session.gate.view(patient_id, photo_ids, THUMBNAIL, "timeline")
    assert desk.keeper.actions() == [Action.VIEW], "what was not shown counts as not logged"


def test_no_pixel_leaves_while_its_entry_waits(desk: Desk) -> None:
    patient_id, photo_ids = _chart(desk)
    desk.keeper.hold = threading.Event()
    shown: list[dict[str, bytes]] = []
    looking = threading.Thread(
        target=lambda: shown.append(desk.session.gate.view(patient_id, photo_ids, THUMBNAIL, "timeline"))
    )
    looking.start()
    looking.join(0.3)
    assert looking.is_alive()
    assert not shown
    assert not desk.keeper.entries
    desk.keeper.hold.set()
    looking.join(10)
    assert shown
    assert desk.keeper.actions() == [Action.VIEW]


def test_a_look_is_prepared_inside_and_let_out_after_its_entries(desk: Desk) -> None:
    patient_id, photo_ids = _chart(desk)
    desk.keeper.hold = threading.Event()
    look = desk.session.gate.look(patient_id, photo_ids[:2], "compare")
    prepared = threading.Barrier(3)  # both decode at the same time, while the entries wait
    shown: list[object] = []

    def prepare(jpeg: bytes) -> int:
        prepared.wait(10)
        return len(jpeg)

    threads = [threading.Thread(target=lambda p=p: shown.append(look.picture(p, prepare))) for p in photo_ids[:2]]
    for thread in threads:
        thread.start()
    prepared.wait(10)
    threads[0].join(0.2)
    assert all(thread.is_alive() for thread in threads)
    assert not shown
    assert not desk.keeper.entries
    desk.keeper.hold.set()
    for thread in threads:
        thread.join(10)
    assert shown == [Looked(RENDITIONS[SCREEN], len(RENDITIONS[SCREEN]))] * 2
    assert desk.keeper.actions() == [Action.COMPARE, Action.VIEW]
    assert desk.session.gate.look(patient_id, photo_ids[:1], "compare").picture(photo_ids[0], len) is not None
    assert desk.keeper.actions() == [Action.COMPARE, Action.VIEW], "it is logged on this screen already"


def test_a_photo_without_a_picture_costs_itself(desk: Desk) -> None:
    patient = desk.store.patient()
    visit = desk.store.visit(patient, date(2026, 11, 20))
    (whole,) = desk.photos(patient, visit, 1)
    shot, source = shot_of(b"no picture", "IMG_9999.JPG")
    chart = desk.store.charts.open(patient.patient_id)
    bare = chart.file_shot(desk.store.change, shot, source, {}, visit.visit_id).photo_id
    gate = desk.session.gate
    assert list(gate.view(patient.patient_id, (whole, bare), SCREEN, "compare")) == [whole]
    look = gate.look(patient.patient_id, (whole, bare), "compare")
    assert look.picture(whole, len) is not None
    assert look.picture(bare, len) is None
    assert gate.look(patient.patient_id, (bare,), "photo").picture(bare, len) is None


def test_a_look_without_a_log_lets_nothing_out(desk: Desk) -> None:
    patient_id, photo_ids = _chart(desk)
    desk.keeper.full = True
    look = desk.session.gate.look(patient_id, photo_ids[:2], "compare")
    for photo_id in photo_ids[:2]:
        with pytest.raises(Fixable) as caught:
            look.picture(photo_id, len)
        assert caught.value.code == "log_not_writable"
    desk.keeper.full = False
    desk.session.gate.look(patient_id, photo_ids[:2], "compare").picture(photo_ids[0], len)
    assert desk.keeper.actions() == [Action.COMPARE, Action.VIEW], "what was not shown counts as not logged"


def test_a_damaged_photo_of_a_look_costs_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    patient_id, photo_ids = _chart(desk)
    chart = desk.store.charts.open(patient_id)

    def damaged(_photo_id: str, _kind: Rendition) -> bytes:
        raise Damaged("database_damaged", "Bytes differ.", chart_id=chart.chart_id, photo_id=photo_ids[0])

    monkeypatch.setattr(chart, "rendition", damaged)
    assert desk.session.gate.look(patient_id, photo_ids[:2], "compare").picture(photo_ids[0], len) is None
    with pytest.raises(Damaged):
        desk.session.gate.look(patient_id, photo_ids[:1], "compare").picture(photo_ids[0], len)
    assert desk.keeper.actions() == [Action.COMPARE, Action.VIEW, Action.DAMAGE]


def test_what_is_logged_on_a_screen_is_not_logged_again_until_it_is_left(desk: Desk) -> None:
    patient_id, photo_ids = _chart(desk)
    gate = desk.session.gate
    gate.view(patient_id, photo_ids[:2], THUMBNAIL, "timeline")
    gate.view(patient_id, photo_ids[:2], THUMBNAIL, "timeline")
    gate.view(patient_id, photo_ids, THUMBNAIL, "timeline")
    assert [entry.photo_ids for entry in desk.keeper.entries] == [tuple(photo_ids[:2]), (photo_ids[2],)]
    gate.view(patient_id, photo_ids[:1], SCREEN, "timeline")
    gate.view(patient_id, photo_ids[:1], THUMBNAIL, "photo")
    assert len(desk.keeper.entries) == 4
    desk.clock.now_ms += 61_000
    gate.leave("timeline")
    ended = desk.keeper.entries[-1]
    assert (ended.action, set(ended.photo_ids)) == (Action.VIEW_END, set(photo_ids))
    assert ended.details == {"duration_ms": "61000"}
    gate.view(patient_id, photo_ids[:1], THUMBNAIL, "timeline")
    assert desk.keeper.actions()[-1] is Action.VIEW
    (seen,) = desk.store.charts.open(patient_id).seen_list()
    assert seen.person_id == desk.session.person.person_id


def test_leaving_a_screen_that_showed_nothing_says_nothing(desk: Desk) -> None:
    desk.session.gate.leave("timeline")
    assert not desk.keeper.entries


def test_prefetching_keeps_pictures_inside(desk: Desk) -> None:
    patient_id, photo_ids = _chart(desk)
    assert desk.session.gate.prefetch(patient_id, photo_ids, SCREEN) is None
    assert not desk.keeper.entries


def test_what_was_made_ready_waits_for_its_entry_and_is_given_once(desk: Desk) -> None:
    patient_id, photo_ids = _chart(desk)
    gate, photo_id, made = desk.session.gate, photo_ids[0], []

    def prepare(jpeg: bytes) -> int:
        made.append(len(desk.keeper.entries))
        return len(jpeg)

    ready = Ready("small", prepare)
    for _ in range(2):
        gate.prefetch(patient_id, photo_ids[:2], SCREEN, ready)
    assert made == [0, 0], "each is made once, without an entry, and nothing came out"
    seen = gate.look(patient_id, photo_ids[:1], "photo").picture(photo_id, prepare, "small")
    assert seen is not None
    assert seen.made == len(seen.jpeg)
    assert desk.keeper.actions() == [Action.VIEW]
    assert made == [0, 0], "what was ready is what is shown"
    gate.look(patient_id, photo_ids[:1], "photo").picture(photo_id, prepare, "small")
    assert len(made) == 3, "and it is not kept behind what is shown"
    gate.look(patient_id, photo_ids[1:2], "photo").picture(photo_ids[1], prepare, "large")
    assert len(made) == 4, "another size is made anew"
    gate.leave("photo")
    gate.look(patient_id, photo_ids[1:2], "photo").picture(photo_ids[1], prepare, "small")
    assert len(made) == 5, "nothing is kept of a screen that was left"


def test_what_was_made_ready_stays_inside_where_the_log_cannot_be_written(desk: Desk) -> None:
    patient_id, photo_ids = _chart(desk)
    gate = desk.session.gate
    gate.prefetch(patient_id, photo_ids, SCREEN, Ready("small", len))
    desk.keeper.full = True
    with pytest.raises(Fixable):
        gate.look(patient_id, photo_ids[:1], "photo").picture(photo_ids[0], len, "small")


def test_few_are_made_ready_and_changed_ones_are_dropped() -> None:
    ahead = Ahead()
    for name in "abcdef":
        ahead.make("p", name, b"jpeg", Ready("small", len))
    assert [ahead.take("p", name, b"jpeg", "small") for name in "abcdef"] == [None, None, 4, 4, 4, 4]
    ahead.make("p", "a", b"rough", Ready("small", len))
    assert ahead.take("p", "a", b"sharp", "small") is None, "of another JPEG"
    ahead.make("p", "a", b"jpeg", Ready("small", len))
    ahead.forget("p", {"a"})
    assert ahead.take("p", "a", b"jpeg", "small") is None


def test_a_comparison_is_a_comparison_and_a_view(desk: Desk) -> None:
    patient_id, photo_ids = _chart(desk)
    desk.session.gate.compare(patient_id, photo_ids[:2])
    assert desk.keeper.actions() == [Action.COMPARE, Action.VIEW]
    desk.session.gate.compare(patient_id, photo_ids[:2])
    assert desk.keeper.actions() == [Action.COMPARE, Action.VIEW, Action.COMPARE]


@pytest.mark.parametrize(
    ("day", "given", "purpose"),
    [
        (date(2026, 11, 20), None, TREATMENT),
        (date(2026, 11, 6), None, TREATMENT),
        (date(2026, 12, 4), None, TREATMENT),
        (date(2026, 11, 5), None, NONE_GIVEN),
        (date(2026, 11, 5), "teaching", "teaching"),
        (date(2026, 11, 20), "teaching", "teaching"),
    ],
)
def test_purpose(desk: Desk, day: date, given: str | None, purpose: str) -> None:
    patient_id, photo_ids = _chart(desk, day, 1)
    desk.session.gate.view(patient_id, photo_ids, THUMBNAIL, "timeline", given)
    assert desk.keeper.entries[0].purpose == purpose
    assert desk.session.gate.purposes.needed(patient_id) is (day == date(2026, 11, 5))


def test_one_damaged_photo_costs_itself_and_is_logged_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    patient_id, photo_ids = _chart(desk)
    chart = desk.store.charts.open(patient_id)
    whole = chart.rendition

    def rendition(photo_id: str, kind: Rendition) -> bytes:
        if photo_id == photo_ids[1]:
            raise Damaged("database_damaged", "Bytes differ.", chart_id=chart.chart_id, photo_id=photo_id)
        return whole(photo_id, kind)

    monkeypatch.setattr(chart, "rendition", rendition)
    pictures = desk.session.gate.view(patient_id, photo_ids, THUMBNAIL, "timeline")
    assert list(pictures) == [photo_ids[0], photo_ids[2]]
    assert desk.session.gate.damage(photo_ids[1]) is not None
    assert desk.session.gate.damage(photo_ids[0]) is None
    with pytest.raises(Damaged):
        desk.session.gate.view(patient_id, photo_ids[1:2], THUMBNAIL, "timeline")
    assert desk.keeper.actions() == [Action.VIEW, Action.DAMAGE]


def test_the_front_desk_sees_no_chart(counter: Desk) -> None:
    patient = counter.store.patient()
    for look in (
        lambda: counter.session.gate.view(patient.patient_id, ["0" * 32], THUMBNAIL, "timeline"),
        lambda: counter.session.gate.compare(patient.patient_id, ["0" * 32] * 2),
        lambda: counter.session.gate.prefetch(patient.patient_id, ["0" * 32], THUMBNAIL),
        lambda: counter.session.timeline.open(patient.patient_id),
        lambda: counter.session.disclosures.disclose(patient.patient_id, (), "", "", "original", "export"),
    ):
        with pytest.raises(Refused) as caught:
            look()
        assert caught.value.code == "no_right"
    assert not counter.keeper.entries


def test_originals_leave_only_against_their_disclosure(desk: Desk) -> None:
    patient_id, photo_ids = _chart(desk)
    leave = desk.session.disclosures.disclose(patient_id, photo_ids[:1], "referral", "Dr Lind", "original", "export")
    entry = desk.keeper.entries[-1]
    assert (entry.action, entry.purpose, entry.details["recipient"]) == (Action.EXPORT, "referral", "Dr Lind")
    assert desk.session.disclosures.original(leave, photo_ids[0], photo_ids[0]).startswith(b"photo 0")
    with pytest.raises(Fixable):
        desk.session.disclosures.original(leave, photo_ids[1], photo_ids[1])
    with pytest.raises(Fixable):
        desk.session.disclosures.original(leave, photo_ids[0], photo_ids[1])
