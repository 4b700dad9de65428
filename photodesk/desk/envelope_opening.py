"""Opening the sealed envelope: emergency access, once, for one session, with a clinician's rights.

Everything done is in the activity log under an account of its own and marked besides.
"""

from __future__ import annotations

import json

from photodesk.clock import Clock
from photodesk.crypto import DEFAULT_COST, Argon2Cost
from photodesk.desk.actor import Actor, SignedInPerson
from photodesk.desk.emergency import USE_SETTING
from photodesk.desk.keeper import Disabled, Keeper, Wait
from photodesk.desk.session import Session, open_session
from photodesk.errors import Fixable, PhotoDeskError, Refused
from photodesk.imaging.decoded import Decoder
from photodesk.log.entry import Action
from photodesk.store import emergency as envelopes
from photodesk.store.keyring import Secrets
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.publishing import WAITS
from photodesk.store.signin import open_slot, people_for_signin
from photodesk.store.slots import Slot


def open_envelope(
    layout: Layout,
    secrets: Secrets,
    keeper: Keeper,
    who: str,
    code: str,
    reason: str,
    clock: Clock,
    decoder: Decoder | None = None,
    cost: Argon2Cost = DEFAULT_COST,
) -> Session:
    """Sign in with the envelope's code. Its slot is dead, and that is on the disk, before anything can be seen.

    Fixable `emergency_unexplained` without `who` and `reason`, `envelope_code_wrong`; Refused `no_envelope`,
    `wrong_password`, `sign_in_waits`, `slot_disabled`.
    """
    who, reason = " ".join(who.split()), " ".join(reason.split())
    if not who or len(reason) < 5:
        raise Fixable(
            "emergency_unexplained", "Emergency access needs your name and a reason.", "Say who you are and why."
        )
    plain, slot = envelopes.tidy_code(code), envelopes.envelope_slot(layout, secrets)
    keyset = _counted(layout, secrets, keeper, slot, plain)
    keeper.unlocked(keyset.person_id, tuple(sorted(keyset.roles)))
    person = SignedInPerson(keyset.person_id, envelopes.NAME, keyset.roles, emergency=f"{who}: {reason}")
    actor = Actor(person, keeper, clock)
    claimed = next((one.person_id for one in people_for_signin(layout, secrets) if _same(one.name, who)), "")
    purpose = reason if claimed else person.emergency
    actor.log(actor.entry(Action.PERSON, purpose=purpose, details={"what": "emergency access", "person": claimed}))
    _let_die(layout, keyset, secrets, actor, slot)
    session = open_session(layout, secrets, keeper, keyset, envelopes.NAME, clock, decoder, cost, person.emergency)
    if not session.catalog.behind_log:
        kept = json.dumps({"who": who, "reason": reason}, ensure_ascii=False)
        session.catalog.set_setting(actor.change("emergency access"), USE_SETTING + keyset.person_id, kept)
    return session


def _let_die(layout: Layout, keyset: KeySet, secrets: Secrets, actor: Actor, slot: Slot) -> None:
    """The envelope opens once. Where the clinic server is not reached, an emergency does not wait for it: the entry
    above says that it was opened, and the slot dies when it is opened again.
    """
    try:
        envelopes.let_die(layout, keyset, secrets, actor.keeper, actor.clock, slot)
    except PhotoDeskError as error:
        if error.code not in WAITS:
            raise
        details = {"what": "emergency access", "person": ""}
        actor.log(actor.entry(Action.PERSON, outcome="envelope_not_closed", details=details))


def _counted(layout: Layout, secrets: Secrets, keeper: Keeper, slot: Slot, code: str) -> KeySet:
    """The envelope's keys after one counted attempt."""
    attempt = keeper.begin_attempt(slot.slot_id, slot.person_id)
    if isinstance(attempt, Wait):
        seconds = -(-attempt.wait_ms // 1000)
        raise Refused("sign_in_waits", f"After wrong codes, it rests for {seconds} s.", "Wait, then try again.")
    if isinstance(attempt, Disabled):
        raise Refused("slot_disabled", "This envelope's code is not taken any more.", "Use the recovery code.")
    try:
        keyset = open_slot(layout, secrets, slot.slot_id, code)
    except PhotoDeskError as failure:
        if failure.code != "wrong_password":
            keeper.attempt_void(slot.slot_id)
            raise
        keeper.attempt_failed(slot.slot_id, slot.person_id)
        raise Refused(
            "wrong_password", "This is not the code of the newest envelope.", "Look for a newer envelope."
        ) from None
    if not keyset.chart_keys:
        keeper.attempt_void(slot.slot_id)
        raise Refused(
            "waiting_for_grant", "This envelope has no chart keys yet.", "A clinician has to sign in once before."
        )
    return keyset


def _same(name: str, typed: str) -> bool:
    return " ".join(name.casefold().split()) == " ".join(typed.casefold().split())
