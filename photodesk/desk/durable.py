"""Waiting until an entry is on the disk, and the words for when it cannot be."""

from __future__ import annotations

from photodesk.desk.keeper import Keeper, PendingReceipt
from photodesk.errors import Fixable, PhotoDeskError, Refused
from photodesk.log.entry import Entry, Receipt


def append_async(keeper: Keeper, entry: Entry) -> PendingReceipt:
    """Send an entry; Fixable `log_not_writable`, Refused `locked` when the keeper is gone."""
    try:
        return keeper.append_async(entry)
    except (PhotoDeskError, OSError) as error:
        raise _in_words(error) from error


def durable(pending: PendingReceipt) -> Receipt:
    """Wait until the entry is on the disk; Fixable `log_not_writable`, Refused `locked`."""
    try:
        return pending.result()
    except (PhotoDeskError, OSError) as error:
        raise _in_words(error) from error


def _in_words(error: Exception) -> PhotoDeskError:
    if isinstance(error, Refused) and error.code == "locked":
        return error
    return Fixable(
        "log_not_writable",
        "Photos cannot be shown: the activity log cannot be written.",
        "Free some space or call your administrator.",
    )
