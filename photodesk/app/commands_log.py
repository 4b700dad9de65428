"""`log verify` and `log show`; the rest of what a privacy officer does is in `commands_log_officer`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from photodesk.app import documents
from photodesk.app.clinic_publisher import ClinicPublisher
from photodesk.app.command_desk import CommandDesk, command_desk
from photodesk.app.command_line import DeskCommand, DeskGroup, Invocation, option, pass_invocation
from photodesk.app.paths import existing_store
from photodesk.app.terminal import print_table
from photodesk.clock import rfc3339
from photodesk.desk.activity import ActivityLine, ActivityQuery
from photodesk.desk.session import Session
from photodesk.errors import Fixable
from photodesk.log.entry import Action
from photodesk.log.verify import Verdict, verify
from photodesk.store.members_log import MembersLog
from photodesk.store.store_json import read_store
from photodesk.ui.words import counted

if TYPE_CHECKING:
    from photodesk.app.server_anchor import Held

KEY_BYTES = 32
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def filters(command: Decorated) -> Decorated:
    """The options of every command that asks the log."""
    actions = click.Choice([action.value for action in Action], case_sensitive=False)
    for add in (
        option("--until", metavar="T", help="Up to here, not included."),
        option("--since", metavar="T", help="From here on: RFC 3339, such as 2026-11-20T09:00:00Z, or a day (UTC)."),
        option("--workstation", metavar="ID", help="Only what was done at this workstation."),
        option("--action", "actions", multiple=True, type=actions, help="Only entries of this kind."),
        option("--person", metavar="NAME", help="Only what this person did."),
        option("--patient", "mrn", metavar="MRN", help="Only entries about this patient."),
    ):
        command = add(command)
    return command


def times_of(asked: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Since and until in wall ms; a usage error comes before anybody signs in."""
    since, until = (None if asked[name] is None else instant_ms(asked[name]) for name in ("since", "until"))
    return since, until


def query_of(
    session: Session, asked: Mapping[str, Any], times: tuple[int | None, int | None], limit: int | None = None
) -> ActivityQuery:
    """The question of these options. Fixable `patient_unknown`, `person_unknown`."""
    return ActivityQuery(
        patient_id=session.patients.by_mrn(asked["mrn"]).patient_id if asked["mrn"] else "",
        person_id=_person(session, asked["person"]) if asked["person"] else "",
        actions=frozenset(Action(action) for action in asked["actions"]),
        since_ms=times[0],
        until_ms=times[1],
        limit=limit,
        workstation_id=asked["workstation"] or "",
    )


def instant_ms(text: str) -> int:
    """RFC 3339, or a day, as wall ms."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"{text!r} is no time: write RFC 3339, such as 2026-11-20T09:00:00Z.") from None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return int(aware.timestamp() * 1000)


def _person(session: Session, name: str) -> str:
    folded = " ".join(name.casefold().split())
    found = [one.person_id for one in session.people.everyone() if folded == one.name.casefold()]
    if not found:
        raise Fixable("person_unknown", "There is nobody of this name.", "List people with: photodesk user list")
    return found[0]


@click.group(cls=DeskGroup)
def log() -> None:
    """The record of every view and every change: verify and read it."""


@log.command(
    "verify",
    cls=DeskCommand,
    examples="""
