"""What cannot be true of an honest clinic server: found while a pass checks it, with the bytes that prove it.

Whoever checks raises a `Contradiction`; the pass keeps it as an alarm (see `alarms`). It names one of the eight classes
of attack that a workstation looks for, and carries only what the server sent: ciphertext, signatures, numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from photodesk.errors import Refused

CODE = "server_alarm"


class Attack(StrEnum):
    """Which kind of thing does not hold."""

    KEYS = "keys"
    SLOTS = "slots"
    OPERATIONS = "operations"
    BLOBS = "blobs"
    MEMBERSHIP = "membership"
    LOG = "log"
    TRANSPORT = "transport"
    RESOURCES = "resources"
    OWN_LOG = "own-log"


_ABOUT = {
    Attack.KEYS: "keys",
    Attack.SLOTS: "sign-in data or settings",
    Attack.OPERATIONS: "changes",
    Attack.BLOBS: "photo copies",
    Attack.MEMBERSHIP: "people and workstations",
    Attack.LOG: "activity logs",
    Attack.TRANSPORT: "the connection",
    Attack.RESOURCES: "the size of its answers",
}


_AS_AFTER_A_RESTORE = frozenset({Attack.OPERATIONS, Attack.MEMBERSHIP, Attack.LOG})
EVIDENCE = "Call your administrator. The evidence can be saved: photodesk sync alarm --save FOLDER"
RESTORED = (
    "If the server was just restored from a copy, an administrator signs that: photodesk sync server-restored "
    "(or Settings, Clinic server). If nobody restored it, do not sign."
)


def remedy(attack: Attack) -> str:
    """What to do about it; a server that honestly went back to a copy is only one thing that looks like this."""
    return f"{EVIDENCE}. {RESTORED}" if attack in _AS_AFTER_A_RESTORE else EVIDENCE


def sentence(attack: Attack, what: str) -> str:
    """What a person reads: who is not to be believed, about what, and why."""
    if attack is Attack.OWN_LOG:
        return f"The activity log of this workstation is not whole: {what}."
    return f"The clinic server is not to be believed about {_ABOUT[attack]}: {what}."


class Contradiction(Refused):
    """The server cannot be believed: nothing it says is applied until a person looked.

    `what` is half a sentence without names; `evidence` are the bytes that show it, by file name.
    """

    def __init__(self, attack: Attack, what: str, evidence: Mapping[str, bytes] | None = None) -> None:
        super().__init__(
            CODE,
            f"{sentence(attack, what)} Nothing was applied; work goes on here.",
            remedy(attack),
        )
        self.attack = attack
        self.what = what
        self.evidence = dict(evidence or {})
