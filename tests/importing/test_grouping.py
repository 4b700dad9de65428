"""Grouping by cards, pauses and hand. Cards are written as capital letters, photos as small ones, X cannot be read."""

from __future__ import annotations

import pytest

from photodesk.importing import brackets
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
from photodesk.importing.sequence import stem

CARDS = {
    "A": Label(LabelKind.SEPARATOR, "A", "visit A"),
    "B": Label(LabelKind.SEPARATOR, "B", "visit B"),
    "C": Label(LabelKind.SEPARATOR, "C", "visit C"),
    "W": Label(LabelKind.WRISTBAND, "A"),
    "X": Label(LabelKind.SEPARATOR, problem="It cannot be read."),
    "U": Label(LabelKind.WRISTBAND, problem="Nobody has that number."),
}
BRACKET, TIME, HAND, LOOK = GroupBasis.BRACKET, GroupBasis.TIME, GroupBasis.HAND, GroupBasis.PLEASE_LOOK
MINUTE = 60_000


def shots(card: str) -> list[GroupShot]:
    """One shot a letter, ten seconds apart; `|` is a pause of 4 minutes, `/` one of 31, `#` one of 5 hours."""
    pauses = {"|": 4 * MINUTE, "/": 31 * MINUTE, "#": 300 * MINUTE}
    found: list[GroupShot] = []
    now = 0
    for letter in card:
        now += pauses.get(letter, 10_000)
        if letter not in pauses:
            name = f"DCIM/IMG_{len(found):04}.JPG"
            found.append(GroupShot(f"{letter}{len(found)}", name, now, "Maker M1", CARDS.get(letter)))
    return found


def brief(groups: tuple[Group, ...]) -> str:
    """`A:AppA` for a group named after A, `?:` for one to look at, `-:` for nobody."""
    words = []
    for one in groups:
        who = "?" if one.basis is LOOK else one.patient_id or "-"
        words.append(f"{who}:{''.join(shot_id[0] for shot_id in one.shot_ids)}")
    return " ".join(words)


@pytest.mark.parametrize(
    ("card", "wanted"),
    [
        ("", ""),
        ("ppp", "-:ppp"),
        ("pp|pp/p", "-:pp -:pp -:p"),
        ("AppA", "A:AppA"),
        ("Ap|pA", "A:AppA"),
        ("ApAqqBrB", "A:ApA -:qq B:BrB"),
        ("rApA", "-:r A:ApA"),
        ("ApBqB", "?:Ap B:BqB"),
        ("ApA Bq", "A:ApA ?:Bq"),
        ("ApBqA", "?:ApBqA"),
        ("ApBqBrA", "?:ApBqBrA"),
        ("ApBqBAsA", "?:Ap B:BqB A:AsA"),
        ("ApXqA", "?:ApXqA"),
        ("ApUqA", "?:ApUqA"),
        ("XpBqB", "?:Xp B:BqB"),
        ("AAppAA", "A:AAppAA"),
        ("ApAAqA", "A:ApAA -:q ?:A"),
        ("ApW", "A:ApW"),
        ("WpABqB", "A:WpA B:BqB"),
        ("ApAB", "A:ApA ?:B"),
        ("Ap#A", "?:Ap ?:A"),
        ("ApABq/rCsC", "A:ApA ?:Bq -:r C:CsC"),
    ],
)
def test_cards_shot_first_and_last(card: str, wanted: str) -> None:
    assert brief(group(shots(card.replace(" ", "")), separators=Separators.FIRST_AND_LAST)) == wanted


@pytest.mark.parametrize(
    ("card", "wanted"),
    [
        ("AppBqqCr", "A:App B:Bqq C:Cr"),
        ("Ap|pBq", "A:App B:Bq"),
        ("Ap/qBr", "A:Ap -:q B:Br"),
        ("ApAq", "A:ApAq"),
        ("AppXq", "?:AppXq"),
        ("xApp", "-:x A:App"),
        ("Ap#q", "A:Ap -:q"),
    ],
)
def test_cards_shot_first_only(card: str, wanted: str) -> None:
    assert brief(group(shots(card), separators=Separators.FIRST)) == wanted


@pytest.mark.parametrize(
    ("card", "wanted"),
    [("AppBqqCr", "A:App B:Bqq C:Cr"), ("ApABq", "A:ApA ?:Bq"), ("App", "A:App"), ("AApp", "A:AApp")],
)
def test_the_photos_tell_when_the_card_is_shot(card: str, wanted: str) -> None:
    assert brief(group(shots(card))) == wanted


def test_reasons_are_plain() -> None:
    (look,) = group(shots("ApBqA"))
    assert (look.reason, look.patient_id, look.visit_id) == (brackets.TWO_PATIENTS, "", "")
    found = group(shots("ApABq"))
    assert [one.reason for one in found] == [brackets.CLOSED, brackets.NOT_CLOSED]
    assert found[0].visit_id == "visit A"
    assert found[0].label_ids == ("A0", "A2")
    assert found[0].photo_ids == ("p1",)


