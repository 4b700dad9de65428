"""What keeper, desk and importer say to each other.

Every message is a msgpack array whose first field names it. A request carries a `number` that its sender chose and
its answer repeats; what has no number (or number 0) is told, not asked. Words: *desk* also means a command's windowless
desk; *opaque* bytes are passed on or kept unread. Texts are codes or sentences of ours, never a patient's.
"""

from __future__ import annotations

import msgspec


class Message(msgspec.Struct, array_like=True, frozen=True, tag=True):
    """Base of all messages: encoded as an array, tagged with the class name."""


class Ask(Message, frozen=True):
    """Base of what wants an answer."""

    number: int


# -- desk (or importer) to keeper -------------------------------------------------------------------------------------


class Hello(Ask, frozen=True):
    """First message of every child; answered by `Welcome`. `part` is "desk", "command", "importer" or "syncer"."""

    part: str


class Append(Ask, frozen=True):
    """Make this log body durable; answered by `Appended`."""

    body: bytes


class Sign(Ask, frozen=True):
    """Sign with the workstation's key under this label's kind; answered by `Signed`."""

    kind: str
    data: bytes


class Committed(Message, frozen=True):
    """A database has committed this generation. Told, not asked."""

    database: str
    generation: int


class GenerationOf(Ask, frozen=True):
    """What generation the keeper knows of a database; answered by `Generation`."""

    database: str


class AllGenerations(Ask, frozen=True):
    """What the keeper knows of databases whose name sorts behind `after`, in order; answered by `Generations`."""

    after: str = ""


class BeginAttempt(Ask, frozen=True):
    """A password is about to be tried on this slot; answered by `AttemptAnswer` once the attempt is on disk."""

    slot_id: str
    person_id: str = ""


class AttemptFailed(Ask, frozen=True):
    """The password did not open the slot; answered by `Done`. A desk with windows is then replaced."""

    slot_id: str
    person_id: str = ""


class AttemptVoid(Ask, frozen=True):
    """The password was not what failed (damage behind it): the attempt does not count; answered by `Done`."""

    slot_id: str


class AttemptRight(Ask, frozen=True):
    """The signed-in person typed their password again and it was right: the count of this slot begins again; answered
    by `Done`."""

    slot_id: str


class Unlocked(Ask, frozen=True):
    """The slot opened: this person is signed in; answered by `Done`."""

    person_id: str
    roles: tuple[str, ...] = ()


class Lock(Ask, frozen=True):
    """Lock now; answered by `Done`, after which the desk has 300 ms at most.

    `reason` is a code, or the sentence that the next sign-in shows. `next_slot` is who signs in next (handing over).
    """

    reason: str
    next_slot: str = ""


class Quit(Ask, frozen=True):
    """The person closed PhotoDesk: lock, write STOP, end everything; answered by `Done`."""


class Founded(Ask, frozen=True):
    """Set-up has written the key files: open them and start the log; answered by `Welcome`."""


class KeepPlace(Ask, frozen=True):
    """Keep these opaque bytes for the signed-in person; answered by `Done`."""

    sealed: bytes


class GetPlace(Ask, frozen=True):
    """What was kept for the signed-in person; answered by `Place`."""


class StartImport(Ask, frozen=True):
    """Start an importer for the signed-in person; answered by `ImporterAttached` with one descriptor."""

    job_id: str


class AttachImport(Ask, frozen=True):
    """A channel to the importer of a job that runs; answered by `ImporterAttached` with one descriptor, or `Failed`."""

    job_id: str


class ImportsRunning(Ask, frozen=True):
    """Which importers run; answered by `Imports`."""


class MakeCheckpoint(Ask, frozen=True):
    """Sign the log as it stands; answered by `CheckpointMade`."""


class Alive(Message, frozen=True):
    """A signed-in desk answers its person, and would lock itself for idleness in this many milliseconds."""

    lock_in_ms: int


class SpareReady(Message, frozen=True):
    """A keyless desk has drawn its sign-in out of sight and can show it at once."""


class Shown(Message, frozen=True):
    """The sign-in window covers every screen."""


class DraftsSaved(Message, frozen=True):
    """The desk has saved its drafts and may be ended."""


class SyncNow(Message, frozen=True):
    """Something waits in the spool, or is wished for: told to the keeper, and on to the syncer."""


class TakeMembers(Ask, frozen=True):
    """Membership entries and key records lie in the spool: write them; answered by `MembersTaken`."""


class SyncState(Message, frozen=True):
    """Syncer to keeper, and on to the desk in front: `sync.status` as JSON; numbers, ids and sentences of ours."""

    status: bytes


