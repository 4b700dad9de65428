"""What the screens say about the clinic server, in every state."""

from __future__ import annotations

import pytest

from photodesk.sync import status as states
from photodesk.sync.standing import Transfer
from photodesk.sync.status import Load, SyncStatus
from photodesk.ui.sync import words
from photodesk.ui.sync.model import ReviewModel
from tests.ui.conftest import NOW_MS, TODAY
from tests.ui.pretend_server import MINUTE_MS, conflict, synced

STATES = (
    states.NONE,
    states.UP_TO_DATE,
    states.WORKING,
    states.OFFLINE,
    states.ALARM,
    states.PAUSED,
    states.REVOKED,
)
OFFLINE = SyncStatus(states.OFFLINE, offline_since_ms=NOW_MS - 10 * MINUTE_MS)


def test_every_state_has_a_head_a_chip_and_a_line() -> None:
    for state in STATES:
        now = SyncStatus(state)
        assert words.head(now, TODAY).title
        assert words.home_words(now, NOW_MS, TODAY)
        assert bool(words.chip(now, 0, TODAY).words) == (state != states.NONE)


def test_up_to_date_says_since_when_and_that_it_carries_ciphertext_only() -> None:
    head = words.head(synced(), TODAY)
    assert head.title == "Connected to the clinic server"
    assert head.under.startswith("Up to date as of ")
    assert head.under.endswith("It carries encrypted data only.")
    assert words.home_words(synced(), NOW_MS, TODAY) == "Synced 2\u00a0min ago"
    assert words.chip(synced(), 0, TODAY).words == "Synced"


def test_offline_says_since_when_and_that_nothing_is_lost() -> None:
    head = words.head(OFFLINE, TODAY)
    assert head.under.startswith("Offline since ")
    assert head.under.endswith("Everything is saved here and will sync later.")
    assert head.action == "Try now"


def test_a_network_paid_by_volume_is_named() -> None:
    resting = SyncStatus(states.PAUSED, metered=True)
    assert words.head(resting, TODAY).title == "Resting on this network"
    assert words.head(SyncStatus(states.PAUSED), TODAY).action == "Go on"


def test_what_needs_a_person_comes_first_on_the_chip() -> None:
    assert words.chip(synced(), 2, TODAY).words == "2 to review"
    assert words.chip(OFFLINE, 2, TODAY).words == "2 to review"
    assert words.chip(SyncStatus(states.ALARM), 2, TODAY).words == "Server alarm"
    working = SyncStatus(states.WORKING, Load(400, 312, 240_000), bytes_s=1_000)
    assert words.chip(working, 0, TODAY).words == "312 to send"
    assert words.head(working, TODAY).under.startswith("312 photos to send, 4 min.")


def test_figures_name_photos_before_changes() -> None:
    assert words.figures(synced()) == (
        ("To send", "6 photos, 48.0\u00a0MB"),
        ("To receive", "Nothing"),
        ("Other workstations", "2 of 4 online"),
    )
    assert words.load_words(Load(14)) == "14 changes"


@pytest.mark.parametrize(
    ("minutes", "says"), [(0, "just now"), (59, "59\u00a0min ago"), (60 * 24 * 3, "17 Nov"), (60, "at ")]
)
def test_how_long_ago(minutes: int, says: str) -> None:
    assert words.ago_words(NOW_MS - minutes * MINUTE_MS, NOW_MS, TODAY).startswith(says)


def test_transfers_in_words() -> None:
    assert words.transfer_words(Transfer(0, Load(3, 2, 2_000_000), Load(1), "")) == (
        "Sent 2 photos, 2.0\u00a0MB, received 1 change"
    )
    assert words.transfer_words(Transfer(0, Load(), Load(), "The clinic server cannot be reached.")).startswith(
        "The clinic"
    )
    assert words.transfer_words(Transfer(0, Load(), Load(), "")) == "Nothing new"


def test_limits_in_words() -> None:
    assert words.limit_sentence(0, 8, 18) == "As fast as the network allows, at every hour."
    assert words.limit_sentence(500, 8, 18) == (
        "At most 500\u00a0kB a second between 08:00 and 18:00; as fast as the network allows at other hours."
    )


def test_review_goes_one_by_one_and_keeps_its_place() -> None:
    model = ReviewModel([conflict("a"), conflict("b"), conflict("c")])
    assert model.count == "1 of 3"
    assert model.chosen is not None
    assert model.chosen.words == "left forearm"
    assert model.choose(2)
    assert not model.choose(3)
    assert model.chosen.words == "right forearm"
    assert model.later()
    assert model.line is not None
    assert (model.line.key, model.here_chosen) == ("b", True)
    model.take([conflict("x"), conflict("a"), conflict("b"), conflict("c")])
    assert model.line.key == "b"
    assert model.decided("b")
    assert model.line.key == "c"
    model.take([])
    assert model.count == ""


def test_a_conflict_says_whose_it_is_and_that_nothing_is_lost() -> None:
    line = conflict()
    assert words.conflict_title(line) == "Two people changed the same photo"
    assert words.conflict_under(line) == (
        "Test, Ada · 28 August 2026 · Both values are kept in its history, whichever you choose."
    )
    assert words.conflict_blocks(line) == ""
    assert "exported" in words.conflict_blocks(conflict(blocks_export=True))
    assert words.keep_words("left forearm") == "Keep “Left forearm”"
    assert words.keep_words("") == "Keep “Nothing”"
