"""Any number of workstations, in any order, with losses, repeats, kills and clocks two days off: one state at the end.

The long form is `python -m tests.soak.histories --times 10000`.
"""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.sync.history import History, by_chance, some_edit, some_merge

WHO = st.integers(0, 6)
CHANCE = st.integers(0, 2**32 - 1).map(Random)


class Workstations(RuleBasedStateMachine):
    """Hypothesis chooses what happens; what must hold is checked when it ends."""

    @initialize(skews=st.lists(st.integers(-48, 48), min_size=2, max_size=7), newer=st.lists(st.booleans(), min_size=7))
    def founded(self, skews: list[int], newer: list[bool]) -> None:
        self.history = History(len(skews), skews, newer)

    def who(self, number: int) -> int:
        return number % len(self.history.stations)

    @rule(number=WHO, chance=CHANCE)
    def somebody_changes_something(self, number: int, chance: Random) -> None:
        who = self.who(number)
        edit, clinical = some_edit(who, self.history.stations[who].newer, chance)
        self.history.edit(who, edit, clinical=clinical)

    @rule(number=WHO, chance=CHANCE)
    def entries_are_merged_or_parted(self, number: int, chance: Random) -> None:
        self.history.edit(self.who(number), some_merge(chance), clinical=False)

    @rule(number=WHO, chance=CHANCE, kill=st.sampled_from(("", "", "before", "after")))
    def something_arrives(self, number: int, chance: Random, kill: str) -> None:
        self.history.deliver(self.who(number), chance, kill=kill)

    @rule(number=WHO, chance=CHANCE)
    def somebody_decides(self, number: int, chance: Random) -> None:
        self.history.settle(self.who(number), chance)

    @rule(number=WHO)
    def a_program_is_updated(self, number: int) -> None:
        self.history.stations[self.who(number)].update()

    def teardown(self) -> None:
        if hasattr(self, "history"):
            self.history.check()


TestWorkstations = Workstations.TestCase
TestWorkstations.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("seed", [11, 75, 81, 105, 144, 1230, 1343])
def test_histories_that_once_did_not_hold(seed: int) -> None:
    by_chance(seed, merges=False)


@pytest.mark.parametrize("seed", range(3))
def test_histories_with_entries_merged_and_parted(seed: int) -> None:
    by_chance(seed)
