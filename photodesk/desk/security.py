"""What protects this workstation now, each with what to do: one list for the page and for `photodesk security`.

Facts of the computer itself (disk, swap) are looked up by the caller and judged here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from photodesk.clock import Clock, rfc3339
from photodesk.desk.actor import Actor
from photodesk.desk.factors import FactorDesk, Factors
from photodesk.desk.health import HealthDesk, LastCheck
from photodesk.desk.roles import Right
from photodesk.log.entry import Action
from photodesk.store.catalog import Catalog
from photodesk.store.keyring import NO_KEYRING, LocalSecrets, Secrets
from photodesk.store.keyring_move import move_into_keyring, secrets_in_store
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.members_log import MembersLog
from photodesk.store.store_json import read_store

DAY_MS = 86_400_000
BACKUP_DAYS, CHECK_DAYS, ANCHOR_DAYS, KIT_DAYS = 2, 31, 8, 365
WITHOUT_KEYRING = "Password only: whoever copies the store's folder needs nothing but a password."


class Shield(StrEnum):
    """Whether something of the computer is encrypted."""

    ON = "encrypted"
    OFF = "not encrypted"
    UNKNOWN = "not known"


@dataclass(frozen=True)
class Protection:
    """`how`: by what."""

    shield: Shield
    how: str = ""


@dataclass(frozen=True)
class HostFacts:
    """Of the disk below the store, and of swap."""

    disk: Protection
    swap: Protection


class State(StrEnum):
    """How it stands: good, worth a look, bad, cannot be told."""

    OK = "ok"
    LOOK = "look"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Fact:
    """One line: `says` how it is, `do` what to do ("" for nothing). `details` is for scripts."""

    name: str
    title: str
    state: State
    says: str
    do: str = ""
    details: dict[str, object] = field(default_factory=dict)


class _BackupNote(msgspec.Struct):
    """What is read of a place's last backup: when (0 for never), and why a later one was not made."""

    at_ms: int = 0
    failed: str = ""


class SecurityDesk:
    """Reads only, apart from `move_into_keyring`. Everybody may look; people's factors need the right to see people."""

    def __init__(
        self,
        actor: Actor,
        layout: Layout,
        keyset: KeySet,
        secrets: Secrets,
        catalog: Catalog,
        factors: FactorDesk,
        health: HealthDesk,
    ) -> None:
        self._actor, self._layout, self._keyset = actor, layout, keyset
        self._secrets, self._catalog, self._factors, self._health = secrets, catalog, factors, health

    @property
    def password_only(self) -> bool:
        """Whether the secrets lie in the store, for want of a keyring."""
        return read_store(self._layout).keyring == NO_KEYRING

    def facts(self, host: HostFacts) -> tuple[Fact, ...]:
        """Everything, in the order of the page."""
        clock, backup_ms = self._actor.clock, self._last_backup_ms()
        people = self._factors.everyone() if self._actor.may(Right.SEE_PEOPLE) else (self._factors.mine(),)
        kit_ms = MembersLog.open(self._layout.members, self._keyset.clinic_id).members.recovery_since_ms
        left = not self.password_only and secrets_in_store(self._layout, self._keyset)
        return (
            keyring_fact(read_store(self._layout).keyring, left_behind=left),
            disk_fact(host.disk),
            swap_fact(host.swap),
            factors_fact(people),
            backup_fact(backup_ms, clock),
            check_fact(self._health.last_check(), clock),
            anchor_fact(backup_ms, clock),
            kit_fact(kit_ms, clock),
        )

    def _last_backup_ms(self) -> int | None:
        """Of all places this workstation backs up to; every backup carries a signed state of the log along."""
        kept = self._catalog.setting(f"backup.notes.{self._keyset.workstation_id}")
        notes = msgspec.json.decode(kept, type=dict[str, _BackupNote]) if kept else {}
        return max((note.at_ms for note in notes.values()), default=0) or None

    def move_into_keyring(self, keyring: Secrets | None = None) -> str:
        """From password only into this computer's keyring, whose name it gives.

        Refused `no_right`; Fixable `keyring_missing`, `keyring_locked`, `keyring_already`.
        """
        self._actor.require(Right.MANAGE_POLICY)
        entry = self._actor.entry(Action.WORKSTATION, details={"what": "secrets moved into the keyring"})
        keyring = keyring or Secrets()
        with self._actor.logged(entry):
            name = move_into_keyring(self._layout, self._keyset, keyring)
        if isinstance(self._secrets, LocalSecrets):
            self._secrets.follow(keyring)
        return name


def keyring_fact(name: str, *, left_behind: bool) -> Fact:
    """Where the two secrets lie."""
    details: dict[str, object] = {"keyring": name}
    if name == NO_KEYRING:
        return Fact(
            "keyring",
            "Keyring",
            State.BAD,
            WITHOUT_KEYRING,
            "Move the secrets into this computer's keyring.",
            details,
        )
    if left_behind:
        do = "Move the secrets once more, which takes the file away."
        return Fact("keyring", "Keyring", State.BAD, "The store still holds a file with its secrets.", do, details)
    says = f"A copied folder opens nothing without this computer's keyring ({name})."
    return Fact("keyring", "Keyring", State.OK, says, "", details)


