"""A signed-in person's workplace: the keys, the open catalog and charts, and every service screens and commands use.

    session.patients  visits  timeline  photo_edit  protocols  inbox  people  activity      the nouns
    session.corrections    photos moved to another patient, deleted, had back
    session.gate           the only door to pixels on screens
    session.presenting     a comparison shown to the patient, from start to end
    session.disclosures    the only door to bytes and pixels that leave
    session.conflicts      what two workstations said of one thing, and a person's decision

`signing_in.sign_in` makes one; `close` ends it. Locking does not: it ends the process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, partial

from photodesk.clock import Clock, local_today
from photodesk.crypto import DEFAULT_COST, Argon2Cost
from photodesk.desk import place as places
from photodesk.desk.activity import ActivityDesk
from photodesk.desk.activity_review import ReviewDesk
from photodesk.desk.actor import Actor, SignedInPerson
from photodesk.desk.alarms import Alarms, log_cut
from photodesk.desk.backups import BackupDesk
from photodesk.desk.card_register import CardRegister
from photodesk.desk.chain import ChainDesk
from photodesk.desk.conflicts import ConflictDesk
from photodesk.desk.corrections import CorrectionDesk
from photodesk.desk.disclosure import DisclosureDesk
from photodesk.desk.emergency import EmergencyDesk
from photodesk.desk.factors import FactorDesk
from photodesk.desk.gate import ViewingGate
from photodesk.desk.health import HealthDesk
from photodesk.desk.inbox import InboxDesk
from photodesk.desk.keeper import Keeper, LoggedGenerations
from photodesk.desk.key_desk import KeyDesk
from photodesk.desk.layers import LayerDesk
from photodesk.desk.merging import MergeDesk
from photodesk.desk.patients import PatientDesk
from photodesk.desk.people import PeopleDesk
from photodesk.desk.photo_edit import PhotoEditDesk
from photodesk.desk.photo_history import HistoryDesk
from photodesk.desk.place import Place
from photodesk.desk.policy import PolicyDesk
from photodesk.desk.presenting import PresentingDesk
from photodesk.desk.protocols import ProtocolDesk
from photodesk.desk.record_keeping import record_keeping
from photodesk.desk.recovering import RecoveryDesk
from photodesk.desk.roles import Right
from photodesk.desk.security import SecurityDesk
from photodesk.desk.server_copies import ServerCopies
from photodesk.desk.timeline import TimelineDesk
from photodesk.desk.visits import VisitDesk
from photodesk.desk.worklist import WorklistDesk
from photodesk.desk.worklist_setup import WorklistSetup
from photodesk.desk.workstation_names import workstation_names
from photodesk.errors import Damaged
from photodesk.imaging.decoded import Decoder
from photodesk.store import people as members
from photodesk.store.catalog import Catalog
from photodesk.store.catching_up import catch_up
from photodesk.store.charts import Charts
from photodesk.store.keyring import Secrets
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.rewrapping import rewrap_charts


class Session:
    """One signed-in person. Reads from any thread; one thread writes."""

    def __init__(
        self,
        person: SignedInPerson,
        keyset: KeySet,
        layout: Layout,
        secrets: Secrets,
        keeper: Keeper,
        clock: Clock,
        catalog: Catalog,
        charts: Charts,
        decoder: Decoder | None = None,
        cost: Argon2Cost = DEFAULT_COST,
        alarms: Alarms | None = None,
    ) -> None:
        self.person = person
        self.keyset = keyset
        self.layout = layout
        self.secrets = secrets
        self.log = keeper
        self.clock = clock
        self.catalog = catalog
        self.charts = charts
        self.server_copies = ServerCopies()
        self.decoder = decoder
        self._cost = cost
        self.actor = Actor(person, keeper, clock)
        self.alarms = alarms or Alarms(self.actor)
        self.patients = PatientDesk(self.actor, catalog, charts)
        self.visits = VisitDesk(self.actor, catalog, charts)
        setup = WorklistSetup(self.actor, catalog, layout)
        self.worklist = WorklistDesk(self.actor, catalog, charts, self.visits, setup)
        self.timeline = TimelineDesk(self.actor, catalog, charts)
        self.photo_edit = PhotoEditDesk(self.actor, catalog, charts)
        self.photo_history = HistoryDesk(self.actor, catalog, charts, self.photo_edit)
        self.layers = LayerDesk(self.actor, charts)
        self.protocols = ProtocolDesk(self.actor, catalog, charts)
        self.inbox = InboxDesk(self.actor, layout, keyset, catalog, self.alarms)
        self.cards = CardRegister(self.actor, keyset, catalog)
        self.people = PeopleDesk(self.actor, layout, keyset, secrets, catalog, cost)
        self.policy = PolicyDesk(self.actor, layout, keyset)
        self.activity = ActivityDesk(self.actor, layout, keyset, catalog, self.policy.get)
        self.log_review = ReviewDesk(self.actor, layout, keyset, catalog, self.activity)
        self.health = HealthDesk(self.actor, layout, keyset, catalog, charts, decoder)
        self.disclosures = DisclosureDesk(self.actor, charts, decoder, self._refuse_open)
        self.gate = ViewingGate(self.actor, catalog, charts, decoder, self.inbox)
        self.presenting = PresentingDesk(self.actor, layout, secrets, self.gate.purposes, charts.split)
        self.corrections = CorrectionDesk(
            self.actor, catalog, charts, keyset, self.photo_edit, self.gate.forget, self.alarms
        )
        self.retention, self.erasures = record_keeping(self)

    @cached_property
    def chain(self) -> ChainDesk:
        """Whether the log's chain holds."""
        return ChainDesk(self.layout, self.clock)

    @cached_property
    def merging(self) -> MergeDesk:
        """Two entries of the patient list that are one person."""
        return MergeDesk(self.actor, self.catalog)

    @cached_property
    def conflicts(self) -> ConflictDesk:
        """What two workstations said of one thing without knowing of each other."""
        stations = partial(workstation_names, self.layout, self.keyset)
        return ConflictDesk(self.actor, self.keyset, self.catalog, self.charts, stations)

    def _refuse_open(self, patient_id: str, photo_ids: Sequence[str]) -> None:
        self.conflicts.refuse_open(patient_id, photo_ids)

    @cached_property
    def emergency(self) -> EmergencyDesk:
        """The sealed envelope, for administrators."""
        return EmergencyDesk(self.actor, self.layout, self.keyset, self.secrets, self.catalog, self._cost)

    @cached_property
    def backups(self) -> BackupDesk:
        """Backups of this workstation."""
        policy, secrets = self.policy.get, self.secrets
        return BackupDesk(self.actor, self.layout, self.keyset, self.catalog, self.charts, policy, secrets)

    @cached_property
    def recovery(self) -> RecoveryDesk:
        """The recovery kit."""
        return RecoveryDesk(self.actor, self.layout, self.keyset, self.secrets)

    @cached_property
    def factors(self) -> FactorDesk:
        """Authenticator apps and backup codes, and who signs in with what."""
        return FactorDesk(self.actor, self.layout, self.keyset, self.secrets)

    @cached_property
    def security_keys(self) -> KeyDesk:
        """The person's own security keys and password."""
        return KeyDesk(self.actor, self.layout, self.keyset, self.secrets, self._cost)

    @cached_property
    def security(self) -> SecurityDesk:
        """What protects this workstation."""
        parts = (self.catalog, self.factors, self.health)
        return SecurityDesk(self.actor, self.layout, self.keyset, self.secrets, *parts)

    def may(self, right: Right) -> bool:
        """Whether the person has the right."""
        return self.actor.may(right)

    def require(self, right: Right) -> None:
        """`Refused("no_right")` unless the person has it."""
        self.actor.require(right)

    @property
    def has_chart_keys(self) -> bool:
        """Whether this desk opens charts (a clinician whose grant has been made)."""
        return bool(self.keyset.chart_keys)

    @property
    def today(self) -> str:
        """Today's date here, `2026-11-20`."""
        return local_today(self.clock).isoformat()

    def seal_place(self, place: Place) -> bytes:
        """The state to return to, sealed to this person for the keeper to keep."""
        return places.seal(self.keyset, place)

    def unseal_place(self, blob: bytes | None) -> Place | None:
        """The state this person left, or None."""
        return places.unseal(self.keyset, blob)

    def resume(self) -> None:
        """At sign-in: end what a kill interrupted or what waited for a person with these keys."""
        if self.has_chart_keys:
            self.corrections.resume()
        self.erasures.resume()

    def settle(self) -> None:
        """Write what is written last in a session; `close` does it too."""
        if self.catalog.index is not None:
            self.catalog.index.settle()

    def close(self) -> None:
        """Leave every screen (`VIEW_END`), close charts and catalog. The keeper's link is the caller's."""
        try:
            self.gate.leave_all()
        finally:
            self.charts.close_all()
            self.catalog.close()