def test_two_cameras_are_grouped_apart() -> None:
    first = shots("ApA")
    second = [
        GroupShot(f"s{at}", f"DCIM/100/X_{at:04}.JPG", at * 10_000 + 12_000, "Maker M1 serial 2") for at in range(3)
    ]
    assert brief(group(first + second)) == "A:ApA -:sss"


def test_raw_sidecar_and_jpeg_stay_with_their_card_and_each_other() -> None:
    card = [
        GroupShot("r1", "DCIM/IMG_0001.CR3", 1_000, "M"),
        GroupShot("j1", "DCIM/IMG_0001.JPG", 1_000, "M", CARDS["A"]),
        GroupShot("r2", "DCIM/IMG_0002.CR3", 2_000, "M"),
        GroupShot("j2", "DCIM/IMG_0002.JPG", 2_000, "M"),
        GroupShot("x2", "DCIM/IMG_0002.CR3.xmp", None, ""),
        GroupShot("v3", "DCIM/IMG_0003.MOV", None, ""),
    ]
    (one,) = group(card)
    assert one.shot_ids == ("r1", "j1", "r2", "x2", "j2", "v3")
    assert one.label_ids == ("r1", "j1")
    split = group(card, edits=(Split("j2", "new"),))
    assert [each.shot_ids for each in split] == [("r1", "j1"), ("r2", "x2", "j2", "v3")]


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("a/I.JPG", "a/i.cr2", True),
        ("a/I.CR2.xmp", "a/I.JPG", True),
        ("a/I.JPG", "b/I.CR2", False),
        ("2026-11-20 09.14.05.jpg", "2026-11-20 09.14.07.jpg", False),
        ("scan.1.jpg", "scan.2.jpg", False),
        (".jpg", ".cr2", False),
    ],
)
def test_what_is_one_photo_has_one_name(one: str, other: str, together: bool) -> None:
    assert (stem(one) == stem(other)) is together


def test_shots_without_a_time_stand_where_they_lie_on_the_card() -> None:
    card = [
        GroupShot("b", "2.png", None),
        GroupShot("a", "1.jpg", 5_000),
        GroupShot("c", "10.jpg", 9_000_000),
        GroupShot("d", "11.png", None),
    ]
    assert [one.shot_ids for one in group(card)] == [("a", "b"), ("c", "d")]
    assert [one.shot_ids for one in group([GroupShot(n, f"{n}.png") for n in "cab"])] == [("a", "b", "c")]


def edited(card: str, *edits: Edit) -> tuple[Group, ...]:
    return group(shots(card), edits=edits, separators=Separators.FIRST_AND_LAST)


def test_split_and_join() -> None:
    split = edited("ppqq", Split("q2", "new"))
    assert [(one.group_id, one.shot_ids, one.basis) for one in split] == [
        ("p0", ("p0", "p1"), HAND),
        ("new", ("q2", "q3"), HAND),
    ]
    assert brief(edited("ppqq", Split("q2", "new"), Join("p0", "new"))) == "-:ppqq"
    assert brief(edited("ppqq", Split("p0", "new"))) == "-:ppqq"
    assert brief(edited("ppqq", Split("gone", "new"), Join("p0", "gone"), Move(("gone",), "p0"))) == "-:ppqq"


def test_a_bracket_that_is_split_keeps_the_names_on_its_own_cards() -> None:
    assert brief(edited("ApqA", Split("q2", "new"))) == "A:Ap A:qA"
    assert brief(edited("AppqA", Split("q3", "new"), Move(("A4",), "A0"))) == "A:AppA -:q"
    assert brief(edited("ApBqA", Split("B2", "new"))) == "A:Ap ?:BqA"
    assert brief(edited("ApAqBrB", Join("A0", "B4"))) == "?:ApABrB -:q"


def test_joining_what_needs_a_look_keeps_it_so() -> None:
    assert brief(edited("ApABq|r", Join("B3", "A0"))) == "?:ApABqr"


def test_move_to_another_group_and_to_a_new_one() -> None:
    assert brief(edited("pp|qq", Move(("p1",), "q2"))) == "-:p -:pqq"
    assert brief(edited("pp|qq", Move(("p0", "p1"), "q2"))) == "-:ppqq"
    assert brief(edited("ppqq", Move(("p1", "q2"), "new"))) == "-:pq -:pq"
    assert brief(edited("ApA|q", Move(("q3",), "A0"))) == "A:ApAq"


def test_a_clinical_photo_with_a_code_in_it_is_no_card() -> None:
    found = edited("pUp", NotCard(("U1",)))
    assert brief(found) == "-:pUp"
    assert found[0].label_ids == ()
    assert group(shots("pUp"))[1].label_ids == ()


def test_filed_shots_take_part_and_are_left_out() -> None:
    card = shots("ApABq")
    gone = frozenset(("A0", "p1", "A2"))
    assert brief(group(card, gone=gone)) == "?:Bq"
    assert brief(group([shot for shot in card if shot.shot_id not in gone])) == "B:Bq"
