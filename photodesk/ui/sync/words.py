"""What the screens say about the clinic server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from photodesk.sync import status as states
from photodesk.sync.standing import Transfer
from photodesk.sync.status import Load, SyncStatus
from photodesk.ui.controls import Tone
from photodesk.ui.sync.clinic_server import ConflictLine
from photodesk.ui.words import NBSP, counted, moment, moment_words, short_day_words, size_words

CARRIES = "It carries encrypted data only."
NOT_HERE = "This workstation works alone: its photos are on this computer and in its backups only."
ALARM = "The clinic server is not to be believed. Nothing of it is applied; work goes on here."
MINUTE_MS = 60_000


@dataclass(frozen=True)
class Head:
    """The first lines of the popover. `action` is the button's words, "" for none; `tone` its disc."""

    icon: str
    tone: Tone
    title: str
    under: str
    action: str = ""


@dataclass(frozen=True)
class ChipWords:
    """The chip of the top bar; `words` "" hides it."""

    words: str
    icon: str = "arrows-clockwise"
    tone: Tone = Tone.PLAIN


def clock_words(at_ms: int, today: date) -> str:
    """`09:52`, `19 Nov 17:02`: a time of today needs no day."""
    words = moment_words(at_ms, today)
    return words.removeprefix("Today ")


_HEADS = {
    states.NONE: Head("desktop-tower", Tone.PLAIN, "No clinic server yet", NOT_HERE, "Settings"),
    states.PAUSED: Head(
        "pause",
        Tone.WARN,
        "Paused at this workstation",
        "Nothing is sent or fetched until you go on. Everything is saved here.",
        "Go on",
    ),
    states.REVOKED: Head(
        "x-circle",
        Tone.BAD,
        "This workstation was shut out",
        "An administrator has shut it out of the clinic. It sends and receives nothing more.",
    ),
}
_CHIPS = {
    states.NONE: ChipWords(""),
    states.ALARM: ChipWords("Server alarm", "shield-warning", Tone.BAD),
    states.REVOKED: ChipWords("Shut out", "x-circle", Tone.BAD),
}
_HOME = {
    states.NONE: "Not connected",
    states.ALARM: "Not to be believed",
    states.REVOKED: "Shut out",
    states.PAUSED: "Paused",
}


METERED = Head(
    "pause",
    Tone.WARN,
    "Resting on this network",
    "It is paid by volume, so nothing is sent or fetched here. Everything is saved and goes on at another network.",
    "Settings",
)


def head(now: SyncStatus, today: date) -> Head:
    """How it stands, in a title and a sentence."""
    if now.state == states.PAUSED and now.metered:
        return METERED
    if now.state in _HEADS:
        return _HEADS[now.state]
    if now.state == states.ALARM:
        why = now.alarm or ALARM
        return Head("shield-warning", Tone.BAD, "The clinic server is not to be believed", why, "Save evidence")
    if now.state == states.OFFLINE:
        under = f"{_offline(now, today)}. Everything is saved here and will sync later."
        return Head("cloud-slash", Tone.WARN, "Working offline", under, "Try now")
    if now.state == states.WORKING:
        under = f"{states.words(now)}. {CARRIES}"
        return Head("arrows-clockwise", Tone.ACCENT, "Connected to the clinic server", under)
    as_of = f"Up to date as of {clock_words(now.last_success_ms, today)}. " if now.last_success_ms else ""
    return Head("cloud-check", Tone.OK, "Connected to the clinic server", as_of + CARRIES, "Sync now")


def load_words(load: Load) -> str:
    """`6 photos, 48 MB`, `14 changes`, `Nothing`."""
    parts = [counted(load.photos, "photo")] if load.photos else []
    if load.operations and not load.photos:
        parts.append(counted(load.operations, "change"))
    if load.bytes and parts:
        parts.append(size_words(load.bytes))
    return ", ".join(parts) or "Nothing"


def others_words(now: SyncStatus) -> str:
    """`3 of 4 online`; without the server nobody knows how many are."""
    if now.others and now.state in {states.OFFLINE, states.REVOKED}:
        return f"{len(now.others):,}, online or not is unknown"
    return f"{now.others_online:,} of {len(now.others):,} online" if now.others else "None yet"


def figures(now: SyncStatus) -> tuple[tuple[str, str], ...]:
    """The three figures below the head."""
    return (
        ("To send", load_words(now.to_send)),
        ("To receive", load_words(now.to_receive)),
        ("Other workstations", others_words(now)),
    )


