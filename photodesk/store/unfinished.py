"""A folder in which a store was being made and is not yet one: joining a clinic, or restoring a backup, broke off.

The mark is there from the first byte until `store.json` is written. Nothing beside it counts; whoever begins again
removes it.
"""

from __future__ import annotations

from photodesk.errors import Fixable
from photodesk.store.layout import Layout

MARK = "restoring"


def refuse_unfinished(layout: Layout) -> None:
    """Fixable `store_unfinished`, with the way on, where a joining or a restore broke off."""
    if (layout.root / MARK).exists() and not layout.store_json.exists():
        raise Fixable(
            "store_unfinished",
            "This folder is not a store yet: joining a clinic, or restoring a backup, began here and did not finish.",
            "Repeat the same command, photodesk enrol or photodesk restore: it begins again in this folder. A code "
            "that was used up needs a new invitation.",
        )
