"""Wrong passwords wait longer and longer, also after a restart and without the file."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from photodesk.app.attempts import LONGEST_WAIT_MS, Attempts, Verdict, wait_after_ms
from photodesk.errors import Fixable
from tests.log.writing import HandClock

SLOT, OTHER = "5" * 32, "6" * 32


@dataclass
class Disk:
    clock: HandClock = field(default_factory=HandClock)
    data: bytes | None = None
    full: bool = False

    def save(self, data: bytes) -> None:
        if self.full:
            raise Fixable("disk_full", "The disk is full.")
        self.data = data

    def open(self, boot: str = "one", *, expected: bool = True, mac_key: bytes = b"k" * 32) -> Attempts:
        made = Attempts(mac_key, bytes(16), self.clock, boot, self.save)
        made.load(self.data, expected=expected)
        return made


@pytest.fixture
def disk() -> Disk:
    disk = Disk()
    disk.open(expected=False)
    return disk


def test_three_are_free_then_each_waits_twice_as_long_and_ten_disable(disk: Disk) -> None:
    attempts = disk.open()
    waits = []
    for _ in range(10):
        verdict = attempts.begin(SLOT)
        if verdict.state == "wait":
            waits.append(verdict.wait_ms)
            disk.clock.move(verdict.wait_ms - 1)
            assert attempts.begin(SLOT) == Verdict("wait", 1)
            disk.clock.move(1)
            verdict = attempts.begin(SLOT)
        assert verdict.state == "allowed"
    assert waits == [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000]
    disk.clock.move(10 * LONGEST_WAIT_MS)
    assert attempts.begin(SLOT).state == "disabled"
    assert disk.open().begin(SLOT).state == "disabled"
    assert attempts.begin(OTHER).state == "allowed"


def test_the_count_is_on_disk_before_the_attempt_is_allowed(disk: Disk) -> None:
    attempts = disk.open()
    disk.full = True
    with pytest.raises(Fixable):
        attempts.begin(SLOT)


def test_success_forgives(disk: Disk) -> None:
    attempts = disk.open()
    for _ in range(3):
        attempts.begin(SLOT)
    assert attempts.wait_ms(SLOT) == 5_000
    attempts.forgive(SLOT)
    assert disk.open().begin(SLOT).state == "allowed"


def test_waits_go_on_within_one_run_of_the_machine_and_begin_again_after_it(disk: Disk) -> None:
    attempts = disk.open()
    for _ in range(3):
        attempts.begin(SLOT)
    disk.clock.move(4_000)
    assert disk.open().begin(SLOT) == Verdict("wait", 1_000)
    assert disk.open(boot="two").begin(SLOT) == Verdict("wait", 5_000)
    assert disk.open(boot="").begin(SLOT) == Verdict("wait", 5_000)


@pytest.mark.parametrize("damage", ["gone", "altered", "other key"])
def test_without_the_file_everyone_waits_longest_once(disk: Disk, damage: str) -> None:
    disk.open().begin(SLOT)
    assert disk.data is not None
    disk.data = None if damage == "gone" else disk.data[:-1] + b"x"
    lost = disk.open()
    assert lost.lost
    assert lost.begin(OTHER) == Verdict("wait", LONGEST_WAIT_MS)
    disk.clock.move(LONGEST_WAIT_MS)
    again = disk.open()
    assert not again.lost
    assert again.begin(OTHER).state == "allowed"


def test_a_new_store_starts_free() -> None:
    disk = Disk()
    attempts = disk.open(expected=False)
    assert not attempts.lost
    assert attempts.begin(SLOT).state == "allowed"
    assert [wait_after_ms(n) for n in (0, 2, 3, 9, 30)] == [0, 0, 5_000, 320_000, 320_000]


def test_the_frozen_file_of_the_first_release_counts() -> None:
    frozen = json.loads((Path(__file__).parents[1] / "vectors" / "log.json").read_text("utf-8"))
    disk = Disk(data=bytes.fromhex(frozen["attempts"]))
    attempts = Attempts(
        bytes.fromhex(frozen["attempts_mac_key"]), bytes.fromhex(frozen["clinic_id"]), disk.clock, "later", disk.save
    )
    attempts.load(disk.data, expected=True)
    assert not attempts.lost
    assert attempts.begin(SLOT) == Verdict("wait", 5_000)


def test_a_try_that_said_nothing_about_the_password_is_taken_back(disk: Disk) -> None:
    attempts = disk.open()
    for _ in range(3):
        attempts.begin(SLOT)
    disk.clock.move(5_000)
    assert attempts.begin(SLOT).state == "allowed"
    attempts.take_back(SLOT)
    attempts.take_back(SLOT)
    assert attempts.begin(SLOT).state == "allowed", "the wait is the earlier one, which is over"
    assert attempts.begin(SLOT) == Verdict("wait", 10_000)
    assert disk.open().begin(SLOT) == Verdict("wait", 10_000)
    attempts.begin(OTHER)
    attempts.take_back(OTHER)
    assert disk.open().wait_ms(OTHER) == 0
