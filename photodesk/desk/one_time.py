"""Whether a typed code is the person's: of the authenticator app, or one of the backup codes.

A code of the app is good one step (30 s) before and after its time, and once. Neither is said to be nearly right.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from photodesk.clock import Clock
from photodesk.crypto.totp import DIGITS, one_time_code, time_step
from photodesk.errors import Refused
from photodesk.store.keyring import Secrets, workstation_secret_account
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.store_json import mac_key
from photodesk.store.totp_record import Totp
from photodesk.store.totp_steps import TakenSteps

DRIFT_STEPS = 1


@dataclass(frozen=True)
class Taken:
    """A code that was right: the step it was for, or what is left after a backup code was used."""

    step: int = 0
    left: Totp | None = None


def step_of(totp: Totp, typed: str, wall_ms: int) -> int | None:
    """Which step around now this code is for; None for none. Takes the same time for every code."""
    plain = "".join(typed.split())
    now = time_step(wall_ms)
    steps = range(max(0, now - DRIFT_STEPS), now + DRIFT_STEPS + 1)
    if not plain.isascii():
        return None
    right = [step for step in steps if hmac.compare_digest(one_time_code(totp.secret, step), plain)]
    return right[0] if right else None


def taken_steps(layout: Layout, secrets: Secrets, keyset: KeySet, clock: Clock, *, first: bool = False) -> TakenSteps:
    """What this workstation has taken before; `first` where nobody can have given a code yet."""
    secret = secrets.get(workstation_secret_account(keyset.clinic_id, keyset.workstation_id))
    newest = -1 if first else time_step(clock.wall_ms()) + DRIFT_STEPS
    return TakenSteps(layout, keyset.clinic_id, mac_key(secret), newest)


def take_code(layout: Layout, secrets: Secrets, keyset: KeySet, clock: Clock, totp: Totp, typed: str) -> Taken:
    """Take a code: durably, so that it is never taken again. Refused `wrong_code`, `code_used`.

    A used-up backup code is taken by signing what is left into the membership log, which is the caller's.
    """
    if len("".join(typed.split())) > DIGITS:
        left = totp.without(typed)
        if left is None:
            raise wrong_code()
        return Taken(left=left)
    step = step_of(totp, typed, clock.wall_ms())
    if step is None:
        raise wrong_code()
    steps = taken_steps(layout, secrets, keyset, clock)
    if step <= steps.last(keyset.person_id):
        raise code_used()
    steps.take(keyset.person_id, step)
    return Taken(step=step)


def wrong_code() -> Refused:
    """The code is neither the app's of now nor a backup code."""
    return Refused("wrong_code", "That code is not right.", "Type the code that the app shows now, or a backup code.")


def code_used() -> Refused:
    """A code is good once."""
    return Refused(
        "code_used",
        "That code was used already, or is too old for this computer.",
        "Wait until the app shows another code, up to a minute and a half.",
    )
