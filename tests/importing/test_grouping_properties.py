"""Grouping, whatever is on the card: nothing lost or doubled, ids that stay, and never a name without its card."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from photodesk.importing.brackets import SITTING_MS
from photodesk.importing.grouping import (
    Edit,
    Group,
    GroupBasis,
    GroupShot,
    Join,
    Move,
    NotCard,
    Separators,
    Split,
    group,
)
from photodesk.importing.labels import Label, LabelKind

LABELS = st.sampled_from(
    [
        None,
        None,
        None,
        *(Label(LabelKind.SEPARATOR, who, f"visit {who}") for who in "ABC"),
        Label(LabelKind.SEPARATOR, "A", "another visit"),
        Label(LabelKind.WRISTBAND, "A"),
        Label(LabelKind.SEPARATOR, problem="It cannot be read."),
    ]
)


@st.composite
def cards(draw: st.DrawFn) -> list[GroupShot]:
    """A card of up to 25 shots of two cameras, with and without times, in any order."""
    found: list[GroupShot] = []
    for number in range(draw(st.integers(0, 25))):
        folder, kind = draw(st.sampled_from(["100", "101"])), draw(st.sampled_from(["JPG", "JPG", "CR3", "xmp"]))
        name = f"DCIM/{folder}/I{draw(st.integers(0, 30)):03}.{kind}"
        time_ms = draw(st.none() | st.integers(0, 3 * SITTING_MS))
        camera = draw(st.sampled_from(["", "One", "Two"]))
        if all(shot.name != name for shot in found):
            found.append(GroupShot(f"{number:032x}", name, time_ms, camera, draw(LABELS)))
    return found


IDS = st.integers(0, 27).map(lambda number: f"{number:032x}")
EDITS: st.SearchStrategy[list[Edit]] = st.lists(
    st.one_of(
        st.builds(Split, IDS, st.sampled_from(["new 1", "new 2"])),
        st.builds(Join, IDS, IDS),
        st.builds(Join, st.just("new 1"), IDS),
        st.builds(Move, st.lists(IDS, max_size=4).map(tuple), IDS | st.just("new 3")),
        st.builds(NotCard, st.lists(IDS, max_size=2).map(tuple)),
    ),
    max_size=6,
)
MODES = st.sampled_from(list(Separators))


def all_ids(groups: tuple[Group, ...]) -> list[str]:
    return sorted(shot_id for one in groups for shot_id in one.shot_ids)


@given(cards(), EDITS, MODES)
def test_every_shot_is_in_exactly_one_group(card: list[GroupShot], edits: list[Edit], mode: Separators) -> None:
    groups = group(card, edits=edits, separators=mode)
    assert all_ids(groups) == sorted(shot.shot_id for shot in card)
    assert len({one.group_id for one in groups}) == len(groups)
    assert all(one.shot_ids and set(one.label_ids) <= set(one.shot_ids) for one in groups)


@given(cards(), EDITS, MODES)
def test_a_group_is_named_only_by_its_own_cards(card: list[GroupShot], edits: list[Edit], mode: Separators) -> None:
    labels = {shot.shot_id: shot.label for shot in card}
    plain = {shot_id for edit in edits if isinstance(edit, NotCard) for shot_id in edit.shot_ids}
    for one in group(card, edits=edits, separators=mode):
        inside = [label for shot_id in one.shot_ids if (label := labels[shot_id]) is not None and shot_id not in plain]
        if one.patient_id:
            assert one.basis in {GroupBasis.BRACKET, GroupBasis.HAND}
            assert {label.patient_id for label in inside} == {one.patient_id}
            assert {label.visit_id for label in inside} <= {one.visit_id, ""}
        if one.basis is GroupBasis.PLEASE_LOOK:
            assert (one.patient_id, one.visit_id) == ("", "")
            assert one.reason


@given(cards(), st.randoms(use_true_random=False), EDITS)
def test_the_order_of_reading_does_not_matter(card: list[GroupShot], chance: object, edits: list[Edit]) -> None:
    mixed = list(card)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert group(mixed, edits=edits) == group(card, edits=edits)


@given(cards())
def test_a_closed_bracket_holds_every_photo_between_its_cards(card: list[GroupShot]) -> None:
    """Strictly shot cards: what is named lies between the first and the last photo of that card."""
    for one in group(card, separators=Separators.FIRST_AND_LAST):
        if one.basis is GroupBasis.BRACKET:
            assert one.shot_ids[0] in one.label_ids or one.label_ids
            assert len(one.label_ids) >= 2


@given(cards(), EDITS, st.data())
def test_filing_a_group_leaves_the_others_as_they_are(
    card: list[GroupShot], edits: list[Edit], data: st.DataObject
) -> None:
    groups = group(card, edits=edits)
    if not groups:
        return
    filed = data.draw(st.sampled_from(groups))
    after = group(card, edits=edits, gone=frozenset(filed.shot_ids))
    assert after == tuple(one for one in groups if one.group_id != filed.group_id)


@given(cards(), EDITS)
def test_undoing_is_grouping_without_the_last_edit(card: list[GroupShot], edits: list[Edit]) -> None:
    if edits:
        assert group(card, edits=[*edits[:-1]]) == group(card, edits=edits[:-1])


@given(st.lists(st.integers(0, 10_000_000), max_size=20), st.integers(1_000, 1_000_000))
def test_pauses_and_nothing_else_split_photos_without_cards(times: list[int], gap_ms: int) -> None:
    card = [GroupShot(f"{at:032x}", f"I{at:03}.JPG", time_ms) for at, time_ms in enumerate(times)]
    groups = group(card, gap_ms)
    assert len(groups) == (1 + sum(b - a > gap_ms for a, b in pairwise(sorted(times))) if times else 0)
    for one in groups:
        inside = sorted(times[int(shot_id, 16)] for shot_id in one.shot_ids)
        assert all(b - a <= gap_ms for a, b in pairwise(inside))
