"""`log export`, `who-saw`, `flags`, `review` and `sign-off`: what a privacy officer does with the log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from photodesk.app.command_desk import command_desk
from photodesk.app.command_line import DeskCommand, Invocation, argument, option, pass_invocation
from photodesk.app.commands_log import filters, instant_ms, log, query_of, times_of
from photodesk.app.documents import Document, activity_line
from photodesk.app.terminal import print_table
from photodesk.clock import rfc3339
from photodesk.desk.activity import ActivityQuery
from photodesk.desk.activity_review import ReviewDesk, SignOff, Standing, standing_sentence
from photodesk.desk.entrance import Entrance
from photodesk.ui.words import counted, day_words, moment

_NEW_FILE = click.Path(dir_okay=False, path_type=Path)
_SINCE = option("--since", metavar="T", help="From here on: RFC 3339, or a day.")
FORMS = ("csv", "fhir", "dicom")


@log.command(
    "export",
    cls=DeskCommand,
    examples="""
photodesk log export --format csv --to october.csv --since 2026-10-01 --until 2026-11-01 --user "Pia Officer"
photodesk log export --format fhir --to ada.ndjson --patient 000123 --user Pia --password-stdin --json
photodesk log export --format dicom --to all.xml --person "Dr. J. Model" --user Pia
""",
)
@option("--format", "form", type=click.Choice(FORMS), required=True, help="What is written.")
@option("--to", "path", type=_NEW_FILE, required=True, metavar="FILE", help="A new file.")
@filters
@pass_invocation
def export(invocation: Invocation, /, form: str, path: Path, **asked: Any) -> None:
    """Write entries to a file: a table, FHIR R4 AuditEvent a line, or DICOM audit messages.

    For privacy officers. Names are in it: keep the file as you keep the log. Writing it is an entry too.
    """
    from photodesk.export.log_export import LogForm, export_log

    times = times_of(asked)
    with command_desk(invocation) as desk:
        query = query_of(desk.session, asked, times)
        written = export_log(desk.session.activity, query, LogForm(form), path)
        document = {"path": str(path), "format": form, "entries": written.entries, "sha256": written.sha256}
        invocation.show(document, f"{counted(written.entries, 'entry', 'entries')} written to {path}.")


@log.command(
    "who-saw",
    cls=DeskCommand,
    examples="""
photodesk log who-saw 000123 --to who-saw.pdf --user "Pia Officer"
photodesk log who-saw @- --to who-saw.pdf --since 2026-01-01 --user Pia --password-stdin --json
""",
)
@argument("mrn")
@option("--to", "path", type=_NEW_FILE, required=True, metavar="FILE", help="A new PDF.")
@_SINCE
@pass_invocation
def who_saw(invocation: Invocation, mrn: str, path: Path, since: str | None) -> None:
    """Write "Who has seen my photos" for a patient: plain words, dates, roles.

    Whether staff are named is the clinic's policy log.staff-names.
    """
    from photodesk.export.log_export import export_who_saw

    since_ms = _instant(since)
    with command_desk(invocation) as desk:
        patient = desk.session.patients.by_mrn(mrn)
        clinic = Entrance(invocation.store, invocation.clock, invocation.cost).page().clinic_name
        now_ms = invocation.clock.wall_ms()
        written = export_who_saw(desk.session.activity, patient, path, clinic, now_ms, since_ms)
        document = {"path": str(path), "lines": written.entries, "sha256": written.sha256}
        invocation.show(document, f"Written to {path}.")


@log.command(
    "flags",
    cls=DeskCommand,
    examples="""
