from __future__ import annotations

import pytest

from photodesk.errors import Fixable
from photodesk.store.password_strength import Strength, judge, require_good

NAMES = ("Example Skin Clinic", "Ada Byron")


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "ninechars",
        "password12",
        "P@ssw0rd2026!",
        "1234567890",
        "0987654321",
        "qwertyuiop",
        "qwertzuiop123",
        "abcdefghijkl",
        "aaaaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "hallohallohallo",
        "exampleskinclinic",
        "AdaByron2026",
        "Ada Byron 1!",
        "password password",
        "١١١١١١١١١١",
    ],
)
def test_weak_passwords_are_refused_with_a_reason(password: str) -> None:
    judgement = judge(password, NAMES)
    assert judgement.strength is Strength.WEAK
    assert judgement.reason.endswith(".")
    with pytest.raises(Fixable) as fixable:
        require_good(password, NAMES)
    assert fixable.value.code == "password_weak"
    assert password not in str(fixable.value)


@pytest.mark.parametrize(
    "password",
    [
        "quiet lamp on the stairs",
        "fünf Lampen leise",
        "tgrkvbmqlz",
        "alllowercasebutlong",
        "hunde-katzen-maus",
        "ada likes green umbrellas",
        "Zq8!kVw2pL",
    ],
)
def test_length_is_enough_without_kinds_of_characters(password: str) -> None:
    judgement = judge(password, NAMES)
    assert judgement.reason == ""
    assert judgement.strength is (Strength.STRONG if len(password) >= 16 else Strength.GOOD)
    require_good(password, NAMES)
