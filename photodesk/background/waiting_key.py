"""A security key asked for where no screen can say so at that moment: words beside the field have said it before."""

from __future__ import annotations

from collections.abc import Sequence

from photodesk.desk.security_key import AskedKey, KeyAnswer
from photodesk.store.slots import FidoPart


class WaitingKeyReader:
    """A `KeyReader` whose library is loaded only once a key is asked for."""

    def answer(self, asked: Sequence[AskedKey]) -> KeyAnswer:
        """See `KeyReader.answer`."""
        from photodesk.background.security_keys import SecurityKeyReader

        return SecurityKeyReader(_quiet).answer(asked)

    def enrol(self, known: Sequence[bytes]) -> FidoPart:
        """See `KeyReader.enrol`."""
        from photodesk.background.security_keys import SecurityKeyReader

        return SecurityKeyReader(_quiet).enrol(known)


def _quiet() -> None:
    """The key's own light asks for the touch."""