photodesk log verify
photodesk log verify --anchor receipt.anchor --json
photodesk log verify --log /media/copy/log --key 5d0f…9a
photodesk log verify --against-server
""",
)
@option("--log", "folder", type=_FOLDER, metavar="FOLDER", help="Another log folder; without a store it needs --key.")
@option("--anchor", type=_FILE, metavar="FILE", help="A checkpoint kept elsewhere: the log must still hold it.")
@option("--key", metavar="HEX", help="Pin the log signing key (64 hex digits) instead of the store's.")
@option("--against-server", is_flag=True, help="The log must hold what the clinic server keeps of it.")
@pass_invocation
def verify_log(
    invocation: Invocation, folder: Path | None, anchor: Path | None, key: str | None, against_server: bool
) -> int:
    """Check every byte of the log. Needs no password, and works while the store is in use.

    Exit: 0 intact, 10 altered, 11 truncated or forked against the anchor, 12 a segment missing. Where the server
    could not be asked, 1 or 3 unless the log itself is not intact.
    """
    keys, required, log_folder = _keys(invocation, folder, key)
    held: Held | None = None
    data = anchor.read_bytes() if anchor else None
    if against_server:
        if folder is not None or anchor is not None:
            raise click.UsageError("--against-server is about this store's own log: leave out --log and --anchor.")
        from photodesk.app.server_anchor import held_by_server

        held = held_by_server(existing_store(invocation.store))
        data = held.anchor
    verdict = verify(log_folder, keys, data, required)
    fingerprints = sorted(_fingerprint(public) for public in ([keys] if isinstance(keys, bytes) else keys.values()))
    document, lines = _document(verdict, fingerprints), [_said(verdict)]
    if held is not None:
        document["server"] = held.document()
        lines.append(held.words)
        if held.error is not None:
            error = held.error
            document["error"] = {"code": error.code, "message": error.message, "remedy": error.remedy}
    invocation.show(document, "\n".join([*lines, f"Signing key {', '.join(fingerprints)}"]))
    if held is not None and held.error is not None:
        return verdict.exit_code or held.error.exit_code
    return verdict.exit_code


def _said(verdict: Verdict) -> str:
    text = f"{verdict.result.value}: {counted(verdict.entries, 'entry', 'entries')}"
    text += f" in {counted(verdict.segments, 'segment')}."
    place = verdict.where
    if place is not None:
        text += f" Workstation {place.workstation_id}, entry {place.sequence}, byte {place.offset}."
    return text


def _keys(
    invocation: Invocation, folder: Path | None, key: str | None
) -> tuple[dict[str, bytes] | bytes, tuple[str, ...], Path]:
    """Signing keys, workstations whose log must be there, and the folder."""
    if key is not None:
        try:
            pinned = bytes.fromhex(key)
        except ValueError:
            pinned = b""
        if len(pinned) != KEY_BYTES:
            raise click.UsageError("--key takes 64 hex digits.")
        return pinned, (), folder or existing_store(invocation.store).log
    try:
        layout = existing_store(invocation.store)
    except Fixable:
        if folder is None:
            raise
        raise click.UsageError("--log without a store needs --key.") from None
    store = read_store(layout)
    required = (store.workstation_id,) if folder is None else ()
    return store.log_signing_keys, required, folder or layout.log


def _document(verdict: Verdict, fingerprints: list[str]) -> documents.Document:
    anchor, place = verdict.anchored_to, verdict.where
    return {
        "entries": verdict.entries,
        "first_at": None if verdict.first_at is None else rfc3339(verdict.first_at),
        "last_at": None if verdict.last_at is None else rfc3339(verdict.last_at),
        "segments": verdict.segments,
        "workstations": list(verdict.workstations),
        "result": verdict.result.value,
        "anchored_to": None
        if anchor is None
        else {
            "workstation_id": anchor.workstation_id,
            "sequence": anchor.sequence,
            "at": rfc3339(anchor.at_ms),
        },
        "torn_bytes": verdict.torn_bytes,
        "where": None
        if place is None
        else {
            "workstation_id": place.workstation_id,
            "sequence": place.sequence,
            "offset": place.offset,
        },
        "keys": fingerprints,
    }


def _fingerprint(public: bytes) -> str:
    digest = sha256(public).hexdigest()[:32]
    return "-".join(digest[start : start + 8] for start in range(0, 32, 8))


@log.command(
    "show",
    cls=DeskCommand,
    examples="""
photodesk log show --user "Ada Berg"
photodesk log show --all-workstations --user "Pia Officer"
photodesk log show --patient 104711 --since 2026-11-01T00:00:00Z --limit 100 --json --user Ada --password-stdin
""",
)
@filters
@option("--limit", type=click.IntRange(1), default=500, show_default=True, metavar="N", help="The newest N.")
@option("--all-workstations", is_flag=True, help="Other workstations too, as far as their logs are on the server.")
@pass_invocation
def show_log(invocation: Invocation, /, limit: int, all_workstations: bool, **asked: Any) -> None:
    """Show entries, newest first. For privacy officers; reading is an entry too."""
    times = times_of(asked)
    with command_desk(invocation) as desk:
        query = query_of(desk.session, asked, times, limit)
        lines = desk.session.activity.read(query)
        if all_workstations:
            lines = _with_others(desk, invocation, query, lines)
        invocation.show({"entries": [documents.activity_line(line) for line in lines]})
        if not invocation.json:
            print_table(
                ("Entry", "At", "Who", "What", "Patient", "Photos", "Purpose", "Outcome"),
                [
                    (
                        one.sequence,
                        rfc3339(one.at_ms),
                        one.user,
                        one.action.value,
                        one.patient_id,
                        len(one.photo_ids) or "",
                        one.purpose,
                        one.outcome,
                    )
                    for one in lines
                ],
            )


def _with_others(
    desk: CommandDesk, invocation: Invocation, query: ActivityQuery, own: list[ActivityLine]
) -> list[ActivityLine]:
    """The newest of every workstation's entries; what the server has of the other logs is fetched first."""
    from photodesk.sync.other_logs import fetch_other_logs, logs_folder

    session = desk.session
    members = MembersLog.open(session.layout.members, session.keyset.clinic_id).members
    with ClinicPublisher(session.layout, desk.link, invocation.clock).line() as (spool, line):
        fetch_other_logs(line, spool, members, session.keyset.workstation_id)
        others = session.activity.of_others(logs_folder(spool), query)
    return sorted([*own, *others], key=lambda one: one.at_ms, reverse=True)[: query.limit]
