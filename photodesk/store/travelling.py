"""What of a database travels to other workstations, and what is this workstation's own.

Patients, visits, planned entries, moves, deletions, decisions about records, reviews of the log, the clinic's settings
and everything in a chart travel. An import with its assignments, its receipt and its cards, lines of this
workstation's worklist folder, and settings that are about this computer or one import do not: nobody else has the
inbox, the card or the folder, and nobody else is to go on with them. Their places in the history are named to the
others (`left_out`), so that the chain of what they are given stays whole.
"""

from __future__ import annotations

from photodesk.store.catalog_schema import CATALOG_TABLES

_OWN = frozenset({"job", "assignment", "receipt", "card", "please_look"})
_OWN_SETTINGS = (
    "backup.",
    "check.",
    "counted_time",
    "demo",
    "import.clock.",
    "import.gone.",
    "import.groups.",
    "import.marks.",
    "worklist/",
)


def travels(entity: str, entity_id: str) -> bool:
    """Whether an operation about this is sent."""
    return entity not in _OWN and not (entity == "setting" and entity_id.startswith(_OWN_SETTINGS))


def check_named() -> frozenset[str]:
    """Entities of the catalog that stay; every other one travels."""
    return _OWN & CATALOG_TABLES.keys()