class ImportState(Message, frozen=True):
    """Importer to keeper: how far a job is. `what` is a plain sentence without names. `finished` ends the importer."""

    job_id: str
    what: str
    done: int
    total: int
    finished: bool = False


# -- keeper to desk (or importer) -------------------------------------------------------------------------------------


class Welcome(Ask, frozen=True):
    """What a child needs to know first. Ids are empty before set-up has founded the clinic.

    `problem`, with its code and remedy, says why the store could not be opened; nobody can sign in then. `log_cut`: the
    log was found shorter than its last signature said.
    """

    founded: bool
    clinic_id: str
    workstation_id: str
    log_public: bytes = b""
    front: bool = True
    problem_code: str = ""
    problem: str = ""
    problem_remedy: str = ""
    log_cut: bool = False


class Appended(Ask, frozen=True):
    """The entry is on disk."""

    workstation_id: str
    sequence: int
    chain: bytes


class Signed(Ask, frozen=True):
    """The 64-byte signature."""

    signature: bytes


class Generation(Ask, frozen=True):
    """The newest generation known, 0 for none."""

    generation: int


class Generations(Ask, frozen=True):
    """(database, generation) in order of names, a limited number; `more` says that others follow."""

    known: tuple[tuple[str, int], ...] = ()
    more: bool = False


class AttemptAnswer(Ask, frozen=True):
    """`state` is "allowed", "wait" (then `wait_ms`) or "disabled"."""

    state: str
    wait_ms: int = 0


class Place(Ask, frozen=True):
    """The opaque bytes kept, or None."""

    sealed: bytes | None


class ImporterAttached(Ask, frozen=True):
    """One descriptor comes with it: a stream to the importer of this job. Number 0 when pushed to the importer."""

    job_id: str


class Imports(Ask, frozen=True):
    """Jobs whose importer runs, with their last state."""

    states: tuple[ImportState, ...] = ()


class CheckpointMade(Ask, frozen=True):
    """The signed checkpoint's exact bytes: what a receipt, a backup or an anchor keeps."""

    checkpoint: bytes


class MembersTaken(Ask, frozen=True):
    """The key files are as the clinic's membership log says. `revoked`: this workstation was shut out; `wipe`: and its
    store is to go."""

    changed: bool
    revoked: bool = False
    wipe: bool = False


class MembersChanged(Message, frozen=True):
    """To desks: people, workstations or policies were changed elsewhere, and are here now."""

    revoked: bool = False


class Done(Ask, frozen=True):
    """It happened."""


class Failed(Ask, frozen=True):
    """It did not. `kind` is "fixable", "refused" or "damaged"; the rest as in `photodesk.errors`."""

    kind: str
    code: str
    message: str
    remedy: str = ""


class Show(Message, frozen=True):
    """To the spare: cover every screen with the sign-in, then say `Shown`.

    `slot_id` is who was there last, `next_slot` who is chosen instead.
    """

    reason: str
    slot_id: str = ""
    wrong_password: bool = False
    wait_ms: int = 0
    next_slot: str = ""


class SaveDrafts(Message, frozen=True):
    """To the desk: save drafts within 300 ms and say `DraftsSaved`; it is ended then."""

    reason: str


class ImportSummary(Message, frozen=True):
    """To whoever shows the sign-in: what goes on meanwhile. `total` 0 while unknown, `what` empty when all is done."""

    what: str
    done: int
    total: int


class Computer(Message, frozen=True):
    """To the signed-in desk, once a second: what the keeper hears of the computer.

    `heard` names what can lock: `session`, `delay`, `screen_saver`, `computer`. `idle_from` says who tells how long
    nobody touched the whole computer, "" for nobody; `idle_ms` is −1 then.
    """

    heard: tuple[str, ...] = ()
    idle_from: str = ""
    idle_ms: int = -1


ToKeeper = (
    Hello
    | Append
    | Sign
    | Committed
    | GenerationOf
    | AllGenerations
    | BeginAttempt
    | AttemptFailed
    | AttemptVoid
    | AttemptRight
    | Unlocked
    | Lock
    | Quit
    | Founded
    | KeepPlace
    | GetPlace
    | StartImport
    | AttachImport
    | ImportsRunning
    | MakeCheckpoint
    | Alive
    | SpareReady
    | Shown
    | DraftsSaved
    | ImportState
    | SyncNow
    | TakeMembers
    | SyncState
)

FromKeeper = (
    Welcome
    | Appended
    | Signed
    | Generation
    | Generations
    | AttemptAnswer
    | Place
    | ImporterAttached
    | Imports
    | CheckpointMade
    | Done
    | Failed
    | Show
    | SaveDrafts
    | ImportSummary
    | Computer
    | MembersTaken
    | MembersChanged
    | SyncNow
    | SyncState
)
