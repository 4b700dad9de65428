"""What a person can do about each kind of problem a check finds, and what a backup could bring back."""

from __future__ import annotations

BACKUP = "A backup can bring it back: photodesk restore."
REPAIR = "Run a check with --repair."
CARD = "If the card still holds it, import the card again."

REMEDIES: dict[str, str] = {
    "database_damaged": BACKUP,
    "database_missing": BACKUP,
    "chart_damaged": BACKUP,
    "chart_quarantined": BACKUP,
    "chart_unknown": "A backup of the catalog that knows it can bring it back. The file stays where it is.",
    "photo_damaged": BACKUP,
    "photo_missing": BACKUP,
    "photo_unreachable": BACKUP,
    "operations_altered": BACKUP,
    "behind_log": "Restore the newest copy from the backup. Until then it can only be read.",
    "shot_damaged": CARD,
    "shot_missing": CARD,
    "pack_damaged": CARD,
    "seal_missing": CARD,
    "seal_of_another": REPAIR,
    "seal_damaged": CARD,
    "job_unknown": REPAIR,
    "rendition_damaged": REPAIR,
    "content_missing": REPAIR,
    "index_differs": REPAIR,
    "index_damaged": REPAIR,
    "index_behind": REPAIR,
    "file_misplaced": REPAIR,
    "file_unknown": "Have it looked at; with --repair it is moved aside into the folder quarantine.",
    "file_torn": REPAIR,
    "snapshot_damaged": REPAIR,
    "log_altered": "Keep a copy of the whole store folder as it is, and tell the privacy officer.",
    "log_truncated": "Keep a copy of the whole store folder as it is, and tell the privacy officer.",
    "log_missing": "Keep a copy of the whole store folder as it is, and tell the privacy officer.",
    "log_cut": "Keep a copy of the whole store folder as it is, and tell the privacy officer.",
}
_IN_A_BACKUP = frozenset(kind for kind, remedy in REMEDIES.items() if remedy == BACKUP) | {
    "behind_log",
    "chart_unknown",
}


def remedy_of(kind: str) -> str:
    """What to do next."""
    return REMEDIES.get(kind, BACKUP)


def is_in_a_backup(kind: str) -> bool:
    """Whether a backup made before the damage has what this problem is about."""
    return kind in _IN_A_BACKUP
