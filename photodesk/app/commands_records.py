"""`retention`, `hold`, `erase` and `export-record`: how long records are kept, and what a patient is owed of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec

from photodesk.app.command_desk import CommandDesk, command_desk
from photodesk.app.command_line import (
    DeskCommand,
    DeskGroup,
    Invocation,
    argument,
    not_blank,
    option,
    pass_invocation,
)
from photodesk.app.commands_import import PROGRESS, stopped_by_interrupt
from photodesk.app.commands_people import second_option
from photodesk.app.fetching import fetch_first
from photodesk.app.terminal import ProgressPrinter, print_table
from photodesk.app.terminal_key import TerminalKeyReader
from photodesk.clock import rfc3339
from photodesk.desk.entrance import Entrance
from photodesk.desk.erasure_certificate import check_certificate, make_certificate
from photodesk.desk.erasure_lines import ErasureLine
from photodesk.desk.retention import HoldLine, KeptLine
from photodesk.desk.retention_rules import CLASSES
from photodesk.desk.second_person import second_person
from photodesk.errors import Fixable
from photodesk.export.certificate import write_certificate
from photodesk.export.record import PURPOSE, RECIPIENT, export_record
from photodesk.store.member_entry import Cosigner

folder_type = click.Path(file_okay=False, path_type=Path)


@click.group(cls=DeskGroup)
def retention() -> None:
    """How long records are kept, and which of them may go."""


@retention.command(
    "list",
    cls=DeskCommand,
    examples="""
photodesk retention list --user "Ada Berg"
photodesk retention list --all --json --user Ada --password-stdin
""",
)
@option("--all", "every", is_flag=True, help="Every patient, not only those whose record may go.")
@pass_invocation
def list_due(invocation: Invocation, every: bool) -> None:
    """List records that may go by their class. Nothing is deleted because it is listed: see photodesk erase."""
    with command_desk(invocation) as desk:
        lines = desk.session.retention.records(every=every, log=True)
    invocation.show({"patients": [_kept(line) for line in lines]})
    if not invocation.json:
        print_table(
            ("Number", "Name", "Class", "Last visit", "Keep until", ""),
            [
                (
                    line.patient.mrn,
                    line.patient.display_name,
                    line.retention,
                    line.last_visit.isoformat() if line.last_visit else "",
                    line.due.isoformat() if line.due else "for ever",
                    "legal hold" if line.hold else "may go" if line.is_due else "",
                )
                for line in lines
            ],
        )


@retention.command(
    "set",
    cls=DeskCommand,
    examples="""
photodesk retention set 104711 long --user "Ada Berg"
photodesk policy set retention.long "30 30" --user "Ada Berg"
""",
)
@argument("mrn")
@argument("name", metavar="CLASS", type=click.Choice(list(CLASSES)))
@pass_invocation
def set_class(invocation: Invocation, mrn: str, name: str) -> None:
    """Keep a patient's record by another class. What a class means is the policy retention.CLASS."""
    with command_desk(invocation) as desk:
        session = desk.session.retention
        line = session.set_class(session.by_mrn(mrn).patient_id, name)
    until = line.due.isoformat() if line.due else "for ever"
    invocation.show(_kept(line), f"{mrn} is kept by the class {name}, until {until}.")


@click.group(cls=DeskGroup)
def hold() -> None:
    """Legal holds: nothing of a held record is deleted, and its patient is not erased."""


@hold.command("set", cls=DeskCommand, examples='photodesk hold set 104711 --reason "claim announced" --user "Ada Berg"')
@argument("mrn")
@option("--reason", required=True, callback=not_blank, metavar="T", help="Why; kept in the catalog.")
@pass_invocation
def set_hold(invocation: Invocation, mrn: str, reason: str) -> None:
    """Keep a patient's record whole until the hold is released."""
    with command_desk(invocation) as desk:
        kept = desk.session.retention
        held = kept.hold(kept.by_mrn(mrn).patient_id, reason)
    invocation.show(_held(held), f"{mrn} is held: nothing of this record is deleted.")


@hold.command("release", cls=DeskCommand, examples='photodesk hold release 104711 --reason "closed" --user "Ada Berg"')
@argument("mrn")
@option("--reason", required=True, callback=not_blank, metavar="T", help="Why; kept in the catalog.")
@pass_invocation
def release_hold(invocation: Invocation, mrn: str, reason: str) -> None:
    """End a legal hold."""
    with command_desk(invocation) as desk:
        kept = desk.session.retention
        patient_id = kept.by_mrn(mrn).patient_id
        kept.release(patient_id, reason)
    invocation.show({"patient_id": patient_id, "mrn": mrn, "hold": False}, f"{mrn} is held no more.")


@hold.command("list", cls=DeskCommand, examples='photodesk hold list --user "Ada Berg"')
@pass_invocation
def list_holds(invocation: Invocation) -> None:
    """List the legal holds, the oldest first."""
    with command_desk(invocation) as desk:
        holds = desk.session.retention.holds()
    invocation.show({"holds": [_held(one) for one in holds]})
    if not invocation.json:
        rows = [(one.patient.mrn, one.patient.display_name, rfc3339(one.at_ms), one.by, one.reason) for one in holds]
        print_table(("Number", "Name", "Since", "By", "Reason"), rows)


