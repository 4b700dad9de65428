"""Which entry stands for a person, whatever was said and in whatever order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from photodesk.patients import SamePerson, persons_of, to_part

NAMES = st.sampled_from("abcdefg")
SAID = st.dictionaries(NAMES, NAMES).map(lambda said: {one: of for one, of in said.items() if one != of})


def test_a_chain_ends_at_its_last_entry() -> None:
    persons = persons_of({"c": "b", "b": "a"})
    assert [persons.main(one) for one in "abcd"] == ["a", "a", "a", "d"]
    assert persons.entries("b") == ("a", "b", "c")
    assert persons.entries("d") == ("d",)


def test_of_a_circle_the_smallest_stands() -> None:
    persons = persons_of({"b": "a", "a": "c", "c": "b", "d": "c"})
    assert persons.entries("d") == ("a", "b", "c", "d")


def test_parting_opens_a_circle_too() -> None:
    assert to_part({"b": "a", "a": "b"}, "b") == ("b", "a")
    assert to_part({"b": "a"}, "b") == ("b",)
    assert to_part({"b": "a"}, "a") == ()


@given(SAID)
def test_everybody_has_one_main_entry_and_it_is_its_own(said: dict[str, str]) -> None:
    persons = persons_of(said)
    for one in "abcdefg":
        assert persons.main(persons.main(one)) == persons.main(one)
        assert one in persons.entries(one)
        assert persons.main(said.get(one, one)) == persons.main(one)
    assert persons == persons_of(dict(reversed(said.items())))


@given(SAID, NAMES)
def test_a_parted_entry_stands_for_itself_with_those_behind_it(said: dict[str, str], entry: str) -> None:
    before = persons_of(said)
    if before.main(entry) == entry:
        return
    after = persons_of({one: of for one, of in said.items() if one not in to_part(said, entry)})
    assert after.main(entry) == entry
    assert before.main(entry) not in after.entries(entry)
    assert set(after.entries(entry)) <= set(before.entries(entry))


def test_nobody_is_merged_at_first() -> None:
    assert SamePerson().entries("a") == ("a",)
