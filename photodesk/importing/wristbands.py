"""Which barcodes are wristbands: the clinic's own pattern, off until somebody sets it.

The pattern is a regular expression with one group, the record number; it must match a code's whole text. Where the
clinic's record numbers end in a check digit, naming its rule refuses what was read wrongly.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from photodesk.errors import Fixable
from photodesk.photos import Code
from photodesk.store.catalog import Catalog
from photodesk.store.change import Change

SETTING = "wristband.pattern"
CHECK_SETTING = "wristband.check"
SYMBOLOGIES = frozenset({"code128", "qrcode", "qr"})
LONGEST_TEXT = 64
LONGEST_PATTERN = 200
_REPEATED_GROUP = re.compile(r"\)\s*[*+{]|\)\?[*+{]")
_REMEDY = r"Write one with one group for the record number, such as P-(\d{6})."


class CheckDigit(StrEnum):
    """How the last digits of a record number prove the others: not at all, Luhn (ISO 7812), or ISO 7064 mod 97-10."""

    NONE = "none"
    LUHN = "luhn"
    MOD_97 = "mod97"

    def holds(self, number: str) -> bool:
        """Whether the number's own check digits fit."""
        if self is CheckDigit.NONE:
            return True
        digits = [int(digit) for digit in number if digit.isascii() and digit.isdecimal()]
        if self is CheckDigit.MOD_97:
            return len(digits) > 2 and int("".join(map(str, digits))) % 97 == 1
        doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
        return len(digits) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


@dataclass(frozen=True)
class Pattern:
    """The clinic's pattern, compiled."""

    expression: re.Pattern[str]
    check: CheckDigit = CheckDigit.NONE

    @classmethod
    def parse(cls, text: str, check: CheckDigit = CheckDigit.NONE) -> Pattern:
        """Fixable `pattern_unusable` for what is no expression with one group, or could take for ever."""
        if len(text) > LONGEST_PATTERN or _REPEATED_GROUP.search(text):
            raise Fixable("pattern_unusable", "The pattern is too long, or repeats a group.", _REMEDY)
        try:
            expression = re.compile(text)
        except (re.error, OverflowError, RecursionError):
            raise Fixable("pattern_unusable", "The pattern is no regular expression.", _REMEDY) from None
        if expression.groups != 1:
            raise Fixable("pattern_unusable", "The pattern has not exactly one group.", _REMEDY)
        return cls(expression, check)

    @classmethod
    def of_clinic(cls, catalog: Catalog) -> Pattern | None:
        """The clinic's own, or None while wristbands are not read."""
        text = catalog.setting(SETTING)
        return cls.parse(text, CheckDigit(catalog.setting(CHECK_SETTING) or "none")) if text else None

    def record_number(self, code: Code) -> str | None:
        """The record number on a wristband, "" where its check digit does not fit, None for any other code."""
        kind = "".join(letter for letter in code.symbology.casefold() if letter.isalnum())
        if kind not in SYMBOLOGIES or len(code.text) > LONGEST_TEXT:
            return None
        found = self.expression.fullmatch(code.text)
        if found is None or not found.group(1):
            return None
        number = str(found.group(1))
        return number if self.check.holds(number) else ""


def set_pattern(catalog: Catalog, change: Change, text: str, check: CheckDigit = CheckDigit.NONE) -> None:
    """Keep the clinic's pattern; "" turns wristbands off. Fixable `pattern_unusable`."""
    if text:
        Pattern.parse(text, check)
    catalog.set_setting(change, SETTING, text)
    catalog.set_setting(change, CHECK_SETTING, check.value)
