"""A security key may say anything: every reply is an answer or a sentence, never a fault, and never another secret."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from fido2.ctap import STATUS
from hypothesis import given, settings
from hypothesis import strategies as st

from photodesk.background.security_keys import SecurityKeyReader
from photodesk.desk.security_key import AskedKey
from photodesk.errors import Fixable
from tests.background.software_key import SoftwareKey


class Bent(SoftwareKey):
    """Changes its reply number `at`: bytes put in place of others."""

    at = -1
    place, put, cut = 0, b"", 0

    def call(
        self,
        cmd: int,
        data: bytes = b"",
        event: Event | None = None,
        on_keepalive: Callable[[STATUS], None] | None = None,
    ) -> bytes:
        reply = super().call(cmd, data, event, on_keepalive)
        if len(self.commands) - 1 != self.at:
            return reply
        place = self.place % len(reply)
        return (reply[:place] + self.put + reply[place + self.cut :]) or b"\x7f"


_WRAPPING = b"\x07" * 32
_PART = SecurityKeyReader(lambda: None, devices=lambda: [SoftwareKey(wrapping=_WRAPPING)]).enrol([])


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 4), st.integers(0, 400), st.binary(max_size=40), st.integers(0, 40))
def test_any_reply_is_an_answer_or_a_sentence(at: int, place: int, put: bytes, cut: int) -> None:
    key = Bent(wrapping=_WRAPPING)
    key.at, key.place, key.put, key.cut = at, place, put, cut
    reader = SecurityKeyReader(lambda: None, devices=lambda: [key], touch_within_s=5.0)
    said = ""
    try:
        answer = reader.answer([AskedKey(_PART.credential, _PART.salt)])
    except Fixable as failure:
        said = failure.code
    assert said.startswith("security_key_") if said else len(answer.output) == 32
