"""Security keys asked through the real library, answered by a key in software that speaks CTAP2."""

from __future__ import annotations

import hashlib
import os
from threading import Event

import pytest

from photodesk.background.security_keys import SecurityKeyReader
from photodesk.desk.security_key import AskedKey
from photodesk.errors import Fixable
from photodesk.store.slots import FidoPart
from tests.background.software_key import SoftwareKey


def _reader(
    *keys: SoftwareKey, pin: str = "", within_s: float = 20.0, cancel: Event | None = None
) -> SecurityKeyReader:
    return SecurityKeyReader(lambda: None, pin, cancel, lambda: list(keys), within_s)


def _asked(part: FidoPart) -> AskedKey:
    return AskedKey(part.credential, part.salt)


def _code(reader: SecurityKeyReader, *parts: FidoPart) -> str:
    with pytest.raises(Fixable) as failure:
        reader.answer([_asked(part) for part in parts])
    assert failure.value.remedy
    return failure.value.code


@pytest.mark.parametrize("protocol", [1, 2])
def test_a_key_answers_the_same_every_time(protocol: int) -> None:
    key = SoftwareKey(protocols=(protocol,))
    part = _reader(key).enrol([])
    assert len(part.output) == 32
    assert key.touches == 2
    answers = {_reader(key).answer([_asked(part)]).output for _ in range(3)}
    assert answers == {part.output}
    other_salt = AskedKey(part.credential, hashlib.sha256(b"another salt").digest())
    assert _reader(key).answer([other_salt]).output != part.output


def test_of_two_keys_the_one_that_is_here_answers() -> None:
    first, second = SoftwareKey(), SoftwareKey()
    parts = [_reader(first).enrol([]), _reader(second).enrol([])]
    asked = [_asked(part) for part in parts]
    assert _reader(second).answer(asked).number == 1
    assert _reader(second).answer(asked).output == parts[1].output
    assert _reader(SoftwareKey(), first).answer(asked).number == 0
    assert first.touches == 3


def test_no_key_and_another_key() -> None:
    key = SoftwareKey()
    part = _reader(key).enrol([])
    assert _code(_reader(), part) == "security_key_missing"
    stranger = SoftwareKey()
    assert _code(_reader(stranger), part) == "security_key_other"
    assert stranger.touches == 0


def test_nobody_touches_it() -> None:
    key = SoftwareKey()
    part = _reader(key).enrol([])
    key.touched = lambda: False
    assert _code(_reader(key, within_s=0.05), part) == "security_key_untouched"
    cancelled = Event()
    cancelled.set()
    assert _code(_reader(key, cancel=cancelled), part) == "security_key_untouched"


def test_the_finger_is_asked_for() -> None:
    key, asked = SoftwareKey(), []
    reader = SecurityKeyReader(lambda: asked.append(1), devices=lambda: [key])
    reader.answer([_asked(reader.enrol([]))])
    assert len(asked) == 3


def test_a_key_pulled_out_meanwhile() -> None:
    key = SoftwareKey()
    part = _reader(key).enrol([])

    def pull() -> bool:
        raise OSError(19, "No such device")

    key.touched = pull
    assert _code(_reader(key), part) == "security_key_failed"


def test_a_pin_is_asked_for_where_the_key_wants_it_to_enrol_and_not_afterwards() -> None:
    key = SoftwareKey(pin="4711", make_without_pin=False)
    with pytest.raises(Fixable) as failure:
        _reader(key).enrol([])
    assert failure.value.code == "security_key_pin_needed"
    part = _reader(key, pin="4711").enrol([])
    assert _reader(key).answer([_asked(part)]).output == part.output


@pytest.mark.parametrize("protocol", [1, 2])
def test_a_key_that_always_wants_its_pin(protocol: int) -> None:
    key = SoftwareKey(pin="4711", always_uv=True, protocols=(protocol,))
    part = _reader(key, pin="4711").enrol([])
    assert _code(_reader(key), part) == "security_key_pin_needed"
    assert _reader(key, pin="4711").answer([_asked(part)]).output == part.output
    for _ in range(3):
        assert _code(_reader(key, pin="0815"), part) == "security_key_pin_wrong"
    assert _code(_reader(key, pin="4711"), part) == "security_key_blocked"
    key.wrong_in_a_row, key.retries = 0, 0
    assert _code(_reader(key, pin="4711"), part) == "security_key_blocked"


def test_an_unfit_key_and_one_enrolled_already() -> None:
    with pytest.raises(Fixable) as failure:
        _reader(SoftwareKey(hmac_secret=False)).enrol([])
    assert failure.value.code == "security_key_unfit"
    key = SoftwareKey()
    part = _reader(key).enrol([])
    with pytest.raises(Fixable) as failure:
        _reader(key).enrol([part.credential])
    assert failure.value.code == "security_key_other"
    second = SoftwareKey()
    assert _reader(key, second).enrol([part.credential]).credential
    assert second.touches == 2


def test_a_credential_of_somebody_elses_making_is_not_known() -> None:
    key = SoftwareKey()
    assert _code(_reader(key), FidoPart(os.urandom(108), bytes(32), bytes(32))) == "security_key_other"
