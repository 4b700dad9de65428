"""Cards as PhotoDesk prints them, photographed, read by the decoder's reader: found, and never somebody else's."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QGuiApplication

from photodesk import ids
from photodesk.imaging.decode import decode
from photodesk.importing.separator_cards import SeparatorCard
from photodesk.importing.separators import separator_text
from photodesk.patients import Patient, Sex
from photodesk.ui.importing.separator_paper import write_pdf, write_png
from tests.conftest import REAL_FILES
from tests.importing.photographed import Picture, Shooting, jpeg, photographed, scene
from tests.store.conftest import make_keyset

KEYSET = make_keyset()
PATIENTS = 4


@pytest.fixture(scope="module")
def cards(qapp: QGuiApplication, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Picture]]:
    """(text, picture) of a few cards."""
    del qapp
    folder = tmp_path_factory.mktemp("cards")
    made = []
    for number in range(PATIENTS):
        patient = Patient(ids.random_id(), f"00{number}", "Sample", "Ben", date(1980, 1, 2), Sex.MALE)
        card = SeparatorCard(patient, ids.random_id(), date(2026, 11, 20), time(9, 40))
        text = separator_text(KEYSET, patient.patient_id, card.visit_id, 1_795_000_000_000 + number)
        path = folder / f"{number}.png"
        assert write_png(path, card, text, "Example Clinic")
        with Image.open(path) as picture:
            made.append((text, np.asarray(picture.convert("RGB"))))
    return made


def scenes() -> list[Picture]:
    """Real photos where they are present, else made-up ones."""
    found = []
    for path in sorted((REAL_FILES / "series" / "skin_single").glob("*"))[:6]:
        if path.suffix.lower() in {".jpg", ".jpeg", ".png"}:
            with Image.open(path) as picture:
                found.append(np.asarray(picture.convert("RGB")))
    return found or [scene(number) for number in range(3)]


def read(picture: Picture) -> tuple[str, ...]:
    facts, _ = decode(jpeg(picture), 2560, read_codes=True)
    return tuple(code.text for code in facts.codes)


HARD = {
    "as people do": (Shooting(), 0.95),
    "small in the frame": (Shooting(share=0.25, tilt=0.1, blur=0.8), 0.9),
    "steep and dark": (Shooting(tilt=0.28, shadow=0.65, noise=10), 0.9),
    "out of focus": (Shooting(share=0.6, blur=3.2), 0.85),
}


def share_read(cards: list[tuple[str, Picture]], name: str, photos: int) -> float:
    """How many of so many photos are read; none may be read as another card."""
    chance, grounds = np.random.default_rng(len(name)), scenes()
    right = 0
    for turn in range(photos):
        text, picture = cards[turn % PATIENTS]
        found = read(photographed(picture, grounds[turn % len(grounds)], chance, HARD[name][0]))
        assert set(found) <= {text}
        right += text in found
    return right / photos


@pytest.mark.parametrize("name", HARD)
def test_photographed_cards_are_read_and_never_wrongly(cards: list[tuple[str, Picture]], name: str) -> None:
    assert share_read(cards, name, 6) >= HARD[name][1] - 1 / 6


@pytest.mark.thorough
@pytest.mark.parametrize("name", HARD)
def test_many_photographed_cards(cards: list[tuple[str, Picture]], name: str) -> None:
    assert share_read(cards, name, 60) >= HARD[name][1]


def test_two_cards_in_one_photo_are_both_read(cards: list[tuple[str, Picture]]) -> None:
    (one, first), (two, second) = cards[:2]
    assert set(read(np.concatenate((first, second), axis=1))) == {one, two}


def test_the_pages_hold_every_card(cards: list[tuple[str, Picture]], tmp_path: Path) -> None:
    patient = Patient(
        ids.random_id(), "1", "A very long family name of somebody", "Given names", date(1980, 1, 2), Sex.MALE
    )
    card = SeparatorCard(patient, "", date(2026, 11, 20))
    path = tmp_path / "cards.pdf"
    assert write_pdf(path, [card] * 17, [cards[0][0]] * 17, "Example Clinic")
    assert path.stat().st_mode & 0o077 == 0
    assert path.read_bytes().count(b"/Type /Page\n") == 3
    assert not write_pdf(tmp_path / "missing" / "cards.pdf", [card], [cards[0][0]], "Example Clinic")
    assert not write_png(tmp_path / "missing" / "card.png", card, cards[0][0], "Example Clinic")
