"""The same search after a day in the windows: sign in, view, import a folder, a wrong password, lock, quit."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.journeys.commands import PASSWORD, Clinic
from tests.journeys.screen import Screen, available, wait_until
from tests.journeys.test_nothing_in_the_clear import (
    CARD_NAME,
    FAMILY,
    GIVEN,
    MRN,
    needles,
    test_no_argument_and_no_environment_holds_a_needle,
    test_no_file_holds_a_needle,
    test_writes_happen_only_inside_the_store,
)
from tests.journeys.windows import Colour, Windows, flat_photo

COLOUR: Colour = (37, 201, 119)
TRACE = ("strace", "-f", "--seccomp-bpf", "-qq", "-s", "4096", "-e", "trace=%file,execve", "-v")

__all__ = [
    "needles",
    "test_no_argument_and_no_environment_holds_a_needle",
    "test_no_file_holds_a_needle",
    "test_writes_happen_only_inside_the_store",
]
pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not available() or shutil.which("strace") is None, reason="no X tools or no strace here"),
]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One day at the windows, traced. The folder holds store, home, tmp, card and trace."""
    folder = tmp_path_factory.mktemp("day")
    card, first = folder / "card", folder / "first"
    card.mkdir()
    first.mkdir()
    sample = sorted((Path(__file__).resolve().parents[2] / "resources" / "demo").glob("scar*.jpg"))[0]
    shutil.copy(sample, card / CARD_NAME)
    flat_photo(first / "flat.jpg", COLOUR)
    clinic = Clinic(folder)
    clinic.found()
    who = ("--mrn", "@-", "--family", "@-", "--given", "@-", "--birth", "1968-05-12")
    clinic.json("patient", "add", *who, lines=(MRN, FAMILY, GIVEN))
    clinic.json("import", str(first), "--patient", "@-", lines=(MRN,))
    with Screen() as screen, Windows(clinic, screen, (*TRACE, "-o", str(folder / "trace"))) as windows:
        windows.wait_for_sign_in()
        windows.sign_in()
        windows.open_patient(FAMILY[:4])
        windows.wait_for(COLOUR)
        screen.key("space")
        screen.key("Escape")
        windows.import_folder(card)
        packs = clinic.store / "inbox"
        wait_until(lambda: any(packs.glob("*/*.db")), "the import")
        windows.lock()
        screen.type("not-" + PASSWORD)
        screen.key("Return")
        windows.wait_for_sign_in()
    return folder
