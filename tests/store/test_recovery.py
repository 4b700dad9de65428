from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photodesk.errors import Fixable
from photodesk.store.recovery import asked_groups, entropy, group_matches, groups, identity, new_code

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
secrets = st.binary(min_size=32, max_size=32)


def code_of(secret: bytes) -> str:
    return new_code(lambda size: secret[:size])


@given(secrets)
def test_code_keeps_256_bits_in_13_groups_and_a_check(secret: bytes) -> None:
    code = code_of(secret)
    shown = groups(code)
    assert code == "-".join(shown)
    assert [len(group) for group in shown] == [4] * 13 + [2]
    assert shown[-1][0] == "*"
    assert set("".join(shown[:-1])) <= set(ALPHABET)
    assert entropy(code) == secret


@given(secrets, st.integers(0, 51), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(secret: bytes, place: int, other: str) -> None:
    code = code_of(secret)
    plain = code.replace("-", "")
    if plain[place] == other:
        return
    with pytest.raises(Fixable) as fixable:
        entropy(plain[:place] + other + plain[place + 1 :])
    assert fixable.value.code == "recovery_code_wrong"


@given(secrets, st.integers(0, 50))
def test_two_swapped_neighbours_are_noticed(secret: bytes, place: int) -> None:
    plain = code_of(secret).replace("-", "")
    swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
    if swapped == plain:
        return
    with pytest.raises(Fixable):
        entropy(swapped)


@given(secrets)
def test_case_spaces_and_lookalikes_are_forgiven(secret: bytes) -> None:
    code = code_of(secret)
    typed = code[:-2].lower().replace("0", "o").replace("1", "l").replace("-", "  ") + " " + code[-2:]
    assert entropy(typed) == secret


@pytest.mark.parametrize("typed", ["", "7K3M", "*", "-" * 60, "U" * 54, "7K3M-" * 13 + "*", "ß" * 54, "٣" * 53])
def test_nonsense_is_refused_in_words(typed: str) -> None:
    with pytest.raises(Fixable):
        entropy(typed)


@given(secrets, st.binary(min_size=16, max_size=16))
def test_two_different_groups_are_asked_for(secret: bytes, drawn: bytes) -> None:
    parts = iter((drawn[:8], drawn[8:]))
    first, second = asked_groups(lambda _: next(parts))
    assert 1 <= first < second <= 13
    code = code_of(secret)
    assert group_matches(code, first, groups(code)[first - 1].lower())
    assert not group_matches(code, first, groups(code)[first - 1][:3])


def test_identity_belongs_to_the_code() -> None:
    one, other = code_of(bytes(32)), code_of(bytes(31) + b"\x01")
    assert identity(one).public == identity(one.lower()).public != identity(other).public