def chip(now: SyncStatus, conflicts: int, today: date) -> ChipWords:
    """What the top bar says: what needs a person comes first."""
    if now.state in _CHIPS:
        return _CHIPS[now.state]
    if conflicts:
        return ChipWords(f"{conflicts:,} to review", "arrows-clockwise", Tone.ACCENT)
    if now.state == states.OFFLINE:
        return ChipWords(_offline(now, today), "cloud-slash", Tone.WARN)
    if now.state == states.PAUSED:
        return ChipWords("Resting" if now.metered else "Paused", "pause", Tone.WARN)
    return ChipWords(_working(now) if now.state == states.WORKING else "Synced")


def _offline(now: SyncStatus, today: date) -> str:
    return f"Offline since {clock_words(now.offline_since_ms, today)}" if now.offline_since_ms else "Offline"


def _working(now: SyncStatus) -> str:
    if now.to_send.photos:
        return f"{now.to_send.photos:,} to send"
    return f"{now.to_receive.photos:,} to receive" if now.to_receive.photos else "Syncing"


def home_words(now: SyncStatus, now_ms: int, today: date) -> str:
    """The line on the home page: `Synced 2 min ago`."""
    if now.state in _HOME:
        return _HOME[now.state]
    if now.state == states.OFFLINE:
        return _offline(now, today)
    if now.state == states.WORKING:
        return _working(now)
    return f"Synced {ago_words(now.last_success_ms, now_ms, today)}" if now.last_success_ms else "Connected"


def ago_words(at_ms: int, now_ms: int, today: date) -> str:
    """`just now`, `2 min ago`, `at 08:15`, `19 Nov 17:02`."""
    minutes = (now_ms - at_ms) // MINUTE_MS
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes}{NBSP}min ago"
    words = moment_words(at_ms, today)
    return f"at {words.removeprefix('Today ')}" if words.startswith("Today ") else words


def alarms(now: SyncStatus) -> tuple[str, ...]:
    """What the home page says in its banner."""
    if now.state == states.ALARM:
        return (now.alarm or ALARM,)
    if now.state == states.REVOKED:
        return ("This workstation was shut out of the clinic. It sends and receives nothing more.",)
    return ()


# -- conflicts ------------------------------------------------------------------------------------------------------

_ABOUT = {"photo", "patient", "visit", "mark", "lesion", "comparison", "file"}


def conflict_title(line: ConflictLine) -> str:
    """`Two people changed the same photo`, or one person at two workstations."""
    conflict = line.conflict
    who = "Two people" if conflict.here.person_id != conflict.there.person_id else "Two workstations"
    return f"{who} changed the same {conflict.about if conflict.about in _ABOUT else 'record'}"


def conflict_under(line: ConflictLine) -> str:
    """Whose it is, and that nothing is lost."""
    parts = [part for part in (line.patient, line.conflict.day) if part]
    return " · ".join([*parts, "Both values are kept in its history, whichever you choose."])


def conflict_blocks(line: ConflictLine) -> str:
    """Why it should not wait, "" where it may."""
    return "Photos of this patient cannot be exported until this is decided." if line.conflict.blocks_export else ""


def value_words(words: str) -> str:
    """A value as the card shows it, beginning with a capital."""
    return words[:1].upper() + words[1:] if words else "Nothing"


def keep_words(words: str) -> str:
    """`Keep “Left forearm”`; long values are cut."""
    shown = value_words(words)
    return f"Keep “{shown if len(shown) <= 24 else shown[:23] + '…'}”"


def at_words(at_ms: int, today: date) -> str:
    """`20 Nov, 09:23`: when a value was written."""
    at = moment(at_ms)
    return f"{short_day_words(at.date(), today)}, {at:%H:%M}"


# -- transfers ------------------------------------------------------------------------------------------------------


def transfer_words(transfer: Transfer) -> str:
    """One line of the activity: what went and what came, or why nothing did."""
    if transfer.trouble:
        return transfer.trouble
    parts = []
    if transfer.sent != Load():
        parts.append(f"Sent {_lower(load_words(transfer.sent))}")
    if transfer.received != Load():
        parts.append(f"{'received' if parts else 'Received'} {_lower(load_words(transfer.received))}")
    return ", ".join(parts) or "Nothing new"


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def pin_words(pin: bytes) -> str:
    """A pin in groups of four, as the server's terminal is compared with it."""
    digits = pin.hex()
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def hours(hour: int) -> str:
    """`07:00`."""
    return f"{hour:02d}:00"


def limit_sentence(kilobytes: int, start: int, end: int) -> str:
    """What the limit means."""
    if not kilobytes:
        return "As fast as the network allows, at every hour."
    speed = f"At most {size_words(kilobytes * 1000)} a second"
    if (start, end) in {(0, 24), (0, 0)}:
        return f"{speed}, at every hour."
    return f"{speed} between {hours(start)} and {hours(end % 24)}; as fast as the network allows at other hours."


def waiting_sentence(lines: Sequence[ConflictLine]) -> str:
    """How many wait for a decision."""
    return f"{counted(len(lines), 'change')} to review"
