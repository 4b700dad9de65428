"""What the screens say about workstations."""

from __future__ import annotations

from datetime import date

from photodesk.sync.workstations import LostWorkstation, WorkstationLine
from photodesk.ui.controls import Tone
from photodesk.ui.sync.words import ago_words
from photodesk.ui.words import counted, moment_words

ONLINE_MS = 3 * 60_000
MINUTE_MS = 60_000
TYPE_IT = (
    "On the new computer start PhotoDesk, choose “Join a clinic”, and type the server's address and this code. It "
    "works once. Whoever joins signs in there with their own name and password."
)
REVOKE = (
    "It receives nothing from now on, and nothing it makes from now on counts. What it sent before stays. The clinic's "
    "keys are made anew, so nothing that comes later opens there."
)
WIPE = (
    "When it is next in contact it destroys its keys and its photos. The order is signed, and no server can make one. "
    "What it holds and has not sent yet is lost with it."
)


def contact_words(line: WorkstationLine, now_ms: int, today: date) -> str:
    """`In contact`, `Last contact 19 Nov 17:02`."""
    if line.here:
        return "This workstation"
    if not line.last_contact_ms:
        return "Not in contact yet"
    if now_ms - line.last_contact_ms < ONLINE_MS:
        return "In contact"
    return f"Last contact {ago_words(line.last_contact_ms, now_ms, today)}"


def chip(line: WorkstationLine, now_ms: int) -> tuple[str, Tone] | None:
    """What stands at the right of a line; none where there is nothing to say."""
    if line.revoked:
        return ("Wiped" if line.wiped else "Shut out"), Tone.BAD
    if line.here or (line.last_contact_ms and now_ms - line.last_contact_ms < ONLINE_MS):
        return "Online", Tone.OK
    return None


def summary(lines: int) -> str:
    """`3 workstations`."""
    return counted(lines, "workstation")


def left_words(expires_ms: int, now_ms: int) -> str:
    """`9 minutes left`."""
    left = max(0, expires_ms - now_ms)
    if not left:
        return "This code has expired. Make another one."
    minutes = -(-left // MINUTE_MS)
    return f"{counted(minutes, 'minute')} left"


def code_groups(code: str) -> tuple[str, ...]:
    """The code in groups, as it is typed."""
    tidy = code.replace("-", "").replace(" ", "")
    return tuple(tidy[at : at + 4] for at in range(0, len(tidy), 4))


def lost_facts(lost: LostWorkstation, now_ms: int, today: date) -> tuple[tuple[str, str], ...]:
    """Labels and what is known, the most urgent first."""
    held = f"{counted(lost.photos, 'photo')} of {counted(lost.patients, 'patient')}" if lost.patients else "No photos"
    entries = counted(lost.log_entries, "entry", "entries")
    log = f"{entries}, up to {moment_words(lost.log_until_ms, today)}" if lost.log_entries else "None has arrived"
    return (
        ("It held", held),
        ("Can they be opened", lost.opens),
        ("Last contact", contact_words(lost.line, now_ms, today).removeprefix("Last contact ")),
        ("Was it locked", lost.lock),
        ("Its activity log", log),
    )


def held_words(originals: int, pictures: int) -> str:
    """`12 originals`, `40 smaller pictures`."""
    parts = [counted(originals, "original")] if originals else []
    if pictures:
        parts.append(counted(pictures, "smaller picture"))
    return ", ".join(parts) or "names only"
