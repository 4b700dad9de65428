"""What is a camera card, and that the demo clinic takes none."""

from __future__ import annotations

from pathlib import Path

import pytest

from photodesk.errors import Refused
from photodesk.importing.cards import is_card
from tests.importing.conftest import Clinic, jpeg


def test_a_card_is_known_by_its_camera_folder(card: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(jpeg(1))
    link = tmp_path / "link"
    link.symlink_to(card)
    assert is_card(card)
    assert is_card(card / "DCIM")
    assert is_card(next((card / "DCIM").rglob("*.JPG")))
    assert is_card(link)
    assert not is_card(folder)
    assert not is_card(folder / "a.jpg")
    assert not is_card(tmp_path / "nothing")


def test_the_demo_clinic_takes_no_card_and_leaves_no_trace_of_one(clinic: Clinic, card: Path, tmp_path: Path) -> None:
    clinic.workplace.catalog.set_setting(clinic.workplace.change("demo"), "demo", "yes")
    for source in (card, card / "DCIM"):
        with pytest.raises(Refused) as refused:
            clinic.run(source)
        assert refused.value.code == "demo_takes_no_cards"
    assert clinic.workplace.catalog.jobs() == []
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(jpeg(1))
    assert clinic.run(folder).exit_code == 0
