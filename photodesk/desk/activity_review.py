"""The privacy officer's answer to the log: flagged entries marked as reviewed, and the log signed off week by week.

A sign-off says: at this time I looked at the log up to these entries; so much was flagged, so much of it reviewed. It
is a record the person signs, kept as an operation and named in the log, whatever the log's state: a log found changed
is signed off as found changed. Record: `[1, 1, sign-off id 16, person id 16, at ms, from ms, [[workstation id 16,
sequence, chain 32]…], intact, flagged, reviewed, signature 64]`, the signature over label ‖ clinic id ‖ what precedes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from photodesk import ids
from photodesk.crypto import verify
from photodesk.desk.activity import ActivityDesk, ActivityQuery
from photodesk.desk.actor import Actor
from photodesk.desk.roles import Right
from photodesk.errors import Damaged, Fixable
from photodesk.log.entry import Action
from photodesk.log.segment import frames, segment_numbers, segment_path, workstations
from photodesk.store.catalog import Catalog
from photodesk.store.catalog_activity import ReviewRow, SignOffRow
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.members_log import MembersLog
from photodesk.store.records import signed, split_signature, unpack

if TYPE_CHECKING:
    from photodesk.desk.activity_flags import Flagged

KIND = "log-sign-off"
DAY_MS = 86_400_000
NOTE_LENGTH = 500


@dataclass(frozen=True)
class SignOff:
    """Who signed the log off, when, from which time on, and up to which entry of each workstation."""

    sign_off_id: str
    person_id: str
    at_ms: int
    since_ms: int
    up_to: Mapping[str, tuple[int, bytes]]
    intact: bool
    flagged: int
    reviewed: int


@dataclass(frozen=True)
class Standing:
    """Where signing off stands. `due_ms` is when the next is due; `overdue_days` counts begun days after that."""

    last: SignOff | None
    due_ms: int
    overdue_days: int


class ReviewDesk:
    """Reviews and sign-offs of the log, for privacy officers."""

    def __init__(self, actor: Actor, layout: Layout, keyset: KeySet, catalog: Catalog, activity: ActivityDesk) -> None:
        self._actor = actor
        self._layout = layout
        self._keyset = keyset
        self._catalog = catalog
        self._activity = activity

    def reviews(self) -> dict[tuple[str, int], ReviewRow]:
        """What was reviewed, by the place of the entry."""
        self._actor.require(Right.READ_LOG)
        return self._catalog.reviews()

    def open_flags(self, since_ms: int | None = None, until_ms: int | None = None) -> list[Flagged]:
        """Flagged entries of a time that nobody has reviewed, the oldest first. The caller has logged the reading."""
        done = self.reviews()
        found = self._activity.reading(ActivityQuery(since_ms=since_ms, until_ms=until_ms)).flagged()
        return [one for one in found if one.key not in done]

    def review(self, workstation_id: str, sequence: int, note: str = "") -> ReviewRow:
        """Somebody looked into this entry. Fixable `entry_unknown`, `note_too_long`."""
        self._actor.require(Right.READ_LOG)
        if len(note) > NOTE_LENGTH:
            raise Fixable("note_too_long", f"A note has at most {NOTE_LENGTH} characters.", "Make it shorter.")
        self._activity.index.refresh()
        if self._activity.index.place(workstation_id, sequence) is None:
            raise Fixable("entry_unknown", "There is no such entry.", "Look its number up with: photodesk log flags")
        row = ReviewRow(workstation_id, sequence, self._actor.person_id, self._actor.clock.wall_ms(), note.strip())
        details = {"what": "reviewed", "workstation": workstation_id, "entry": str(sequence)}
        with self._actor.logged(self._actor.entry(Action.LOG_READ, details=details)):
            self._catalog.keep_review(self._actor.change("log entry reviewed"), row)
        return row

    def sign_off(self) -> SignOff:
        """Check the log, count what is flagged since the last time, sign, keep. Refused `no_right`."""
        self._actor.require(Right.READ_LOG)
        check, last, now_ms = self._activity.check(), self.last(), self._actor.clock.wall_ms()
        since_ms = last.at_ms if last is not None else 0
        index = self._activity.index
        index.refresh()
        ends = {each: entry for each in index.workstations() if (entry := index.last(each)) is not None}
        flagged = self._activity.reading(ActivityQuery(since_ms=since_ms or None)).flagged()
        done = self._catalog.reviews()
        made = SignOff(
            ids.ordered_id(now_ms),
            self._actor.person_id,
            now_ms,
            since_ms,
            {each: (entry.sequence, entry.chain) for each, entry in ends.items()},
            check.intact,
            len(flagged),
            sum(one.key in done for one in flagged),
        )
        record, signature = split_signature(self._signed(made), KIND)
        up_to = " ".join(f"{each}:{sequence}" for each, (sequence, _) in made.up_to.items())
        details = {"what": "signed off", "sign_off": made.sign_off_id, "up_to": up_to}
        with self._actor.logged(self._actor.entry(Action.LOG_READ, details=details)):
            row = SignOffRow(made.sign_off_id, made.person_id, now_ms, record, signature)
            self._catalog.keep_sign_off(self._actor.change("log signed off"), row)
        return made

    def sign_offs(self) -> list[SignOff]:
        """Every sign-off that can be read, the newest first."""
        return [_read(row) for row in self._catalog.sign_offs()]

    def last(self) -> SignOff | None:
        """The newest sign-off."""
        rows = self._catalog.sign_offs()
        return _read(rows[0]) if rows else None

    def vouched(self, made: SignOff) -> bool:
        """Whether the person named signed exactly this, by the membership log's word on their keys."""
        row = next((one for one in self._catalog.sign_offs() if one.sign_off_id == made.sign_off_id), None)
        if row is None or _read(row) != made:
            return False
        clinic_id = self._keyset.clinic_id
        keys = MembersLog.open(self._layout.members, clinic_id).members.signing_keys(made.person_id)
        return any(verify(key, row.signature, KIND, clinic_id, row.record) for key in keys)

    def lost(self) -> tuple[str, int] | None:
        """(workstation, entry) that the newest sign-off names and the log does not hold any more; None for nothing.

        So a log that was cut at a whole frame is found by what somebody signed before.
        """
        self._actor.require(Right.READ_LOG)
        last, index = self.last(), self._activity.index
        if last is None:
            return None
        index.refresh()
        for workstation_id, (sequence, chain) in sorted(last.up_to.items()):
            place = index.place(workstation_id, sequence)
            if place is None or index.entry(*place).chain != chain:
                return workstation_id, sequence
        return None

    def standing(self) -> Standing:
        """Where signing off stands; needs no right, for whoever is reminded."""
        last, days = self.last(), self._activity.policy.sign_off_days
        begun_ms = last.at_ms if last is not None else self._begun_ms()
        due_ms = begun_ms + days * DAY_MS
        late_ms = self._actor.clock.wall_ms() - due_ms
        return Standing(last, due_ms, -(-late_ms // DAY_MS) if late_ms > 0 else 0)

    def _begun_ms(self) -> int:
        """When the log begins; now, where there is none."""
        for workstation_id in workstations(self._layout.log):
            number = segment_numbers(self._layout.log, workstation_id)[0]
            data = segment_path(self._layout.log, workstation_id, number).read_bytes()
            first = next(frames(data), None)
            if first is not None:
                return first.wall_ms
        return self._actor.clock.wall_ms()

    def _signed(self, made: SignOff) -> bytes:
        up_to = [[ids.to_bytes(each), sequence, chain] for each, (sequence, chain) in sorted(made.up_to.items())]
        fields = [1, 1, ids.to_bytes(made.sign_off_id), ids.to_bytes(made.person_id), made.at_ms, made.since_ms]
        fields += [up_to, made.intact, made.flagged, made.reviewed]
        return signed(fields, lambda data: self._keyset.signing.sign(KIND, self._keyset.clinic_id, data))


def _read(row: SignOffRow) -> SignOff:
    fields = unpack(row.record + b"\xc4\x40" + row.signature, KIND, 11)
    try:
        version, suite, made, person, at_ms, since_ms, up_to, intact, flagged, reviewed, _ = fields
        if (version, suite) != (1, 1):
            raise ValueError("a later version")
        ends = {ids.to_text(each): (int(sequence), bytes(chain)) for each, sequence, chain in up_to}
        named = (ids.to_text(made), ids.to_text(person))
        return SignOff(*named, int(at_ms), int(since_ms), ends, bool(intact), int(flagged), int(reviewed))
    except (TypeError, ValueError):
        raise Damaged("bad_record", "A sign-off of the log cannot be read.") from None


def standing_sentence(standing: Standing, day: str) -> str:
    """What is said about signing off; `day` is that of the last sign-off, or when the next is due, in words."""
    if standing.overdue_days:
        days = f"{standing.overdue_days} day{'' if standing.overdue_days == 1 else 's'}"
        never = "" if standing.last is not None else "Never signed off. "
        return f"{never}Signing off is overdue by {days}."
    return f"Signed off {day}." if standing.last is not None else f"The first sign-off is due {day}."
