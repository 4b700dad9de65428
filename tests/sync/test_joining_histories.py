"""Workstations that join fill their chart from a snapshot, old, spoilt or whole: all end in the same state.

The long form is `python -m tests.soak.histories --joining --times 10000`.
"""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from tests.sync.joining_history import JoiningHistory, joining_by_chance
from tests.sync.test_histories_properties import CHANCE, WHO, Workstations


class Joining(Workstations):
    """The histories of workstations, with snapshots of the chart and workstations that join."""

    history: JoiningHistory

    @initialize(skews=st.lists(st.integers(-48, 48), min_size=2, max_size=4), newer=st.lists(st.booleans(), min_size=4))
    def founded(self, skews: list[int], newer: list[bool]) -> None:
        self.history = JoiningHistory(len(skews), skews, newer)

    @rule(number=WHO)
    def a_snapshot_is_made(self, number: int) -> None:
        self.history.snapshot(self.who(number))

    @rule(chance=CHANCE)
    def a_workstation_joins(self, chance: Random) -> None:
        self.history.join(chance)


TestJoining = Joining.TestCase
TestJoining.settings = settings(
    max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("seed", [19, 25, 50])
def test_histories_with_snapshots(seed: int) -> None:
    history = joining_by_chance(seed)
    assert history.loaded + history.refused