@click.group(cls=DeskGroup)
def erase() -> None:
    """Erase a patient for good: asked for, hidden and revocable for 30 days, then gone, with a certificate."""


@erase.command(
    "request",
    cls=DeskCommand,
    examples="""
photodesk erase request 104711 --reason "retention ended" --user "Ada Berg"
photodesk erase request 104711 --reason "asked for" --ground "GDPR article 17" --second "Bo Lind" --user Ada
""",
)
@argument("mrn")
@option("--reason", required=True, callback=not_blank, metavar="T", help="Why; stays in the certificate.")
@option("--ground", default="", metavar="T", help="On which ground the record may go before it is due.")
@second_option
@pass_invocation
def request_erasure(invocation: Invocation, mrn: str, reason: str, ground: str, second: str) -> None:
    """Hide a patient, who is erased in 30 days unless that is revoked. Neither text may name the patient."""
    with command_desk(invocation) as desk:
        session = desk.session
        patient_id = session.retention.by_mrn(mrn).patient_id
        line = session.erasures.request(patient_id, reason, ground, _second(invocation, desk, second))
    invocation.show(
        _erasure(line),
        f"Hidden{_also(line)}. From {rfc3339(line.due_at_ms)[:10]} on: photodesk erase run. Until then it can be"
        f" revoked with: photodesk erase revoke {line.erasure.erasure_id}",
    )


@erase.command("list", cls=DeskCommand, examples='photodesk erase list --user "Ada Berg"')
@pass_invocation
def list_erasures(invocation: Invocation) -> None:
    """List erasures: asked for, revoked, under way, done."""
    with command_desk(invocation) as desk:
        lines = desk.session.erasures.erasures()
    invocation.show({"erasures": [_erasure(line) for line in lines]})
    if not invocation.json:
        rows = [
            (
                line.erasure.erasure_id,
                line.patient.mrn if line.patient else "",
                line.erasure.state.value,
                rfc3339(line.erasure.requested_at_ms)[:10],
                rfc3339(line.due_at_ms)[:10],
                line.requested_by,
            )
            for line in lines
        ]
        print_table(("Erasure", "Number", "State", "Asked for", "From", "By"), rows)


@erase.command("revoke", cls=DeskCommand, examples='photodesk erase revoke 8f3c…01 --user "Ada Berg"')
@argument("erasure_id", metavar="ERASURE")
@pass_invocation
def revoke_erasure(invocation: Invocation, erasure_id: str) -> None:
    """Take an erasure back: the patient is found again, with everything."""
    with command_desk(invocation) as desk:
        line = desk.session.erasures.revoke(erasure_id)
    invocation.show(_erasure(line), "Revoked. The patient is found again, with everything.")


@erase.command(
    "run",
    cls=DeskCommand,
    examples="""
photodesk erase run --to certificates --user "Ada Berg"
photodesk erase run --second "Bo Lind" --to certificates --json --user Ada --password-stdin
""",
)
@option("--to", "folder", type=folder_type, metavar="FOLDER", help="Write each certificate there; made if missing.")
@second_option
@pass_invocation
def run_erasures(invocation: Invocation, folder: Path | None, second: str) -> None:
    """Erase what is due. This cannot be undone.

    A person who opens no charts authorises; the next clinician who signs in then carries it out.
    """
    with command_desk(invocation) as desk:
        done = desk.session.erasures.run(_second(invocation, desk, second))
        written = [
            _certified(invocation, desk, line.erasure.erasure_id, folder)
            for line in done
            if folder is not None and line.erasure.erased_at_ms
        ]
    gone = sum(1 for line in done if line.erasure.erased_at_ms)
    words = f"{gone} erased." + (
        f" {len(done) - gone} wait for a clinician to sign in once." if gone < len(done) else ""
    )
    document = {"erased": [_erasure(line) for line in done], "certificates": written}
    invocation.show(document, words if done else "Nothing is due.")


@erase.command(
    "certificate",
    cls=DeskCommand,
    examples='photodesk erase certificate 8f3c…01 --to certificates --user "Ada Berg"',
)
@argument("erasure_id", metavar="ERASURE")
@option("--to", "folder", required=True, type=folder_type, metavar="FOLDER", help="Made if missing.")
@pass_invocation
def certificate(invocation: Invocation, erasure_id: str, folder: Path) -> None:
    """Write the certificate of an erasure as it stands now, as PDF and as signed JSON."""
    with command_desk(invocation) as desk:
        written = _certified(invocation, desk, erasure_id, folder)
    invocation.show(written, f"{written['pdf']}\n{written['json']}")


@erase.command("check", cls=DeskCommand, examples='photodesk erase check certificate.json --user "Ada Berg"')
@argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_invocation
def check_file(invocation: Invocation, file: Path) -> int:
    """Check that a certificate (its JSON) is what a workstation of this clinic signed. Exit 4 where it is not."""
    try:
        document = msgspec.json.decode(file.read_bytes())
    except msgspec.DecodeError:
        document = None
    with command_desk(invocation) as desk:
        holds = check_certificate(desk.session, document)
    good, bad = "This certificate is as it was signed.", "This is no certificate of this clinic, or it was changed."
    invocation.show({"holds": holds}, good if holds else bad)
    return 0 if holds else 4


