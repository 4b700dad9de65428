"""Sites lie in one another, views fill a series, a protocol says what is missing."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from photodesk.errors import Fixable
from photodesk.photos import (
    BODY_SITES,
    DEFAULT_PROTOCOLS,
    STANDARD_VIEWS,
    Laterality,
    Original,
    Photo,
    PhotoFacts,
    Protocol,
    Step,
    body_site,
    cover,
    within,
)
from photodesk.photos.protocols import validated

FACE = DEFAULT_PROTOCOLS[0]
RIGHT_CHEEK = "60819002:272741003=24028007"


def photo(number: int, site: str, view: str) -> Photo:
    original = Original(f"{number:032x}", "", 1, "image/jpeg", "A.JPG")
    return Photo(original.original_id, "p", "v", (original,), PhotoFacts("image/jpeg"), site, view)


def test_every_site_has_its_code_its_side_and_a_site_around_it_that_is_known() -> None:
    for site in BODY_SITES:
        assert re.fullmatch(r"\d{6,18}(:272741003=(24028007|7771000))?", site.code)
        assert not site.part_of or body_site(site.part_of).code == site.part_of
        assert site.name.startswith(site.side.capitalize())
    sides = [site.name.split(" ", 1)[1] for site in BODY_SITES if site.side is Laterality.RIGHT]
    assert sides == [site.name.split(" ", 1)[1] for site in BODY_SITES if site.side is Laterality.LEFT]
    assert len({site.name for site in BODY_SITES}) == len(BODY_SITES)


def test_snomed_ids_have_their_check_digit() -> None:
    """Verhoeff, as SNOMED CT identifiers end with it: a mistyped code is found here."""
    for site in BODY_SITES:
        for number in re.findall(r"\d{6,18}", site.code):
            assert verhoeff(number), number


def verhoeff(number: str) -> bool:
    times = [[(b + a) % 5 if b < 5 else 5 + (a + b) % 5 for b in range(10)] for a in range(5)]
    times += [[5 + (a - b) % 5 if b < 5 else (a - b) % 5 for b in range(10)] for a in range(5, 10)]
    places = [list(range(10)), [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]]
    for _ in range(6):
        places.append([places[-1][places[1][i]] for i in range(10)])
    check = 0
    for at, digit in enumerate(reversed(number)):
        check = times[check][places[at % 8][int(digit)]]
    return check == 0


def test_sites_lie_in_one_another() -> None:
    assert within(RIGHT_CHEEK, "60819002")
    assert within(RIGHT_CHEEK, "89545001")
    assert within(RIGHT_CHEEK, "69536005")
    assert within("789217004", "78791008")
    assert not within("789217004", "85151006")
    assert not within("69536005", "89545001")
    assert within("1", "1")
    assert not within("", "69536005")


def test_a_series_says_what_is_missing() -> None:
    views = [step.view for step in FACE.steps]
    photos = [photo(n, RIGHT_CHEEK if n else FACE.steps[0].site, view) for n, view in enumerate(views)]
    assert cover(FACE, photos).words == "Face series: 6 of 6, complete"
    there = [one for one in photos if one.standard_view not in {"oblique-left", "basal"}]
    found = cover(FACE, there)
    assert found.words == "Face series: 4 of 6, oblique left and 1 more missing"
    assert [step.view for step in found.missing] == ["oblique-left", "basal"]
    assert cover(FACE, [photos[0], photos[0]]).taken == {FACE.steps[0]: photos[0].photo_id}
    assert cover(FACE, [photo(1, "66480008", "frontal")]).taken == {}


def test_default_protocols_are_usable() -> None:
    assert [validated(protocol) for protocol in DEFAULT_PROTOCOLS] == list(DEFAULT_PROTOCOLS)
    assert {p.code for p in DEFAULT_PROTOCOLS} >= {"face", "breast", "body", "hand", "dermatology-regional"}
    assert len({view.code for view in STANDARD_VIEWS}) == len({view.name for view in STANDARD_VIEWS})


@pytest.mark.parametrize(
    "wrong",
    [
        replace(FACE, name=" "),
        replace(FACE, code="Face series"),
        replace(FACE, steps=()),
        replace(FACE, steps=(Step("1", "frontal"),)),
        replace(FACE, steps=(Step("89545001", "sideways"),)),
    ],
)
def test_an_unusable_protocol_is_refused(wrong: Protocol) -> None:
    with pytest.raises(Fixable):
        validated(wrong)
