"""Whether a network is metered is asked of NetworkManager, and seldom; where nobody says it, it is not."""

from __future__ import annotations

import pytest

from photodesk.background.metered import LOOK_EVERY_MS, Metered
from tests.background.mock_buses import Buses, available


def test_without_a_bus_nothing_is_metered() -> None:
    assert not Metered("unix:path=/nowhere/at/all").now(0)


@pytest.mark.skipif(not available(), reason="no python3-dbusmock here")
def test_networkmanager_says_it() -> None:
    with Buses() as buses:
        metered, now_ms = Metered(buses.system.address), 0
        assert not metered.now(now_ms), "no NetworkManager"
        buses.pretend_network()
        for value, expected in ((0, False), (1, True), (2, False), (3, True), (4, False)):
            buses.set_metered(value)
            now_ms += LOOK_EVERY_MS
            assert metered.now(now_ms) is expected
        buses.set_metered(1)
        assert not metered.now(now_ms + LOOK_EVERY_MS - 1), "it is not asked at every look"