photodesk log flags --user "Pia Officer"
photodesk log flags --since 2026-11-01 --all --json --user Pia --password-stdin
""",
)
@_SINCE
@option("--all", "everything", is_flag=True, help="Also those that were reviewed.")
@pass_invocation
def flags(invocation: Invocation, since: str | None, everything: bool) -> None:
    """List what is unusual, newest first, each with its reason. A flag is a question, not an accusation."""
    since_ms = _instant(since)
    with command_desk(invocation) as desk:
        review = desk.session.log_review
        reading = desk.session.activity.ask(ActivityQuery(since_ms=since_ms, flagged=True))
        done = review.reviews()
        found = [one for one in reversed(reading.flagged()) if everything or one.key not in done]
        documents: list[Document] = []
        for one in found:
            line = reading.line(*one.key)
            reviewed = done.get(one.key)
            documents.append(
                {
                    **({} if line is None else activity_line(line)),
                    "flags": [{"kind": flag.kind.value, "words": flag.words} for flag in one.flags],
                    "entries": one.entries,
                    "reviewed_at": rfc3339(reviewed.at_ms) if reviewed else None,
                    "note": reviewed.note if reviewed else None,
                }
            )
        invocation.show({"flags": documents, **_standing(review)})
        if not invocation.json:
            rows = [
                (each["sequence"], each["at"], each["user"] or "", flag["kind"], flag["words"])
                for each in documents
                for flag in each["flags"]
            ]
            print_table(("Entry", "At", "Who", "Flag", "Why"), rows)
            invocation.tell(_standing_words(review.standing()))


@log.command(
    "review",
    cls=DeskCommand,
    examples="""
photodesk log review 47906 --note "Called in for an emergency" --user "Pia Officer"
photodesk log review 47906 --workstation 3f0c… --user Pia --password-stdin
""",
)
@argument("entry", type=click.IntRange(1))
@option("--workstation", metavar="ID", help="Whose log; this workstation's where none is given.")
@option("--note", default="", metavar="TEXT", help="What you found.")
@pass_invocation
def review_entry(invocation: Invocation, entry: int, workstation: str | None, note: str) -> None:
    """Mark a flagged entry as reviewed."""
    with command_desk(invocation) as desk:
        where = workstation or desk.session.keyset.workstation_id
        row = desk.session.log_review.review(where, entry, note)
        document = {"workstation_id": row.workstation_id, "entry": row.sequence, "reviewed_at": rfc3339(row.at_ms)}
        invocation.show(document, f"Entry {entry:,} is marked as reviewed.")


@log.command(
    "sign-off",
    cls=DeskCommand,
    examples="""
photodesk log sign-off --user "Pia Officer"
photodesk log sign-off --status --json --user Pia --password-stdin
""",
)
@option("--status", is_flag=True, help="Only say when the log was signed off, and whether it is overdue.")
@pass_invocation
def sign_off(invocation: Invocation, status: bool) -> None:
    """Sign the log off up to its newest entry: who, when, what was flagged and reviewed. Signed with your own key."""
    with command_desk(invocation) as desk:
        review = desk.session.log_review
        if not status:
            made = review.sign_off()
            words = f"Signed off up to {', '.join(f'entry {each:,}' for each, _ in made.up_to.values())}."
            words += f" {made.reviewed} of {made.flagged} flagged entries were reviewed."
            words += "" if made.intact else " The log was found changed: see photodesk log verify."
            invocation.show(_standing(review), words)
            return
        lost = review.lost()
        words = _standing_words(review.standing())
        if lost is not None:
            words += f" Entry {lost[1]:,} of workstation {lost[0][:8]} was signed off and is not there any more."
        invocation.show(_standing(review), words)


def _standing(review: ReviewDesk) -> Document:
    standing = review.standing()
    made = standing.last
    known = None if made is None else {"vouched": review.vouched(made), "still_there": review.lost() is None}
    return {
        "sign_off": None if made is None or known is None else {**_sign_off(made), **known},
        "due_at": rfc3339(standing.due_ms),
        "overdue_days": standing.overdue_days,
    }


def _sign_off(made: SignOff) -> Document:
    return {
        "sign_off_id": made.sign_off_id,
        "user_id": made.person_id,
        "at": rfc3339(made.at_ms),
        "since": rfc3339(made.since_ms) if made.since_ms else None,
        "up_to": [
            {"workstation_id": each, "sequence": sequence, "chain": chain.hex()}
            for each, (sequence, chain) in sorted(made.up_to.items())
        ],
        "intact": made.intact,
        "flagged": made.flagged,
        "reviewed": made.reviewed,
    }


def _standing_words(standing: Standing) -> str:
    at_ms = standing.last.at_ms if standing.last is not None else standing.due_ms
    return standing_sentence(standing, day_words(moment(at_ms).date()))


def _instant(text: str | None) -> int | None:
    return None if text is None else instant_ms(text)