def disk_fact(disk: Protection) -> Fact:
    """Of the disk below the store."""
    details: dict[str, object] = {"encryption": disk.shield.value, "by": disk.how}
    if disk.shield is Shield.ON:
        return Fact(
            "disk", "Disk encryption", State.OK, f"The disk below the store is encrypted ({disk.how}).", "", details
        )
    do = (
        "Photos and names are encrypted by PhotoDesk all the same; a disk encrypted by the system also hides how much "
        "there is and when it was used. Let whoever looks after this computer switch it on."
    )
    if disk.shield is Shield.OFF:
        return Fact("disk", "Disk encryption", State.LOOK, "No encryption was found below the store.", do, details)
    return Fact(
        "disk", "Disk encryption", State.UNKNOWN, "It cannot be told whether the disk is encrypted.", do, details
    )


def swap_fact(swap: Protection) -> Fact:
    """Memory that the system writes to the disk."""
    details: dict[str, object] = {"encryption": swap.shield.value, "by": swap.how}
    if swap.shield is Shield.ON:
        says = "This computer has no swap on a disk." if swap.how == "none" else f"Swap is encrypted ({swap.how})."
        return Fact("swap", "Swap", State.OK, says, "", details)
    says = "Swap is not encrypted." if swap.shield is Shield.OFF else "It cannot be told whether swap is encrypted."
    do = "What is in memory, photos too, may be written there. Encrypt swap, or the whole disk, or switch it off."
    state = State.BAD if swap.shield is Shield.OFF else State.UNKNOWN
    return Fact("swap", "Swap", state, says, do, details)


def factors_fact(people: Sequence[Factors]) -> Fact:
    """Who signs in with more than a password."""
    real = [one for one in people if one.security_keys and not one.password_alone]
    gate = [one for one in people if one.app and one not in real]
    without = [one for one in people if one not in real and one not in gate]
    details: dict[str, object] = {
        "people": len(people), "security_key": len(real), "app": len(gate), "password_alone": len(without),
    }  # fmt: skip
    says = (
        f"With a security key: {len(real)}. With an app's code: {len(gate)}. With the password alone: {len(without)}."
    )
    do = ""
    if without:
        do = "Each person enrols one under Settings, You. The policy second-factor demands one of a role."
    return Fact("second_factors", "Second factors", State.LOOK if without else State.OK, says, do, details)


def backup_fact(at_ms: int | None, clock: Clock) -> Fact:
    """The last whole backup."""
    if at_ms is None:
        do = "Choose a folder on another disk, and run the first one today."
        return Fact("backup", "Last backup", State.BAD, "There is no backup.", do, {"at": None})
    old = _days(at_ms, clock) >= BACKUP_DAYS
    do = "Run one now; see that its disk is connected." if old else ""
    state = State.LOOK if old else State.OK
    return Fact("backup", "Last backup", state, _ago("The last backup was", at_ms, clock), do, {"at": rfc3339(at_ms)})


def check_fact(last: LastCheck | None, clock: Clock) -> Fact:
    """The last whole check of the store."""
    title, do = "Last check", "Run a check; it reads every photo back."
    if last is None:
        return Fact("check", title, State.LOOK, "The store was never checked whole.", do, {"at": None, "result": None})
    details: dict[str, object] = {"at": rfc3339(last.at_ms), "result": last.result, "problems": last.problems}
    says = _ago("Every photo was read back and compared", last.at_ms, clock)
    if last.result == "damaged":
        do = "Do not delete anything. Look at what it found, and repair."
        return Fact(
            "check", title, State.BAD, f"The last check found damage: {last.problems} problems left.", do, details
        )
    old = _days(last.at_ms, clock) >= CHECK_DAYS
    return Fact("check", title, State.LOOK if old else State.OK, says, do if old else "", details)


def anchor_fact(at_ms: int | None, clock: Clock) -> Fact:
    """Whether a signed state of the log lies elsewhere: only then a log that was cut off shows it."""
    title, do = "Log anchored", "A backup takes one along; a printed card receipt carries one too."
    if at_ms is None:
        says = "No signed state of the activity log lies elsewhere: one cut short looks like an honest shorter one."
        return Fact("anchor", title, State.LOOK, says, do, {"at": None})
    old = _days(at_ms, clock) >= ANCHOR_DAYS
    says = _ago("A signed state of the activity log was taken elsewhere", at_ms, clock)
    return Fact("anchor", title, State.LOOK if old else State.OK, says, do if old else "", {"at": rfc3339(at_ms)})


def kit_fact(since_ms: int, clock: Clock) -> Fact:
    """The recovery kit's age: paper is lost, people leave."""
    old = _days(since_ms, clock) >= KIT_DAYS
    do = "Look where it lies, and who knows. Renew it if nobody does." if old else ""
    says = _ago("The recovery kit was made", since_ms, clock)
    return Fact("recovery_kit", "Recovery kit", State.LOOK if old else State.OK, says, do, {"since": rfc3339(since_ms)})


def _days(at_ms: int, clock: Clock) -> int:
    return max(0, clock.wall_ms() - at_ms) // DAY_MS


def _ago(words: str, at_ms: int, clock: Clock) -> str:
    days = _days(at_ms, clock)
    when = "today" if days == 0 else "yesterday" if days == 1 else f"{days} days ago"
    return f"{words} {when}."
