"""What tells of one patient in what is about no patient: ids, hashes, names and numbers in settings, imports, cards.

A text *touches* the patient where it names one of the patient's ids, the SHA-256 of one of the patient's files, a
separator card of the patient, the record number as a word, or family and given name together (as they are and as they
ever were). `pruned` takes such parts out of lists and maps and leaves the rest.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from photodesk import ids
from photodesk.patients import fold

_LONG_IDS = re.compile(r"(?<![0-9a-fA-F])(?:[0-9a-f]{64}|[0-9a-f]{32})(?![0-9a-fA-F])")
_HEX = re.compile(r"(?:[0-9a-f]{2}){4,}")
_CARD = "PD1:"
_PLACES = frozenset({"sources", "below"})  # of an import's order: paths, which may be named after a patient
_ORDER = frozenset({"patient_id", "visit_id", "day", "body_site", "standard_view"})
_SHORT = 4


@dataclass(frozen=True)
class Named:
    """What a patient was called at one time."""

    mrn: str
    family: str
    given: str

    def in_text(self, text: str) -> bool:
        """Whether a text names this patient."""
        return self.in_words(fold(text).split())

    def in_words(self, words: list[str]) -> bool:
        """Whether folded words name this patient; a very short number must stand alone."""
        known, number = set(words), fold(self.mrn).split()
        names = [fold(self.family).split(), fold(self.given).split()]
        if all(names) and all(set(name) <= known for name in names):
            return True
        if not number or (len("".join(number)) < _SHORT and words != number):
            return False
        return any(words[at : at + len(number)] == number for at in range(len(words)))


class Traces:
    """The traces of one patient. `is_theirs` says whether a SHA-256 (hex) is that of one of the patient's files."""

    def __init__(
        self, patient_id: str, known_ids: frozenset[str], names: frozenset[Named], is_theirs: Callable[[str], bool]
    ) -> None:
        self._patient_id = patient_id
        self._ids = known_ids | {patient_id}
        self._names = names
        self._is_theirs = is_theirs

    def touch(self, value: Any) -> bool:
        """Whether a value, or anything in it, tells of the patient."""
        if isinstance(value, str):
            return self._in_text(value)
        if isinstance(value, bytes | bytearray | memoryview):
            return self.name(bytes(value).decode("utf-8", "replace"))
        if isinstance(value, Mapping):
            return any(self.touch(key) or self.touch(one) for key, one in value.items())
        return isinstance(value, list | tuple) and any(self.touch(one) for one in value)

    def name(self, text: str) -> bool:
        """Whether a text has the patient's record number, or family and given name."""
        words = fold(text).split()
        return any(named.in_words(words) for named in self._names)

    def pruned(self, value: Any, name: str = "") -> Any:
        """The value without what tells of the patient: list items and map entries go whole, a text becomes ""."""
        if isinstance(value, str):
            return self._pruned_text(value, name)
        if isinstance(value, Mapping):
            return self._pruned_map(value)
        if isinstance(value, list | tuple):
            return [] if name in _PLACES else [one for one in value if not self.touch(one)]
        return b"" if isinstance(value, bytes) and self.touch(value) else value

    def _pruned_text(self, text: str, name: str) -> str:
        try:
            inside = msgspec.json.decode(text) if text[:1] in ("{", "[") else None
        except msgspec.DecodeError:
            inside = None
        if inside is not None:
            return msgspec.json.encode(self.pruned(inside, name)).decode("utf-8")
        return "" if self._in_text(text) else text

    def _pruned_map(self, value: Mapping[Any, Any]) -> dict[Any, Any]:
        ordered = value.get("patient_id") == self._patient_id
        kept = {key: self.pruned(one, str(key)) for key, one in value.items() if not self.touch(key)}
        return {key: "" if ordered and key in _ORDER else one for key, one in kept.items()}

    def _in_text(self, text: str) -> bool:
        found = _LONG_IDS.findall(text)
        if any(one in self._ids if len(one) == 32 else self._is_theirs(one) for one in found):
            return True
        if text.startswith(_CARD) and self._on_card(text):
            return True
        if _HEX.fullmatch(text) and self.name(os.fsdecode(bytes.fromhex(text))):
            return True
        return self.name(text)

    def _on_card(self, text: str) -> bool:
        try:
            return ids.to_bytes(self._patient_id) in base64.b32decode(text[len(_CARD) :])
        except binascii.Error:
            return False
