"""Security keys at a terminal: the touch is asked for on standard error, the key's PIN is typed unseen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from photodesk.app.terminal import ask_password, tell
from photodesk.desk.security_key import AskedKey, KeyAnswer, KeyReader
from photodesk.errors import Fixable
from photodesk.store.slots import FidoPart

T = TypeVar("T")


class TerminalKeyReader:
    """A `KeyReader` that asks for the PIN once the key wants it."""

    def __init__(self) -> None:
        self._pin = ""

    def answer(self, asked: Sequence[AskedKey]) -> KeyAnswer:
        """See `KeyReader.answer`."""
        return self._with_pin(lambda reader: reader.answer(asked))

    def enrol(self, known: Sequence[bytes]) -> FidoPart:
        """See `KeyReader.enrol`."""
        return self._with_pin(lambda reader: reader.enrol(known))

    def _with_pin(self, ask: Callable[[KeyReader], T]) -> T:
        try:
            return ask(self._reader())
        except Fixable as failure:
            if failure.code != "security_key_pin_needed":
                raise
        self._pin = ask_password("PIN of the security key")
        return ask(self._reader())

    def _reader(self) -> KeyReader:
        from photodesk.background.security_keys import SecurityKeyReader  # its library is only needed here

        return SecurityKeyReader(lambda: tell("Touch the security key."), self._pin)