def open_session(
    layout: Layout,
    secrets: Secrets,
    keeper: Keeper,
    keyset: KeySet,
    name: str,
    clock: Clock,
    decoder: Decoder | None = None,
    cost: Argon2Cost = DEFAULT_COST,
    emergency: str = "",
) -> Session:
    """The workplace of keys that are open already; `emergency` as in `SignedInPerson`.

    A database older than the log says is opened for reading only, and is an alarm (`Session.alarms`).
    """
    catch_up(layout, keyset, secrets, keeper, clock)
    person = SignedInPerson(keyset.person_id, name, keyset.roles, emergency)
    alarms = Alarms(Actor(person, keeper, clock))
    if keeper.log_cut:
        alarms.note(log_cut())
    logged = LoggedGenerations(keeper)
    try:
        catalog = Catalog.open(layout, keyset, keeper, keeper, clock, logged, alarms)
    except Damaged as damage:
        alarms(damage)
        raise
    try:
        if not catalog.behind_log:
            catalog.project_people(_names(layout, keyset))
            rewrap_charts(catalog)
        charts = Charts(layout, keyset, catalog, catalog.erasure, keeper, keeper, clock, logged, alarms)
    except BaseException:
        catalog.close()
        raise
    session = Session(person, keyset, layout, secrets, keeper, clock, catalog, charts, decoder, cost, alarms)
    if not catalog.behind_log:
        session.resume()
    return session


def _names(layout: Layout, keyset: KeySet) -> Mapping[str, str]:
    return {person.person_id: person.name for person in members.people(layout, keyset)}