@click.command(
    cls=DeskCommand,
    examples="""
photodesk export-record 104711 --to record --user "Ada Berg"
photodesk export-record @- --to record --recipient "her new dermatologist" --json --user Ada --password-stdin
""",
)
@argument("mrn")
@option("--to", "folder", required=True, type=folder_type, metavar="FOLDER", help="New or empty.")
@option("--purpose", default=PURPOSE, show_default=True, callback=not_blank, metavar="T", help="What for.")
@option("--recipient", default=RECIPIENT, show_default=True, callback=not_blank, metavar="T", help="To whom.")
@option(
    "--progress",
    type=PROGRESS,
    default="auto",
    show_default=True,
    help="How progress is shown on standard error.",
)
@pass_invocation
def export_whole_record(
    invocation: Invocation, mrn: str, folder: Path, purpose: str, recipient: str, progress: str
) -> None:
    """Write a patient's whole record into one folder: originals, timeline, disclosures, who has seen it.

    Logged before any byte leaves. Until it is whole the folder says so. The log's part needs a privacy officer.
    """
    report = ProgressPrinter(progress, quiet=invocation.quiet)
    with command_desk(invocation, decoder=True, file_waiting=True) as desk:
        session = desk.session
        patient_id = session.patients.by_mrn(mrn).patient_id
        place, clinic = folder.absolute(), _clinic(invocation)
        fetch_first(desk, patient_id)
        try:
            with stopped_by_interrupt(report) as cancel:
                made = export_record(session, patient_id, place, clinic, purpose, recipient, report, cancel)
        finally:
            report.end()
    document = {
        "disclosure_id": made.disclosure_id,
        "folder": str(made.folder),
        "photos": made.photos,
        "log": made.with_log,
        "files": [{"path": one.path, "sha256": one.sha256, "bytes": one.size_bytes} for one in made.files],
    }
    without = "" if made.with_log else " Without the log's part: a privacy officer gives it."
    invocation.show(document, f"{made.photos} photos in {len(made.files)} files.{without}")


def _certified(invocation: Invocation, desk: CommandDesk, erasure_id: str, folder: Path) -> dict[str, str]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise Fixable("folder_unusable", "The folder cannot be made.", "Choose another folder.") from None
    document = make_certificate(desk.session, erasure_id, _clinic(invocation))
    paper, data = write_certificate(document, folder, desk.session.clock.wall_ms())
    return {"erasure_id": erasure_id, "pdf": str(paper), "json": str(data)}


def _second(invocation: Invocation, desk: CommandDesk, name: str) -> Cosigner | None:
    if not name:
        return None
    session = desk.session
    password = invocation.password(f"Password of {name}")
    return second_person(session.actor, session.layout, session.secrets, name, password, TerminalKeyReader())


def _clinic(invocation: Invocation) -> str:
    return Entrance(invocation.store, invocation.clock, invocation.cost).page().clinic_name


def _kept(line: KeptLine) -> dict[str, Any]:
    return {
        "patient_id": line.patient.patient_id,
        "mrn": line.patient.mrn,
        "family": line.patient.family,
        "given": line.patient.given,
        "birth": line.patient.birth.isoformat(),
        "class": line.retention,
        "last_visit": line.last_visit.isoformat() if line.last_visit else None,
        "due": line.due.isoformat() if line.due else None,
        "is_due": line.is_due,
        "hold": line.hold,
    }


def _held(one: HoldLine) -> dict[str, Any]:
    return {
        "patient_id": one.patient.patient_id,
        "mrn": one.patient.mrn,
        "hold": True,
        "reason": one.reason,
        "user": one.by or None,
        "at": rfc3339(one.at_ms),
    }


def _also(line: ErasureLine) -> str:
    others = ", ".join(one.mrn for one in line.also)
    return f", with the same person's other entry {others}" if others else ""


def _erasure(line: ErasureLine) -> dict[str, Any]:
    erasure = line.erasure
    return {
        "erasure_id": erasure.erasure_id,
        "state": erasure.state.value,
        "patient_id": erasure.patient_id,
        "mrn": line.patient.mrn if line.patient else None,
        "also": [{"patient_id": one.patient_id, "mrn": one.mrn} for one in line.also],
        "reason": erasure.reason,
        "ground": erasure.ground or None,
        "requested_at": rfc3339(erasure.requested_at_ms),
        "requested_by": line.requested_by or None,
        "second": line.second_by or None,
        "due_at": rfc3339(line.due_at_ms),
        "is_due": line.is_due,
        "erased_at": rfc3339(erasure.erased_at_ms) if erasure.erased_at_ms else None,
        "places": [
            {"kind": one.kind, "name": one.name, "confirmed_at": rfc3339(one.at_ms) if one.at_ms else None}
            for one in erasure.places
        ],
    }
