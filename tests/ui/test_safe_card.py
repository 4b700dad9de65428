"""The safe card says what the clinic's policy says: a card is not to be formatted before the server holds it."""

from __future__ import annotations

from typing import Any

import pytest

from photodesk.importing.job import ImportResult, Outcome, Stage
from photodesk.ui.controls import Text
from photodesk.ui.importing.model import ImportModel
from photodesk.ui.importing.safe_card import SafeCard

pytestmark = pytest.mark.usefixtures("dressed")


@pytest.mark.parametrize("left", [0, 1])
def test_where_the_clinic_waits_for_its_server_the_card_is_kept(qtbot: Any, left: int) -> None:
    model, card = ImportModel(), SafeCard()
    qtbot.addWidget(card)
    model.began("EOS_DIGITAL", 0, from_card=True)
    outcome = Outcome(0, "A.JPG", 10, "0a" * 32, Stage.FILED, "0b" * 16)
    model.ended(ImportResult("0c" * 16, [outcome], receipt={"not_on_server": left}))
    card.show_model(model)
    said = " ".join(text.full_text() for text in card.findChildren(Text))
    assert ("Safe to erase the card" in said) == (not left)
    assert ("Format the card in the camera" in said) == (not left)
    assert ("Do not format the card yet" in said) == bool(left)
    assert ("1 is not there yet" in said) == bool(left)
