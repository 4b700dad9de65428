"""With the recovery code: a new workstation, a forgotten password, a new kit, keys that nobody else can give."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from photodesk.clock import Clock
from photodesk.crypto import DEFAULT_COST, Argon2Cost
from photodesk.desk.actor import Actor
from photodesk.desk.keeper import Keeper
from photodesk.desk.roles import Right
from photodesk.errors import Damaged
from photodesk.log.entry import Action
from photodesk.progress import Cancel, Report, silent
from photodesk.store.backup_objects import ObjectKeys
from photodesk.store.backup_place import target_of
from photodesk.store.coming_back import Way, come_back
from photodesk.store.grants import grant_from_recovery
from photodesk.store.keyring import LocalSecrets, Secrets, secrets_of
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.recovery import new_code
from photodesk.store.recovery_kit import renew_kit
from photodesk.store.restore_run import Restored, restore
from photodesk.store.restore_source import open_backup

if TYPE_CHECKING:
    from photodesk.desk.session import Session

__all__ = ["RecoveryDesk", "Restored", "recover", "restore_backup", "tell_restored"]


@dataclass(frozen=True)
class RestorePlan:
    """What is restored where, for whom."""

    place: str
    folder: Path
    user_name: str
    workstation_name: str
    run: int | None = None
    password_only: bool = False
    anyway: bool = False


def restore_backup(
    plan: RestorePlan,
    code: str,
    password: str,
    clock: Clock,
    cost: Argon2Cost = DEFAULT_COST,
    report: Report = silent,
    cancel: Cancel | None = None,
    keys: tuple[str, str] | None = None,
) -> Restored:
    """A new store from a backup; errors as `open_backup` and `restore`. `tell_restored` comes next.

    `keys` are the access keys of an object store.
    """
    layout = Layout(plan.folder)
    secrets = LocalSecrets(layout.secrets_local) if plan.password_only else Secrets()
    secrets.name()
    return restore(
        open_backup(target_of(plan.place, keys=ObjectKeys(*keys) if keys else None), code, plan.run),
        layout,
        secrets,
        code,
        plan.user_name,
        password,
        plan.workstation_name,
        anyway=plan.anyway,
        cost=cost,
        clock=clock,
        report=report,
        cancel=cancel,
    )


def tell_restored(session: Session, restored: Restored) -> None:
    """The first words of a restored store's log: what was restored, and how far every database is."""
    keeper, actor = session.log, session.actor
    known = keeper.generations()
    for database, generation in sorted(restored.generations.items()):
        if generation > known.get(database, 0):
            keeper.committed(database, generation)
    details = {
        "run": str(restored.run),
        "photos": str(restored.photos),
        "charts": str(restored.charts),
        "problems": str(len(restored.problems)),
    }
    actor.log(actor.entry(Action.RESTORE, outcome="done", details=details))
    for problem in restored.problems:
        _tell_damage(actor, problem)
    keeper.checkpoint()


def _tell_damage(actor: Actor, problem: Damaged) -> None:
    photos = (problem.photo_id,) if problem.photo_id else ()
    actor.log(
        actor.entry(Action.DAMAGE, photo_ids=photos, outcome=problem.code, details={"chart": problem.chart_id or ""})
    )


def recover(
    layout: Layout,
    code: str,
    user_name: str,
    password: str,
    clock: Clock,
    cost: Argon2Cost = DEFAULT_COST,
    *,
    password_only: bool = False,
    way: Way = lambda _signer: None,
) -> str:
    """On this workstation, with nobody else using the store: a new password for one person, and the keyring's secrets
    put back; the person id. Errors as `come_back`. The sign-in that follows is where `tell_recovered` is said.
    """
    local = password_only or secrets_of(layout).name() == "none"
    secrets = LocalSecrets(layout.secrets_local) if local else Secrets()
    return come_back(layout, secrets, code, user_name, password, cost, clock, way=way)


def tell_recovered(session: Session) -> None:
    """The recovery code was used here, by this person."""
    session.actor.log(session.actor.entry(Action.PERSON, purpose="recovery code used", outcome="done"))
    session.log.checkpoint()


class RecoveryDesk:
    """What an administrator does with the recovery kit."""

    def __init__(self, actor: Actor, layout: Layout, keyset: KeySet, secrets: Secrets) -> None:
        self._actor = actor
        self._layout = layout
        self._keyset = keyset
        self._secrets = secrets

    def new_code(self) -> str:
        """A code that counts once `renew` was given it."""
        return new_code()

    def renew(self, old_code: str = "", code: str = "") -> str:
        """A new kit; its code, shown once: `code` where it was shown already. Errors as `renew_kit`."""
        self._actor.require(Right.USE_RECOVERY)
        with self._actor.logged(self._actor.entry(Action.POLICY, details={"policy": "recovery", "value": "renewed"})):
            keeper: Keeper = self._actor.keeper
            clock = self._actor.clock
            return renew_kit(self._layout, self._keyset, self._secrets, keeper, clock, old_code, code=code)

    def grant(self, code: str) -> int:
        """Keys that no holder is left to give; how many grants were made. Errors as `grant_from_recovery`."""
        self._actor.require(Right.USE_RECOVERY)
        entry = self._actor.entry(Action.PERSON, purpose="recovery code used", details={"what": "grants"})
        with self._actor.logged(entry):
            return grant_from_recovery(self._layout, self._keyset, code, self._actor.keeper, self._actor.clock)
