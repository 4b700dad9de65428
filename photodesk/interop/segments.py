"""One HL7 v2 message cut into segments, fields, repeats, components and subcomponents (HL7 v2.5.1, 2.5 to 2.7).

Nothing is kept but the text: a field is cut when it is asked for. Escapes are undone in the last step: F, S, T, R and E
are the separators, X with hex digits is bytes, .br and .sp a space; highlighting and what is not known are dropped.
"""

from __future__ import annotations

import re

from photodesk.errors import Fixable

_ESCAPE_MAX = 64


class Message:
    """A message. Numbers of fields and below count from 1, as HL7 does; what is not there is ""."""

    def __init__(self, text: str, separators: str) -> None:
        self._field, self._component, self._repeat, self._escape, self._sub = tuple(separators)
        self._segments: dict[str, list[str]] = {}
        for line in text.split("\r"):
            self._segments.setdefault(line[:3], line.split(self._field))
        head = self._segments["MSH"]
        self._segments["MSH"] = [head[0], self._field, *head[1:]]
        mark = re.escape(self._escape)
        self._escapes = re.compile(f"{mark}([^{mark}]{{0,{_ESCAPE_MAX}}}){mark}")

    def text(self, segment: str, field: int, component: int = 1, sub: int = 1, repeat: int = 1) -> str:
        """One text of the first segment of this name, escapes undone; HL7's `""` (nothing, on purpose) is ""."""
        whole = self._whole(segment, field)
        part = _part(whole.split(self._repeat), repeat)
        part = _part(part.split(self._component), component)
        found = self._unescaped(_part(part.split(self._sub), sub))
        return "" if found == '""' else found

    def repeats(self, segment: str, field: int) -> int:
        """How often a field is repeated, at most 50."""
        return min(50, self._whole(segment, field).count(self._repeat) + 1)

    def _whole(self, segment: str, field: int) -> str:
        return _part(self._segments.get(segment, []), field + 1)

    def _unescaped(self, text: str) -> str:
        return self._escapes.sub(self._undone, text) if self._escape in text else text

    def _undone(self, match: re.Match[str]) -> str:
        code = match.group(1)
        plain = {
            "F": self._field,
            "S": self._component,
            "T": self._sub,
            "R": self._repeat,
            "E": self._escape,
            ".br": " ",
            ".sp": " ",
        }
        if code.startswith("X"):
            return _from_hex(code[1:])
        return plain.get(code, "")


def message_of(text: str) -> Message:
    """A message from its text, segments ended by CR. Fixable where its header names no five different separators."""
    marks = text[3:8]
    if not text.startswith("MSH") or len(marks) < 5:
        raise Fixable("header", "The message's header (MSH) cannot be read.")
    field = marks[0]
    rest = text[4:].split(field, 1)[0]
    separators = field + (rest + "^~\\&"[len(rest) :])[:4]
    if not rest or len(set(separators)) != 5 or any(c.isalnum() or c in "\r\n" for c in separators):
        raise Fixable("header", "The message's header (MSH) names unusable separators.")
    return Message(text, separators)


def _part(parts: list[str], number: int) -> str:
    return parts[number - 1] if 0 < number <= len(parts) else ""


def _from_hex(digits: str) -> str:
    try:
        return bytes.fromhex(digits).decode("latin-1")
    except ValueError:
        return ""
