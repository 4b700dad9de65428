"""What one guess of a password costs whoever holds folder and keyring: one Argon2id of 256 MiB."""

from __future__ import annotations

import os
import time

import pytest

from photodesk.crypto import DEFAULT_COST, password_key

GUESSES = 5
AT_LEAST_S, AT_MOST_S = 0.3, 1.5


def test_the_default_cost() -> None:
    assert (DEFAULT_COST.memory_kib, DEFAULT_COST.passes, DEFAULT_COST.lanes) == (256 * 1024, 3, 4)


@pytest.mark.thorough
def test_a_guess_takes_a_third_of_a_second_to_one_and_a_half() -> None:
    """Processor time, which other work on the machine does not change; four lanes share it on several cores."""
    taken = []
    for _ in range(GUESSES):
        began = time.process_time()
        password_key("quiet lamp on the stairs", os.urandom(16), DEFAULT_COST)
        taken.append(time.process_time() - began)
    assert AT_LEAST_S <= sorted(taken)[GUESSES // 2] <= AT_MOST_S
