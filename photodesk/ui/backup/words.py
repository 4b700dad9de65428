"""What the screens say about backups."""

from __future__ import annotations

from datetime import date

from photodesk.desk.backups import BackupState
from photodesk.ui.words import counted, moment_words, size_words

NONE_YET = "No backup yet"
OVERDUE = "There is no backup of this workstation's photos. Choose a folder for it in the settings."
SAME_DISK = "This folder is on the same disk as the photos: a broken disk takes both. Choose another disk."
COPY_NOTE = (
    "Everything in the folder is encrypted; the recovery kit opens it. Patients who are erased go from it"
    " with the next run; a copy of the folder that was taken away keeps them."
)
ONLY_CLINICIANS = "Backups run while a clinician is signed in: nobody else holds the keys to the charts."
DRILL = (
    "Twice a year, try it out: take the recovery kit and a computer (this one will do) and run the line below."
    " It makes a second store in an empty folder, checks every photo, and says how many there are."
    " Then delete that folder again."
)
NEVER = "never"


def last_words(state: BackupState, today: date) -> str:
    """When the last good backup was."""
    return moment_words(state.note.at_ms, today) if state.note.at_ms else NEVER


def holds_words(state: BackupState) -> str:
    """What it holds."""
    note = state.note
    if not note.at_ms:
        return "nothing yet"
    waiting = f", {note.waiting:,} of them waiting to be filed" if note.waiting else ""
    return f"{counted(note.photos, 'photo')}{waiting}; {size_words(note.size_bytes)}, read back after writing"


def home_words(state: BackupState, today: date, *, running: bool) -> str:
    """The line on the home page."""
    if running:
        return "Running now"
    if not state.place and not state.note.at_ms:
        return "No folder chosen"
    return moment_words(state.note.at_ms, today) if state.note.at_ms else NONE_YET


def reminder(state: BackupState, today: date) -> str:
    """The alarm on the home page, "" while all is well."""
    if not state.overdue:
        return ""
    if not state.note.at_ms:
        return OVERDUE if not state.note.failed else f"No backup yet: {state.note.failed} {state.note.remedy}"
    why = f" {state.note.failed} {state.note.remedy}" if state.note.failed else " Put the backup disk in."
    return f"The last backup is from {moment_words(state.note.at_ms, today)}.{why}"


def drill_command(place: str) -> str:
    """What to type for a restore drill."""
    return f'photodesk restore "{place or "BACKUP FOLDER"}" --to ~/restore-drill --user "YOUR NAME" --password-only'
